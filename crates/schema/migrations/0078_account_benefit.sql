-- owner: billing; readers: none
-- Benefits of those who live in premises, as the accountant recorded them by a document. A record never changes: what
-- ended or was wrong is withdrawn, and what is right stands in another one.
create table account_benefit (
    account_benefit_seq integer primary key,
    account_benefit_id text not null unique,
    account_id text not null references account (account_id),
    benefit text not null,              -- what it is called in benefit_rate of the house
    persons integer check (persons > 0), -- how many have it; null: all who live there
    norm_area_hundredths integer check (norm_area_hundredths > 0), -- their social norm, m² × 100; null: that of the rate
    document text not null,
    since text not null,                -- ISO date
    until text,                         -- the last day
    recorded_at text not null,
    withdrawn_at text,
    check (until is null or until >= since)
) strict;

create index account_benefit_in_force on account_benefit (account_id, since) where withdrawn_at is null;

create trigger account_benefit_is_final before update on account_benefit
when old.withdrawn_at is not null or new.withdrawn_at is null or new.account_id <> old.account_id
    or new.benefit <> old.benefit or new.since <> old.since or new.until is not old.until
    or new.persons is not old.persons or new.norm_area_hundredths is not old.norm_area_hundredths
begin
    select raise(abort, 'a benefit is withdrawn, not changed');
end;

-- Whether a recalculation follows from something that became known late: nobody takes that back.
alter table recalculation add column is_of_fact integer not null default 0 check (is_of_fact in (0, 1));
