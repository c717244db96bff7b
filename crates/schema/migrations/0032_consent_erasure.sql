-- owner: consents; readers: erasures
-- An act of consent never changes, but for its network address: that of a person who was erased goes.
drop trigger consent_act_is_final;

create trigger consent_act_is_final before update on consent_act
when new.address <> ''
     or (new.consent_seq, new.person_id, new.purpose, new.version, new.sha256, new.act, new.at)
        is not (old.consent_seq, old.person_id, old.purpose, old.version, old.sha256, old.act, old.at)
begin
    select raise(abort, 'an act of consent never changes');
end;
