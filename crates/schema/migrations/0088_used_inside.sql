-- owner: billing; readers: none
-- A house may pay for what is left of its own meters when all that was used inside is taken away. Its preview then goes
-- through the premises twice.
alter table billing_run add column is_of_the_rest integer not null default 0 check (is_of_the_rest in (0, 1));

-- What premises used of a service, as the bills of the month tell: ten-millionths of the unit.
create table used_inside (
    house_id text not null references house (house_id),
    period text not null,
    service text not null,              -- domain::service::Service
    non_residential integer not null,
    by_norm integer not null,           -- dwellings
    by_meter integer not null,          -- dwellings, with averages of meters
    primary key (house_id, period, service)
) strict, without rowid;
