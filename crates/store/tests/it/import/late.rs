//! What files tell of accounts and areas when months of theirs are billed already.

use super::charging::bill;
use super::take_at;
use crate::state::State;

const JULY: &str = "2026-07-03T09:00:00Z";
const LATER: &str = "2026-07-21T09:00:00Z";
const AUGUST: &str = "2026-08-03T09:00:00Z";
const ACCOUNTS: &str = "number;house_code;premises;holder;contact_phone;opened_on;closed_on\n";

/// Account, month and sum of each line for maintenance.
fn maintenance(state: &State) -> Vec<String> {
    state.rows(
        "select a.number, l.of_period, l.payable, coalesce(l.reason, '') from charge_line l join bill b using (bill_id)
         join account a using (account_id) where l.service = 'maintenance' order by b.period, 1, 2",
    )
}

fn ledgers_hold(state: &State) {
    let checked = state.db().read(|conn| store::ledger::check(conn, "", 100)).unwrap();
    assert_eq!(checked.discrepancies, []);
}

/// The shop left in the middle of June, and another came: both are told in July.
#[test]
fn who_left_and_who_came_are_billed_for_their_days_also_when_that_is_told_late() {
    let state = crate::import_examples::filled();
    bill(&state, "2026-06", JULY);
    let accounts = format!(
        "{ACCOUNTS}700002;С7;Н1;ООО «Лавка»;;2019-01-01;2026-06-16\n700003;С7;Н1;ООО «Булочная»;;2026-06-16;\n"
    );
    take_at(&state, LATER, &[("accounts.csv", &accounts)]).unwrap();
    bill(&state, "2026-07", AUGUST);
    let reason = "Стало известно, с какого и по какой день лицевой счёт открыт";
    let expected = [
        "700001|2026-06|179252|".to_owned(),
        "700002|2026-06|474840|".to_owned(),
        "700001|2026-07|179252|".to_owned(),
        format!("700002|2026-06|-237420|{reason}"),
        format!("700003|2026-06|237420|{reason}"),
        "700003|2026-07|474840|".to_owned(),
    ];
    assert_eq!(maintenance(&state), expected);
    ledgers_hold(&state);
    // Nothing more is said of who left.
    bill(&state, "2026-08", "2026-09-03T09:00:00Z");
    assert_eq!(maintenance(&state)[6..], ["700001|2026-08|179252|", "700003|2026-08|474840|"]);
}

#[test]
fn an_account_whose_past_somebody_else_billed_is_charged_from_its_opening_on() {
    let state = crate::import_examples::filled();
    bill(&state, "2026-06", JULY);
    let account = format!("{ACCOUNTS}700003;С7;Н1;ООО «Булочная»;;2026-01-01;\n");
    let opening = "account;period;amount;on\n700003;2026-06;100,00;2026-06-30\n";
    take_at(&state, LATER, &[("accounts.csv", &account), ("openings.csv", opening)]).unwrap();
    bill(&state, "2026-07", AUGUST);
    assert_eq!(
        maintenance(&state)[2..],
        ["700001|2026-07|179252|", "700002|2026-07|474840|", "700003|2026-07|474840|"]
    );
}

/// From 120 m² to 60 m².
#[test]
fn another_area_holds_from_its_day_on_and_without_one_from_the_month_in_which_it_is_told() {
    for (since, corrected) in [("2026-06-16", Some(-118_710)), ("", None)] {
        let state = crate::import_examples::filled();
        bill(&state, "2026-06", JULY);
        let area = format!("house_code;number;kind;area;area_since\nС7;Н1;non_residential;60;{since}\n");
        for moment in [LATER, "2026-07-22T09:00:00Z"] {
            take_at(&state, moment, &[("premises.csv", &area)]).unwrap();
        }
        bill(&state, "2026-07", AUGUST);
        let lines = maintenance(&state);
        let corrected = corrected.map(|amount| format!("700002|2026-06|{amount}|Уточнена площадь помещения"));
        let expected: Vec<_> = corrected.into_iter().chain(["700002|2026-07|237420|".to_owned()]).collect();
        assert_eq!(lines[3..], expected, "{since}");
        ledgers_hold(&state);
    }
}

/// Nobody is known to live in the shop: its owners are charged for, one at least.
#[test]
fn owners_who_are_told_late_are_charged_for_from_their_day_on() {
    let state = crate::import_examples::filled();
    let price = "house_code;service;supplier_inn;supplier;price_1;act;act_number;act_date;since
С7;solid_waste;7707083893;МП «Водоканал»;100;Постановление РЭК о тарифах;214;2025-12-18;2026-01-01\n";
    let way = "house_code;service;way;since\nС7;solid_waste;person;2026-01-01\n";
    take_at(&state, JULY, &[("tariffs.csv", price), ("services.csv", way)]).unwrap();
    state.db().write(|tx| tx.execute("delete from household", &[])).unwrap();
    bill(&state, "2026-06", JULY);
    let owners = "house_code;premises;name;share;since;until
С7;Н1;ООО «Лавка»;1/2;2026-06-16;\nС7;Н1;ООО «Булочная»;1/2;2026-06-16;\n";
    take_at(&state, LATER, &[("owners.csv", owners)]).unwrap();
    bill(&state, "2026-07", AUGUST);
    let lines = "select l.of_period, l.payable from charge_line l join bill b using (bill_id)
                 join account a using (account_id)
                 where l.service = 'solid_waste' and a.number = '700002' order by b.period, 1";
    assert_eq!(state.rows(lines), ["2026-06|10000", "2026-06|5000", "2026-07|20000"]);
    ledgers_hold(&state);
}
