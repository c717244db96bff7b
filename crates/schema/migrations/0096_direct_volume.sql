-- owner: billing; readers: none
-- Who has premises and pays a supplier directly has no account here: what they used of the house's volume is told with it.
alter table house_volume add column direct_volume text; -- canonical decimal, in the unit of the service
