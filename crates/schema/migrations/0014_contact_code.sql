-- owner: contact_codes; readers: none
-- A code that proves that a phone or a mailbox is in somebody's hands, before anybody is signed in. What nobody has is
-- kept just as what somebody has: nothing tells the two apart but the code that fits or does not.
create table contact_code (
    contact_code_id text primary key,
    purpose text not null check (purpose in ('registration', 'recovery')),
    subject text not null,          -- sha256 of what was typed, canonical: a later code replaces the earlier ones
    contact text,                   -- registration: the phone or e-mail to register with
    person_id text references person (person_id), -- recovery: whose password the code may change
    code_hash text not null,        -- sha256 of contact_code_id and the code; '' where none was sent: none fits
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    used_at text
) strict;

create index contact_code_by_subject on contact_code (subject) where used_at is null;
create index contact_code_by_age on contact_code (created_at);

insert into setting (name, valid_from, value, source) values
    ('password.policy', '2000-01-01', 'basic', 'article S1:218: 8 characters, not only digits or letters; strict is that of S2:188'),
    ('contact_code.minutes', '2000-01-01', '10', 'product rule'),
    ('contact_code.attempts', '2000-01-01', '5', 'product rule'),
    ('contact_code.kept_days', '2000-01-01', '1', 'product rule: who never finished leaves no contact behind'),
    ('limit.code_per_contact', '2000-01-01', '5', 'product rule: codes asked for with one login, phone or e-mail in an hour'),
    ('limit.code_per_person', '2000-01-01', '5', 'product rule: recovery codes sent to one person in an hour, by whatever name asked for'),
    ('limit.code_per_device', '2000-01-01', '10', 'product rule: codes asked for in an hour'),
    ('limit.code_per_address', '2000-01-01', '60', 'product rule: codes asked for in an hour; mobile carriers share addresses, and each code costs an SMS');
