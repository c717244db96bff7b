-- owner: homes; readers: billing
-- Where a company is paid: a bill names it, and the code for banks on it is made of it. All of it is known or none of it;
-- a bank may have no correspondent account. Keys are checked where the details come in.
alter table company add column kpp text;
alter table company add column bank_account text;
alter table company add column bank text check ((bank is null) = (bank_account is null));
alter table company add column bik text check ((bik is null) = (bank_account is null));
alter table company add column correspondent_account text check (correspondent_account is null or bank_account is not null);
