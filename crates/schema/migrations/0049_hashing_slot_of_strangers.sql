-- owner: hashing_slots; readers: none
-- Guessing at passwords leaves places for hashing to those whose device the portal knows, and a core to hash on.
alter table hashing_slot add column is_strangers integer not null default 0 check (is_strangers in (0, 1));

insert into setting (name, valid_from, value, source) values
    ('hashing.slots_of_strangers', '2000-01-01', '1', 'product rule: of the passwords hashed at once, those of unknown devices');
