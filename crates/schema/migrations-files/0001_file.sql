-- owner: files; readers: none
-- Files of people and companies, sealed: whoever has this database and not the master key has nothing. Each file has
-- a key of its own, which the master key wraps, so that a new master key rewraps keys and never touches a chunk.
create table file (
    file_id text primary key,
    content_type text not null,         -- as its first bytes tell
    size_bytes integer not null check (size_bytes > 0),
    sha256 text not null,               -- of what was put
    master_key_id text not null,        -- which master key wraps
    wrapped_key blob not null,
    created_at text not null
) strict;

create index file_by_master_key on file (master_key_id);

create table file_chunk (
    file_id text not null references file (file_id) on delete cascade,
    chunk_no integer not null check (chunk_no >= 0),
    sealed blob not null,
    primary key (file_id, chunk_no)
) strict;
