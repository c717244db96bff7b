-- owner: levels; readers: none
-- Requests to have an identity confirmed by the company (functions 13–15 and 17). What a person says and shows lies
-- sealed in the database of files; here is which file is what, how far the request is, and what came of it.
create table level_request (
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

create unique index level_request_open on level_request (person_id) where stage in ('draft', 'submitted', 'returned');
create index level_request_waiting on level_request (due_at) where stage = 'submitted';
create index level_request_decided on level_request (decided_at) where decided_at is not null;

-- Each time it was sent, and what came of it. It tells of no value, but whether fields matched.
create table level_round (
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

create index level_round_by_person on level_round (person_id);

-- A file is named here before it is put, so that none is ever forgotten there.
create table level_document (
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
) strict, without rowid;

create index level_document_by_request on level_document (level_request_id, kind, round);
create index level_document_by_person on level_document (person_id);
create index level_document_doomed on level_document (doomed_at) where doomed_at is not null;

insert into setting (name, valid_from, value, source) values
    ('level.decide_hours', '2000-01-01', '24', 'articles S2:60, S4: a request for registration is answered within 24 hours'),
    ('level.documents_kept_days', '2000-01-01', '30', 'product rule; ФЗ-152, ст. 5 ч. 7: no longer than the purpose needs'),
    ('limit.level_upload_per_person', '2000-01-01', '30', 'product rule: documents in an hour'),
    ('limit.level_look_per_person', '2000-01-01', '200', 'product rule: requests and documents that one of the staff opens in an hour');

insert into consent_text (purpose, version, valid_from, title, body, sha256, created_at) values
    ('proof', 1, '2000-01-01', 'Согласие на обработку документов', 
'Я разрешаю управляющей организации, которая ведёт этот портал, обработать мои документы, чтобы подтвердить мою личность. Её название, адрес и ИНН напечатаны в моей квитанции.

Какие данные: фамилия, имя, отчество, дата рождения; серия и номер паспорта, кем и когда он выдан, адрес регистрации; СНИЛС; сканы паспорта, СНИЛС и документа о праве на жильё.

Для чего: сравнить их с данными организации и решить, что в личный кабинет вхожу я. Ни для чего другого.

Что с ними делают: записывают и хранят зашифрованными, показывают сотруднику, который принимает решение, сравнивают с данными организации, удаляют. Каждый просмотр записан в моём журнале. Другим их не передают, кроме государственного органа, если этого требует закон.

Как долго: 30 дней после решения организации, если она не объявила другого срока. Потом остаётся только то, что личность подтверждена, когда и какие поля совпали.

Как отозвать: на странице «Согласия» в личном кабинете или письмом в управляющую организацию. После отзыва документы удаляются, а заявка закрывается. Подтверждённая личность остаётся подтверждённой.

Согласие добровольное. Без него можно смотреть счета и передавать показания, а личность подтвердить через сервис, который уже проверял документы.',
     '9f3ea6fdeb2c3b67f010e7f08103e43234d212d7a269970dea3df1dcbe1033b1', '2026-07-01T00:00:00.000Z');
