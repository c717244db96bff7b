-- What all migrations add up to, table by table, for reading: `cargo xtask migrate --write-current`
-- writes it, a test compares it. A change of the schema is a new file in migrations/.

CREATE TABLE absence (
    absence_seq integer primary key,
    absence_id text not null unique,
    account_id text not null references account (account_id),
    persons integer not null check (persons > 0), -- how many were away
    left_on text not null,              -- ISO date
    returned_on text not null,
    document text not null,             -- what confirms it, in words
    asked_on text not null,             -- the day of the application, where the house is
    state text not null check (state in ('asked', 'accepted', 'refused')),
    meter_is_impossible integer check (meter_is_impossible in (0, 1)), -- of an accepted one: no meter could be hung
    reason text,                        -- of the decision, for the residents
    recorded_at text not null,
    decided_at text,
    check (returned_on >= left_on),
    check ((state = 'asked') = (decided_at is null)),
    check ((state = 'asked') = (reason is null)),
    check ((state = 'accepted') = (meter_is_impossible is not null))
) strict;

CREATE INDEX absence_by_account on absence (account_id, left_on);

CREATE INDEX absence_waiting on absence (absence_seq) where state = 'asked';

CREATE TRIGGER absence_is_decided_once before update on absence when old.state <> 'asked'
begin
    select raise(abort, 'an absence is decided once');
end;

