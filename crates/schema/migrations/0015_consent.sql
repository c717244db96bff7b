-- owner: consents; readers: none
-- Consents to the processing of personal data (ФЗ-152, ст. 9): the texts by version, and who gave and withdrew which.
-- Neither ever changes: another text is another version, a withdrawal another act.
create table consent_text (
    purpose text not null,          -- 'portal': the login itself
    version integer not null check (version > 0),
    valid_from text not null,       -- ISO date
    title text not null,
    body text not null,             -- plain text, an empty line between paragraphs
    sha256 text not null,           -- of the body, hex
    created_at text not null,
    primary key (purpose, version)
) strict, without rowid;

create trigger consent_text_is_final before update on consent_text
begin
    select raise(abort, 'a text of consent never changes: publish another version');
end;

create trigger consent_text_stays before delete on consent_text
begin
    select raise(abort, 'a text of consent never goes');
end;

create table consent_act (
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

create index consent_act_by_person on consent_act (person_id, purpose, consent_seq);

create trigger consent_act_is_final before update on consent_act
begin
    select raise(abort, 'an act of consent never changes');
end;

insert into consent_text (purpose, version, valid_from, title, body, sha256, created_at) values
    ('portal', 1, '2000-01-01', 'Согласие на обработку персональных данных',
'Я разрешаю управляющей организации, которая ведёт этот портал, обрабатывать мои персональные данные. Её название, адрес и ИНН напечатаны в моей квитанции.

Какие данные: имя, телефон или почта, по которым я вхожу; лицевые счета, которые я привяжу, и то, что к ним относится: адрес, счётчики, показания; время, сетевой адрес и устройство каждого входа.

Для чего: чтобы вести мой личный кабинет: узнавать меня при входе, показывать мои счета, принимать показания, сообщать мне о них.

Что с ними делают: собирают, записывают, хранят, уточняют, используют и удаляют с помощью компьютеров. Другим их не передают, кроме двух случаев: тот, кто доставляет мне СМС и письма, получает телефон или почту и текст сообщения; государственный орган получает то, что требует закон.

Как долго: пока у меня есть личный кабинет или пока я не отзову согласие.

Как отозвать: на странице «Согласия» в личном кабинете или письмом в управляющую организацию. После отзыва портал не принимает от меня новых данных. Начисления и показания, которые организация обязана хранить по закону, остаются у неё.

Согласие добровольное. Без него нельзя завести личный кабинет, но передавать показания и платить можно и без портала: по телефону, через кассу или банк.',
     'b7e872abd76fc2e9e163d353e3f296afd289576f49a43c9f64706cf7137ac64f', '2026-07-01T00:00:00.000Z');
