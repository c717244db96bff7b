//! Rules of charges and penalties that sources leave open: what an operator sets, from which day, and what cannot be.

use domain::charge::absence::{Absence, AbsenceRules};
use domain::charge::interruption::PERCENT_PER_HOUR;
use domain::meter_life::RECALC_NORMATIVE;
use domain::penalty::{DIVISOR, LATER_DIVISOR, Later, Schedule};
use domain::period::Period;
use domain::service::Service;
use jiff::civil::{Date, date};
use schema::Kind;
use store::{Error, billing, ledger, params};

use crate::metered_house;
use crate::state::State;

fn set(state: &State, name: &str, from: &str, value: &str) -> store::Result<()> {
    let sql = "insert into setting (name, valid_from, value, source) values (?1, ?2, ?3, 'приказ № 1')";
    state.db().write(|tx| tx.execute(sql, params![name, from, value]))
}

fn schedules(state: &State) -> store::Result<[Vec<(Date, Schedule)>; 2]> {
    let rules = state.db().read(|conn| ledger::rules(conn, date(2026, 12, 31)))?;
    let rows = [rules.services, rules.capital_repair]
        .map(|rules| rules.schedule.rows().iter().map(|row| (row.from, row.value)).collect());
    Ok(rows)
}

fn absence_rules(state: &State, left_on: Date) -> store::Result<AbsenceRules> {
    let absence = Absence { left_on, returned_on: left_on, asked_on: date(2026, 12, 31) };
    state.db().read(|conn| billing::absence_rules(conn, absence))
}

#[test]
fn what_explanations_cite_is_a_setting() {
    let state = State::new(Kind::Live);
    for name in [RECALC_NORMATIVE, PERCENT_PER_HOUR, DIVISOR, LATER_DIVISOR] {
        assert_eq!(state.number(&format!("select count(*) from setting where name = '{name}'")), 1, "{name}");
    }
}

#[test]
fn at_first_the_rules_are_those_of_the_sources() {
    let state = State::new(Kind::Live);
    let [services, capital_repair] = schedules(&state).unwrap();
    assert_eq!(services, [(Date::MIN, Schedule::default())]);
    assert_eq!(capital_repair, [(Date::MIN, Schedule::capital_repair(30))]);
    assert_eq!(absence_rules(&state, date(1999, 1, 1)).unwrap(), AbsenceRules::default());
}

#[test]
fn a_rule_holds_from_the_day_on_which_it_is_set() {
    let state = State::new(Kind::Live);
    set(&state, "penalty.grace_days", "2026-05-15", "10").unwrap();
    set(&state, "penalty.later_divisor", "2026-07-15", "150").unwrap();
    set(&state, "penalty.caprepair_grace_days", "2026-06-15", "0").unwrap();
    let mild = Schedule { free_days: 10, ..Schedule::default() };
    let milder = Schedule { later: Some(Later { from_day: 91, divisor: 150 }), ..mild };
    let [services, capital_repair] = schedules(&state).unwrap();
    let expected = [(Date::MIN, Schedule::default()), (date(2026, 5, 15), mild), (date(2026, 7, 15), milder)];
    assert_eq!(services, expected);
    let expected = [(Date::MIN, Schedule::capital_repair(30)), (date(2026, 6, 15), Schedule::capital_repair(0))];
    assert_eq!(capital_repair, expected);
    set(&state, "absence.full_days_over", "2026-05-15", "9").unwrap();
    let over = |left_on| absence_rules(&state, left_on).unwrap().full_days_over;
    assert_eq!([over(date(2026, 5, 14)), over(date(2026, 5, 15))], [5, 9]);
}

/// The flat with one person gives no reading after January 2025: there is no average, and February is by norm.
#[test]
fn a_changed_rule_changes_lines_from_its_day_on_also_when_they_are_computed_anew() {
    let state = State::new(Kind::Live);
    let db = state.db();
    let month = |month| Period::new(2025, month).unwrap();
    metered_house::add(&db, month(6), Some(month(1)));
    set(&state, "charge.missing_reading_is_multiplied", "2025-04-01", "true").unwrap();
    assert_eq!(metered_house::bill_until(&db, month(5)), 5 * 4);
    let cold_water = |column: &str, of: &str| {
        let sql = format!("select of_period, {column} from charge_line join bill using (bill_id)");
        state.rows(&format!("{sql} where service = 'cold_water' and account_id = 'm1-4' and {of} order by of_period"))
    };
    // Half of 4.331 × 50.93.
    let expected = ["2025-01|0", "2025-02|0", "2025-03|0", "2025-04|11029", "2025-05|11029"];
    assert_eq!(cold_water("excess", "of_period = period"), expected);
    db.write(|tx| metered_house::put_price(tx, Service::ColdWater, "60", None, date(2025, 2, 1))).unwrap();
    assert_eq!(metered_house::bill(&db, month(6)).unwrap(), 4);
    // 4.331 × 9.07, and half of it again.
    let corrected = ["2025-02|3928", "2025-03|3928", "2025-04|5892", "2025-05|5892"];
    assert_eq!(cold_water("payable", "of_period < period"), corrected);
}

#[test]
fn a_value_that_cannot_be_one_is_refused_where_it_is_set() {
    let state = State::new(Kind::Live);
    for (name, from, value, said) in [
        ("charge.recalc_normative", "2026-01-01", "yes", "true or false"),
        ("charge.missing_reading_is_multiplied", "2026-01-01", "1", "true or false"),
        ("charge.average_months", "2026-01-01", "six", "a whole number"),
        ("penalty.divisor", "2026-01-01", "-300", "a whole number"),
        ("absence.full_days_over", "2026-01-01", "", "a whole number"),
        ("interruption.percent_per_hour", "2026-01-01", "0,15", "a number like 0.15"),
        ("interruption.percent_per_hour", "2026-01-01", ".", "a number like 0.15"),
        ("penalty.grace_days", "01.05.2026", "30", "a day like 2026-10-01"),
    ] {
        let refused = set(&state, name, from, value).unwrap_err().to_string();
        assert!(refused.contains(said), "{name} {value}: {refused}");
    }
    set(&state, "interruption.percent_per_hour", "2026-01-01", "0.2").unwrap();
    set(&state, "limit.search_per_person", "2026-01-01", "100").unwrap();
}

#[test]
fn a_value_that_makes_no_sense_is_told_by_name_to_whoever_goes_by_it() {
    let state = State::new(Kind::Live);
    let said = |error: Error| match error {
        Error::BadData(said) => said,
        other => panic!("{other}"),
    };
    set(&state, "penalty.divisor", "2026-01-01", "0").unwrap();
    assert_eq!(said(schedules(&state).unwrap_err()), "setting penalty.divisor: it is from 1 to 100000, not 0");
    set(&state, "absence.full_days_over", "2026-01-01", "400").unwrap();
    let refused = absence_rules(&state, date(2026, 3, 1)).unwrap_err();
    assert_eq!(said(refused), "setting absence.full_days_over: it is from 0 to 366, not 400");
    assert!(absence_rules(&state, date(2025, 3, 1)).is_ok(), "before its day nothing goes by it");
    let month = Period::new(2025, 1).unwrap();
    metered_house::add(&state.db(), month, None);
    set(&state, "charge.average_months_min", "2025-01-01", "7").unwrap();
    let refused = metered_house::bill(&state.db(), month).unwrap_err();
    assert_eq!(said(refused), "setting charge.average_months_min: 7 is above charge.average_months, 6");
}
