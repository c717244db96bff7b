-- owner: incoming_sms; readers: none
-- Messages that the gateway has brought, so that each is taken once. Neither who sent one nor what it says is kept.
create table incoming_sms (
    message_hash text primary key,      -- hex SHA-256 of what the gateway calls it
    received_at text not null,
    -- Hex SHA-256 of the question that it was answered with: person, meter, value, doubts. «ДА» confirms that and no other.
    asked_hash text
) strict, without rowid;

create index incoming_sms_by_time on incoming_sms (received_at);
create index incoming_sms_by_question on incoming_sms (asked_hash) where asked_hash is not null;

insert into setting (name, valid_from, value, source) values
    ('sms.kept_days', '2000-01-01', '30', 'product rule: for how long a gateway may bring the same message again'),
    ('sms.question_hours', '2000-01-01', '24', 'product rule: for how long a question by SMS may be answered'),
    ('limit.sms_per_phone', '2000-01-01', '20', 'product rule: messages from one phone that are answered in a day');
