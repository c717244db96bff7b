-- owner: identities; readers: none
-- Who a provider says somebody is. The portal knows nobody else's word by this: one person per provider's name.
create table identity (
    provider text not null,         -- as in its callback's address: 'oidc'
    issuer text not null,           -- whose subject it is: another provider may take the place of this one
    subject text not null,          -- the issuer's own name for the person
    person_id text not null references person (person_id),
    level text not null check (level in ('basic', 'confirmed')),
    name text not null,             -- as the provider had it the last time; '' where it has none
    linked_at text not null,
    signed_in_at text not null,     -- the last time
    primary key (issuer, subject)
) strict, without rowid;

create unique index identity_by_person on identity (person_id, provider);

-- A sign-in that was begun here and is answered by the provider once.
create table provider_sign_in (
    state_hash text primary key,    -- sha256 of the state, hex
    provider text not null,
    device text not null,           -- sha256 of the device's cookie: another browser cannot finish it
    nonce text not null,
    code_verifier text not null,    -- means nothing once the state is used
    next text not null,             -- the path to go on to
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create index provider_sign_in_by_age on provider_sign_in (created_at);

-- Somebody whom a provider vouched for and the portal does not know yet: waits until that device says who it is here.
create table unlinked_identity (
    unlinked_identity_id text primary key,
    provider text not null,
    issuer text not null,
    subject text not null,
    device text not null,           -- sha256 of the device's cookie
    level text not null check (level in ('basic', 'confirmed')),
    name text not null,             -- as the provider has it; '' where it has none
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create index unlinked_identity_by_device on unlinked_identity (device) where used_at is null;
create index unlinked_identity_by_age on unlinked_identity (created_at);

insert into setting (name, valid_from, value, source) values
    ('limit.provider_sign_in_per_device', '2000-01-01', '20', 'product rule: sign-ins begun in 15 minutes'),
    ('limit.provider_sign_in_per_address', '2000-01-01', '200', 'product rule: sign-ins begun in 15 minutes; mobile carriers share addresses');
