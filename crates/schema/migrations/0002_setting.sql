-- owner: settings; readers: everybody
-- Dated facts and product rules: the row with the latest valid_from not after the asked date holds.
create table setting (
    name text not null,
    valid_from text not null,   -- ISO date
    value text not null,        -- canonical decimal or plain text, by name
    source text not null,       -- the act or article the value comes from
    primary key (name, valid_from)
) strict, without rowid;

insert into setting (name, valid_from, value, source) values
    ('reading.questioned_at_average_times', '2000-01-01', '3', 'practice of operators'),
    ('reading.reviewed_at_average_times', '2000-01-01', '10', 'practice of operators'),
    ('reading.average_months', '2000-01-01', '6', 'practice of operators'),
    ('reading.zero_questioned_after_months', '2000-01-01', '3', 'practice of operators'),
    ('reminder.days_before_close', '2000-01-01', '3', 'article S1: some days before the deadline'),
    ('link.code_minutes', '2000-01-01', '10', 'product rule'),
    ('link.code_attempts', '2000-01-01', '5', 'product rule'),
    ('limit.sign_in_per_login', '2000-01-01', '10', 'product rule: attempts in 15 minutes'),
    ('limit.sign_in_per_device', '2000-01-01', '20', 'product rule: attempts in 15 minutes'),
    ('limit.sign_in_per_address', '2000-01-01', '300', 'product rule: attempts in 15 minutes; mobile carriers share addresses'),
    ('limit.link_per_person', '2000-01-01', '10', 'product rule: codes asked for in an hour'),
    ('limit.link_per_account', '2000-01-01', '5', 'product rule: codes sent to one contact in an hour'),
    ('limit.submit_per_person', '2000-01-01', '60', 'product rule: submissions in a minute');
