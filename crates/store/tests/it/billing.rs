//! The demo years: every bill through the monthly run, every ledger whole, every figure what its explanation says.

use domain::charge::Packed;
use domain::money::Kopecks;
use jiff::Timestamp;
use num_rational::Ratio;
use serde_json::Value;
use store::{billing, demo, ledger};

use crate::state::State;

#[test]
fn the_demo_years_reconcile_to_the_kopeck_and_every_line_is_what_its_tree_says() {
    let at: Timestamp = "2026-11-21T18:00:00Z".parse().unwrap();
    let state = State::seeded("2026-11-21T18:00:00Z");
    let billed = demo::bill(&state.db(), at).unwrap();
    assert_eq!((billed.months, billed.bills), (23, 23 * 60));
    let checked = state.db().read(|conn| ledger::check(conn, "", 1_000)).unwrap();
    assert_eq!((checked.accounts, checked.discrepancies), (60, vec![]));
    assert_eq!(state.number("select count(*) from charge_line where payable < 0"), 0);
    assert!(state.number("select count(*) from bill where penalty > 0") > 100, "some pay late");
    assert!(state.number("select count(*) from debt where is_open = 0") > 1_000, "most pay in time");
    let ids = state.rows("select cast(bill_id as text) from bill");
    let mut lines = 0;
    for id in ids {
        let explained = state.db().read(|conn| billing::lines_of(conn, id.parse().unwrap())).unwrap();
        for line in &explained.lines {
            let kept = Packed::from_json(line.explanation[0].clone());
            let tree = serde_json::to_value(kept.node(&explained.acts).unwrap()).unwrap();
            let charged = line.charged.plus(line.excess).unwrap();
            assert_eq!(Kopecks(nearest_kopeck(evaluate(&tree))), charged, "{tree:#}");
            lines += 1;
        }
    }
    assert!(lines > 23 * 60 * 10, "{lines}");
}

/// Computes a tree from its JSON alone: nothing of the engine takes part.
fn evaluate(node: &Value) -> Ratio<i128> {
    let parts: Vec<Ratio<i128>> = node["parts"].as_array().into_iter().flatten().map(evaluate).collect();
    match node["operation"].as_str().unwrap() {
        "fact" => number(node["value"].as_str().unwrap()),
        "sum" => parts.iter().sum(),
        "product" => parts.iter().product(),
        "difference" => parts[0] - parts[1],
        "quotient" => parts[0] / parts[1],
        "least" => parts[0].min(parts[1]),
        "not_below_zero" => evaluate(&node["part"]).max(0.into()),
        other => panic!("{other} is no operation"),
    }
}

fn number(text: &str) -> Ratio<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    Ratio::new(format!("{whole}{fraction}").parse().unwrap(), 10_i128.pow(u32::try_from(fraction.len()).unwrap()))
}

/// Halves away from zero.
fn nearest_kopeck(rubles: Ratio<i128>) -> i64 {
    let half = Ratio::new(rubles.numer().signum(), 2);
    i64::try_from((rubles * 100 + half).trunc().to_integer()).unwrap()
}
