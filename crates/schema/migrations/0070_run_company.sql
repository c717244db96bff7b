-- owner: billing; readers: ledger
-- Whose run it is: a house may come to another company, its bills stay of the one that issued them.
alter table billing_run add column company_id text references company (company_id);
update billing_run set company_id = (select company_id from house where house.house_id = billing_run.house_id);
