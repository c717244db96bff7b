//! What a home used month by month: for its residents to look at, never to be charged by.
//!
//! Volumes come from the life of each meter ([`crate::meter_life`]). What was used over several months without a
//! reading is spread evenly over them, and says so. A month that the values contradict, or of which a meter told
//! nothing, has no volume: nothing is guessed.

mod advice;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

pub use advice::{Advice, Difference, Month, advise, price_of_one, whole_rubles};

use crate::dated::Dated;
use crate::meter::MeterKind;
use crate::meter_life::{self, Event, EventKind, LifeError, MeterRules, Run, Surroundings};
use crate::period::Period;

/// A median is told of so many homes at least besides the one that looks: nobody shall recognise a neighbour.
pub const SIMILAR_HOMES_MIN: i64 = 5;
/// Homes are similar where as many people live; so many stand for all that are more.
pub const RESIDENTS_TOLD_APART: i64 = 4;
/// Digits of a median that are told: the whole number would be that of one home.
const MEDIAN_DIGITS: u32 = 2;

/// A median as it is told: with two digits that count, so that it is nobody's own.
pub fn told_median(volume: Decimal) -> Decimal {
    let told = volume.round_sf_with_strategy(MEDIAN_DIGITS, MidpointAwayFromZero);
    told.unwrap_or(volume).normalize()
}

/// What was used in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// How much, over all rates, in the unit of the kind; never below zero.
    pub volume: Decimal,
    /// Whether it is an even part of what was used over several months.
    pub is_spread: bool,
}

/// What one point used in each month of which it told.
#[derive(Debug)]
pub struct Point {
    installed: Period,
    removed: Option<Period>,
    months: BTreeMap<Period, Used>,
}

