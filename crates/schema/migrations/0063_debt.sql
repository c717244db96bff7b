-- owner: ledger; readers: billing
-- What is owed for one month: a view of the ledger that payments and penalties are counted by. Contributions for capital
-- repair stand apart, as their penalties do (ЖК РФ ст. 155 ч. 14.1).
create table debt (
    account_id text not null references account (account_id),
    period text not null,
    fund text not null check (fund in ('services', 'capital_repair')),
    amount integer not null check (amount >= 0),
    paid integer not null check (paid between 0 and amount),
    penalty integer not null check (penalty >= 0),  -- posted until now
    penalty_paid integer not null check (penalty_paid >= 0),
    due_on text not null,
    is_open integer not null check (is_open in (0, 1)), -- whether anything may still be owed or accrue
    primary key (account_id, period, fund)
) strict, without rowid;

create index debt_open on debt (account_id, period) where is_open = 1;

-- What of a payment went to which debt.
create table debt_payment (
    account_id text not null,
    period text not null,
    fund text not null,
    no integer not null,                -- that of the entry of the ledger by which it came
    on_day text not null,               -- the day of the payment
    amount integer not null check (amount > 0),
    primary key (account_id, period, fund, no),
    foreign key (account_id, period, fund) references debt (account_id, period, fund)
) strict, without rowid;

-- Rates that penalties go by, in percent a year: the key rate, and the most that counts of it.
create table penalty_rate (
    penalty_rate_id text primary key,
    kind text not null check (kind in ('key', 'cap')),
    percent text not null,              -- canonical decimal
    since text not null,
    until text,
    act_name text not null,
    act_number text not null,
    act_date text not null,
    unique (kind, since)
) strict;

-- Days on which no penalty accrues.
create table penalty_moratorium (
    penalty_moratorium_id text primary key,
    since text not null,
    until text,
    act_name text not null,
    act_number text not null,
    act_date text not null
) strict;

insert into penalty_rate (penalty_rate_id, kind, percent, since, until, act_name, act_number, act_date) values
    ('key-2023-12-18', 'key', '16', '2023-12-18', '2024-07-28', 'Решение Совета директоров Банка России', 'б/н', '2023-12-15'),
    ('key-2024-07-29', 'key', '18', '2024-07-29', '2024-09-15', 'Решение Совета директоров Банка России', 'б/н', '2024-07-26'),
    ('key-2024-09-16', 'key', '19', '2024-09-16', '2024-10-27', 'Решение Совета директоров Банка России', 'б/н', '2024-09-13'),
    ('key-2024-10-28', 'key', '21', '2024-10-28', '2025-06-08', 'Решение Совета директоров Банка России', 'б/н', '2024-10-25'),
    ('key-2025-06-09', 'key', '20', '2025-06-09', '2025-07-27', 'Решение Совета директоров Банка России', 'б/н', '2025-06-06'),
    ('key-2025-07-28', 'key', '18', '2025-07-28', '2025-09-14', 'Решение Совета директоров Банка России', 'б/н', '2025-07-25'),
    ('key-2025-09-15', 'key', '17', '2025-09-15', '2025-10-26', 'Решение Совета директоров Банка России', 'б/н', '2025-09-12'),
    ('key-2025-10-27', 'key', '16.5', '2025-10-27', '2025-12-21', 'Решение Совета директоров Банка России', 'б/н', '2025-10-24'),
    ('key-2025-12-22', 'key', '16', '2025-12-22', null, 'Решение Совета директоров Банка России', 'б/н', '2025-12-19'),
    ('cap-2024-01-01', 'cap', '9.5', '2024-01-01', '2024-12-31', 'Постановление Правительства РФ', '2382', '2023-12-29'),
    ('cap-2025-01-01', 'cap', '9.5', '2025-01-01', '2026-12-31', 'Постановление Правительства РФ', '329', '2025-03-18');

insert into setting (name, valid_from, value, source) values
    ('penalty.caprepair_grace_days', '2000-01-01', '30', 'ЖК РФ ст. 155 ч. 14.1; sources differ: 30 or 0');
