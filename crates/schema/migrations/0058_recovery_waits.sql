-- owner: pending_sign_ins; readers: none
-- A password that is set by a code to the own contact waits for the second factor, where there is one: who holds the
-- phone alone changes nothing. What waits already is of the time when the password was set before.
update pending_sign_in set attempts_left = 0 where is_by_contact = 1;
alter table pending_sign_in drop column is_by_contact;
alter table pending_sign_in add column new_password_hash text; -- null where the first step set none
