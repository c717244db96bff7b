-- owner: tariffs; readers: none
-- Who has an account hears of new prices before they hold: once for what became known of a house together. A house that
-- was told is not looked at again, however many live there.
create table told_tariff_change (
    house_id text not null references house (house_id),
    since text not null,                -- the first day of the new prices, ISO
    recorded_at text not null,          -- when they became known
    told_at text not null,
    primary key (house_id, since, recorded_at)
) strict, without rowid;

create index tariff_by_day on tariff (since) where withdrawn_at is null and not is_offer;

insert into setting (name, valid_from, value, source) values
    ('tariff.told_days_before', '2000-01-01', '30', 'function 57; ЖК РФ ст. 155 asks for a notice of 30 days');
