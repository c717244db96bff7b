-- owner: identities; readers: none
-- Whether the profile's name is this one: it was taken from the provider, goes on with what the provider says, and is so
-- no more once its person writes another.
alter table identity add column is_own_name integer not null default 0 check (is_own_name in (0, 1));
