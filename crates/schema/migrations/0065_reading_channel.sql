-- owner: readings; readers: reminders
-- By which way a reading came. What a person submitted before this was told came by the portal, the rest from files.
alter table reading add column channel text not null default 'import'
    check (channel in ('portal', 'sms', 'link', 'token', 'operator', 'import'));

update reading set channel = 'portal' where submission_id is not null;
