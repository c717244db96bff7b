-- owner: invitations; readers: none
-- A link that lets one new person set a password, once: for the first administrator, later for all staff.
create table invitation (
    invitation_id text primary key,
    token_hash text not null unique, -- sha256 of the token in the link, hex
    login text not null,            -- lower case
    name text not null,             -- as greeted
    roles text not null,            -- names, a space between
    created_at text not null,
    expires_at text not null,
    used_at text,
    person_id text references person (person_id) -- who took it
) strict;

create index invitation_by_login on invitation (login) where used_at is null;

insert into setting (name, valid_from, value, source) values
    ('invitation.hours', '2000-01-01', '24', 'product rule');
