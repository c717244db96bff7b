-- owner: invitations; readers: none
-- A link may also set a password anew: staff have no phone and no e-mail here to get a code by.
alter table invitation add column resets text references person (person_id); -- whose password; null: a new person
