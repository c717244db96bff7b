-- owner: readings; readers: none
-- What suppliers answered to accepted readings: the company sends them, the answer comes back in a file.
create table reading_acknowledgement (
    reading_seq integer not null references reading (reading_seq),
    supplier_id text not null references supplier (supplier_id),
    answered_on text not null,          -- ISO date, as the supplier says
    is_accepted integer not null check (is_accepted in (0, 1)),
    reason text,                        -- why it is not accepted, for the residents
    recorded_at text not null,
    primary key (reading_seq, supplier_id),
    check (is_accepted = 1 or reason is not null)
) strict, without rowid;
