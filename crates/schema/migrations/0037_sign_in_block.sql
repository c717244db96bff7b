-- owner: sign_in_blocks; readers: none
-- Sign-ins that a person did not make, and people who may not sign in until it is sure who they are.

-- The link «Это не я» in a message about a sign-in from a new device.
create table sign_in_notice (
    token_hash text primary key,    -- sha256 of the token in the link, hex
    person_id text not null references person (person_id),
    user_agent text not null,       -- what the browser called itself
    address text not null,          -- from where
    signed_in_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create index sign_in_notice_by_age on sign_in_notice (expires_at);

-- While the row is here no password lets in. Recovery by a code takes it away; after the loss of a device, which may be
-- the very one that gets the codes, only when two of the support have lifted the block.
create table sign_in_block (
    person_id text primary key references person (person_id),
    cause text not null check (cause in ('not-me', 'lost-device')),
    blocked_at text not null,
    asked_by text references person (person_id), -- which of the support asks to lift it
    asked_at text,
    lifted_by text references person (person_id), -- which other one agreed
    lifted_at text,
    check (lifted_by <> asked_by)
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('sign_in_notice.days', '2000-01-01', '7', 'product rule: how long the link «Это не я» works'),
    ('sign_in_block.asked_hours', '2000-01-01', '24', 'product rule: how long one of the support waits for another');
