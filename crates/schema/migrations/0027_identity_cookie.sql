-- owner: identities; readers: none
-- An identity that waits is bound to a cookie of its own, which is over with the browser's session: the cookie of the
-- device stays for a year, so whoever used the browser next had it too. What waits now begins anew.
drop table unlinked_identity;

-- Somebody whom a provider vouched for and the portal does not know yet: waits until that browser says who it is here.
create table unlinked_identity (
    unlinked_identity_id text primary key,
    provider text not null,
    issuer text not null,
    subject text not null,
    cookie_hash text not null,      -- sha256 of the cookie that came with this sign-in, hex
    level text not null check (level in ('basic', 'confirmed')),
    name text not null,             -- as the provider has it; '' where it has none
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create unique index unlinked_identity_by_cookie on unlinked_identity (cookie_hash) where used_at is null;
create index unlinked_identity_by_age on unlinked_identity (created_at);
