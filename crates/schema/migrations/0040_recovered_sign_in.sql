-- owner: pending_sign_ins; readers: none
-- Whoever recovered the password by a code to the own contact proves nothing more by another code to it.
alter table pending_sign_in add column is_by_contact integer not null default 0 check (is_by_contact in (0, 1));
