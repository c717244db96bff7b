-- A small live state as the first release left it, at version 9: tests/states.rs brings it to the present, and
-- the host's tests back it up, restore it and upgrade it. Its audit chain is a real one.
insert into state values (1, 'live', '2026-01-10T08:00:00Z');
insert into audit_entry values (1, '2026-01-10T08:00:00.000Z', 'operator', 'state.import', 'import:1', '{"files":"91eb5c3b31d7b130d0222cd1ffda5c49868d8ac289ee6bfd4d5efd4531709f78"}', '0000000000000000000000000000000000000000000000000000000000000000', 'ed06e8cc6ee6f4ba4c34838b5e8e107fd78b544003cd01fb05d17a3c15c8e6a6');
insert into audit_detail values (1, '[{"name":"files","salt":"1267c212fa828e9e500a5fc4307138c9","value":"houses.csv"}]');
insert into audit_entry values (2, '2026-01-12T08:00:00.000Z', 'p1', 'session.open', 'session:s1', '{"address":"af59a5c4770e503e1812644c02edd72bcd0dbda9fa8bf55cc38c764d2c8cb1c5"}', 'ed06e8cc6ee6f4ba4c34838b5e8e107fd78b544003cd01fb05d17a3c15c8e6a6', 'faffcee67ca257421c884a7e0c4e2d64a2e8a761e2a57e7f740732f508c212c9');
insert into audit_detail values (2, '[{"name":"address","salt":"f5ad92ad0bcc165cf5a131541273264d","value":"127.0.0.1"}]');
insert into audit_entry values (3, '2026-01-20T08:00:00.000Z', 'p1', 'reading.submit', 'account:a15', '{"address":"952a45f585587a51708ebf76da2a59be1e7d1b7183e70ee5c94dae848583634f","code":"823cfdb178f68b10921a1dabf5749c0fdc33f7831c836c4a0dc978cb80057f6b"}', 'faffcee67ca257421c884a7e0c4e2d64a2e8a761e2a57e7f740732f508c212c9', '6b58c0a7185e378843508ced2c9b3d43b8b0da8ee0cd91c2b0bb407812c9870b');
insert into audit_detail values (3, '[{"name":"address","salt":"6ffc991a5b4bfe1d7df4fdc5380e5aec","value":"127.0.0.1"},{"name":"code","salt":"ac3c4dfa6f4211a995a05401d01500d6","value":"K7QM-2XRD"}]');
insert into person values ('p1', 'anna', '+79000000015', null, '$argon2id$', 'Анна Сергеевна', 0, '2026-01-11T08:00:00Z');
insert into person_role values ('p1', 'resident', '2026-01-11T08:00:00Z');
insert into session values ('s1', 'p1', '2026-01-12T08:00:00Z', '2026-01-12T20:00:00Z', null, null, 'curl', '127.0.0.1');
insert into company values ('c1', 'УК «Берег»', '7707083893', null, null, null, null, '2026-01-10T08:00:00Z');
insert into house values ('h1', 'Л-10', 'c1', 'Рязань', 'г. Рязань, ул. Ленина, д. 10', null, 'Europe/Moscow', 20, 25, '2026-01-10T08:00:00Z');
insert into premises values ('f15', 'h1', '15', 'residential', 5430, null, '2026-01-10T08:00:00Z');
insert into owner values ('o1', 'f15', 'Анна Сергеевна', 1, 1, '2020-05-01', null);
insert into account values ('a15', '0000000015', null, 'f15', 'Анна Сергеевна', '+79000000015', null, '2020-05-01', null, '2026-01-10T08:00:00Z');
insert into account_link values ('l1', 'p1', 'a15', 'owner', '2026-01-12T08:05:00Z', null);
insert into meter values ('m1', 'f15', 'cold_water', '123456', 'кухня', 1, 5, 3, '2020-05-01', null, null, null, '2026-01-10T08:00:00Z');
insert into submission values ('sub1', 'p1', 'a15', 'K7QM-2XRD', '2026-01-20T08:00:00Z');
insert into reading values (1, 'r1', 'm1', 'sub1', 'resident', '2026-01', '2026-01-20', '2026-01-20T08:00:00Z', '131.250', null, null, 0, null, 'none');
insert into event values (1, 'reading.submitted', 'p1', '{"number":"0000000015"}', '2026-01-20T08:00:00.000Z', '2026-01-20T08:05:00.000Z');
insert into notice values ('n1', 'p1', 'reading-submitted:sub1', 'reading-submitted', 'Показания приняты', 'Код подтверждения K7QM-2XRD.', '/history', '2026-01-20T08:00:00.000Z', null);
insert into idempotency values ('p1', 'key-1', '00', 201, '{}', '2026-01-20T08:00:00.000Z');
insert into rate_limit values ('submit:person:p1', 1768896000, 1);
insert into link_request values ('q1', 'p1', 'a15', 'sms', '00', 4, '2026-01-12T08:00:00Z', '2026-01-12T08:10:00Z', '2026-01-12T08:05:00Z');
