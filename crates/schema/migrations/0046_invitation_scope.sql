-- owner: invitations; readers: none
-- Where the new person will work, and who asked for it: an invitation goes with the inviter's right to invite.
alter table invitation add column company_id text references company (company_id);
alter table invitation add column house_id text references house (house_id) check (company_id is null or house_id is null);
alter table invitation add column invited_by text references person (person_id);
