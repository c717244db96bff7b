-- owner: identities; readers: none
-- What the first sign-in at a provider is for is not lost while its person decides: the way on, and the СНИЛС that the
-- provider told of somebody confirmed.
alter table unlinked_identity add column next text not null default '/';    -- the path to go on to
alter table unlinked_identity add column sealed_snils blob;                 -- XChaCha20-Poly1305: nonce and text
alter table unlinked_identity add column snils_key_id text                  -- which of files_key sealed it
    check ((snils_key_id is null) = (sealed_snils is null));
