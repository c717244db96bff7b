-- owner: settings; readers: none
-- Whether a new password may be one that whoever guesses tries first. The article takes `Abc12345`, which is such a one.
insert into setting (name, valid_from, value, source) values
    ('password.refuse_common', '2000-01-01', 'false', 'article S1:218 asks for no list; true is OWASP ASVS 5.0, 6.2.4 and 6.2.11');
