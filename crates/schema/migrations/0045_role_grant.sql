-- owner: grants; readers: persons, homes, notices, reminders
-- A role is granted in a scope: the whole portal (neither id), a management company, or one house. What was granted
-- before scopes holds everywhere, as it did.
create table role_grant (
    role_grant_id integer primary key,
    person_id text not null references person (person_id),
    role text not null check (role in ('resident', 'dispatcher', 'executor', 'accountant', 'manager', 'admin',
                                       'inspector', 'integrator', 'support')),
    company_id text references company (company_id),
    house_id text references house (house_id),
    granted_by text references person (person_id), -- null: the operator, or the person by registering
    granted_at text not null,
    taken_at text,                  -- it holds no more from then on
    check (company_id is null or house_id is null)
) strict;

create unique index role_grant_held on role_grant (person_id, role, coalesce(company_id, ''), coalesce(house_id, ''))
    where taken_at is null;

insert into role_grant (person_id, role, granted_at)
select person_id, role, granted_at from person_role order by granted_at, person_id, role;

drop table person_role;
