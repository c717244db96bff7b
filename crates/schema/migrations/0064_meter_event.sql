-- owner: meter_life; readers: none
-- What happened to a meter beside its readings, which stay in `reading`. Events are added and never changed. Who told of
-- one stands in the audit log. The columns of `meter` are what the register says of today; an event moves them along.
create table meter_event (
    meter_event_seq integer primary key,
    meter_event_id text not null unique,
    meter_id text not null references meter (meter_id),
    -- 'installed' keeps what the register said of the installation before the first other event.
    kind text not null check (kind in ('installed', 'sealed', 'verified', 'replaced', 'failed', 'access_refused',
                                       'restored', 'removed')),
    happened_on text not null,          -- ISO date
    last_1 text,                        -- canonical decimal: what it showed last, one per rate
    last_2 text,
    last_3 text,
    first_1 text,                       -- what it, or the meter that took its place, showed first
    first_2 text,
    first_3 text,
    verified_until text,                -- ISO date: the last day that the verification covers; null: not known
    new_meter_id text unique references meter (meter_id), -- the meter that took its place
    act text,                           -- the document that says so, as people name it
    recorded_at text not null,
    check ((kind = 'replaced') = (new_meter_id is not null)),
    check ((kind in ('verified', 'replaced', 'removed')) = (last_1 is not null)),
    check ((kind in ('verified', 'replaced', 'restored')) = (first_1 is not null)),
    check (kind <> 'verified' or verified_until is not null)
) strict;

create index meter_event_by_meter on meter_event (meter_id, meter_event_seq);

create trigger meter_event_is_final before update on meter_event
begin
    select raise(abort, 'an event of a meter never changes');
end;

create trigger meter_event_stays before delete on meter_event
begin
    select raise(abort, 'an event of a meter never goes');
end;

insert into setting (name, valid_from, value, source) values
    ('limit.meter_event_per_person', '2000-01-01', '300', 'product rule: events of meters that one of the staff records in an hour');
