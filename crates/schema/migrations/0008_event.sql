-- owner: events; readers: reminders
-- What somebody must hear about, written in the transaction that made it so; the reminders job turns it into notices.
create table event (
    event_id integer primary key,
    kind text not null,                 -- 'reading.submitted', 'account.linked'
    person_id text references person (person_id),
    payload text not null,              -- JSON
    created_at text not null,
    handled_at text
) strict;

create index event_waiting on event (event_id) where handled_at is null;
