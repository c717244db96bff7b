-- owner: certificates; readers: none
-- Certificates of electronic signatures that persons connected (function 22). What a certificate says of its owner beyond
-- the name is compared and not kept.
create table signing_certificate (
    certificate_id text primary key,
    person_id text not null references person (person_id),
    fingerprint text not null unique, -- sha256 of the certificate, hex
    owner text not null,            -- surname, name and patronymic, as it stands there
    issuer text not null,
    serial text not null,           -- its number at the issuer, hex
    not_after text not null,
    connected_at text not null
) strict, without rowid;

create index signing_certificate_by_person on signing_certificate (person_id);

-- What a person is asked to sign, once.
create table certificate_challenge (
    challenge_id text primary key,
    person_id text not null references person (person_id),
    session_id text not null,       -- another session cannot answer
    text text not null,             -- its very bytes are signed
    created_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid;

create index certificate_challenge_by_age on certificate_challenge (created_at);
create index certificate_challenge_by_person on certificate_challenge (person_id);

insert into setting (name, valid_from, value, source) values
    ('certificate.challenge_minutes', '2000-01-01', '15', 'product rule: whoever signs by a program of another maker needs time'),
    ('limit.certificate_per_person', '2000-01-01', '20', 'product rule: texts asked for and signatures sent, in 15 minutes');