impl Point {
    /// From everything that happened to the meters of one point, in any order; nothing if nothing did.
    ///
    /// # Errors
    /// Events that cannot have happened as they stand.
    pub fn of(events: &[Event<'_>], kind: MeterKind, last: Period) -> Result<Option<Self>, LifeError> {
        let Some(installed) = events.iter().map(Event::period).min() else { return Ok(None) };
        let removal = events.iter().find(|event| matches!(event.kind, EventKind::Removed { .. }));
        // By whichever rules months without a reading are billed, the volumes are the same.
        let rules = Dated::always(MeterRules::default());
        let around = Surroundings { kind, rules: &rules, norm_volume: &|_| Decimal::ZERO };
        let since: BTreeMap<&str, Period> =
            events.iter().filter_map(|event| Some((event.id, first_month_after(event)?))).collect();
        let mut sums: BTreeMap<Period, Used> = BTreeMap::new();
        for month in meter_life::months(events, last, around)? {
            for run in month.settled.iter().flat_map(|settled| &settled.runs) {
                let Some(from) = since.get(run.from).map(|since| *since.min(&month.period)) else { continue };
                for (period, part) in spread(used(run), from, month.period) {
                    let sum = sums.entry(period).or_insert(Used { volume: Decimal::ZERO, is_spread: false });
                    sum.volume += part;
                    sum.is_spread |= from < month.period;
                }
            }
            // It failed or was away for some of the days: what it told is not what the whole month used.
            if !month.stretches.is_empty() {
                sums.remove(&month.period);
            }
        }
        // A check that found less than was told before says nothing of the month in which it came.
        sums.retain(|_, used| used.volume >= Decimal::ZERO);
        Ok(Some(Self { installed, removed: removal.map(Event::period), months: sums }))
    }

    fn counts_in(&self, period: Period) -> bool {
        self.installed <= period && self.removed.is_none_or(|removed| period <= removed)
    }
}

/// The first month of which the next value tells. A reading stands at the end of its month, anything else in the midst.
/// An installation tells of none: what a meter showed then is often unknown, and its first reading stands in for it.
fn first_month_after(event: &Event<'_>) -> Option<Period> {
    match event.kind {
        EventKind::Installed { .. } => None,
        EventKind::Read { period, .. } | EventKind::RolledOver { period, .. } => Some(period.next()),
        _ => Some(event.period()),
    }
}

fn used(run: &Run<'_>) -> Decimal {
    match run.turned_at {
        Some(capacity) => capacity - run.before + run.now,
        None => run.now - run.before,
    }
}

/// Even parts with the digits of the whole: together they are the whole.
fn spread(whole: Decimal, from: Period, until: Period) -> impl Iterator<Item = (Period, Decimal)> {
    let count = until.months_since(from) + 1;
    let up_to = move |months: i32| {
        let exact = whole * Decimal::from(months) / Decimal::from(count);
        exact.round_dp_with_strategy(whole.scale(), MidpointAwayFromZero)
    };
    (0..count).map(move |at| (from.plus_months(at), up_to(at + 1) - up_to(at)))
}

/// What all points together used in a month; nothing unless each that counts in it told.
pub fn together(points: &[Point], period: Period) -> Option<Used> {
    let mut counting = points.iter().filter(|point| point.counts_in(period)).map(|point| point.months.get(&period));
    let first = *counting.next()??;
    counting.try_fold(first, |sum, used| {
        let used = used?;
        Some(Used { volume: sum.volume + used.volume, is_spread: sum.is_spread || used.is_spread })
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::reading::Dial;
    use crate::tariff::Rates;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn month(month: i8) -> Period {
        Period::new(2026, month).unwrap()
    }

    fn installed() -> Event<'static> {
        let first = Rates::One([number("99990.000")]);
        let kind = EventKind::Installed { dial: Dial::new(5, 3).unwrap(), first, verified_until: date(2031, 12, 31) };
        Event { id: "0", on: date(2026, 1, 1), kind }
    }

    fn read(id: &'static str, at: i8, value: &str) -> Event<'static> {
        let kind = EventKind::Read { period: month(at), values: Rates::One([number(value)]) };
        Event { id, on: date(2026, at, 20), kind }
    }

    fn point(events: &[Event<'_>]) -> Point {
        Point::of(events, MeterKind::ColdWater, month(12)).unwrap().unwrap()
    }

    fn told(points: &[Point], at: i8) -> Option<(String, bool)> {
        together(points, month(at)).map(|used| (used.volume.to_string(), used.is_spread))
    }

    fn said(volume: &str, is_spread: bool) -> Option<(String, bool)> {
        Some((volume.to_owned(), is_spread))
    }

    #[test]
    fn a_month_has_what_lies_between_its_reading_and_the_one_before() {
        let points = [point(&[installed(), read("1", 1, "99992.000"), read("2", 2, "99995.500")])];
        assert_eq!(told(&points, 1), None, "before its first reading nobody knows");
        assert_eq!(told(&points, 2), said("3.500", false));
        assert_eq!(told(&points, 3), None, "nobody told of March");
    }

    #[test]
    fn months_without_a_reading_share_what_the_next_one_tells_and_lose_nothing() {
        let points = [point(&[installed(), read("1", 1, "99992.000"), read("2", 4, "99993.000")])];
        let shares = [2, 3, 4].map(|at| told(&points, at));
        assert_eq!(shares, [said("0.333", true), said("0.334", true), said("0.333", true)]);
    }

    #[test]
    fn a_dial_that_passed_through_zero_used_what_was_left_and_what_it_shows() {
        let values = Rates::One([number("1.000")]);
        let through =
            Event { id: "2", on: date(2026, 2, 20), kind: EventKind::RolledOver { period: month(2), values } };
        let points = [point(&[installed(), read("1", 1, "99992.000"), through])];
        assert_eq!(told(&points, 2), said("9.000", false));
    }

    #[test]
    fn a_check_that_finds_less_than_was_told_leaves_the_month_without_a_volume() {
        let values = Rates::One([number("99991.000")]);
        let check = Event { id: "2", on: date(2026, 2, 20), kind: EventKind::Checked { values } };
        let points = [point(&[installed(), read("1", 1, "99992.000"), check])];
        assert_eq!(told(&points, 2), None);
    }

    #[test]
    fn a_month_of_which_the_meter_told_only_some_days_has_no_volume() {
        let failed = Event { id: "2", on: date(2026, 2, 3), kind: EventKind::Failed };
        let first = Rates::One([number("99993.000")]);
        let restored = Event { id: "3", on: date(2026, 2, 15), kind: EventKind::Restored { first } };
        let points = [point(&[installed(), read("1", 1, "99992.000"), failed, restored, read("4", 2, "99994.000")])];
        assert_eq!(told(&points, 2), None);
    }

    #[test]
    fn several_meters_are_told_together_or_not_at_all() {
        let [one, other] = [
            [installed(), read("1", 1, "99992.000"), read("2", 2, "99993.000")],
            [installed(), read("1", 1, "99991.000"), read("2", 3, "99993.000")],
        ];
        let both = [point(&one), point(&other)];
        assert_eq!(told(&both, 2), said("2.000", true), "1 of the one, half of 2 of the other");
        assert_eq!(told(&both, 3), None, "one of them told nothing of March");
    }

    #[test]
    fn a_median_is_told_with_two_digits() {
        let told = ["3.456", "187.3", "0.834", "99.6", "0", "12"].map(|volume| told_median(number(volume)).to_string());
        assert_eq!(told, ["3.5", "190", "0.83", "100", "0", "12"]);
    }

    proptest! {
        #[test]
        fn parts_of_a_spread_are_the_whole(thousandths in 0_i64..10_000_000, months in 0_i32..40) {
            let whole = Decimal::new(thousandths, 3);
            let parts: Vec<_> = spread(whole, month(1), month(1).plus_months(months)).collect();
            prop_assert_eq!(parts.iter().map(|(_, part)| *part).sum::<Decimal>(), whole);
            prop_assert!(parts.iter().all(|(_, part)| *part >= Decimal::ZERO));
        }
    }
}
