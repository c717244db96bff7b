-- owner: passkeys; readers: none
-- Keys that a person's devices sign in by (WebAuthn). The portal knows the public half alone.
create table passkey (
    passkey_id text primary key,
    person_id text not null references person (person_id),
    credential_id text not null unique, -- the device's own name for it, base64url
    public_key blob not null,       -- SubjectPublicKeyInfo, DER
    algorithm integer not null check (algorithm in (-7, -257)), -- COSE: ES256, RS256
    sign_count integer not null,    -- how often it signed, as it says; 0 where it does not count
    is_backed_up integer not null check (is_backed_up in (0, 1)),
    name text not null,             -- what the person calls it
    created_at text not null,
    used_at text not null           -- the last sign-in, or the moment it was made
) strict, without rowid;

create index passkey_by_person on passkey (person_id);

-- What a browser is asked to sign, once.
create table passkey_challenge (
    challenge_id text primary key,
    challenge text not null,        -- base64url
    device text not null,           -- sha256 of the device's cookie: another browser cannot answer
    person_id text references person (person_id), -- who makes a passkey; null for a sign-in
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create index passkey_challenge_by_age on passkey_challenge (created_at);

insert into setting (name, valid_from, value, source) values
    ('passkey.challenge_minutes', '2000-01-01', '5', 'product rule'),
    ('limit.passkey_challenge_per_device', '2000-01-01', '20', 'product rule: questions in 15 minutes'),
    ('limit.passkey_challenge_per_address', '2000-01-01', '200', 'product rule: questions in 15 minutes; mobile carriers share addresses');
