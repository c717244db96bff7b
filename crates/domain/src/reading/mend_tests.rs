//! What is offered in place of a slip, and that nothing else ever is.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::meter::MeterKind;
use crate::period::Period;
use crate::reading::check::{Earlier, check};
use crate::reading::dial::Dial;
use crate::reading::verdict::Verdict;

const TODAY: Date = date(2026, 7, 20);
const FIRST: Place = Place { entry: 0, rate: 0 };

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn july() -> Period {
    Period::of(TODAY)
}

fn thresholds() -> Thresholds {
    Thresholds { questioned_times: decimal("3"), reviewed_times: decimal("10"), average_months: 6, zero_months: 3 }
}

/// Half a year of readings, the newest first: `last` in June, so much a month before.
fn past(last: &[Decimal], monthly: Decimal) -> Vec<Earlier> {
    (1..=7)
        .map(|back| {
            let period = july().plus_months(-back);
            let before = monthly * Decimal::from(back - 1);
            let values = last.iter().map(|value| value - before).collect();
            Earlier { period, taken_on: period.day_or_last(20), values, rolled_over: false }
        })
        .collect()
}

fn water(history: &[Earlier]) -> Metering<'_> {
    Metering { kind: MeterKind::ColdWater, dial: Dial::new(5, 3).unwrap(), rates: 1, is_active: true, history }
}

