-- owner: invitations; readers: none
-- Somebody who was told of a link of two said that it was for another person: those who help see it before they help
-- again, and by whose word.
alter table invitation add column denied_at text;
alter table invitation add column denied_by text; -- the contact that the message had gone to, masked; null: not known

create index invitation_by_denial on invitation (denied_at) where denied_at is not null;
create index invitation_by_reset on invitation (resets) where resets is not null;

-- owner: sign_in_blocks; readers: none
alter table sign_in_notice add column told text; -- the contact that the message went to, masked; null: not known
