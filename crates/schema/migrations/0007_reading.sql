-- owner: readings; readers: reminders
-- One act of a person: what was submitted together, with the code that proves it.
create table submission (
    submission_id text primary key,
    person_id text not null references person (person_id),
    account_id text not null references account (account_id),
    confirmation_code text not null unique,
    submitted_at text not null
) strict;

create table reading (
    reading_seq integer primary key,        -- the order of recording: of two readings of a month the later one holds
    reading_id text not null unique,
    meter_id text not null references meter (meter_id),
    submission_id text references submission (submission_id), -- null: imported
    source text not null check (source in ('resident', 'company', 'control', 'verification')),
    period text not null,               -- YYYY-MM: the month whose window it was given in
    taken_on text not null,             -- ISO date
    recorded_at text not null,
    value_1 text not null,              -- canonical decimal, as on the dial
    value_2 text,
    value_3 text,
    rolled_over integer not null default 0 check (rolled_over in (0, 1)), -- the dial passed through zero, confirmed
    confirmed text,                     -- JSON array: hints that the person answered with «да, верно»
    review text not null default 'none' check (review in ('none', 'pending')) -- far above usual: the company looks
) strict;

create index reading_by_month on reading (meter_id, period, reading_seq);
create index reading_by_submission on reading (submission_id);
