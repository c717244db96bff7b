-- owner: billing; readers: ledger
-- What a house supplies, and how each service is charged while it is. Prices and norms stand with the tariffs.
create table house_service (
    house_service_id text primary key,
    house_id text not null references house (house_id),
    service text not null,              -- domain::service::Service
    way text not null,                  -- domain::billing::Way
    since text not null,                -- ISO date
    until text,
    unique (house_id, service, since)
) strict;

create table house_area (
    house_area_id text primary key,
    house_id text not null references house (house_id),
    premises_hundredths integer not null check (premises_hundredths > 0), -- all premises, m² × 100
    common_hundredths integer not null check (common_hundredths >= 0),    -- what they have in common
    since text not null,
    until text,
    unique (house_id, since)
) strict;

-- What a meter of a house told of a month. A later record of the same month holds.
create table house_volume (
    house_volume_seq integer primary key,
    house_volume_id text not null unique,
    house_id text not null references house (house_id),
    service text not null,
    period text not null,
    volume text not null,               -- canonical decimal, in the unit of the service
    recorded_at text not null
) strict;

create index house_volume_by_month on house_volume (house_id, period, service);

-- How many live in premises: numbers, no names.
create table household (
    household_id text primary key,
    premises_id text not null references premises (premises_id),
    registered integer not null check (registered >= 0),
    temporary integer not null check (temporary >= 0),
    owners integer not null check (owners >= 0),
    since text not null,
    until text,
    unique (premises_id, since)
) strict;

-- Services of the house that do not reach some premises: gas where stoves are electric.
create table service_not_supplied (
    premises_id text not null references premises (premises_id),
    service text not null,
    since text not null,
    until text,
    primary key (premises_id, service, since)
) strict, without rowid;

-- A month of a house. Steps take the premises after the cursor, each by one conditional statement: a step that another
-- one has taken changes nothing.
create table billing_run (
    billing_run_id integer primary key,
    house_id text not null references house (house_id),
    period text not null,
    state text not null check (state in ('open', 'previewed', 'approved', 'issued')),
    cursor text not null,               -- the number of the last premises that the state has gone through; '' before
    bills integer not null,             -- how many the preview has
    known_seq integer not null,         -- the last reading that was there when it was opened: later ones are late
    opened_at text not null,
    approved_at text,
    issued_at text,
    unique (house_id, period)
) strict;

create index billing_run_due on billing_run (billing_run_id) where state in ('open', 'approved');

-- A month of an account: a draft until it is issued, never changed after that. Sums are kopecks.
create table bill (
    bill_id integer primary key,
    billing_run_id integer not null references billing_run (billing_run_id),
    account_id text not null references account (account_id),
    period text not null,
    problem text,                       -- why its lines could not be computed: it cannot be approved so
    charged integer not null,           -- the lines of the month
    corrected integer not null,         -- the lines of earlier months
    number text unique,                 -- the rest is known when it is issued
    balance_before integer,             -- of the ledger, when the bill before was issued
    paid integer,                       -- since then
    penalty integer,
    balance integer,                    -- what is to be paid: below zero it is paid ahead
    due_on text,
    issued_at text,
    unique (account_id, period),
    check ((issued_at is null) = (number is null)),
    check (issued_at is null or problem is null),
    check (issued_at is null or balance = balance_before - paid + charged + corrected + penalty)
) strict;

create index bill_by_run on bill (billing_run_id, bill_id);

create table charge_line (
    bill_id integer not null references bill (bill_id),
    of_period text not null,            -- that of the bill, or an earlier one that is corrected
    service text not null,
    method text not null check (method in ('N', 'M', 'O')), -- norm, meter, other: the letters of ГИС ЖКХ
    volume integer not null,            -- in ten-millionths of the unit
    price text,                         -- none where several are in the line
    charged integer not null,
    excess integer not null,
    recalculated integer not null,
    discount integer not null,
    payable integer not null,
    oddities integer not null,          -- domain::billing::Oddities
    reason text,                        -- of a correction, in words
    explanation text not null,          -- JSON: domain::charge::Packed of the charge and of each recalculation
    primary key (bill_id, of_period, service),
    check (payable = charged + excess + recalculated - discount)
) strict, without rowid;

-- Past months that are to be computed anew in the next bills: an act, a benefit, an absence that became known late.
-- Late readings need none, they are found by their order of recording.
create table recalculation (
    recalculation_id text primary key,
    house_id text not null references house (house_id),
    account_id text references account (account_id), -- null: all of the house
    from_period text not null,
    reason text not null,
    requested_at text not null,
    billing_run_id integer references billing_run (billing_run_id) -- the run that took it
) strict;

create index recalculation_waiting on recalculation (house_id) where billing_run_id is null;
create index recalculation_by_run on recalculation (billing_run_id) where billing_run_id is not null;

-- The act of each version that an explanation names, as it stood when it was charged by.
create table cited_act (
    version_id text primary key,
    name text not null,
    number text not null,
    date text not null,
    link text
) strict;

create trigger bill_is_final before update on bill when old.issued_at is not null
begin
    select raise(abort, 'an issued bill never changes');
end;

create trigger bill_stays before delete on bill when old.issued_at is not null
begin
    select raise(abort, 'an issued bill never goes');
end;

create trigger charge_line_is_final before update on charge_line
begin
    select raise(abort, 'a line is computed anew, not changed');
end;

create trigger charge_line_stays before delete on charge_line
when (select issued_at from bill where bill_id = old.bill_id) is not null
begin
    select raise(abort, 'a line of an issued bill never goes');
end;

create trigger charge_line_comes_before_issue before insert on charge_line
when (select issued_at from bill where bill_id = new.bill_id) is not null
begin
    select raise(abort, 'an issued bill never changes');
end;

-- Until which day of the next month a month is paid (ЖК РФ ст. 155; ФЗ 177-ФЗ of 24.06.2025), by the first day of the
-- month that is paid for.
insert into setting (name, valid_from, value, source) values
    ('billing.due_day', '2005-03-01', '10', 'ЖК РФ ст. 155 ч. 1'),
    ('billing.due_day', '2026-03-01', '15', 'ФЗ 24.06.2025 № 177-ФЗ; sources differ on February 2026');
