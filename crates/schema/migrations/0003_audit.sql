-- owner: audit; readers: auth, moydom audit verify
-- A hash chain over salted commitments: the words of a field stand in audit_detail and can be erased by law
-- without breaking the chain, which covers only sha256(salt, name, value).
create table audit_entry (
    audit_seq integer primary key,
    at text not null,
    actor text not null,            -- a person_id, or 'system', 'operator', 'visitor'
    action text not null,           -- what was done: 'reading.submit'
    object text not null,           -- to what: 'account:…'
    commitments text not null,      -- JSON object: field name -> hex commitment
    previous_hash text not null,
    hash text not null unique
) strict;

create table audit_detail (
    audit_seq integer primary key references audit_entry (audit_seq),
    fields text not null            -- JSON array of {name, salt, value}; what was erased is absent
) strict;

create index audit_entry_by_actor on audit_entry (actor, audit_seq);

create trigger audit_entry_is_final before update on audit_entry
begin
    select raise(abort, 'an audit entry never changes');
end;

create trigger audit_entry_stays before delete on audit_entry
begin
    select raise(abort, 'an audit entry never goes');
end;

-- Without it "insert or replace" would pass by the two above: it deletes without firing delete triggers.
create trigger audit_entry_is_never_replaced before insert on audit_entry
when exists (select 1 from audit_entry where audit_seq = new.audit_seq or hash = new.hash)
begin
    select raise(abort, 'an audit entry never changes');
end;