CREATE TABLE account (
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

CREATE INDEX account_by_premises on account (premises_id);

CREATE TABLE account_benefit (
    account_benefit_seq integer primary key,
    account_benefit_id text not null unique,
    account_id text not null references account (account_id),
    benefit text not null,              -- what it is called in benefit_rate of the house
    persons integer check (persons > 0), -- how many have it; null: all who live there
    norm_area_hundredths integer check (norm_area_hundredths > 0), -- their social norm, m² × 100; null: that of the rate
    document text not null,
    since text not null,                -- ISO date
    until text,                         -- the last day
    recorded_at text not null,
    withdrawn_at text,
    check (until is null or until >= since)
) strict;

CREATE INDEX account_benefit_in_force on account_benefit (account_id, since) where withdrawn_at is null;

CREATE TRIGGER account_benefit_is_final before update on account_benefit
when old.withdrawn_at is not null or new.withdrawn_at is null or new.account_id <> old.account_id
    or new.benefit <> old.benefit or new.since <> old.since or new.until is not old.until
    or new.persons is not old.persons or new.norm_area_hundredths is not old.norm_area_hundredths
begin
    select raise(abort, 'a benefit is withdrawn, not changed');
end;

CREATE TABLE account_code (
    account_code_id text primary key,
    account_link_id text not null references account_link (account_link_id),
    purpose text not null check (purpose in ('contact', 'unlink')),
    contact text,                       -- the phone or e-mail that the code confirms
    channel text not null check (channel in ('sms', 'email')),
    code_hash text not null,            -- sha256 of account_code_id and the code
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    used_at text,
    check ((purpose = 'contact') = (contact is not null))
) strict;

CREATE INDEX account_code_by_age on account_code (created_at);

CREATE INDEX account_code_by_link on account_code (account_link_id, purpose);

CREATE TABLE account_link (
    account_link_id text primary key,
    person_id text not null references person (person_id),
    account_id text not null references account (account_id),
    right text not null check (right in ('owner', 'tenant', 'trusted')),
    linked_at text not null,
    ended_at text
, label text, suspended_at text, notice_phone text, notice_email text, by_sms integer not null default 0
    check (by_sms = 0 or by_sms = 1 and notice_phone is not null), by_email integer not null default 0
    check (by_email = 0 or by_email = 1 and notice_email is not null)) strict;

CREATE UNIQUE INDEX account_link_active on account_link (person_id, account_id) where ended_at is null;

CREATE INDEX account_link_by_account on account_link (account_id) where ended_at is null;

CREATE INDEX account_link_ended on account_link (person_id, ended_at) where ended_at is not null;

CREATE TABLE act_key (
    key_id text primary key,            -- the beginning of the SHA-256 of the public key, hex
    public_key blob not null check (length(public_key) = 32),
    sealed_secret blob not null,
    master_key_id text not null,
    made_at text not null,
    retired_at text                     -- null for the one that signs
) strict;

CREATE UNIQUE INDEX act_key_that_signs on act_key (retired_at is null) where retired_at is null;

CREATE TABLE address_pair (
    pair text not null,
    word text not null,
    primary key (pair, word)
) strict, without rowid;

CREATE TABLE address_word (
    house_id text not null references house (house_id),
    word text not null,
    primary key (house_id, word)
) strict, without rowid;

CREATE INDEX address_word_by_word on address_word (word);

CREATE TABLE audit_detail (
    audit_seq integer primary key references audit_entry (audit_seq),
    fields text not null            -- JSON array of {name, salt, value}; what was erased is absent
) strict;

CREATE TABLE audit_entry (
    audit_seq integer primary key,
    at text not null,
    actor text not null,            -- a person_id, or 'system', 'operator', 'visitor'
    action text not null,           -- what was done: 'reading.submit'
    object text not null,           -- to what: 'account:…'
    commitments text not null,      -- JSON object: field name -> hex commitment
    previous_hash text not null,
    hash text not null unique
) strict;

CREATE INDEX audit_entry_by_actor on audit_entry (actor, audit_seq);

CREATE INDEX audit_entry_by_object on audit_entry (object, audit_seq);

CREATE TRIGGER audit_entry_is_final before update on audit_entry
begin
    select raise(abort, 'an audit entry never changes');
end;

CREATE TRIGGER audit_entry_is_never_replaced before insert on audit_entry
when exists (select 1 from audit_entry where audit_seq = new.audit_seq or hash = new.hash)
begin
    select raise(abort, 'an audit entry never changes');
end;

CREATE TRIGGER audit_entry_stays before delete on audit_entry
begin
    select raise(abort, 'an audit entry never goes');
end;

CREATE TABLE benefit_rate (
    benefit_rate_id text primary key,
    house_id text not null references house (house_id),
    benefit text not null,              -- whose it is, in words: «Ветераны труда»
    service text not null,
    percent text not null,
    volume_limit text,                  -- only so much of the volume of a month
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,
    until text,
    recorded_at text not null,
    withdrawn_at text
) strict;

CREATE INDEX benefit_rate_by_day on benefit_rate (since) where withdrawn_at is null;

CREATE UNIQUE INDEX benefit_rate_in_force on benefit_rate (house_id, benefit, service, since)
where withdrawn_at is null;

CREATE TABLE bill (
    bill_id integer primary key,
    billing_run_id integer not null references billing_run (billing_run_id),
    account_id text not null references account (account_id),
    period text not null,
    problem text,                       -- why its lines could not be computed: it cannot be approved so
    charged integer not null,           -- the lines of the month
    corrected integer not null,         -- the lines of earlier months
    number text unique,                 -- the rest is known when it is issued
    balance_before integer,             -- of the ledger, when the bill before was issued
    paid integer,                       -- since then
    penalty integer,
    balance integer,                    -- what is to be paid: below zero it is paid ahead
    due_on text,
    issued_at text,
    unique (account_id, period),
    check ((issued_at is null) = (number is null)),
    check (issued_at is null or problem is null),
    check (issued_at is null or balance = balance_before - paid + charged + corrected + penalty)
) strict;

CREATE INDEX bill_by_run on bill (billing_run_id, bill_id);

CREATE TRIGGER bill_is_final before update on bill when old.issued_at is not null
begin
    select raise(abort, 'an issued bill never changes');
end;

CREATE TRIGGER bill_stays before delete on bill when old.issued_at is not null
begin
    select raise(abort, 'an issued bill never goes');
end;

CREATE TABLE bill_penalty (
    bill_id integer not null references bill (bill_id),
    of_period text not null,            -- the month of the debt
    fund text not null check (fund in ('services', 'capital_repair')),
    disputed integer not null check (disputed >= 0), -- how much of the debt was in dispute: it cost nothing
    before integer not null check (before >= 0),     -- what earlier bills charged
    amount integer not null,            -- what this bill adds; below zero it takes back
    steps text not null,                -- JSON: domain::penalty::KeptStep of each stretch of days
    primary key (bill_id, of_period, fund)
) strict, without rowid;

CREATE TRIGGER bill_penalty_stays before update on bill_penalty
begin
    select raise(abort, 'an issued bill never changes');
end;

CREATE TRIGGER bill_penalty_stays_there before delete on bill_penalty
begin
    select raise(abort, 'an issued bill never changes');
end;

CREATE TABLE bill_question (
    bill_question_seq integer primary key, -- the number that people name
    bill_question_id text not null unique,
    account_id text not null references account (account_id),
    bill_id integer not null references bill (bill_id),
    line_no integer not null check (line_no > 0),
    service text not null,              -- of the line
    of_period text not null,
    payable integer not null,           -- kopecks
    words text not null,
    asked_at text not null,
    due_on text not null,               -- the last day for an answer
    answer text,
    answered_at text,
    check ((answer is null) = (answered_at is null))
) strict;

CREATE INDEX bill_question_by_account on bill_question (account_id, bill_question_seq);

CREATE INDEX bill_question_waiting on bill_question (due_on, bill_question_seq) where answered_at is null;

CREATE TRIGGER bill_question_is_answered_once before update on bill_question when old.answered_at is not null
begin
    select raise(abort, 'a question is answered once');
end;

CREATE TABLE billing_run (
    billing_run_id integer primary key,
    house_id text not null references house (house_id),
    period text not null,
    state text not null check (state in ('open', 'previewed', 'approved', 'issued')),
    cursor text not null,               -- the number of the last premises that the state has gone through; '' before
    bills integer not null,             -- how many the preview has
    known_seq integer not null,         -- the last reading that was there when it was opened: later ones are late
    opened_at text not null,
    approved_at text,
    issued_at text, company_id text references company (company_id), is_of_the_rest integer not null default 0 check (is_of_the_rest in (0, 1)),
    unique (house_id, period)
) strict;

CREATE INDEX billing_run_due on billing_run (billing_run_id) where state in ('open', 'approved');

CREATE TABLE certificate_challenge (
    challenge_id text primary key,
    person_id text not null references person (person_id),
    session_id text not null,       -- another session cannot answer
    text text not null,             -- its very bytes are signed
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

CREATE INDEX certificate_challenge_by_age on certificate_challenge (created_at);

CREATE INDEX certificate_challenge_by_person on certificate_challenge (person_id);

CREATE TABLE charge_line (
    bill_id integer not null references bill (bill_id),
    of_period text not null,            -- that of the bill, or an earlier one that is corrected
    service text not null,
    method text not null check (method in ('N', 'M', 'O')), -- norm, meter, other: the letters of ГИС ЖКХ
    volume integer not null,            -- in ten-millionths of the unit
    price text,                         -- none where several are in the line
    charged integer not null,
    excess integer not null,
    recalculated integer not null,
    discount integer not null,
    payable integer not null,
    oddities integer not null,          -- domain::billing::Oddities
    reason text,                        -- of a correction, in words
    explanation text not null,          -- JSON: domain::charge::Packed of the charge and of each recalculation
    primary key (bill_id, of_period, service),
    check (payable = charged + excess + recalculated - discount)
) strict, without rowid;

CREATE TRIGGER charge_line_comes_before_issue before insert on charge_line
when (select issued_at from bill where bill_id = new.bill_id) is not null
begin
    select raise(abort, 'an issued bill never changes');
end;

CREATE TRIGGER charge_line_is_final before update on charge_line
begin
    select raise(abort, 'a line is computed anew, not changed');
end;

CREATE TRIGGER charge_line_stays before delete on charge_line
when (select issued_at from bill where bill_id = old.bill_id) is not null
begin
    select raise(abort, 'a line of an issued bill never goes');
end;

CREATE TABLE charge_request (
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

CREATE INDEX charge_request_by_account on charge_request (account_id, charge_request_seq);

CREATE INDEX charge_request_waiting on charge_request (account_id) where state = 'asked';

CREATE TRIGGER charge_request_is_decided_once before update on charge_request when old.state <> 'asked'
begin
    select raise(abort, 'a request is decided once');
end;

CREATE TABLE cited_act (
    version_id text primary key,
    name text not null,
    number text not null,
    date text not null,
    link text
) strict;

CREATE TABLE company (
    company_id text primary key,
    name text not null,
    inn text not null unique,
    ogrn text,
    phone text,
    email text,
    address text,
    created_at text not null
, kpp text, bank_account text, bank text check ((bank is null) = (bank_account is null)), bik text check ((bik is null) = (bank_account is null)), correspondent_account text check (correspondent_account is null or bank_account is not null)) strict;

CREATE TABLE confirmation (
    confirmation_id text primary key,
    person_id text not null references person (person_id),
    session_id text not null,       -- sha256 of the session's token: another session cannot use it
    operation text not null,        -- 'change-contact'
    request_hash text not null,     -- sha256 of method, path and body
    code_hash text not null default '', -- sha256 of confirmation_id and the last code; '' where none was sent: none fits
    code_expires_at text,
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    confirmed_at text,
    used_at text, proved text check (proved in ('phone', 'email')),
    check ((code_hash = '') = (code_expires_at is null))
) strict;

CREATE INDEX confirmation_by_age on confirmation (created_at);

CREATE INDEX confirmation_open on confirmation (session_id, operation) where used_at is null;

CREATE TABLE consent_act (
    consent_seq integer primary key,
    person_id text not null references person (person_id),
    purpose text not null,
    version integer not null,
    sha256 text not null,           -- of the text that the person saw
    act text not null check (act in ('given', 'withdrawn')),
    at text not null,
    address text not null,          -- the network address that it came from
    foreign key (purpose, version) references consent_text (purpose, version)
) strict;

CREATE INDEX consent_act_by_person on consent_act (person_id, purpose, consent_seq);

CREATE TRIGGER consent_act_is_final before update on consent_act
when new.address <> ''
     or (new.consent_seq, new.person_id, new.purpose, new.version, new.sha256, new.act, new.at)
        is not (old.consent_seq, old.person_id, old.purpose, old.version, old.sha256, old.act, old.at)
begin
    select raise(abort, 'an act of consent never changes');
end;

CREATE TABLE consent_text (
    purpose text not null,          -- 'portal': the login itself
    version integer not null check (version > 0),
    valid_from text not null,       -- ISO date
    title text not null,
    body text not null,             -- plain text, an empty line between paragraphs
    sha256 text not null,           -- of the body, hex
    created_at text not null,
    primary key (purpose, version)
) strict, without rowid;

CREATE TRIGGER consent_text_is_final before update on consent_text
begin
    select raise(abort, 'a text of consent never changes: publish another version');
end;

CREATE TRIGGER consent_text_stays before delete on consent_text
begin
    select raise(abort, 'a text of consent never goes');
end;

CREATE TABLE consumption_median (
    house_id text not null references house (house_id),
    period text not null,
    service text not null,
    residents integer not null check (residents between 0 and 4), -- four stand for four and more
    homes integer not null check (homes > 5),
    volume integer not null,            -- in ten-millionths of the unit
    primary key (house_id, period, service, residents)
) strict, without rowid;

CREATE TABLE "contact_code" (
    contact_code_id text primary key,
    purpose text not null check (purpose in ('registration', 'recovery', 'change')),
    subject text not null,          -- sha256 of what was typed, canonical: a later code replaces the earlier ones
    contact text,                   -- registration, change: the phone or e-mail that the code proves
    person_id text references person (person_id), -- recovery, change: whose password or contact the code may change
    code_hash text not null,        -- sha256 of contact_code_id and the code; '' where none was sent: none fits
    attempts_left integer not null check (attempts_left >= 0),
    created_at text not null,
    expires_at text not null,
    used_at text
, device text not null default '', gives_up integer not null default 0 check (gives_up in (0, 1))) strict;

CREATE INDEX contact_code_by_age on contact_code (created_at);

CREATE INDEX contact_code_by_subject on contact_code (subject) where used_at is null;

CREATE TABLE debt (
    account_id text not null references account (account_id),
    period text not null,
    fund text not null check (fund in ('services', 'capital_repair')),
    amount integer not null check (amount >= 0),
    paid integer not null check (paid between 0 and amount),
    penalty integer not null check (penalty >= 0),  -- posted until now
    penalty_paid integer not null check (penalty_paid >= 0),
    due_on text not null,
    is_open integer not null check (is_open in (0, 1)), opened_penalty integer not null default 0 check (opened_penalty >= 0), counted_until text, -- whether anything may still be owed or accrue
    primary key (account_id, period, fund)
) strict, without rowid;

CREATE INDEX debt_open on debt (account_id, period) where is_open = 1;

CREATE TABLE debt_dispute (
    debt_dispute_seq integer primary key,
    debt_dispute_id text not null unique,
    account_id text not null references account (account_id),
    period text not null,
    fund text not null check (fund in ('services', 'capital_repair')),
    amount integer not null check (amount > 0), -- kopecks
    reason text not null,
    opened_at text not null,
    settled_at text,
    outcome text,                       -- how it was settled, in words
    check ((settled_at is null) = (outcome is null)),
    foreign key (account_id, period, fund) references debt (account_id, period, fund)
) strict;

CREATE UNIQUE INDEX debt_dispute_open on debt_dispute (account_id, period, fund) where settled_at is null;

CREATE TRIGGER debt_dispute_is_settled_once before update on debt_dispute when old.settled_at is not null
begin
    select raise(abort, 'a dispute is settled once');
end;

CREATE TABLE debt_payment (
    account_id text not null,
    period text not null,
    fund text not null,
    no integer not null,                -- that of the entry of the ledger by which it came
    on_day text not null,               -- the day of the payment
    amount integer not null check (amount > 0),
    primary key (account_id, period, fund, no),
    foreign key (account_id, period, fund) references debt (account_id, period, fund)
) strict, without rowid;

CREATE TABLE delegation (
    delegation_id text primary key,
    granted_by text not null references person (person_id),
    person_id text references person (person_id), -- the delegate; null until somebody takes the link
    token_hash text not null unique, -- sha256 of the token in the link, hex
    name text not null,             -- what the granter calls the delegate
    powers text not null,           -- JSON array: 'see-readings', 'submit-readings'
    until text not null,            -- ISO date, the last day in UTC
    created_at text not null,
    take_by text not null,          -- the link is over then
    taken_at text,
    ended_at text, looked_on text,
    check ((person_id is null) = (taken_at is null))
) strict;

CREATE INDEX delegation_by_end on delegation (until) where ended_at is null;

CREATE INDEX delegation_by_granter on delegation (granted_by, created_at);

CREATE INDEX delegation_by_person on delegation (person_id) where ended_at is null;

CREATE TABLE delegation_account (
    delegation_id text not null references delegation (delegation_id) on delete cascade,
    account_link_id text not null references account_link (account_link_id), -- the granter's: without it nothing is left
    primary key (delegation_id, account_link_id)
) strict, without rowid;

CREATE TABLE electronic_address (
    person_id text primary key references person (person_id),
    since text not null             -- since when this very e-mail is the address
) strict, without rowid;

CREATE TABLE erasure (
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

CREATE INDEX erasure_done on erasure (done_at) where done_at is not null;

CREATE INDEX erasure_due on erasure (due_at) where cancelled_at is null and done_at is null;

CREATE UNIQUE INDEX erasure_open on erasure (person_id) where cancelled_at is null and done_at is null;

CREATE TABLE event (
    event_id integer primary key,
    kind text not null,                 -- 'reading.submitted', 'account.linked'
    person_id text references person (person_id),
    payload text not null,              -- JSON
    created_at text not null,
    handled_at text
) strict;

CREATE INDEX event_waiting on event (event_id) where handled_at is null;

CREATE TABLE former_contact (
    person_id text not null references person (person_id),
    kind text not null check (kind in ('phone', 'email')),
    contact text not null,          -- as it stood in person
    replaced_at text not null,
    hears integer not null check (hears in (0, 1)), -- it was known to be the person's: its holder hears of the next change
    primary key (person_id, contact)
) strict, without rowid;

CREATE INDEX former_contact_by_age on former_contact (replaced_at);

CREATE INDEX former_contact_by_contact on former_contact (contact);

CREATE TABLE hashing_slot (
    slot_id text primary key,
    leased_until text not null      -- whoever stops without giving it back holds it no longer
, is_strangers integer not null default 0 check (is_strangers in (0, 1))) strict, without rowid;

CREATE TABLE house (
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

CREATE INDEX house_by_municipality on house (municipality);

CREATE TABLE house_area (
    house_area_id text primary key,
    house_id text not null references house (house_id),
    premises_hundredths integer not null check (premises_hundredths > 0), -- all premises, m² × 100
    common_hundredths integer not null check (common_hundredths >= 0),    -- what they have in common
    since text not null,
    until text,
    unique (house_id, since)
) strict;

CREATE TABLE house_service (
    house_service_id text primary key,
    house_id text not null references house (house_id),
    service text not null,              -- domain::service::Service
    way text not null,                  -- domain::billing::Way
    since text not null,                -- ISO date
    until text,
    unique (house_id, service, since)
) strict;

CREATE INDEX house_service_by_day on house_service (since);

CREATE TABLE house_volume (
    house_volume_seq integer primary key,
    house_volume_id text not null unique,
    house_id text not null references house (house_id),
    service text not null,
    period text not null,
    volume text not null,               -- canonical decimal, in the unit of the service
    recorded_at text not null
, direct_volume text) strict;

CREATE UNIQUE INDEX house_volume_by_month on house_volume (house_id, period, service);

CREATE TABLE household (
    household_id text primary key,
    premises_id text not null references premises (premises_id),
    registered integer not null check (registered >= 0),
    temporary integer not null check (temporary >= 0),
    owners integer not null check (owners >= 0),
    since text not null,
    until text,
    unique (premises_id, since)
) strict;

CREATE TABLE idempotency (
    scope text not null,            -- the person (or the visitor's device) the key belongs to
    key text not null,
    request_hash text not null,     -- sha256 of method, path and body: the same key with another request is an error
    status integer not null,
    body text not null,             -- the first answer, given again
    created_at text not null,
    primary key (scope, key)
) strict, without rowid;

CREATE INDEX idempotency_by_age on idempotency (created_at);

CREATE TABLE identity (
    provider text not null,         -- as in its callback's address: 'oidc'
    issuer text not null,           -- whose subject it is: another provider may take the place of this one
    subject text not null,          -- the issuer's own name for the person
    person_id text not null references person (person_id),
    level text not null check (level in ('basic', 'confirmed')),
    name text not null,             -- as the provider had it the last time; '' where it has none
    linked_at text not null,
    signed_in_at text not null, level_at text, is_own_name integer not null default 0 check (is_own_name in (0, 1)),     -- the last time
    primary key (issuer, subject)
) strict, without rowid;

CREATE UNIQUE INDEX identity_by_person on identity (person_id, provider);

CREATE TABLE import (
    import_id text primary key,
    person_id text not null references person (person_id),
    stage text not null check (stage in ('uploading', 'refused', 'checked', 'applied')),
    is_for_demo integer not null check (is_for_demo in (0, 1)), -- somebody said that the files are made up
    report text,                        -- JSON: what the last check or the import itself said
    created_at text not null,
    applied_at text
, revision integer not null default 0) strict;

CREATE INDEX import_by_age on import (created_at) where stage <> 'applied';

CREATE INDEX import_by_person on import (person_id, created_at);

CREATE TABLE import_file (
    import_id text not null references import (import_id) on delete cascade,
    file_no integer not null,
    name text not null,
    size_bytes integer not null check (size_bytes > 0),
    primary key (import_id, file_no)
) strict, without rowid;

CREATE TABLE import_part (
    import_id text not null,
    file_no integer not null,
    part_no integer not null,
    bytes blob not null,
    primary key (import_id, file_no, part_no),
    foreign key (import_id, file_no) references import_file (import_id, file_no) on delete cascade
) strict;

CREATE TABLE incoming_sms (
    message_hash text primary key,      -- hex SHA-256 of what the gateway calls it
    received_at text not null,
    -- Hex SHA-256 of the question that it was answered with: person, meter, value, doubts. «ДА» confirms that and no other.
    asked_hash text
) strict, without rowid;

CREATE INDEX incoming_sms_by_question on incoming_sms (asked_hash) where asked_hash is not null;

CREATE INDEX incoming_sms_by_time on incoming_sms (received_at);

CREATE TABLE interruption (
    interruption_seq integer primary key,
    interruption_id text not null unique,
    house_id text not null references house (house_id),
    account_id text references account (account_id), -- null: all of the house
    service text not null,
    since text not null,                -- ISO date and time, by the clock of the house
    until text not null,
    act text not null,                  -- what residents read of it: its name, number and date
    recorded_at text not null,
    withdrawn_at text,
    check (until > since)
) strict;

CREATE INDEX interruption_of_account on interruption (account_id) where withdrawn_at is null and account_id is not null;

CREATE INDEX interruption_of_house on interruption (house_id, interruption_seq) where withdrawn_at is null;

CREATE TRIGGER interruption_is_final before update on interruption
when old.withdrawn_at is not null or new.withdrawn_at is null or new.house_id <> old.house_id
    or new.account_id is not old.account_id or new.service <> old.service or new.since <> old.since
    or new.until <> old.until or new.act <> old.act
begin
    select raise(abort, 'an interruption is withdrawn, not changed');
end;

CREATE TABLE invitation (
    invitation_id text primary key,
    token_hash text not null unique, -- sha256 of the token in the link, hex
    login text not null,            -- lower case
    name text not null,             -- as greeted
    roles text not null,            -- names, a space between
    created_at text not null,
    expires_at text not null,
    used_at text,
    person_id text references person (person_id) -- who took it
, resets text references person (person_id), company_id text references company (company_id), house_id text references house (house_id) check (company_id is null or house_id is null), invited_by text references person (person_id), denied_at text, denied_by text) strict;

CREATE INDEX invitation_by_denial on invitation (denied_at) where denied_at is not null;

CREATE INDEX invitation_by_login on invitation (login) where used_at is null;

CREATE INDEX invitation_by_reset on invitation (resets) where resets is not null;

CREATE TABLE job_run (
    job text primary key,
    started_at text not null,
    is_ok integer not null check (is_ok in (0, 1))
) strict, without rowid;

CREATE TABLE known_device (
    person_id text not null references person (person_id),
    device text not null,           -- sha256 of the device's cookie
    signed_in_at text not null,     -- the last time
    primary key (person_id, device)
) strict, without rowid;

CREATE INDEX known_device_by_age on known_device (signed_in_at);

CREATE TABLE ledger_check (
    ledger_check_id integer primary key check (ledger_check_id = 1),
    cursor text not null,               -- the last account that was checked; '' at the beginning
    began_at text not null,
    accounts integer not null,
    discrepancies integer not null,
    finished_at text                    -- null while it goes on
) strict;

CREATE TABLE ledger_entry (
    account_id text not null references account (account_id),
    no integer not null check (no > 0), -- counted from 1 without gaps
    kind text not null check (kind in ('opening', 'charge', 'correction', 'penalty', 'payment')),
    subject text not null,              -- what it comes from, once: the number of a bill, the id of a payment
    on_day text not null,               -- ISO date
    amount integer not null,            -- kopecks; below zero it lowers the debt
    balance integer not null,           -- after it
    recorded_at text not null,
    primary key (account_id, no)
) strict, without rowid;

CREATE UNIQUE INDEX ledger_entry_once on ledger_entry (account_id, kind, subject);

CREATE TRIGGER ledger_entry_adds_up before insert on ledger_entry
when new.balance <> new.amount + coalesce(
    (select balance from ledger_entry where account_id = new.account_id and no = new.no - 1),
    case new.no when 1 then 0 end, new.balance - new.amount + 1)
begin
    select raise(abort, 'the balance of a ledger adds up');
end;

CREATE TRIGGER ledger_entry_is_final before update on ledger_entry
begin
    select raise(abort, 'an entry of a ledger never changes');
end;

CREATE TRIGGER ledger_entry_stays before delete on ledger_entry
begin
    select raise(abort, 'an entry of a ledger never goes');
end;

CREATE TABLE level_document (
    file_id text primary key,           -- in the database of files
    level_request_id text not null,
    person_id text not null references person (person_id),
    kind text not null check (kind in ('form', 'passport-scan', 'snils-scan', 'basis-scan')),
    round integer not null,             -- with which it goes: 1 for the first
    content_type text not null,
    size_bytes integer not null check (size_bytes > 0),
    named_at text not null,
    put_at text,                        -- null while it is being put
    doomed_at text                      -- its file goes at the next run of the job, and then the row
, is_asked_for integer not null default 0 check (is_asked_for in (0, 1)), file_no integer not null default 1 check (file_no > 0), file_count integer not null default 1 check (file_count between file_no and 5)) strict, without rowid;

CREATE INDEX level_document_by_person on level_document (person_id);

CREATE INDEX level_document_by_request on level_document (level_request_id, kind, round);

CREATE INDEX level_document_doomed on level_document (doomed_at) where doomed_at is not null;

CREATE TABLE level_request (
    level_request_id text primary key,
    person_id text not null references person (person_id),
    account_link_id text references account_link (account_link_id), -- on which home it rests; null until it is sent
    stage text not null check (stage in ('draft', 'submitted', 'returned', 'confirmed', 'cancelled')),
    round integer not null default 0,   -- how often it was sent
    created_at text not null,
    submitted_at text,
    due_at text,                        -- the company decides until then
    decided_at text,
    decided_by text references person (person_id)
) strict, without rowid;

CREATE INDEX level_request_decided on level_request (decided_at) where decided_at is not null;

CREATE UNIQUE INDEX level_request_open on level_request (person_id) where stage in ('draft', 'submitted', 'returned');

CREATE INDEX level_request_waiting on level_request (due_at) where stage = 'submitted';

CREATE TABLE level_round (
    level_request_id text not null,
    round integer not null,
    person_id text not null references person (person_id),
    submitted_at text not null,
    results text not null,              -- JSON array of {field, outcome}
    decided_at text,
    verdict text check (verdict in ('confirmed', 'returned')),
    corrections text not null default '[]', -- JSON array of {item, reason, words}; the words go with the documents
    check ((decided_at is null) = (verdict is null)),
    primary key (level_request_id, round)
) strict, without rowid;

CREATE INDEX level_round_by_person on level_round (person_id);

CREATE TABLE link_request (
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

CREATE INDEX link_request_by_age on link_request (created_at);

CREATE INDEX link_request_by_person on link_request (person_id, created_at);

CREATE TABLE logout_token (
    token_hash text primary key,    -- sha256 of issuer and jti, hex
    created_at text not null
) strict, without rowid;

CREATE INDEX logout_token_by_age on logout_token (created_at);

CREATE TABLE maintenance (
    maintenance_id text primary key,
    starts_at text not null,
    ends_at text not null check (ends_at > starts_at),
    words text not null,                -- what will not work, Russian
    announced_at text not null,
    withdrawn_at text
) strict;

CREATE INDEX maintenance_by_end on maintenance (ends_at) where withdrawn_at is null;

CREATE TABLE meter (
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

CREATE INDEX meter_by_premises on meter (premises_id);

CREATE TABLE meter_event (
    meter_event_seq integer primary key,
    meter_event_id text not null unique,
    meter_id text not null references meter (meter_id),
    -- 'installed' keeps what the register said of the installation before the first other event.
    kind text not null check (kind in ('installed', 'sealed', 'verified', 'replaced', 'failed', 'access_refused',
                                       'restored', 'removed')),
    happened_on text not null,          -- ISO date
    last_1 text,                        -- canonical decimal: what it showed last, one per rate
    last_2 text,
    last_3 text,
    first_1 text,                       -- what it, or the meter that took its place, showed first
    first_2 text,
    first_3 text,
    verified_until text,                -- ISO date: the last day that the verification covers; null: not known
    new_meter_id text unique references meter (meter_id), -- the meter that took its place
    act text,                           -- the document that says so, as people name it
    recorded_at text not null,
    check ((kind = 'replaced') = (new_meter_id is not null)),
    check ((kind in ('verified', 'replaced', 'removed')) = (last_1 is not null)),
    check ((kind in ('verified', 'replaced', 'restored')) = (first_1 is not null)),
    check (kind <> 'verified' or verified_until is not null)
) strict;

CREATE INDEX meter_event_by_meter on meter_event (meter_id, meter_event_seq);

CREATE TRIGGER meter_event_is_final before update on meter_event
begin
    select raise(abort, 'an event of a meter never changes');
end;

CREATE TRIGGER meter_event_stays before delete on meter_event
begin
    select raise(abort, 'an event of a meter never goes');
end;

CREATE TABLE norm (
    norm_id text primary key,
    house_id text not null references house (house_id),
    service text not null,
    per text not null,                  -- domain::norm::NormBasis
    dwelling text not null,             -- the type of dwelling, as the act names it
    value text not null,                -- in the unit of the service, decimal text
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,
    until text,
    recorded_at text not null,
    withdrawn_at text
) strict;

CREATE INDEX norm_by_day on norm (since) where withdrawn_at is null;

CREATE UNIQUE INDEX norm_in_force on norm (house_id, service, per, since) where withdrawn_at is null;

CREATE TABLE norm_multiplier (
    norm_multiplier_id text primary key,
    value text not null,
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,
    until text
) strict;

CREATE TABLE notice (
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

CREATE INDEX notice_feed on notice (person_id, created_at desc, notice_id desc);

CREATE TABLE owner (
    owner_id text primary key,
    premises_id text not null references premises (premises_id),
    name text not null,
    share_numerator integer not null check (share_numerator > 0),
    share_denominator integer not null check (share_denominator >= share_numerator),
    since text not null,                -- ISO date
    until text,
    unique (premises_id, name, since)
) strict;

CREATE TABLE passkey (
    passkey_id text primary key,
    person_id text not null references person (person_id),
    credential_id text not null unique, -- the device's own name for it, base64url
    public_key blob not null,       -- SubjectPublicKeyInfo, DER
    algorithm integer not null check (algorithm in (-7, -257)), -- COSE: ES256, RS256
    sign_count integer not null,    -- how often it signed, as it says; 0 where it does not count
    is_backed_up integer not null check (is_backed_up in (0, 1)),
    name text not null,             -- what the person calls it
    created_at text not null,
    used_at text not null           -- the last sign-in, or the moment it was made
) strict, without rowid;

CREATE INDEX passkey_by_person on passkey (person_id);

CREATE TABLE passkey_challenge (
    challenge_id text primary key,
    challenge text not null,        -- base64url
    device text not null,           -- sha256 of the device's cookie: another browser cannot answer
    person_id text references person (person_id), -- who makes a passkey; null for a sign-in
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

CREATE INDEX passkey_challenge_by_age on passkey_challenge (created_at);

CREATE TABLE penalty_moratorium (
    penalty_moratorium_id text primary key,
    since text not null,
    until text,
    act_name text not null,
    act_number text not null,
    act_date text not null
) strict;

CREATE TABLE penalty_rate (
    penalty_rate_id text primary key,
    kind text not null check (kind in ('key', 'cap')),
    percent text not null,              -- canonical decimal
    since text not null,
    until text,
    act_name text not null,
    act_number text not null,
    act_date text not null,
    unique (kind, since)
) strict;

CREATE TABLE pending_sign_in (
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
, provider_authenticated_at text, new_password_hash text) strict, without rowid;

CREATE INDEX pending_sign_in_by_age on pending_sign_in (created_at);

CREATE INDEX pending_sign_in_by_device on pending_sign_in (device, created_at) where used_at is null;

CREATE TABLE person (
    person_id text primary key,
    login text unique,              -- lower case
    phone text unique,              -- +7XXXXXXXXXX
    email text unique,              -- lower case
    password_hash text not null,    -- Argon2id, PHC string
    name text not null,             -- as greeted: «Анна Сергеевна»
    is_demo integer not null default 0 check (is_demo in (0, 1)),
    created_at text not null, password_no integer not null default 0, phone_unproved_since text check (phone_unproved_since is null or phone is not null), email_unproved_since text check (email_unproved_since is null or email is not null),
    check (login is not null or phone is not null or email is not null)
) strict;

CREATE TRIGGER demo_person_only_in_demo_state before insert on person
when new.is_demo = 1 and not exists (select 1 from state where kind = 'demo')
begin
    select raise(abort, 'demo logins exist only in a demo state');
end;

CREATE TRIGGER person_stays_real before update of is_demo on person
when new.is_demo <> old.is_demo
begin
    select raise(abort, 'a person never becomes a demo one');
end;

CREATE TABLE person_level (
    person_id text primary key references person (person_id),
    confirmed_at text,              -- when it saw the documents; null where it never did
    asked_again_at text,            -- words of then and before count no more, a provider's neither
    asked_again_reason text,        -- what the person reads
    check ((asked_again_at is null) = (asked_again_reason is null))
) strict, without rowid;

CREATE TABLE person_snils (
    person_id text primary key references person (person_id),
    snils_hash text not null unique,  -- HMAC-SHA256 under a master key, hex
    sealed_snils blob not null,       -- XChaCha20-Poly1305: nonce and text
    master_key_id text not null,      -- which of files_key made both
    source text not null check (source in ('esia', 'company')),
    confirmed_at text not null
) strict, without rowid;

CREATE TABLE premises (
    premises_id text primary key,
    house_id text not null references house (house_id),
    number text not null,               -- «15», «12А»
    kind text not null check (kind in ('residential', 'non_residential')),
    area_hundredths integer not null check (area_hundredths > 0), -- m² × 100
    cadastral_number text,
    created_at text not null,
    unique (house_id, number)
) strict;

CREATE TABLE premises_area (
    premises_id text not null references premises (premises_id),
    since text not null,                -- ISO date; 0001-01-01 for what was there first
    area_hundredths integer not null check (area_hundredths > 0),
    primary key (premises_id, since)
) strict, without rowid;

CREATE TABLE production_day (
    day text primary key,               -- ISO date
    is_working integer not null check (is_working in (0, 1)),
    name text not null,                 -- why, Russian
    act text not null,                  -- what decides it; of a year that is not decided yet it says so
    recorded_at text not null
) strict, without rowid;

CREATE TABLE provider_certificate (
    provider text not null,         -- as in its callback's address: 'esia'
    certificate_id text not null,   -- its digest, hex
    holder text not null check (holder in ('provider', 'signer')),
    not_after text not null,
    noted_at text not null,
    primary key (provider, certificate_id)
) strict, without rowid;

CREATE TABLE provider_sign_in (
    state_hash text primary key,    -- sha256 of the state, hex
    provider text not null,
    device text not null,           -- sha256 of the device's cookie: another browser cannot finish it
    nonce text not null,
    code_verifier text not null,    -- means nothing once the state is used
    next text not null,             -- the path to go on to
    created_at text not null,
    expires_at text not null,
    used_at text
, is_anew integer not null default 0 check (is_anew in (0, 1))) strict, without rowid;

CREATE INDEX provider_sign_in_by_age on provider_sign_in (created_at);

CREATE TABLE rate_limit (
    bucket text primary key,        -- rule and subject: 'sign-in:login:<sha256>'
    window_started_at integer not null, -- unix seconds
    count integer not null
) strict, without rowid;

CREATE INDEX rate_limit_by_age on rate_limit (window_started_at);

CREATE TABLE reading (
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
, channel text not null default 'import'
    check (channel in ('portal', 'sms', 'link', 'token', 'operator', 'import'))) strict;

CREATE INDEX reading_by_month on reading (meter_id, period, reading_seq);

CREATE INDEX reading_by_submission on reading (submission_id);

CREATE TABLE reading_acknowledgement (
    reading_seq integer not null references reading (reading_seq),
    supplier_id text not null references supplier (supplier_id),
    answered_on text not null,          -- ISO date, as the supplier says
    is_accepted integer not null check (is_accepted in (0, 1)),
    reason text,                        -- why it is not accepted, for the residents
    recorded_at text not null,
    primary key (reading_seq, supplier_id),
    check (is_accepted = 1 or reason is not null)
) strict, without rowid;

CREATE TABLE reading_token (
    reading_token_id text primary key,
    account_link_id text not null references account_link (account_link_id),
    token_hash text not null unique,    -- hex SHA-256
    name text not null,                 -- what the person calls the program
    until text not null,                -- ISO date: the last day
    created_at text not null,
    last_used_at text,
    ended_at text
) strict;

CREATE INDEX reading_token_by_link on reading_token (account_link_id);

CREATE TABLE reading_token_meter (
    reading_token_id text not null references reading_token (reading_token_id),
    meter_id text not null references meter (meter_id),
    primary key (reading_token_id, meter_id)
) strict, without rowid;

CREATE TABLE recalculation (
    recalculation_id text primary key,
    house_id text not null references house (house_id),
    account_id text references account (account_id), -- null: all of the house
    from_period text not null,
    reason text not null,
    requested_at text not null,
    billing_run_id integer references billing_run (billing_run_id) -- the run that took it
, is_of_fact integer not null default 0 check (is_of_fact in (0, 1))) strict;

CREATE INDEX recalculation_by_run on recalculation (billing_run_id) where billing_run_id is not null;

CREATE INDEX recalculation_waiting on recalculation (house_id) where billing_run_id is null;

CREATE TABLE recovery_code (
    person_id text not null references person (person_id),
    code_hash text not null,        -- sha256 of person_id and the code
    created_at text not null,
    used_at text,
    primary key (person_id, code_hash)
) strict, without rowid;

CREATE TABLE role_grant (
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

CREATE UNIQUE INDEX role_grant_held on role_grant (person_id, role, coalesce(company_id, ''), coalesce(house_id, ''))
    where taken_at is null;

CREATE TABLE schema_migration (
    version integer primary key,
    name text not null,
    sha256 text not null,
    applied_at text not null
) strict;

CREATE TABLE second_factor_contact (
    person_id text primary key references person (person_id),
    confirmed_at text not null
) strict, without rowid;

CREATE TABLE service_not_supplied (
    premises_id text not null references premises (premises_id),
    service text not null,
    since text not null,
    until text,
    primary key (premises_id, service, since)
) strict, without rowid;

CREATE TABLE session (
    session_id text primary key,    -- sha256 of the cookie's token, hex
    person_id text not null references person (person_id),
    created_at text not null,
    expires_at text not null,
    ended_at text,
    swept_at text,                  -- when the key-value records were removed
    user_agent text not null,
    address text not null
, provider text, provider_subject text, provider_sid text, provider_authenticated_at text) strict, without rowid;

CREATE INDEX session_by_age on session (expires_at) where swept_at is not null;

CREATE INDEX session_by_person on session (person_id, created_at);

CREATE INDEX session_by_provider on session (provider, provider_subject) where provider is not null and ended_at is null;

CREATE INDEX session_to_sweep on session (expires_at) where swept_at is null;

CREATE TABLE setting (
    name text not null,
    valid_from text not null,   -- ISO date
    value text not null,        -- canonical decimal or plain text, by name
    source text not null,       -- the act or article the value comes from
    primary key (name, valid_from)
) strict, without rowid;

CREATE TRIGGER setting_is_a_flag before insert on setting
when new.name in ('charge.electricity_average_is_endless', 'charge.missing_reading_is_multiplied',
                  'charge.not_trusted_is_multiplied', 'charge.no_access_is_multiplied', 'charge.recalc_normative')
     and (new.value not in ('true', 'false') or new.valid_from is not date(new.valid_from))
begin
    select raise(abort, 'this setting is true or false, from a day like 2026-10-01');
end;

CREATE TRIGGER setting_is_a_percentage before insert on setting
when new.name = 'interruption.percent_per_hour'
     and (new.value not glob '[0-9]*' or new.value glob '*[^0-9.]*' or new.value glob '*.*.*' or new.value glob '*.'
          or new.valid_from is not date(new.valid_from))
begin
    select raise(abort, 'this setting is a number like 0.15, from a day like 2026-10-01');
end;

CREATE TRIGGER setting_is_a_whole_number before insert on setting
when new.name in ('charge.average_months', 'charge.average_months_min', 'charge.average_in_row_max',
                  'absence.full_days_over', 'absence.asked_within_days', 'penalty.grace_days',
                  'penalty.caprepair_grace_days', 'penalty.divisor', 'penalty.later_from_day', 'penalty.later_divisor')
     and (new.value = '' or new.value glob '*[^0-9]*' or new.valid_from is not date(new.valid_from))
begin
    select raise(abort, 'this setting is a whole number, from a day like 2026-10-01');
end;

CREATE TABLE "sign_in_block" (
    person_id text primary key references person (person_id),
    cause text not null check (cause in ('not-me', 'lost-device', 'not-my-contact', 'asked-support')),
    blocked_at text not null
) strict, without rowid;

CREATE TABLE sign_in_failure (
    subject text not null,          -- a person_id; for what nobody has, 'typed:' and the sha256 of what was typed
    device text not null,           -- sha256 of a known device's cookie; '' for all unknown devices together
    failures integer not null check (failures > 0),
    last_failed_at text not null,   -- from the failure that locked on, also since when it is locked
    primary key (subject, device)
) strict, without rowid;

CREATE INDEX sign_in_failure_by_age on sign_in_failure (last_failed_at);

CREATE TABLE sign_in_help (
    person_id text primary key references person (person_id),
    asked_by text not null references person (person_id),
    asked_at text not null,
    agreed_by text references person (person_id), -- another one
    agreed_at text,
    invitation_id text references invitation (invitation_id) deferrable initially deferred, -- the link, made after that
    check (agreed_by <> asked_by),
    check ((agreed_by is null) = (agreed_at is null)),
    check ((agreed_by is null) = (invitation_id is null))
) strict, without rowid;

CREATE TABLE sign_in_notice (
    token_hash text primary key,    -- sha256 of the token in the link, hex
    person_id text not null references person (person_id),
    user_agent text not null,       -- what the browser called itself
    address text not null,          -- from where
    signed_in_at text not null,
    expires_at text not null,
    used_at text
, new_contact text, invitation_id text references invitation (invitation_id), told text) strict, without rowid;

CREATE INDEX sign_in_notice_by_age on sign_in_notice (expires_at);

CREATE TABLE signing_certificate (
    certificate_id text primary key,
    person_id text not null references person (person_id),
    fingerprint text not null unique, -- sha256 of the certificate, hex
    owner text not null,            -- surname, name and patronymic, as it stands there
    issuer text not null,
    serial text not null,           -- its number at the issuer, hex
    not_after text not null,
    connected_at text not null
) strict, without rowid;

CREATE INDEX signing_certificate_by_person on signing_certificate (person_id);

CREATE TABLE state (
    only_row integer primary key check (only_row = 1),
    kind text not null check (kind in ('live', 'demo')),
    created_at text not null
) strict;

CREATE TRIGGER state_kind_is_final before update on state
begin
    select raise(abort, 'the kind of a state never changes');
end;

CREATE TRIGGER state_row_is_final before delete on state
begin
    select raise(abort, 'the kind of a state never changes');
end;

CREATE TRIGGER state_row_is_only before insert on state when exists (select 1 from state)
begin
    select raise(abort, 'the kind of a state never changes');
end;

CREATE TABLE submission (
    submission_id text primary key,
    person_id text not null references person (person_id),
    account_id text not null references account (account_id),
    confirmation_code text not null unique,
    submitted_at text not null
) strict;

CREATE INDEX submission_by_person on submission (person_id, account_id, submitted_at, submission_id);

CREATE TABLE supplier (
    supplier_id text primary key,
    inn text not null unique,
    name text not null
) strict;

CREATE TABLE tariff (
    tariff_id text primary key,
    house_id text not null references house (house_id),
    service text not null,              -- domain::service::Service
    supplier_id text not null references supplier (supplier_id),
    is_offer integer not null check (is_offer in (0, 1)), -- what this supplier would take: nothing is charged by it
    rates integer not null check (rates between 1 and 3), -- how many rate zones it is for
    prices text not null,               -- JSON: rubles for a unit in each zone, decimal text of at most 6 places
    above_norm text,                    -- JSON: the same above the social norm
    fixed text,                         -- rubles a month from each dwelling
    surcharge text,                     -- percent
    tariff_act_id text not null references tariff_act (tariff_act_id),
    since text not null,                -- ISO date
    until text,                         -- the last day
    recorded_at text not null,
    withdrawn_at text,
    check (json_array_length(prices) = rates),
    check (above_norm is null or json_array_length(above_norm) = rates)
) strict;

CREATE INDEX tariff_by_day on tariff (since) where withdrawn_at is null and not is_offer;

CREATE UNIQUE INDEX tariff_in_force on tariff (house_id, service, rates, is_offer, supplier_id, since)
where withdrawn_at is null;

CREATE TABLE tariff_act (
    tariff_act_id text primary key,
    name text not null,
    number text not null,
    date text not null,
    link text not null,                 -- '' where it can't be read anywhere
    unique (number, date, name, link)
) strict;

CREATE TABLE told_change (
    house_id text not null references house (house_id),
    since text not null,                -- the first day, ISO
    kind text not null check (kind in ('price', 'norm', 'benefit', 'way')),
    service text not null,              -- domain::service::Service
    detail text not null,               -- of prices how many rate zones, of a norm its basis, of a benefit its name; else ''
    content text not null,              -- JSON of what was told to hold then
    told_at text not null,
    primary key (house_id, since, kind, service, detail)
) strict, without rowid;

CREATE TABLE totp (
    person_id text primary key references person (person_id),
    sealed_secret blob not null,    -- XChaCha20-Poly1305: nonce and text
    master_key_id text not null,    -- which of files_key opens it
    last_step integer not null default 0, -- 30 seconds each since 1970: this one and those before it are refused
    created_at text not null,
    confirmed_at text               -- null until the first right code: asks for nothing and opens nothing
) strict, without rowid;

CREATE TABLE transfer_act (
    act_no integer primary key,
    reading_id text not null unique references reading (reading_id),
    -- Of the same meter and month: the act in whose place this one stands.
    replaces_no integer unique references transfer_act (act_no),
    act text not null                   -- canonical JSON: content, key, signature
) strict;

CREATE TRIGGER transfer_act_is_final before update on transfer_act
begin
    select raise(abort, 'an act of transfer never changes');
end;

CREATE TRIGGER transfer_act_stays before delete on transfer_act
begin
    select raise(abort, 'an act of transfer never goes');
end;

CREATE TABLE trusted_device (
    trusted_device_id text primary key,
    person_id text not null references person (person_id),
    device text not null,           -- sha256 of the device's cookie
    user_agent text not null,       -- what the browser called itself then
    trusted_at text not null,
    used_at text not null,          -- the last sign-in without a second factor, or the moment of trust
    expires_at text not null
) strict, without rowid;

CREATE INDEX trusted_device_by_age on trusted_device (expires_at);

CREATE UNIQUE INDEX trusted_device_by_person on trusted_device (person_id, device);

CREATE TABLE unlinked_identity (
    unlinked_identity_id text primary key,
    provider text not null,
    issuer text not null,
    subject text not null,
    cookie_hash text not null,      -- sha256 of the cookie that came with this sign-in, hex
    level text not null check (level in ('basic', 'confirmed')),
    name text not null,             -- as the provider has it; '' where it has none
    created_at text not null,
    expires_at text not null,
    used_at text
, sid text, authenticated_at text, next text not null default '/', sealed_snils blob, snils_key_id text                  -- which of files_key sealed it
    check ((snils_key_id is null) = (sealed_snils is null))) strict, without rowid;

CREATE INDEX unlinked_identity_by_age on unlinked_identity (created_at);

CREATE UNIQUE INDEX unlinked_identity_by_cookie on unlinked_identity (cookie_hash) where used_at is null;

CREATE TABLE "used_inside" (
    house_id text not null references house (house_id),
    period text not null,
    service text not null,              -- domain::service::Service
    billing_run_id integer not null references billing_run (billing_run_id),
    non_residential integer not null,   -- in ten-millionths of the unit
    by_norm integer not null,           -- dwellings
    by_meter integer not null,          -- dwellings, with averages of meters
    primary key (house_id, period, service, billing_run_id)
) strict, without rowid;

CREATE INDEX used_inside_of_run on used_inside (billing_run_id);
