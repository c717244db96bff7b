-- owner: homes; readers: readings, reminders
create table company (
    company_id text primary key,
    name text not null,
    inn text not null unique,
    ogrn text,
    phone text,
    email text,
    address text,
    created_at text not null
) strict;

create table house (
    house_id text primary key,
    code text not null unique,          -- the company's own key of the house, named in its files
    company_id text not null references company (company_id),
    municipality text not null,
    address text not null,              -- without the flat: «г. Рязань, ул. Ленина, д. 10»
    cadastral_number text,
    time_zone text not null,            -- IANA name
    window_from_day integer not null check (window_from_day between 1 and 31),
    window_to_day integer not null check (window_to_day between 1 and 31), -- below window_from_day: in the next month
    created_at text not null
) strict;

create table premises (
    premises_id text primary key,
    house_id text not null references house (house_id),
    number text not null,               -- «15», «12А»
    kind text not null check (kind in ('residential', 'non_residential')),
    area_hundredths integer not null check (area_hundredths > 0), -- m² × 100
    cadastral_number text,
    created_at text not null,
    unique (house_id, number)
) strict;

create table owner (
    owner_id text primary key,
    premises_id text not null references premises (premises_id),
    name text not null,
    share_numerator integer not null check (share_numerator > 0),
    share_denominator integer not null check (share_denominator >= share_numerator),
    since text not null,                -- ISO date
    until text,
    unique (premises_id, name, since)
) strict;

create table account (
    account_id text primary key,
    number text not null unique,        -- the company's own number, 1–30 characters, upper case
    unified_number text unique,         -- ЕЛС, 10 characters
    premises_id text not null references premises (premises_id),
    holder text not null,
    contact_phone text,                 -- where the company may send the code that links the account
    contact_email text,
    opened_on text not null,
    closed_on text,
    created_at text not null
) strict;

create index account_by_premises on account (premises_id);

create table account_link (
    account_link_id text primary key,
    person_id text not null references person (person_id),
    account_id text not null references account (account_id),
    right text not null check (right in ('owner', 'tenant', 'trusted')),
    linked_at text not null,
    ended_at text
) strict;

create unique index account_link_active on account_link (person_id, account_id) where ended_at is null;
create index account_link_by_account on account_link (account_id) where ended_at is null;

-- A request to link: lives until its code is used, its attempts are spent or its time is over.
create table link_request (
    link_request_id text primary key,
    person_id text not null references person (person_id),
    account_id text not null references account (account_id),
    channel text not null check (channel in ('sms', 'email')),
    code_hash text not null,            -- sha256 of link_request_id and the code
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    used_at text
) strict;

create index link_request_by_person on link_request (person_id, created_at);

create table meter (
    meter_id text primary key,
    premises_id text not null references premises (premises_id),
    kind text not null check (kind in ('cold_water', 'hot_water', 'electricity', 'gas', 'heat')),
    serial text not null,
    place text,                         -- «кухня»
    rates integer not null check (rates between 1 and 3),
    digits_integer integer not null check (digits_integer between 1 and 15),
    digits_fraction integer not null check (digits_fraction between 0 and 7),
    installed_on text not null,
    verified_on text,
    verification_interval_years integer check (verification_interval_years between 1 and 20),
    removed_on text,
    created_at text not null,
    unique (kind, serial)
) strict;

create index meter_by_premises on meter (premises_id);
