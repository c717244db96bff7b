-- owner: requests; readers: none
-- What makes a repeated or an excessive request harmless.
create table idempotency (
    scope text not null,            -- the person (or the visitor's device) the key belongs to
    key text not null,
    request_hash text not null,     -- sha256 of method, path and body: the same key with another request is an error
    status integer not null,
    body text not null,             -- the first answer, given again
    created_at text not null,
    primary key (scope, key)
) strict, without rowid;

create index idempotency_by_age on idempotency (created_at);

create table rate_limit (
    bucket text primary key,        -- rule and subject: 'sign-in:login:<sha256>'
    window_started_at integer not null, -- unix seconds
    count integer not null
) strict, without rowid;
