-- owner: homes; readers: none
-- The words of each house's address, by which it is found (domain::address reads them). A house without words is
-- one that the reminders job has still to take in: of a state that is older than this table.
create table address_word (
    house_id text not null references house (house_id),
    word text not null,
    primary key (house_id, word)
) strict, without rowid;

create index address_word_by_word on address_word (word);

-- Neighbouring letters of the words, by which a mistyped word finds those that may be meant. Pairs of a word that no
-- house has any more stay: they lead to nothing.
create table address_pair (
    pair text not null,
    word text not null,
    primary key (pair, word)
) strict, without rowid;

create index house_by_municipality on house (municipality);

-- What a person set for an account of theirs. It ends with the link.
alter table account_link add column label text;             -- «Дача»
alter table account_link add column suspended_at text;      -- since when its reminders rest
alter table account_link add column notice_phone text;      -- +7XXXXXXXXXX, confirmed by a code
alter table account_link add column notice_email text;      -- lower case, confirmed by a code
alter table account_link add column by_sms integer not null default 0
    check (by_sms = 0 or by_sms = 1 and notice_phone is not null);
alter table account_link add column by_email integer not null default 0
    check (by_email = 0 or by_email = 1 and notice_email is not null);

create index account_link_ended on account_link (person_id, ended_at) where ended_at is not null;

-- What a person submitted stays with the person after the link.
create index submission_by_person on submission (person_id, account_id, submitted_at, submission_id);

-- A one-time code about a linked account: lives until it is used, its attempts are spent or its time is over.
create table account_code (
    account_code_id text primary key,
    account_link_id text not null references account_link (account_link_id),
    purpose text not null check (purpose in ('contact', 'unlink')),
    contact text,                       -- the phone or e-mail that the code confirms
    channel text not null check (channel in ('sms', 'email')),
    code_hash text not null,            -- sha256 of account_code_id and the code
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    used_at text,
    check ((purpose = 'contact') = (contact is not null))
) strict;

create index account_code_by_link on account_code (account_link_id, purpose);
create index account_code_by_age on account_code (created_at);

insert into setting (name, valid_from, value, source) values
    ('limit.link_per_device', '2000-01-01', '20', 'product rule: codes asked for in an hour'),
    ('limit.link_per_address', '2000-01-01', '100', 'product rule: codes asked for in an hour; mobile carriers share addresses'),
    ('limit.link_per_premises', '2000-01-01', '10', 'product rule: numbers tried for one flat in an hour'),
    ('limit.search_per_person', '2000-01-01', '120', 'product rule: searches for an address in a minute'),
    ('limit.account_code_per_person', '2000-01-01', '10', 'product rule: codes asked for in an hour'),
    ('limit.account_code_per_contact', '2000-01-01', '5', 'product rule: codes sent to one contact in an hour');
