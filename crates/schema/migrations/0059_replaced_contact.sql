-- owner: sign_in_blocks; readers: none
-- A contact that was replaced is told of it by the same link: whoever holds the new one would get every code.
alter table sign_in_notice add column new_contact text; -- masked; null: the message tells of a sign-in

create table sign_in_block_new (
    person_id text primary key references person (person_id),
    cause text not null check (cause in ('not-me', 'lost-device', 'not-my-contact')),
    blocked_at text not null
) strict, without rowid;

insert into sign_in_block_new (person_id, cause, blocked_at) select person_id, cause, blocked_at from sign_in_block;

drop table sign_in_block;

alter table sign_in_block_new rename to sign_in_block;
