-- owner: tariffs; readers: none
-- What was told of prices, norms, benefits and ways of charging before they hold, as it was told last: a row that is
-- recorded anew and says the same is not told again. It takes the place of told_tariff_change, which knew when a row
-- was recorded and not what it said.
create table told_change (
    house_id text not null references house (house_id),
    since text not null,                -- the first day, ISO
    kind text not null check (kind in ('price', 'norm', 'benefit', 'way')),
    service text not null,              -- domain::service::Service
    detail text not null,               -- of prices how many rate zones, of a norm its basis, of a benefit its name; else ''
    content text not null,              -- JSON of what was told to hold then
    told_at text not null,
    primary key (house_id, since, kind, service, detail)
) strict, without rowid;

-- Of rows of one key that were recorded one after another the last one told holds.
insert or replace into told_change
select t.house_id, t.since, 'price', t.service, cast(t.rates as text),
       json_array(json(t.prices), json(t.above_norm), t.fixed, t.surcharge), d.told_at
from told_tariff_change d join tariff t using (house_id, since, recorded_at)
where not t.is_offer
order by t.recorded_at;

drop table told_tariff_change;

create index norm_by_day on norm (since) where withdrawn_at is null;
create index benefit_rate_by_day on benefit_rate (since) where withdrawn_at is null;
create index house_service_by_day on house_service (since);

-- The desk asks by house: its accounts are few, the requests of all houses may be many.
drop index charge_request_waiting;
create index charge_request_waiting on charge_request (account_id) where state = 'asked';
