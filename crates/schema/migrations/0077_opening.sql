-- owner: ledger; readers: none
-- A debt from before the portal: the penalty that whoever billed then charged on it and that is not paid, and until which
-- day that was counted. From the next day on the portal counts.
alter table debt add column opened_penalty integer not null default 0 check (opened_penalty >= 0);
alter table debt add column counted_until text;
