-- owner: former_contacts; readers: none
-- A phone or an e-mail that another one took the place of, or that was taken away. Whoever replaces the contact twice, so
-- that no message reaches its owner, leaves the owner findable by it, and told of the next change.
create table former_contact (
    person_id text not null references person (person_id),
    kind text not null check (kind in ('phone', 'email')),
    contact text not null,          -- as it stood in person
    replaced_at text not null,
    hears integer not null check (hears in (0, 1)), -- it was known to be the person's: its holder hears of the next change
    primary key (person_id, contact)
) strict, without rowid;

create index former_contact_by_contact on former_contact (contact);
create index former_contact_by_age on former_contact (replaced_at);

insert into setting (name, valid_from, value, source) values
    ('former_contact.kept_days', '2000-01-01', '90', 'product rule: how long a replaced contact names its person');

-- The support stops a sign-in too, for somebody who calls and says so.
create table sign_in_block_new (
    person_id text primary key references person (person_id),
    cause text not null check (cause in ('not-me', 'lost-device', 'not-my-contact', 'asked-support')),
    blocked_at text not null
) strict, without rowid;

insert into sign_in_block_new (person_id, cause, blocked_at) select person_id, cause, blocked_at from sign_in_block;

drop table sign_in_block;

alter table sign_in_block_new rename to sign_in_block;
