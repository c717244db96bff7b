-- owner: homes; readers: billing
-- What the area of premises was and from which day on, where it has changed: without a row it has always been that of
-- the premises. Past months are charged by what held then.
create table premises_area (
    premises_id text not null references premises (premises_id),
    since text not null,                -- ISO date; 0001-01-01 for what was there first
    area_hundredths integer not null check (area_hundredths > 0),
    primary key (premises_id, since)
) strict, without rowid;
