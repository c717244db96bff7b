//! Two years and a January of the house with meters of its own: what the independent evaluator says of each line, and
//! what is known of the house besides.

use domain::billing::Figure;
use domain::period::Period;
use num_rational::Ratio;
use store::ledger;

use crate::billing::lines_are_what_their_trees_say;
use crate::evaluate::{nearest_kopeck, number};
use crate::metered_house::{self, AREA, BY_NORM, HEAT, SHOP, VETERAN, heat_taken};
use crate::state::State;

fn january(year: i16) -> Period {
    Period::new(year, 1).unwrap()
}

fn billed_until(last: Period) -> State {
    let state = State::new(schema::Kind::Live);
    metered_house::add(&state.db(), last, None);
    let months = usize::try_from(last.months_since(january(2025))).unwrap() + 1;
    assert_eq!(metered_house::bill_until(&state.db(), last), 4 * months);
    state
}

/// The sum of a column of lines.
fn sum(state: &State, column: &str, of: &str) -> i64 {
    state
        .number(&format!("select coalesce(sum({column}), 0) from charge_line l join bill b using (bill_id) where {of}"))
}

#[test]
fn two_years_by_the_meters_of_the_house_reconcile_and_every_line_is_what_its_tree_says() {
    let state = billed_until(january(2027));
    let checked = state.db().read(|conn| ledger::check(conn, "", 1_000)).unwrap();
    assert_eq!((checked.accounts, checked.discrepancies), (4, vec![]));
    let seen = lines_are_what_their_trees_say(&state);
    assert_eq!(seen.lines, 25 * 4 * 6);
    assert_eq!(seen.of(Figure::YearOfHeating), 2 * 4, "two Januaries settle a year");
    assert!(seen.of(Figure::Discount) >= 10 * 3, "the veteran's lines are lower");
    let lines = |of: &str| state.number(&format!("select count(*) from charge_line where {of}"));
    assert_eq!(lines("service = 'common_electricity' and method = 'M'"), 25 * 4);
    // Of 181, 146, 97 and 64 kW·h those above the social norm of 90 cost 8.95 in place of 5.10; the norm is multiplied.
    let light = "select distinct account_id, charge_line.charged, excess from charge_line join bill using (bill_id)
                 where service = 'electricity' order by account_id";
    assert_eq!(state.rows(light), ["m1-1|127345|0", "m1-2|96020|48010", "m1-3|52165|0", "m1-4|32640|0"]);
    let of_house = |service: &str, month: &str| {
        state.number(&format!(
            "select sum(volume) from charge_line join bill using (bill_id) where service = '{service}' and period = '{month}'"
        ))
    };
    // To the seventh place of each of four lines.
    let is_near = |volume: i64, expected: i64| (volume - expected).abs() <= 4;
    assert!(is_near(of_house("common_electricity", "2025-02"), 730_000_000), "all that is left");
    assert!(is_near(of_house("common_cold_water", "2025-02"), 5_000_000), "what is left is below the norm");
    assert!(is_near(of_house("common_cold_water", "2025-03"), 8_990_000), "0.029 × 31: no more than the norm");
    assert_eq!(of_house("common_cold_water", "2025-08"), 0, "nothing is left");
}

#[test]
fn what_is_used_inside_is_told_apart_by_shops_norms_and_meters() {
    let state = billed_until(january(2025));
    let inside = "select service, non_residential, by_norm, by_meter from used_inside order by service";
    let expected = ["cold_water|11200000|86620000|126550000", "electricity|970000000|1460000000|2450000000"];
    assert_eq!(state.rows(inside), expected);
    let volume = |account: &str, service: &str| {
        sum(&state, "volume", &format!("account_id = '{account}' and service = '{service}'"))
    };
    assert_eq!([volume(SHOP, "cold_water"), volume(BY_NORM, "cold_water")], [11_200_000, 86_620_000]);
}

#[test]
fn a_january_settles_the_year_of_a_benefit_that_ended_in_october() {
    let state = billed_until(january(2026));
    let area = Ratio::new(5_250, i128::from(AREA));
    let mut cost = Ratio::from_integer(0);
    for month in (0..12).map(|month| january(2025).plus_months(month)) {
        let price = number(HEAT[usize::from(month.month() >= 7)]);
        let paid = if month.month() <= 10 { Ratio::new(1, 2) } else { Ratio::from_integer(1) };
        cost += Ratio::new(i128::from(heat_taken(month)), 1_000) * area * price * paid;
    }
    let heating = |column: &str, of: &str| {
        sum(&state, column, &format!("account_id = '{VETERAN}' and service = 'heating' and {of}"))
    };
    let charged = heating("payable", "period < '2026-01'");
    assert!(heating("discount", "period < '2025-11'") > 0);
    assert_eq!(heating("discount", "period >= '2025-11'"), 0);
    assert_eq!(heating("recalculated", "period = '2026-01'"), nearest_kopeck(cost) - charged);
    assert_eq!(heating("recalculated", "period < '2026-01'"), 0);
}
