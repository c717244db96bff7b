-- A small live state as it was at version 7: tests/states.rs brings it to the present.
insert into state values (1, 'live', '2026-01-10T08:00:00Z');
insert into audit_entry values (1, '2026-01-10T08:00:00Z', 'operator', 'state.import', 'house:h1', '{}', '', '00');
insert into audit_detail values (1, '[]');
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
