-- owner: settings; readers: everybody
-- Whoever works with other people's data has a second factor: 'live' asks for it in a live state, 'always' in a demo
-- too, 'never' in none.
insert into setting (name, valid_from, value, source) values
    ('staff.second_factor', '2000-01-01', 'live', 'product rule; article S1:217 names the ways');
