-- owner: billing; readers: none
-- What of the penalty of a bill each debt of its account adds, with the days that the whole penalty on the debt is made
-- of: how it comes about is told from them. Sums are kopecks. Bills from before have none.
create table bill_penalty (
    bill_id integer not null references bill (bill_id),
    of_period text not null,            -- the month of the debt
    fund text not null check (fund in ('services', 'capital_repair')),
    disputed integer not null check (disputed >= 0), -- how much of the debt was in dispute: it cost nothing
    before integer not null check (before >= 0),     -- what earlier bills charged
    amount integer not null,            -- what this bill adds; below zero it takes back
    steps text not null,                -- JSON: domain::penalty::KeptStep of each stretch of days
    primary key (bill_id, of_period, fund)
) strict, without rowid;

create trigger bill_penalty_stays before update on bill_penalty
begin
    select raise(abort, 'an issued bill never changes');
end;

create trigger bill_penalty_stays_there before delete on bill_penalty
begin
    select raise(abort, 'an issued bill never changes');
end;
