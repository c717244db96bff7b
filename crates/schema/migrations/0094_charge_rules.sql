-- owner: settings; readers: billing, ledger
-- Rules of charges and penalties that acts leave open or sources differ on (ПП 354; ЖК РФ ст. 155): dated, so that a
-- month goes by the rules of its own days, also when it is computed anew.
insert into setting (name, valid_from, value, source) values
    ('charge.average_months', '2000-01-01', '6', 'ПП 354 п. 59'),
    ('charge.average_months_min', '2000-01-01', '3', 'ПП 354 п. 59, as it is mostly read'),
    ('charge.average_in_row_max', '2000-01-01', '3', 'ПП 354 п. 59, 60'),
    ('charge.electricity_average_is_endless', '2000-01-01', 'true', 'acts name no end: practice of 2026'),
    ('charge.missing_reading_is_multiplied', '2000-01-01', 'false', 'ПП 354 п. 60; sources differ: true or false'),
    ('charge.not_trusted_is_multiplied', '2000-01-01', 'true', 'ПП 354 п. 60, as it is mostly read'),
    ('charge.no_access_is_multiplied', '2000-01-01', 'true', 'ПП 354 п. 60, as it is mostly read'),
    ('charge.recalc_normative', '2000-01-01', 'false', 'acts are silent on a reading that comes late'),
    ('absence.full_days_over', '2000-01-01', '5', 'ПП 354 п. 86, as handbooks agree'),
    ('absence.asked_within_days', '2000-01-01', '30', 'ПП 354 п. 91, as handbooks agree'),
    ('interruption.percent_per_hour', '2000-01-01', '0.15', 'ПП 354 app. 1'),
    ('penalty.grace_days', '2000-01-01', '30', 'ЖК РФ ст. 155 ч. 14'),
    ('penalty.divisor', '2000-01-01', '300', 'ЖК РФ ст. 155 ч. 14, 14.1'),
    ('penalty.later_from_day', '2000-01-01', '91', 'ЖК РФ ст. 155 ч. 14'),
    ('penalty.later_divisor', '2000-01-01', '130', 'ЖК РФ ст. 155 ч. 14');

-- Whoever sets such a rule hears at once of a value that cannot be one; which numbers make sense is checked where they
-- are read.
create trigger setting_is_a_flag before insert on setting
when new.name in ('charge.electricity_average_is_endless', 'charge.missing_reading_is_multiplied',
                  'charge.not_trusted_is_multiplied', 'charge.no_access_is_multiplied', 'charge.recalc_normative')
     and (new.value not in ('true', 'false') or new.valid_from is not date(new.valid_from))
begin
    select raise(abort, 'this setting is true or false, from a day like 2026-10-01');
end;

create trigger setting_is_a_whole_number before insert on setting
when new.name in ('charge.average_months', 'charge.average_months_min', 'charge.average_in_row_max',
                  'absence.full_days_over', 'absence.asked_within_days', 'penalty.grace_days',
                  'penalty.caprepair_grace_days', 'penalty.divisor', 'penalty.later_from_day', 'penalty.later_divisor')
     and (new.value = '' or new.value glob '*[^0-9]*' or new.valid_from is not date(new.valid_from))
begin
    select raise(abort, 'this setting is a whole number, from a day like 2026-10-01');
end;

create trigger setting_is_a_percentage before insert on setting
when new.name = 'interruption.percent_per_hour'
     and (new.value not glob '[0-9]*' or new.value glob '*[^0-9.]*' or new.value glob '*.*.*' or new.value glob '*.'
          or new.valid_from is not date(new.valid_from))
begin
    select raise(abort, 'this setting is a number like 0.15, from a day like 2026-10-01');
end;
