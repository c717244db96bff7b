-- owner: requests; readers: none
-- What is swept is found by its age; what happened with a person's data is found by the person.
create index rate_limit_by_age on rate_limit (window_started_at);
create index session_by_age on session (expires_at) where swept_at is not null;
create index link_request_by_age on link_request (created_at);
create index audit_entry_by_object on audit_entry (object, audit_seq);

insert into setting (name, valid_from, value, source) values
    ('session.kept_days', '2000-01-01', '180', 'product rule: ended sessions, for the answer who was signed in'),
    ('code.kept_days', '2000-01-01', '30', 'product rule: requests for one-time codes');
