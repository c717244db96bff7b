-- owner: sign_in_locks; readers: none
-- Failed sign-ins in a row. Devices that once signed the person in count for themselves, all others together: a
-- stranger can lock out strangers, never the person's own phone.
create table sign_in_failure (
    subject text not null,          -- a person_id; for what nobody has, 'typed:' and the sha256 of what was typed
    device text not null,           -- sha256 of a known device's cookie; '' for all unknown devices together
    failures integer not null check (failures > 0),
    last_failed_at text not null,   -- from the failure that locked on, also since when it is locked
    primary key (subject, device)
) strict, without rowid;

create index sign_in_failure_by_age on sign_in_failure (last_failed_at);

-- The devices that a person signed in with.
create table known_device (
    person_id text not null references person (person_id),
    device text not null,           -- sha256 of the device's cookie
    signed_in_at text not null,     -- the last time
    primary key (person_id, device)
) strict, without rowid;

create index known_device_by_age on known_device (signed_in_at);

insert into setting (name, valid_from, value, source) values
    ('sign_in.failures_until_lock', '2000-01-01', '5', 'article S1:219: failures in a row'),
    ('sign_in.lock_kept_days', '2000-01-01', '90', 'product rule: a lock that nobody asked to lift is forgotten'),
    ('limit.password_per_person', '2000-01-01', '5', 'product rule: wrong old passwords in 15 minutes'),
    ('limit.support_per_person', '2000-01-01', '60', 'product rule: people looked up by one of the support in an hour');

-- It counted successes too, and let a stranger keep a person out: failures in a row do its work now.
delete from setting where name = 'limit.sign_in_per_login';
update setting set source = 'product rule: failures in 15 minutes' where name = 'limit.sign_in_per_device';
update setting set source = 'product rule: failures in 15 minutes; mobile carriers share addresses'
where name = 'limit.sign_in_per_address';
