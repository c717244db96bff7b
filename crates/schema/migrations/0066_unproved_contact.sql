-- owner: persons; readers: electronic_addresses
-- Whom two of the staff let in lost the rest: whoever holds the phone or reads the mail of before may be somebody else.
-- Such a contact is a name to sign in by and nothing more, until a code proves it again. Null: it is the person's.
alter table person add column phone_unproved_since text check (phone_unproved_since is null or phone is not null);
alter table person add column email_unproved_since text check (email_unproved_since is null or email is not null);

-- The link of two that a message tells of; null: it tells of a sign-in or of a new contact.
alter table sign_in_notice add column invitation_id text references invitation (invitation_id);
