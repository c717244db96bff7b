-- owner: levels; readers: none
-- How sure the portal is who a person is (functions 12 and 16). What providers say stands in identity.

-- When the provider said what stands in level; a sign-in that takes nothing over leaves it.
alter table identity add column level_at text;
update identity set level_at = signed_in_at;

-- What the company says of a person.
create table person_level (
    person_id text primary key references person (person_id),
    confirmed_at text,              -- when it saw the documents; null where it never did
    asked_again_at text,            -- words of then and before count no more, a provider's neither
    asked_again_reason text,        -- what the person reads
    check ((asked_again_at is null) = (asked_again_reason is null))
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('level.required', '2000-01-01', 'yes', 'article S0:77: without confirmation a person has the basic set alone'),
    ('level.valid_days', '2000-01-01', '1095', 'product rule; article S0:88: confirmation is renewed from time to time');
