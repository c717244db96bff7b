-- owner: billing; readers: none
insert into setting (name, valid_from, value, source) values
    ('billing.open_day', '2000-01-01', '0', 'own rule: the operator names the day, until then the accountant opens each month');
