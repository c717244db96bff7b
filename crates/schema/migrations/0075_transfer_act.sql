-- owner: transfer_acts; readers: none
-- The keys that sign acts of transfer, made at first use; secrets lie sealed under the operator's master key. Of old ones
-- the public halves stay: what they signed stays checkable.
create table act_key (
    key_id text primary key,            -- the beginning of the SHA-256 of the public key, hex
    public_key blob not null check (length(public_key) = 32),
    sealed_secret blob not null,
    master_key_id text not null,
    made_at text not null,
    retired_at text                     -- null for the one that signs
) strict;

create unique index act_key_that_signs on act_key (retired_at is null) where retired_at is null;

-- The act of transfer of a reading, as it was signed. It names no person.
create table transfer_act (
    act_no integer primary key,
    reading_id text not null unique references reading (reading_id),
    -- Of the same meter and month: the act in whose place this one stands.
    replaces_no integer unique references transfer_act (act_no),
    act text not null                   -- canonical JSON: content, key, signature
) strict;

create trigger transfer_act_is_final before update on transfer_act
begin
    select raise(abort, 'an act of transfer never changes');
end;

create trigger transfer_act_stays before delete on transfer_act
begin
    select raise(abort, 'an act of transfer never goes');
end;

insert into setting (name, valid_from, value, source) values
    ('limit.act_check_per_address', '2000-01-01', '60', 'product rule: acts that are checked from one address in a minute');
