-- owner: identities; readers: reminders
-- The certificates by which a provider and our signer there are known, as they were at the last sign-in: somebody must
-- renew each in time.
create table provider_certificate (
    provider text not null,         -- as in its callback's address: 'esia'
    certificate_id text not null,   -- its digest, hex
    holder text not null check (holder in ('provider', 'signer')),
    not_after text not null,
    noted_at text not null,
    primary key (provider, certificate_id)
) strict, without rowid;

-- The tokens by which a provider ended sessions here: each is used once.
create table logout_token (
    token_hash text primary key,    -- sha256 of issuer and jti, hex
    created_at text not null
) strict, without rowid;

create index logout_token_by_age on logout_token (created_at);

-- By which sign-in at a provider a session was opened; null: by a password here.
alter table session add column provider text;
alter table session add column provider_subject text;
alter table session add column provider_sid text;   -- the session there, where the provider names it

alter table unlinked_identity add column sid text;  -- the session there: that of the sign-in which begins here

create index session_by_provider on session (provider, provider_subject) where provider is not null and ended_at is null;

insert into setting (name, valid_from, value, source) values
    ('provider.certificate_days', '2000-01-01', '30', 'product rule: days before its end that admins are told of a certificate');
