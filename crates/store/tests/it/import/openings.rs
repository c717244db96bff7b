//! What accounts owed before: taken before the portal bills them, and never changed.

use jiff::civil::date;
use store::ledger::{self, NewPayment};

use super::{bad_line, counts, filled, take};
use crate::state::State;

const HEADER: &str = "account;period;fund;amount;penalty;on\n";

fn file(lines: &[&str]) -> String {
    format!("{HEADER}{}\n", lines.join("\n"))
}

fn take_lines(state: &State, lines: &[&str]) -> Result<Vec<store::import::Taken>, store::import::Error> {
    take(state, &[("openings.csv", &file(lines))])
}

fn assert_ledgers_hold(state: &State) {
    let checked = state.db().read(|conn| ledger::check(conn, "", 100)).unwrap();
    assert_eq!(checked.discrepancies, []);
}

#[test]
fn a_debt_of_each_month_and_fund_with_its_penalty_or_what_was_paid_ahead() {
    let state = filled();
    let lines = [
        "100;2026-05;;1250,40;3,15;2026-06-30",
        "100;2026-05;capital_repair;410;;2026-06-30",
        "200;2026-06;services;-300;;30.06.2026",
    ];
    assert_eq!(counts(&take_lines(&state, &lines).unwrap()), [("openings", 3, 0, 0)]);
    let debts = "select period, fund, amount, penalty, opened_penalty, due_on, counted_until from debt order by fund";
    assert_eq!(
        state.rows(debts),
        [
            "2026-05|capital_repair|41000|0|0|2026-06-15|2026-06-30",
            "2026-05|services|125040|315|315|2026-06-15|2026-06-30"
        ]
    );
    let balances =
        "select a.number, max(l.no), sum(l.amount) from ledger_entry l join account a using (account_id) group by 1";
    assert_eq!(state.rows(balances), ["100|3|166355", "200|1|-30000"]);
    assert_ledgers_hold(&state);
    assert_eq!(counts(&take_lines(&state, &lines).unwrap()), [("openings", 0, 0, 3)], "the same once more");
}

#[test]
fn what_is_posted_never_changes_and_an_opening_comes_first() {
    let state = filled();
    take_lines(&state, &["100;2026-05;;1250,40;;2026-06-30"]).unwrap();
    let refused = |line: &str| bad_line(take_lines(&state, &[line]));
    let (line, column, reason) = refused("100;2026-05;;1250,41;;2026-06-30");
    assert_eq!((line, column.as_str()), (2, "amount"));
    assert!(reason.contains("не меняются"), "{reason}");
    assert_eq!(refused("999;2026-05;;1;;2026-06-30").1, "account");
    assert_eq!(refused("100;2026-06;;-5;;2026-06-30").1, "amount", "a debt and money paid ahead");
    assert_eq!(refused("200;2026-05;;1;;2027-01-01").1, "on", "a day to come");
    let account_id = state.rows("select account_id from account where number = '100'").remove(0);
    let payment = NewPayment {
        payment_id: "p1",
        account_id: &account_id,
        on: date(2026, 7, 1),
        amount: domain::money::Kopecks(100),
    };
    state.db().write(|tx| ledger::pay(tx, "2026-07-20T09:00:00Z".parse().unwrap(), &[payment])).unwrap();
    assert_eq!(refused("100;2026-04;;1;;2026-06-30").1, "account");
    assert_eq!(counts(&take_lines(&state, &["100;2026-05;;1250,40;;2026-06-30"]).unwrap()), [("openings", 0, 0, 1)]);
    assert_ledgers_hold(&state);
}
