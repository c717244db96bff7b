-- owner: confirmations; readers: none
-- What a signed-in person was asked to confirm once more: one request, word for word, once.
create table confirmation (
    confirmation_id text primary key,
    person_id text not null references person (person_id),
    session_id text not null,       -- sha256 of the session's token: another session cannot use it
    operation text not null,        -- 'change-contact'
    request_hash text not null,     -- sha256 of method, path and body
    code_hash text not null default '', -- sha256 of confirmation_id and the last code; '' where none was sent: none fits
    code_expires_at text,
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    confirmed_at text,
    used_at text,
    check ((code_hash = '') = (code_expires_at is null))
) strict;

create index confirmation_open on confirmation (session_id, operation) where used_at is null;
create index confirmation_by_age on confirmation (created_at);

insert into setting (name, valid_from, value, source) values
    ('confirmation.minutes', '2000-01-01', '10', 'product rule: the request may be sent again so long'),
    ('confirmation.code_minutes', '2000-01-01', '5', 'product rule'),
    ('confirmation.attempts', '2000-01-01', '5', 'product rule: answers of any kind'),
    ('limit.confirmation_per_person', '2000-01-01', '20', 'product rule: requests to confirm in 15 minutes'),
    ('limit.confirmation_code_per_person', '2000-01-01', '10', 'product rule: codes that confirm in an hour; each costs an SMS');
