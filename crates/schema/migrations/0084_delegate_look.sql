-- owner: homes; readers: readings
-- The last day on which the delegate looked: the first look of each day stands in the journal of those whose account it is.
alter table delegation add column looked_on text;
