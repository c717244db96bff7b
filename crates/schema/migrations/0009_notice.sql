-- owner: notices; readers: none
create table notice (
    notice_id text primary key,
    person_id text not null references person (person_id),
    subject text not null,              -- what it is about, once per person: 'window-open:<premises>:2026-07'
    kind text not null,
    title text not null,
    body text not null,
    link text,                          -- a path of the portal
    created_at text not null,
    read_at text,
    unique (person_id, subject)
) strict;

create index notice_feed on notice (person_id, created_at desc, notice_id desc);
