-- owner: contact_codes; readers: none
-- A code may also prove that a contact is in the hands of somebody who is signed in already. SQLite changes no check, so
-- the table is made anew; nothing refers to it.
create table contact_code_with_change (
    contact_code_id text primary key,
    purpose text not null check (purpose in ('registration', 'recovery', 'change')),
    subject text not null,          -- sha256 of what was typed, canonical: a later code replaces the earlier ones
    contact text,                   -- registration, change: the phone or e-mail that the code proves
    person_id text references person (person_id), -- recovery, change: whose password or contact the code may change
    code_hash text not null,        -- sha256 of contact_code_id and the code; '' where none was sent: none fits
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    used_at text
) strict;

insert into contact_code_with_change
    (contact_code_id, purpose, subject, contact, person_id, code_hash, attempts_left, created_at, expires_at, used_at)
select contact_code_id, purpose, subject, contact, person_id, code_hash, attempts_left, created_at, expires_at, used_at
from contact_code;

drop table contact_code;
alter table contact_code_with_change rename to contact_code;

create index contact_code_by_subject on contact_code (subject) where used_at is null;
create index contact_code_by_age on contact_code (created_at);
