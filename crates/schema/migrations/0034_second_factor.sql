-- owner: second_factors; readers: none
-- By what a person proves at sign-in, besides the password, to be who it says.

-- An app of one-time codes (RFC 6238). A copy of the database makes no codes: the secret lies under a master key.
create table totp (
    person_id text primary key references person (person_id),
    sealed_secret blob not null,    -- XChaCha20-Poly1305: nonce and text
    master_key_id text not null,    -- which of files_key opens it
    last_step integer not null default 0, -- 30 seconds each since 1970: this one and those before it are refused
    created_at text not null,
    confirmed_at text               -- null until the first right code: asks for nothing and opens nothing
) strict, without rowid;

-- Codes that the portal sends to the person's own phone or mailbox, where there is no app.
create table second_factor_contact (
    person_id text primary key references person (person_id),
    confirmed_at text not null
) strict, without rowid;

-- Codes on paper, for whoever lost the phone. Each is good once; new ones take the place of all.
create table recovery_code (
    person_id text not null references person (person_id),
    code_hash text not null,        -- sha256 of person_id and the code
    created_at text not null,
    used_at text,
    primary key (person_id, code_hash)
) strict, without rowid;
