-- owner: pending_sign_ins; readers: none
-- Sign-ins whose first step was right and whose second one is awaited, in the browser that began.
create table pending_sign_in (
    sign_in_id text primary key,
    person_id text not null references person (person_id),
    device text not null,           -- sha256 of the device's cookie: another browser cannot finish it
    code_hash text not null default '', -- sha256 of sign_in_id and the code that was sent last; '' fits none
    attempts_left integer not null check (attempts_left >= 0),
    provider text,                  -- where the first step was a sign-in at a provider: by which,
    provider_subject text,          -- as whom there,
    provider_sid text,              -- and in which session there, if it said
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create index pending_sign_in_by_device on pending_sign_in (device, created_at) where used_at is null;
create index pending_sign_in_by_age on pending_sign_in (created_at);

insert into setting (name, valid_from, value, source) values
    ('second_stage.minutes', '2000-01-01', '5', 'product rule'),
    ('second_stage.attempts', '2000-01-01', '5', 'product rule'),
    ('limit.second_factor_per_person', '2000-01-01', '10', 'product rule: wrong answers in a day, of each device that the person used and of all others together');
