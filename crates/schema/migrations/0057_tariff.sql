-- owner: tariffs; readers: billing
-- Prices and norms: dated rows, each with the act behind it. A row whose end is not known ends where the next one of its
-- series begins. A row that said something wrong is withdrawn and another one comes in its place: what was charged by it
-- names it for ever.
create table tariff_act (
    tariff_act_id text primary key,
    name text not null,
    number text not null,
    date text not null,
    link text not null,                 -- '' where it can't be read anywhere
    unique (number, date, name, link)
) strict;

create table supplier (
    supplier_id text primary key,
    inn text not null unique,
    name text not null
) strict;

create table tariff (
    tariff_id text primary key,
    house_id text not null references house (house_id),
    service text not null,              -- domain::service::Service
    supplier_id text not null references supplier (supplier_id),
    is_offer integer not null check (is_offer in (0, 1)), -- what this supplier would take: nothing is charged by it
    rates integer not null check (rates between 1 and 3), -- how many rate zones it is for
    prices text not null,               -- JSON: rubles for a unit in each zone, decimal text of at most 6 places
    above_norm text,                    -- JSON: the same above the social norm
    fixed text,                         -- rubles a month from each dwelling
    surcharge text,                     -- percent
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,                -- ISO date
    until text,                         -- the last day
    recorded_at text not null,
    withdrawn_at text,
    check (json_array_length(prices) = rates),
    check (above_norm is null or json_array_length(above_norm) = rates)
) strict;

create unique index tariff_in_force on tariff (house_id, service, rates, is_offer, supplier_id, since)
where withdrawn_at is null;

create table norm (
    norm_id text primary key,
    house_id text not null references house (house_id),
    service text not null,
    per text not null,                  -- domain::norm::NormBasis
    dwelling text not null,             -- the type of dwelling, as the act names it
    value text not null,                -- in the unit of the service, decimal text
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,
    until text,
    recorded_at text not null,
    withdrawn_at text
) strict;

create unique index norm_in_force on norm (house_id, service, per, since) where withdrawn_at is null;

-- By how much a benefit lowers what a service costs.
create table benefit_rate (
    benefit_rate_id text primary key,
    house_id text not null references house (house_id),
    benefit text not null,              -- whose it is, in words: «Ветераны труда»
    service text not null,
    percent text not null,
    volume_limit text,                  -- only so much of the volume of a month
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,
    until text,
    recorded_at text not null,
    withdrawn_at text
) strict;

create unique index benefit_rate_in_force on benefit_rate (house_id, benefit, service, since)
where withdrawn_at is null;

-- By what a norm is multiplied where there is no meter though there could be: the same in the whole country.
create table norm_multiplier (
    norm_multiplier_id text primary key,
    value text not null,
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,
    until text
) strict;

insert into tariff_act (tariff_act_id, name, number, date, link) values
    ('act-354', 'Постановление Правительства РФ о правилах предоставления коммунальных услуг', '354', '2011-05-06', ''),
    ('act-603', 'Постановление Правительства РФ о повышающих коэффициентах', '603', '2016-06-29', '');

insert into norm_multiplier (norm_multiplier_id, value, tariff_act_id, since, until) values
    ('multiplier-2000', '1', 'act-354', '2000-01-01', '2016-06-30'),
    ('multiplier-2016', '1.4', 'act-603', '2016-07-01', '2016-12-31'),
    ('multiplier-2017', '1.5', 'act-603', '2017-01-01', null);
