-- owner: levels; readers: none
-- A document may consist of several files: a photo of each page.
alter table level_document add column file_no integer not null default 1 check (file_no > 0);
alter table level_document add column file_count integer not null default 1 check (file_count between file_no and 5);

-- Files are counted now where documents were: room for a whole request of many pages, and for its corrections.
update setting set value = '60' where name = 'limit.level_upload_per_person' and value = '30' and valid_from = '2000-01-01';
update setting set source = 'product rule: files of documents and answers in a day'
    where name = 'limit.level_upload_per_person';
