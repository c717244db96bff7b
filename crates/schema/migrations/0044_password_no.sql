-- owner: persons; readers: none
-- Another number for each password that is set. A hash that is made anew at another cost is of the same password: whoever
-- verified the one before it is let in.
alter table person add column password_no integer not null default 0;
