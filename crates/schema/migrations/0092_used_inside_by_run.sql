-- owner: billing; readers: none
-- What premises used becomes known more than once: a late reading changes what was left of the house. Each run keeps
-- what it found; the last word is that of the latest run.
create table used_inside_by_run (
    house_id text not null references house (house_id),
    period text not null,
    service text not null,              -- domain::service::Service
    billing_run_id integer not null references billing_run (billing_run_id),
    non_residential integer not null,   -- in ten-millionths of the unit
    by_norm integer not null,           -- dwellings
    by_meter integer not null,          -- dwellings, with averages of meters
    primary key (house_id, period, service, billing_run_id)
) strict, without rowid;

insert into used_inside_by_run (house_id, period, service, billing_run_id, non_residential, by_norm, by_meter)
select u.house_id, u.period, u.service, r.billing_run_id, u.non_residential, u.by_norm, u.by_meter
from used_inside u join billing_run r on r.house_id = u.house_id and r.period = u.period;

drop table used_inside;
alter table used_inside_by_run rename to used_inside;

-- to_preview and the first look of a preview drop what this run found.
create index used_inside_of_run on used_inside (billing_run_id);
