-- owner: tariffs; readers: none
-- Who has an account hears of new prices before they hold. The notice itself says that it was told.
create index tariff_by_day on tariff (since) where withdrawn_at is null and not is_offer;

insert into setting (name, valid_from, value, source) values
    ('tariff.told_days_before', '2000-01-01', '30', 'function 57; ЖК РФ ст. 155 asks for a notice of 30 days');
