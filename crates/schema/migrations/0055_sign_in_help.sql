-- owner: sign_in_helps; readers: none
-- Whom nothing of the own lets in any more (a lost device, a lost second factor, no contact at all) is let in by two: one
-- asks, another one agrees, and then there is a link for the person. The block stays a block until the link is opened.
create table sign_in_help (
    person_id text primary key references person (person_id),
    asked_by text not null references person (person_id),
    asked_at text not null,
    agreed_by text references person (person_id), -- another one
    agreed_at text,
    invitation_id text references invitation (invitation_id) deferrable initially deferred, -- the link, made after that
    check (agreed_by <> asked_by),
    check ((agreed_by is null) = (agreed_at is null)),
    check ((agreed_by is null) = (invitation_id is null))
) strict, without rowid;

-- A block says only why and since when. One that was lifted waited for a recovery by a code: such is 'not-me'.
create table sign_in_block_new (
    person_id text primary key references person (person_id),
    cause text not null check (cause in ('not-me', 'lost-device')),
    blocked_at text not null
) strict, without rowid;

insert into sign_in_block_new (person_id, cause, blocked_at)
select person_id, case when lifted_at is null then cause else 'not-me' end, blocked_at from sign_in_block;

drop table sign_in_block;

alter table sign_in_block_new rename to sign_in_block;
