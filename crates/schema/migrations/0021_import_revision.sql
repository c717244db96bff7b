-- owner: import; readers: homes
-- Each part that comes makes another revision: what a check said holds for the one that it read.
alter table import add column revision integer not null default 0;
