-- owner: hashing_slots; readers: none
-- Who hashes a password right now, over all instances and hosts: a hash costs 19 MiB and tens of milliseconds.
create table hashing_slot (
    slot_id text primary key,
    leased_until text not null      -- whoever stops without giving it back holds it no longer
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('hashing.slots', '2000-01-01', '4', 'product rule: passwords hashed at once');
