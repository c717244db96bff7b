-- owner: billing; readers: readings
-- What the middle one of similar homes of a house used in a month, by meter: for residents to compare with. Counted once,
-- when the bills of the month are issued. Homes are similar where as many people live; below six of them, the one that
-- looks among them, nothing is kept: nobody shall recognise a neighbour.
create table consumption_median (
    house_id text not null references house (house_id),
    period text not null,
    service text not null,
    residents integer not null check (residents between 0 and 4), -- four stand for four and more
    homes integer not null check (homes > 5),
    volume integer not null,            -- in ten-millionths of the unit
    primary key (house_id, period, service, residents)
) strict, without rowid;
