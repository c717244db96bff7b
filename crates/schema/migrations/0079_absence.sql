-- owner: billing; readers: none
-- Applications of residents who were away for a time, and what the accountant decided. Who applied stands in the audit
-- log: the application is of the account.
create table absence (
    absence_seq integer primary key,
    absence_id text not null unique,
    account_id text not null references account (account_id),
    persons integer not null check (persons > 0), -- how many were away
    left_on text not null,              -- ISO date
    returned_on text not null,
    document text not null,             -- what confirms it, in words
    asked_on text not null,             -- the day of the application, where the house is
    state text not null check (state in ('asked', 'accepted', 'refused')),
    meter_is_impossible integer check (meter_is_impossible in (0, 1)), -- of an accepted one: no meter could be hung
    reason text,                        -- of the decision, for the residents
    recorded_at text not null,
    decided_at text,
    check (returned_on >= left_on),
    check ((state = 'asked') = (decided_at is null)),
    check ((state = 'asked') = (reason is null)),
    check ((state = 'accepted') = (meter_is_impossible is not null))
) strict;

create index absence_by_account on absence (account_id, left_on);
create index absence_waiting on absence (absence_seq) where state = 'asked';

create trigger absence_is_decided_once before update on absence when old.state <> 'asked'
begin
    select raise(abort, 'an absence is decided once');
end;
