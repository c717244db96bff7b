//! A run that dies at any of its writes: begun again it gives the same bills, and none twice.

use domain::money::Kopecks;
use store::billing::{self, State};
use store::ledger::{self, Fund, NewOpening};

use crate::billing::{approve, assert_ledgers_hold, bill, bills, house, march, open, state, tick};
use crate::suite::Suite;

#[test]
fn a_run_stopped_at_any_step_and_begun_again_gives_the_same_bills_and_none_twice() {
    // Three steps of each kind, and one with the last write. The acts are known after the first step of the preview: the
    // trap at theirs lets the second one through, and the third is taken without a death.
    assert_eq!(dies_everywhere(house), (4 + 3 + 1) + (3 * 5 + 1));
}

/// The second time through the house adds to bills that are there, and the turn keeps what was used inside.
#[test]
fn also_where_a_preview_goes_through_the_house_twice() {
    // Three steps more with three writes each, and the turn with two.
    assert_eq!(dies_everywhere(house_of_the_rest), (4 + 3 + 2 + 3 * 3 + 1) + (3 * 5 + 1));
    let suite = house_of_the_rest(230);
    bill(&suite, march());
    let divided = suite.rows("select distinct method, payable from charge_line where service = 'common_cold_water'");
    // 2000 m³ less 230 × 8.333, 54.3 of 3120.8 m², 50.93 rubles: the house of the vector is larger than its flats.
    assert_eq!(divided, [["M", "7391"]]);
}

/// The house pays for what is left of its own meter of cold water.
fn house_of_the_rest(flats: u32) -> Suite {
    let suite = house(flats);
    let statements = [
        "update house_service set way = 'common_meter_whole' where service = 'common_cold_water'",
        "insert into house_volume (house_volume_id, house_id, service, period, volume, recorded_at)
         values ('told', 'd1', 'cold_water', '2026-03', '2000', '2026-04-01T00:00:00.000Z')",
    ];
    for sql in statements {
        suite.env.db().write(|tx| tx.execute(sql, &[])).unwrap();
    }
    suite
}

/// What the next step of a preview writes: bills, at the turn what was used, and then lines to bills that are there.
fn writes_of_preview(suite: &Suite) -> &'static [(&'static str, &'static str)] {
    let of_the_rest = suite.rows("select 1 from house_service where way = 'common_meter_whole'").len() == 1;
    let at = suite.rows(
        "select is_of_the_rest, cursor = (select max(number) from premises) from billing_run where state = 'open'",
    );
    match (at.concat().join("").as_str(), of_the_rest) {
        ("01", true) => &[("update", "billing_run"), ("insert", "used_inside")],
        ("10", _) => &[("update", "billing_run"), ("update", "bill"), ("insert", "charge_line")],
        _ => &[("update", "billing_run"), ("insert", "bill"), ("insert", "charge_line"), ("insert", "cited_act")],
    }
}

/// How often a run of a house dies when it dies wherever it can, and is begun again each time.
fn dies_everywhere(make: fn(u32) -> Suite) -> usize {
    let whole = make(230);
    pay_ahead(&whole);
    bill(&whole, march());
    let expected = bills(&whole);
    assert_eq!(expected.len(), 230);
    let lines = "select bill_id, of_period, service, payable, explanation from charge_line order by 1, 2, 3";
    let stopped = make(230);
    pay_ahead(&stopped);
    let run = open(&stopped, march()).unwrap();
    // Each step dies at each of its writes before it is let through.
    let issue: &[(&str, &str)] = &[
        ("update", "billing_run"),
        ("insert", "ledger_entry"),
        ("insert", "debt"),
        ("insert", "debt_payment"),
        ("update", "bill"),
    ];
    let mut deaths = 0;
    for next in [State::Previewed, State::Issued] {
        while state(&stopped, run) != next {
            let writes = if next == State::Issued { issue } else { writes_of_preview(&stopped) };
            deaths += writes.iter().filter(|(work, table)| dies_at(&stopped, work, table)).count();
            tick(&stopped);
        }
        if next == State::Previewed {
            approve(&stopped, run).unwrap();
        }
    }
    assert_eq!(bills(&stopped), expected);
    assert_eq!(stopped.rows(lines), whole.rows(lines));
    let entries = "select account_id, no, kind, subject, amount, balance from ledger_entry order by 1, 2";
    assert_eq!(stopped.rows(entries), whole.rows(entries));
    let debts = "select d.account_id, d.fund, d.amount, d.paid, p.amount from debt d
                 left join debt_payment p using (account_id, period, fund) order by 1, 2, 5";
    assert_eq!(stopped.rows(debts), whole.rows(debts));
    assert_ledgers_hold(&stopped);
    deaths
}

