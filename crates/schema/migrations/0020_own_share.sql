-- owner: settings; readers: everybody
-- Where several may ask for codes about one account or contact, each has a few that the others cannot use up.
insert into setting (name, valid_from, value, source) values
    ('limit.own_share', '2000-01-01', '2', 'product rule: codes of each asker that others cannot use up, in an hour');

-- It let anybody keep out who lives there: numbers tried are counted by who tries them.
delete from setting where name = 'limit.link_per_premises';
