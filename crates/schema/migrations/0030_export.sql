-- owner: settings; readers: requests
-- How often a person may take the own data away as a file.
insert into setting (name, valid_from, value, source) values
    ('limit.export_per_person', '2000-01-01', '20', 'product rule: files of own data in an hour');
