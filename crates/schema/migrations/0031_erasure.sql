-- owner: erasures; readers: reminders
-- Persons who asked to be erased, and the acts of destruction (ФЗ-152, ст. 21; приказ Роскомнадзора от 28.10.2022 № 179).
create table erasure (
    erasure_id text primary key,
    person_id text not null references person (person_id),
    reason text not null check (reason in ('request', 'withdrawal')), -- withdrawal: of the consent to the login
    requested_at text not null,
    due_at text not null,           -- until then the person may change their mind
    cancelled_at text,
    begun_at text,                  -- from here on nobody can sign in by it, and nothing can be cancelled
    done_at text,
    counts text not null default '{}', -- JSON object: table -> rows that were destroyed
    check (cancelled_at is null or begun_at is null),
    check (done_at is null or begun_at is not null)
) strict;

create unique index erasure_open on erasure (person_id) where cancelled_at is null and done_at is null;
create index erasure_due on erasure (due_at) where cancelled_at is null and done_at is null;
create index erasure_done on erasure (done_at) where done_at is not null;

insert into setting (name, valid_from, value, source) values
    ('erasure.grace_days', '2000-01-01', '7', 'product rule: so long a person may change their mind'),
    ('erasure.withdrawal_days', '2000-01-01', '30', 'ФЗ-152, ст. 21 ч. 5: data go within 30 days after consent was withdrawn'),
    ('erasure.act_kept_years', '2000-01-01', '3', 'приказ Роскомнадзора № 179, п. 8: acts are kept for three years');
