-- owner: levels; readers: none
-- Files whose person asked for it go before all others.
alter table level_document add column is_asked_for integer not null default 0 check (is_asked_for in (0, 1));

-- The same number, and the answers count among the documents.
update setting set source = 'product rule: documents and answers in a day' where name = 'limit.level_upload_per_person';
