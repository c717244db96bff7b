-- owner: state; readers: everybody
-- What kind of state this is. Decided once, in the transaction that first fills it: demo logins exist only where
-- the row says 'demo', and no statement can turn a live state into a demo one.
create table state (
    only_row integer primary key check (only_row = 1),
    kind text not null check (kind in ('live', 'demo')),
    created_at text not null
) strict;

create trigger state_kind_is_final before update on state
begin
    select raise(abort, 'the kind of a state never changes');
end;

create trigger state_row_is_final before delete on state
begin
    select raise(abort, 'the kind of a state never changes');
end;

-- Without it "insert or replace" would pass by the two above: it deletes without firing delete triggers.
create trigger state_row_is_only before insert on state when exists (select 1 from state)
begin
    select raise(abort, 'the kind of a state never changes');
end;
