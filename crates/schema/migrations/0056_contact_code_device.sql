-- owner: contact_codes; readers: none
-- A code counts in the browser that asked for it. Those of before have none: whoever waits for one asks anew.
alter table contact_code add column device text not null default ''; -- sha256 of the device's cookie, hex

-- A code that travels by a message lives five minutes; what an operator has set since stays.
update setting set value = '5', source = 'product rule: as a confirmation''s code'
where name = 'contact_code.minutes' and valid_from = '2000-01-01' and source = 'product rule';
