-- owner: electronic_addresses; readers: persons
-- Whose e-mail of the profile is the electronic address for legally meaningful messages (function 23): it stands here
-- while the consent to it holds and there is an e-mail. The address itself is the profile's.
create table electronic_address (
    person_id text primary key references person (person_id),
    since text not null             -- since when this very e-mail is the address
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('limit.address_export_per_person', '2000-01-01', '300', 'product rule: parts of the register of addresses that one of the staff takes in an hour, 200 rows each');

insert into consent_text (purpose, version, valid_from, title, body, sha256, created_at) values
    ('electronic-address', 1, '2000-01-01', 'Согласие на электронный адрес',
'Я разрешаю управляющей организации моего дома записать в её реестр мою почту, указанную в профиле этого портала, как мой электронный адрес и присылать на неё юридически значимые сообщения: уведомления, требования, ответы. Её название, адрес и ИНН напечатаны в моей квитанции.

Какие данные: имя, почта из профиля, номер лицевого счёта, адрес помещения и день, с которого почта стала электронным адресом.

Для чего: чтобы сообщения по моему дому приходили на действующий адрес. Ни для чего другого.

Что с ними делают: показывают сотрудникам организации, которые ведут реестр, и записывают в реестр. Каждая выгрузка записана в моём журнале. Если я подтвержу в профиле другую почту, электронным адресом станет она.

Как долго: пока почта есть в профиле и пока я не отозвал согласие. Если я уберу почту из профиля, согласие прекращается.

Как отозвать: на страницах «Профиль» и «Согласия» в личном кабинете или письмом в управляющую организацию. С этого дня адреса в выгрузках нет. Сообщения, которые пришли раньше, считаются полученными.

Согласие добровольное. Без него сообщения приходят так, как приходили: на бумаге или так, как сказано в договоре.',
     '11da5b045357e75896a9759238d6b0424d3df2a63f0e3ffe536b74a44f6556b1', '2026-07-01T00:00:00.000Z');
