-- owner: ledger; readers: none
-- Parts of debts that are in dispute: no penalty accrues on them. When a dispute is settled, the next bill counts the
-- penalty anew, for all days. A debt has one dispute at a time.
create table debt_dispute (
    debt_dispute_seq integer primary key,
    debt_dispute_id text not null unique,
    account_id text not null references account (account_id),
    period text not null,
    fund text not null check (fund in ('services', 'capital_repair')),
    amount integer not null check (amount > 0), -- kopecks
    reason text not null,
    opened_at text not null,
    settled_at text,
    outcome text,                       -- how it was settled, in words
    check ((settled_at is null) = (outcome is null)),
    foreign key (account_id, period, fund) references debt (account_id, period, fund)
) strict;

create unique index debt_dispute_open on debt_dispute (account_id, period, fund) where settled_at is null;

create trigger debt_dispute_is_settled_once before update on debt_dispute when old.settled_at is not null
begin
    select raise(abort, 'a dispute is settled once');
end;
