-- owner: import; readers: homes
-- Files on their way in: they come in parts, so that a lost connection costs one part, and wait for the check and for
-- the word that takes them in. The parts go with that word, or after a day.
create table import (
    import_id text primary key,
    person_id text not null references person (person_id),
    stage text not null check (stage in ('uploading', 'refused', 'checked', 'applied')),
    is_for_demo integer not null check (is_for_demo in (0, 1)), -- somebody said that the files are made up
    report text,                        -- JSON: what the last check or the import itself said
    created_at text not null,
    applied_at text
) strict;

create index import_by_person on import (person_id, created_at);

create index import_by_age on import (created_at) where stage <> 'applied';

create table import_file (
    import_id text not null references import (import_id) on delete cascade,
    file_no integer not null,
    name text not null,
    size_bytes integer not null check (size_bytes > 0),
    primary key (import_id, file_no)
) strict, without rowid;

create table import_part (
    import_id text not null,
    file_no integer not null,
    part_no integer not null,
    bytes blob not null,
    primary key (import_id, file_no, part_no),
    foreign key (import_id, file_no) references import_file (import_id, file_no) on delete cascade
) strict;
