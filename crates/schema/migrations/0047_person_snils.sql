-- owner: snils; readers: persons
-- A person's СНИЛС, confirmed by a provider that checks documents or by the company: one more name to sign in by.
create table person_snils (
    person_id text primary key references person (person_id),
    snils_hash text not null unique,  -- HMAC-SHA256 under a master key, hex
    sealed_snils blob not null,       -- XChaCha20-Poly1305: nonce and text
    master_key_id text not null,      -- which of files_key made both
    source text not null check (source in ('esia', 'company')),
    confirmed_at text not null
) strict, without rowid;
