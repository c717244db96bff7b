-- owner: settings; readers: everybody
-- Anybody can make a provider's answer be refused, and the audit log is kept for ever.
insert into setting (name, valid_from, value, source) values
    ('limit.provider_refusal', '2000-01-01', '20', 'product rule: refusals at a provider that are recorded in an hour');
