-- owner: persons; readers: homes, notices, reminders
-- Login identities. A person is never called an account: an account is what is charged.
create table person (
    person_id text primary key,
    login text unique,              -- lower case
    phone text unique,              -- +7XXXXXXXXXX
    email text unique,              -- lower case
    password_hash text not null,    -- Argon2id, PHC string
    name text not null,             -- as greeted: «Анна Сергеевна»
    is_demo integer not null default 0 check (is_demo in (0, 1)),
    created_at text not null,
    check (login is not null or phone is not null or email is not null)
) strict;

create trigger demo_person_only_in_demo_state before insert on person
when new.is_demo = 1 and not exists (select 1 from state where kind = 'demo')
begin
    select raise(abort, 'demo logins exist only in a demo state');
end;

create trigger person_stays_real before update of is_demo on person
when new.is_demo <> old.is_demo
begin
    select raise(abort, 'a person never becomes a demo one');
end;

create table person_role (
    person_id text not null references person (person_id),
    role text not null check (role in ('resident', 'dispatcher', 'executor', 'accountant', 'manager', 'admin',
                                       'inspector', 'integrator', 'support')),
    granted_at text not null,
    primary key (person_id, role)
) strict, without rowid;

-- The registry of sessions: which exist, which ended. The record that each request reads lies in the key-value
-- store under session:v1:<session_id>; this table tells what to sweep there.
create table session (
    session_id text primary key,    -- sha256 of the cookie's token, hex
    person_id text not null references person (person_id),
    created_at text not null,
    expires_at text not null,
    ended_at text,
    swept_at text,                  -- when the key-value records were removed
    user_agent text not null,
    address text not null
) strict, without rowid;

create index session_by_person on session (person_id, created_at);
create index session_to_sweep on session (expires_at) where swept_at is null;
