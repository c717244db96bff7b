-- owner: sign_in_locks; readers: none
-- Failures of unknown devices are counted by what was typed for everybody, not by the person who has it: a lock of a
-- login told whose the phone is. In sign_in_failure a person_id stands beside a known device only, so the counts of
-- persons with unknown devices mean nothing any more.
delete from sign_in_failure where device = '' and subject not like 'typed:%';
