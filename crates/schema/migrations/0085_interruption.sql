-- owner: billing; readers: none
-- Times without a service, by their acts: of all the house or of one account. A record never changes: what was wrong is
-- withdrawn, and what is right stands in another one.
create table interruption (
    interruption_seq integer primary key,
    interruption_id text not null unique,
    house_id text not null references house (house_id),
    account_id text references account (account_id), -- null: all of the house
    service text not null,
    since text not null,                -- ISO date and time, by the clock of the house
    until text not null,
    act text not null,                  -- what residents read of it: its name, number and date
    recorded_at text not null,
    withdrawn_at text,
    check (until > since)
) strict;

create index interruption_of_house on interruption (house_id, interruption_seq) where withdrawn_at is null;
create index interruption_of_account on interruption (account_id) where withdrawn_at is null and account_id is not null;

create trigger interruption_is_final before update on interruption
when old.withdrawn_at is not null or new.withdrawn_at is null or new.house_id <> old.house_id
    or new.account_id is not old.account_id or new.service <> old.service or new.since <> old.since
    or new.until <> old.until or new.act <> old.act
begin
    select raise(abort, 'an interruption is withdrawn, not changed');
end;
