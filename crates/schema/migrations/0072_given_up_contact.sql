-- owner: confirmations; readers: none
-- The contact whose code confirmed: whoever gives up that very contact did it willingly, and it hears of nothing later.
alter table confirmation add column proved text check (proved in ('phone', 'email'));

-- owner: contact_codes; readers: none
alter table contact_code add column gives_up integer not null default 0 check (gives_up in (0, 1));
