-- owner: ledger; readers: billing
-- What an account owes, entry by entry. The database itself holds that balances add up and nothing is changed.
create table ledger_entry (
    account_id text not null references account (account_id),
    no integer not null check (no > 0), -- counted from 1 without gaps
    kind text not null check (kind in ('opening', 'charge', 'correction', 'penalty', 'payment')),
    subject text not null,              -- what it comes from, once: the number of a bill, the id of a payment
    on_day text not null,               -- ISO date
    amount integer not null,            -- kopecks; below zero it lowers the debt
    balance integer not null,           -- after it
    recorded_at text not null,
    primary key (account_id, no)
) strict, without rowid;

create unique index ledger_entry_once on ledger_entry (account_id, kind, subject);

create trigger ledger_entry_adds_up before insert on ledger_entry
when new.balance <> new.amount + coalesce(
    (select balance from ledger_entry where account_id = new.account_id and no = new.no - 1),
    case new.no when 1 then 0 end, new.balance - new.amount + 1)
begin
    select raise(abort, 'the balance of a ledger adds up');
end;

create trigger ledger_entry_is_final before update on ledger_entry
begin
    select raise(abort, 'an entry of a ledger never changes');
end;

create trigger ledger_entry_stays before delete on ledger_entry
begin
    select raise(abort, 'an entry of a ledger never goes');
end;

-- How far the nightly check of all ledgers is.
create table ledger_check (
    ledger_check_id integer primary key check (ledger_check_id = 1),
    cursor text not null,               -- the last account that was checked; '' at the beginning
    began_at text not null,
    accounts integer not null,
    discrepancies integer not null,
    finished_at text                    -- null while it goes on
) strict;