fn given<'a>(values: &'a [&'a str]) -> Given<'a> {
    Given { values, period: july(), taken_on: TODAY, opens_on: date(2026, 7, 15), confirmed: &[] }
}

/// What is offered for a value of a water meter that showed `last` in June and uses 5.276 m³ a month.
fn offered(last: &str, typed: &str) -> Option<(&'static str, String)> {
    let history = past(&[decimal(last)], decimal("5.276"));
    let (meter, values) = (water(&history), [typed]);
    let mend = mend(&[Entry { meter, given: given(&values) }], FIRST, &thresholds())?;
    let Mend::Value { slip, value } = mend else { panic!("there is nothing to swap with") };
    Some((slip.as_str(), meter.dial.print(value)))
}

fn value(slip: &'static str, value: &str) -> Option<(&'static str, String)> {
    Some((slip, value.to_owned()))
}

#[test]
fn a_comma_left_out_or_put_elsewhere_is_put_back() {
    assert_eq!(offered("126.655", "131789"), value("comma", "131.789"));
    assert_eq!(offered("126.655", "1317,89"), value("comma", "131.789"));
    assert_eq!(offered("126.655", "13,1789"), value("comma", "131.789"));
    assert_eq!(offered("126.655", "0,131789"), value("comma", "131.789"));
}

#[test]
fn two_swapped_digits_are_swapped_back() {
    assert_eq!(offered("126.655", "311,789"), value("digits-swapped", "131.789"));
    assert_eq!(offered("126.655", "113.789"), value("digits-swapped", "131.789"));
}

#[test]
fn a_digit_too_many_is_taken_out_and_one_too_few_is_put_in() {
    assert_eq!(offered("126.655", "1311,789"), value("digit-extra", "131.789"));
    assert_eq!(offered("99126.655", "9131.789"), value("digit-missing", "99131.789"));
}

#[test]
fn of_several_likely_values_none_is_offered() {
    // 132 to 139 are all as likely.
    assert_eq!(offered("131.655", "13"), None);
    assert_eq!(offered("131.655", "77777"), None);
}

#[test]
fn a_plausible_value_is_left_alone() {
    assert_eq!(offered("126.655", "131.789"), None);
    assert_eq!(offered("126.655", "131"), None);
}

#[test]
fn a_dial_that_passed_through_zero_is_no_slip() {
    assert_eq!(offered("99998.500", "3.250"), None);
}

#[test]
fn a_dial_that_stands_still_is_no_slip() {
    let mut history = past(&[decimal("131.655")], decimal("5.276"));
    for earlier in &mut history[..3] {
        earlier.values = vec![decimal("131.655")];
    }
    let values = ["131.655"];
    let entry = Entry { meter: water(&history), given: given(&values) };
    assert_eq!(mend(&[entry], FIRST, &thresholds()), None);
}

#[test]
fn nothing_is_offered_where_nothing_is_known_of_the_past() {
    let values = ["131789"];
    let entry = Entry { meter: water(&[]), given: given(&values) };
    assert_eq!(mend(&[entry], FIRST, &thresholds()), None);
    let history = past(&[decimal("126.655")], Decimal::ZERO);
    let entry = Entry { meter: water(&history), given: given(&values) };
    assert_eq!(mend(&[entry], FIRST, &thresholds()), None, "an empty flat has no usual");
}

#[test]
fn two_meters_in_each_others_place_change_places() {
    let (kitchen, bath) = (past(&[decimal("126.655")], decimal("5")), past(&[decimal("640.2")], decimal("4")));
    let values = [["645.1"], ["131.789"]];
    let entries = [
        Entry { meter: water(&kitchen), given: given(&values[0]) },
        Entry { meter: water(&bath), given: given(&values[1]) },
    ];
    let swap = |entry| Some(Mend::Swap { with: Place { entry, rate: 0 } });
    assert_eq!(mend(&entries, FIRST, &thresholds()), swap(1));
    assert_eq!(mend(&entries, Place { entry: 1, rate: 0 }, &thresholds()), swap(0));
}

#[test]
fn cold_water_and_hot_in_each_others_place_change_places() {
    let (cold, hot) = (past(&[decimal("431.9")], decimal("5.276")), past(&[decimal("236.392")], decimal("3.5")));
    let values = [["240.100"], ["436.500"]];
    let hot = Metering { kind: MeterKind::HotWater, ..water(&hot) };
    let entries =
        [Entry { meter: water(&cold), given: given(&values[0]) }, Entry { meter: hot, given: given(&values[1]) }];
    let swap = |entry| Some(Mend::Swap { with: Place { entry, rate: 0 } });
    assert_eq!(mend(&entries, FIRST, &thresholds()), swap(1));
    assert_eq!(mend(&entries, Place { entry: 1, rate: 0 }, &thresholds()), swap(0));

    let gas = [entries[0], Entry { meter: Metering { kind: MeterKind::Gas, ..hot }, ..entries[1] }];
    assert_eq!(mend(&gas, FIRST, &thresholds()), None, "nobody reads gas for water");
}

#[test]
fn day_and_night_in_each_others_place_change_places() {
    let history = past(&[decimal("5100"), decimal("2100")], decimal("100"));
    let meter = Metering {
        kind: MeterKind::Electricity,
        dial: Dial::new(6, 2).unwrap(),
        rates: 2,
        is_active: true,
        history: &history,
    };
    let values = ["2190", "5210"];
    let entries = [Entry { meter, given: given(&values) }];
    assert_eq!(mend(&entries, FIRST, &thresholds()), Some(Mend::Swap { with: Place { entry: 0, rate: 1 } }));
}

/// A value with a slip: the digits of `right`, and what happened to them.
fn slipped(right: &str, how: u8, place: usize) -> String {
    let mut letters: Vec<char> = right.chars().collect();
    let place = place % letters.len();
    match how {
        0 => letters.retain(|letter| *letter != '.'),
        1 => letters.swap(place, (place + 1) % right.len()),
        2 => letters.insert(place, letters[place]),
        _ => drop(letters.remove(place)),
    }
    letters.into_iter().collect()
}

fn is_taken(meter: &Metering<'_>, texts: &[&str]) -> bool {
    matches!(check(meter, &given(texts), TODAY, &thresholds()), Verdict::Accepted { review: false, .. })
}

proptest! {
    #[test]
    fn what_is_offered_is_always_plausible(
        last in 0_i64..=99_999_999, monthly in 0_i64..=30_000, used in 0_i64..=90_000, how in 0_u8..4, place in 0_usize..9,
    ) {
        let history = past(&[Decimal::new(last, 3)], Decimal::new(monthly, 3));
        let meter = water(&history);
        let typed = slipped(&meter.dial.print(Decimal::new(last + used, 3)), how, place);
        let texts = [typed.as_str()];
        match mend(&[Entry { meter, given: given(&texts) }], FIRST, &thresholds()) {
            Some(Mend::Value { value, .. }) => prop_assert!(is_taken(&meter, &[&meter.dial.print(value)])),
            Some(Mend::Swap { .. }) => prop_assert!(false, "one value has nothing to change places with"),
            None => {}
        }
    }

    #[test]
    fn nothing_is_offered_for_what_is_taken_as_it_stands(text in "[0-9]{1,6}([.,][0-9]{1,3})?", last in 0_i64..=99_999_999) {
        let history = past(&[Decimal::new(last, 3)], Decimal::new(5_276, 3));
        let meter = water(&history);
        if is_taken(&meter, &[&text]) {
            let texts = [text.as_str()];
            prop_assert_eq!(mend(&[Entry { meter, given: given(&texts) }], FIRST, &thresholds()), None);
        }
    }

    #[test]
    fn a_left_out_comma_is_always_found(last in 40_000_i64..=99_980_000, used in 0_i64..=15_000) {
        let right = Decimal::new(last + used, 3);
        let typed = (last + used).to_string();
        let found = offered(&Decimal::new(last, 3).to_string(), &typed);
        prop_assert_eq!(found, value("comma", &Dial::new(5, 3).unwrap().print(right)));
    }

    #[test]
    fn a_swap_mends_both_values_and_never_mixes_water_with_anything_else(
        one in 0_i64..=90_000_000, other in 0_i64..=90_000_000, a in 0_i64..=20_000, b in 0_i64..=20_000,
        kind in prop::sample::select(&MeterKind::ALL),
    ) {
        let monthly = Decimal::new(5_276, 3);
        let (first, second) = (past(&[Decimal::new(one, 3)], monthly), past(&[Decimal::new(other, 3)], monthly));
        let (right, left) = (Decimal::new(one + a, 3).to_string(), Decimal::new(other + b, 3).to_string());
        let texts = [[left.as_str()], [right.as_str()]];
        let entries = [
            Entry { meter: water(&first), given: given(&texts[0]) },
            Entry { meter: Metering { kind, ..water(&second) }, given: given(&texts[1]) },
        ];
        if let Some(Mend::Swap { with }) = mend(&entries, FIRST, &thresholds()) {
            prop_assert_eq!(with, Place { entry: 1, rate: 0 });
            prop_assert!(matches!(kind, MeterKind::ColdWater | MeterKind::HotWater));
            prop_assert!(is_taken(&entries[0].meter, &[&right]) && is_taken(&entries[1].meter, &[&left]));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,40}") {
        offered("126.655", &text);
    }
}
