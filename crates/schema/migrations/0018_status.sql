-- owner: status; readers: notices, reminders
create table maintenance (
    maintenance_id text primary key,
    starts_at text not null,
    ends_at text not null check (ends_at > starts_at),
    words text not null,                -- what will not work, Russian
    announced_at text not null,
    withdrawn_at text
) strict;

create index maintenance_by_end on maintenance (ends_at) where withdrawn_at is null;

-- One row a job: its last run.
create table job_run (
    job text primary key,
    started_at text not null,
    is_ok integer not null check (is_ok in (0, 1))
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('maintenance.hours_max', '2000-01-01', '4', 'product rule 176: a window of works is at most four hours'),
    ('maintenance.told_hours_before', '2000-01-01', '72', 'product rule: how long before works every page tells of them'),
    ('maintenance.job_late_minutes', '2000-01-01', '15', 'product rule: three runs of the five-minute job were missed');
