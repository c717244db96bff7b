-- owner: trusted_devices; readers: none
-- Devices on which a person is not asked for the second factor.
create table trusted_device (
    trusted_device_id text primary key,
    person_id text not null references person (person_id),
    device text not null,           -- sha256 of the device's cookie
    user_agent text not null,       -- what the browser called itself then
    trusted_at text not null,
    used_at text not null,          -- the last sign-in without a second factor, or the moment of trust
    expires_at text not null
) strict, without rowid;

create unique index trusted_device_by_person on trusted_device (person_id, device);
create index trusted_device_by_age on trusted_device (expires_at);

insert into setting (name, valid_from, value, source) values
    ('trusted_device.days', '2000-01-01', '30', 'article S2:191: trusted devices; the number is a product rule');
