-- owner: billing; readers: none
-- Questions of residents about lines of issued bills, which never change: what was asked about is there for good. Who
-- asked stands in the audit log: the question is of the account.
create table bill_question (
    bill_question_seq integer primary key, -- the number that people name
    bill_question_id text not null unique,
    account_id text not null references account (account_id),
    bill_id integer not null references bill (bill_id),
    line_no integer not null check (line_no > 0),
    service text not null,              -- of the line
    of_period text not null,
    payable integer not null,           -- kopecks
    words text not null,
    asked_at text not null,
    due_on text not null,               -- the last day for an answer
    answer text,
    answered_at text,
    check ((answer is null) = (answered_at is null))
) strict;

create index bill_question_by_account on bill_question (account_id, bill_question_seq);
create index bill_question_waiting on bill_question (due_on, bill_question_seq) where answered_at is null;

create trigger bill_question_is_answered_once before update on bill_question when old.answered_at is not null
begin
    select raise(abort, 'a question is answered once');
end;

insert into setting (name, valid_from, value, source) values
    ('billing.question_working_days', '2000-01-01', '10', 'ПП РФ № 416: an answer within 10 working days'),
    ('limit.bill_question_per_person', '2000-01-01', '20', 'product rule: questions about bills in 24 hours');
