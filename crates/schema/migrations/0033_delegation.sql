-- owner: homes; readers: readings, reminders
-- What a person lets another one do for chosen accounts, until a day (function 20). Each use asks these rows.
create table delegation (
    delegation_id text primary key,
    granted_by text not null references person (person_id),
    person_id text references person (person_id), -- the delegate; null until somebody takes the link
    token_hash text not null unique, -- sha256 of the token in the link, hex
    name text not null,             -- what the granter calls the delegate
    powers text not null,           -- JSON array: 'see-readings', 'submit-readings'
    until text not null,            -- ISO date, the last day in UTC
    created_at text not null,
    take_by text not null,          -- the link is over then
    taken_at text,
    ended_at text,
    check ((person_id is null) = (taken_at is null))
) strict;

create index delegation_by_granter on delegation (granted_by, created_at);
create index delegation_by_person on delegation (person_id) where ended_at is null;
create index delegation_by_end on delegation (until) where ended_at is null;

create table delegation_account (
    delegation_id text not null references delegation (delegation_id) on delete cascade,
    account_link_id text not null references account_link (account_link_id), -- the granter's: without it nothing is left
    primary key (delegation_id, account_link_id)
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('delegation.days_max', '2000-01-01', '365', 'product rule: nobody is trusted for longer without being asked again'),
    ('delegation.take_days', '2000-01-01', '7', 'product rule: the link of a delegation'),
    ('delegation.told_days_before', '2000-01-01', '7', 'product rule'),
    ('limit.delegation_per_person', '2000-01-01', '10', 'product rule: delegations in a day; each may cost an SMS');
