-- owner: settings; readers: none
-- What a password's hash costs is the operator's to raise; below these numbers it is never made.
insert into setting (name, valid_from, value, source) values
    ('hashing.memory_kib', '2000-01-01', '19456', 'OWASP Password Storage Cheat Sheet: Argon2id, the least'),
    ('hashing.passes', '2000-01-01', '2', 'OWASP Password Storage Cheat Sheet: Argon2id, the least');
