-- owner: billing; readers: none
-- What residents ask of how their account is charged: another tariff, one more service, past months computed anew. Who
-- asked stands in the audit log: the request is of the account.
create table charge_request (
    charge_request_seq integer primary key, -- the number that people name
    charge_request_id text not null unique,
    account_id text not null references account (account_id),
    kind text not null,                 -- domain::charge_request::Kind
    service text,                       -- domain::service::Service
    tariff_id text references tariff (tariff_id), -- the offer that is wished for
    from_period text,                   -- the first month to be computed anew
    words text not null,
    asked_at text not null,
    due_on text not null,               -- the last day for a decision
    state text not null default 'asked' check (state in ('asked', 'accepted', 'refused')),
    answer text,                        -- what residents read
    decided_at text,
    check ((kind = 'recalculation') = (from_period is not null)),
    check (kind = 'recalculation' or service is not null),
    check (kind = 'tariff' or tariff_id is null),
    check ((state = 'asked') = (decided_at is null)),
    check ((state = 'asked') = (answer is null))
) strict;

create index charge_request_by_account on charge_request (account_id, charge_request_seq);
create index charge_request_waiting on charge_request (due_on, charge_request_seq) where state = 'asked';

create trigger charge_request_is_decided_once before update on charge_request when old.state <> 'asked'
begin
    select raise(abort, 'a request is decided once');
end;

insert into setting (name, valid_from, value, source) values
    ('billing.request_working_days', '2000-01-01', '7', 'function 58: a tariff or a service is changed within 7 working days'),
    ('billing.recalculation_working_days', '2000-01-01', '5', 'ПП РФ № 354 п. 86 and on: computed anew within 5 working days'),
    ('limit.charge_request_per_person', '2000-01-01', '20', 'product rule: requests about charges in 24 hours');
