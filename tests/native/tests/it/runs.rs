//! A month of a house in the state that an operation of the accountant's desk asks for.

use native_suite::access::Operation;

use crate::{home_of::Objects, suite::Suite};

pub(crate) const RUN_ID: &str = "999";
pub(crate) const BILL_ID: &str = "999";
pub(crate) const RECALCULATION_ID: &str = "a-recalculation";
pub(crate) const ABSENCE_ID: &str = "an-absence";
pub(crate) const REQUEST_ID: &str = "a-charge-request";
pub(crate) const BENEFIT_ID: &str = "a-benefit";
pub(crate) const QUESTION_ID: &str = "a-question";
pub(crate) const INTERRUPTION_ID: &str = "an-interruption";
pub(crate) const DISPUTE_ID: &str = "a-dispute";
/// The month of the walk; the one before is issued.
pub(crate) const PERIOD: &str = "2026-07";
pub(crate) const ISSUED: &str = "2026-06";

/// The house of the objects has a preview of the month with one bill, and something to be computed anew; for the opening
/// of the month it has none.
pub(crate) fn make(suite: &Suite, operation: &Operation, objects: &Objects) {
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    for rows in [
        "absence",
        "account_benefit",
        "interruption",
        "bill_question",
        "charge_request",
        "debt_dispute",
        "debt",
        "bill where issued_at is null",
        "recalculation",
        "billing_run where state <> 'issued'",
    ] {
        file.execute(&format!("delete from {rows}"), []).unwrap();
    }
    if operation.method == "POST" && operation.path.ends_with("/runs") {
        return;
    }
    file.execute(
        "insert into billing_run (billing_run_id, house_id, period, state, cursor, bills, known_seq, opened_at)
         values (?1, ?2, ?3, 'previewed', '', 1, 0, '2026-07-01T00:00:00Z')",
        [RUN_ID, &objects.house_id, PERIOD],
    )
    .unwrap();
    file.execute(
        "insert into bill (bill_id, billing_run_id, account_id, period, charged, corrected)
         values (?1, ?2, ?3, ?4, 0, 0)",
        [BILL_ID, RUN_ID, &objects.account_id, PERIOD],
    )
    .unwrap();
    file.execute(
        "insert into recalculation (recalculation_id, house_id, from_period, reason, requested_at)
         values (?1, ?2, ?3, 'Акт', '2026-07-01T00:00:00Z')",
        [RECALCULATION_ID, &objects.house_id, ISSUED],
    )
    .unwrap();
    file.execute(
        "insert into account_benefit (account_benefit_id, account_id, benefit, document, since, recorded_at)
         values (?1, ?2, 'Инвалиды', 'справка № 1', '2026-07-01', '2026-07-01T00:00:00Z')",
        [BENEFIT_ID, &objects.account_id],
    )
    .unwrap();
    file.execute(
        "insert into bill_question (bill_question_id, account_id, bill_id, line_no, service, of_period, payable, words,
                                    asked_at, due_on)
         select ?1, ?2, bill_id, 1, 'gas', period, 100, 'Почему?', '2026-07-02T00:00:00Z', '2026-07-16'
         from bill where account_id = ?2 and issued_at is not null",
        [QUESTION_ID, &objects.account_id],
    )
    .unwrap();
    file.execute(
        "insert into charge_request (charge_request_id, account_id, kind, from_period, words, asked_at, due_on)
         values (?1, ?2, 'recalculation', ?3, 'Нас не было', '2026-07-02T00:00:00Z', '2026-07-09')",
        [REQUEST_ID, &objects.account_id, ISSUED],
    )
    .unwrap();
    file.execute(
        "insert into interruption (interruption_id, house_id, service, since, until, act, recorded_at)
         values (?1, ?2, 'gas', '2026-07-01T10:00', '2026-07-01T20:00', 'акт № 1', '2026-07-02T00:00:00Z')",
        [INTERRUPTION_ID, &objects.house_id],
    )
    .unwrap();
    file.execute(
        "insert into absence (absence_id, account_id, persons, left_on, returned_on, document, asked_on, state, recorded_at)
         values (?1, ?2, 1, '2026-06-01', '2026-06-15', 'билеты', '2026-06-16', 'asked', '2026-06-16T00:00:00Z')",
        [ABSENCE_ID, &objects.account_id],
    )
    .unwrap();
    file.execute(
        "insert into debt (account_id, period, fund, amount, paid, penalty, penalty_paid, due_on, is_open)
         select account_id, ?3, 'services', 100000, 0, 0, 0, '2026-07-10', 1 from account
         where account_id = ?1 or number = ?2",
        [&objects.account_id, &objects.number, ISSUED],
    )
    .unwrap();
    file.execute(
        "insert into debt_dispute (debt_dispute_id, account_id, period, fund, amount, reason, opened_at)
         values (?1, ?2, ?3, 'services', 50000, 'претензия № 1', '2026-07-10T00:00:00Z')",
        [DISPUTE_ID, &objects.account_id, ISSUED],
    )
    .unwrap();
}
