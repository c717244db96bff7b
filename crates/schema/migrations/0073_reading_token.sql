-- owner: reading_tokens; readers: none
-- What lets a program of a resident give readings of some meters, and nothing else. It stands on the link of the account:
-- it ends with it, and a new link of the same account does not bring it back.
create table reading_token (
    reading_token_id text primary key,
    account_link_id text not null references account_link (account_link_id),
    token_hash text not null unique,    -- hex SHA-256
    name text not null,                 -- what the person calls the program
    until text not null,                -- ISO date: the last day
    created_at text not null,
    last_used_at text,
    ended_at text
) strict;

create index reading_token_by_link on reading_token (account_link_id);

create table reading_token_meter (
    reading_token_id text not null references reading_token (reading_token_id),
    meter_id text not null references meter (meter_id),
    primary key (reading_token_id, meter_id)
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('reading_token.days_max', '2000-01-01', '1100', 'product rule: a token of a program holds for three years at most'),
    ('limit.reading_token_per_person', '2000-01-01', '10', 'product rule: tokens that one person makes in a day'),
    ('limit.reading_token_guess', '2000-01-01', '20', 'product rule: wrong tokens from one subscriber in 15 minutes'),
    ('limit.submit_per_token', '2000-01-01', '30', 'product rule: submissions by one token in a day');