/// Everybody has paid something before the first bill: it goes to the first debts.
fn pay_ahead(suite: &Suite) {
    let accounts = suite.rows("select account_id from account order by 1").concat();
    let ahead = accounts.iter().map(|account_id| NewOpening {
        account_id,
        period: march().previous(),
        fund: Fund::Services,
        amount: Kopecks(-10_000),
        penalty: Kopecks::ZERO,
        on: march().previous().last_day(),
    });
    let ahead: Vec<_> = ahead.collect();
    suite.env.db().write(|tx| ledger::open(tx, suite.env.now(), &ahead)).unwrap();
}

/// Takes a step that breaks off where it writes to a table, if it does so: nothing of it may stay.
fn dies_at(suite: &Suite, work: &str, table: &str) -> bool {
    let db = suite.env.db();
    let trap = format!("create trigger trap after {work} on {table} begin select raise(abort, 'the host died'); end");
    let seen = || {
        let counts = ["bill", "charge_line", "cited_act", "used_inside", "ledger_entry", "debt", "debt_payment"]
            .map(|table| format!("select count(*) from {table}"));
        (suite.rows("select state, is_of_the_rest, cursor, bills from billing_run"), counts.map(|sql| suite.rows(&sql)))
    };
    let before = seen();
    db.write(|tx| tx.execute(&trap, &[])).unwrap();
    let died = billing::tick(db, suite.env.now());
    db.write(|tx| tx.execute("drop trigger trap", &[])).unwrap();
    if died.is_err() {
        assert_eq!(seen(), before, "{work} of {table}");
    }
    died.is_err()
}

/// Whoever is not charged for the month any more keeps no draft of an earlier preview.
#[test]
fn a_preview_that_is_computed_anew_forgets_accounts_that_were_closed_meanwhile() {
    for suite in [house(3), house_of_the_rest(3)] {
        let run = open(&suite, march()).unwrap();
        while tick(&suite).is_some() {}
        let close = "update account set closed_on = '2026-02-20' where account_id = 'd1-000002'";
        suite.env.db().write(|tx| tx.execute(close, &[])).unwrap();
        suite.env.db().write(|tx| billing::to_preview(tx, run)).unwrap().unwrap();
        while tick(&suite).is_some() {}
        approve(&suite, run).unwrap();
        while tick(&suite).is_some() {}
        assert_eq!(suite.rows("select account_id from bill").concat(), ["d1-000001", "d1-000003"]);
    }
}

/// It is billed when the preview is computed anew; until then it stands in nobody's way.
#[test]
fn an_account_that_comes_between_the_two_times_through_a_house_stops_nothing() {
    let suite = house_of_the_rest(3);
    let run = open(&suite, march()).unwrap();
    while suite.rows("select is_of_the_rest from billing_run").concat() != ["1"] {
        tick(&suite).unwrap();
    }
    let add = "insert into account (account_id, number, premises_id, holder, opened_on, created_at)
               select 'another', 'another', premises_id, 'Петров', '2026-03-10', created_at
               from premises where premises_id = 'd1-000002'";
    suite.env.db().write(|tx| tx.execute(add, &[])).unwrap();
    while tick(&suite).is_some() {}
    assert_eq!(state(&suite, run), State::Previewed);
    assert_eq!(bills_of_run(&suite), 3);
    suite.env.db().write(|tx| billing::to_preview(tx, run)).unwrap().unwrap();
    while tick(&suite).is_some() {}
    assert_eq!(bills_of_run(&suite), 4);
}

fn bills_of_run(suite: &Suite) -> usize {
    suite.rows("select bill_id from bill").len()
}
