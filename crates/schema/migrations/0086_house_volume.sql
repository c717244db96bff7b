-- owner: billing; readers: none
-- Of a month of a service there is one volume of the house: what is told later is put in its place.
drop index house_volume_by_month;
create unique index house_volume_by_month on house_volume (house_id, period, service);
