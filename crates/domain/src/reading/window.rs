//! The days of a month on which a house gives its readings.
//!
//! By the contract a window has a first and a last day, and the last may lie in the next month (ГИС ЖКХ keeps the
//! three per contract, `DateDetailsType/PeriodMetering`). So does each house here: the 25th of the law and the
//! 10th of the articles are both only data.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::period::Period;

/// From which to which day of a month readings are taken, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from_day: i8,
    to_day: i8,
}

/// A day of the window is not a day of any month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("день окна — число от 1 до 31")]
pub struct WindowError;

/// A window as seen on one day: the current one if it is open, the next one otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowState {
    /// Whether readings are taken today.
    pub is_open: bool,
    /// The first day.
    pub opens_on: Date,
    /// The last day on which readings are still taken.
    pub closes_on: Date,
    /// The month in which it opens: the month that its readings belong to.
    pub period: Period,
}

impl Window {
    /// A window of these days. If `to_day` is below `from_day`, the window ends in the next month.
    ///
    /// A day that a month does not have stands for the month's last day.
    pub fn new(from_day: i8, to_day: i8) -> Result<Self, WindowError> {
        let days = 1..=31;
        let known = days.contains(&from_day) && days.contains(&to_day);
        known.then_some(Self { from_day, to_day }).ok_or(WindowError)
    }

    /// What holds on this day.
    pub fn state(self, today: Date) -> WindowState {
        let period = Period::of(today);
        // A window of the last month may reach into this one; if both are over, the next month's comes.
        let (opens_on, closes_on, period) = [period.previous(), period]
            .map(|period| (self.opens_on(period), self.closes_on(period), period))
            .into_iter()
            .find(|&(_, closes_on, _)| today <= closes_on)
            .unwrap_or_else(|| (self.opens_on(period.next()), self.closes_on(period.next()), period.next()));
        WindowState { is_open: opens_on <= today, opens_on, closes_on, period }
    }

    /// The last day on which readings of a month are taken.
    pub fn last_day(self, period: Period) -> Date {
        self.closes_on(period)
    }

    fn opens_on(self, period: Period) -> Date {
        period.day_or_last(self.from_day)
    }

    fn closes_on(self, period: Period) -> Date {
        if self.from_day <= self.to_day {
            return period.day_or_last(self.to_day);
        }
        // In a short month the clipped days of two windows could meet: one ends before the next opens.
        let before_next = self.opens_on(period.next()).saturating_sub(1.day());
        period.next().day_or_last(self.to_day).min(before_next)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn state(from_day: i8, to_day: i8, today: Date) -> WindowState {
        Window::new(from_day, to_day).unwrap().state(today)
    }

    fn is_open(from_day: i8, to_day: i8, today: Date) -> bool {
        state(from_day, to_day, today).is_open
    }

    fn any_date() -> impl Strategy<Value = Date> {
        (0_i64..73_000).prop_map(|days| date(1950, 1, 1).saturating_add(days.days()))
    }

    #[test]
    fn r3_a_window_includes_its_first_and_last_day() {
        assert!(!is_open(15, 25, date(2026, 7, 14)));
        assert!(is_open(15, 25, date(2026, 7, 15)));
        assert!(is_open(15, 25, date(2026, 7, 25)));
        assert!(!is_open(15, 25, date(2026, 7, 26)));
        assert!(is_open(1, 10, date(2026, 7, 10)));
        assert!(!is_open(1, 10, date(2026, 7, 11)));
    }

    #[test]
    fn a_closed_window_tells_when_the_next_one_opens() {
        let before = state(15, 25, date(2026, 7, 14));
        assert_eq!((before.opens_on, before.closes_on), (date(2026, 7, 15), date(2026, 7, 25)));
        let after = state(15, 25, date(2026, 12, 26));
        assert_eq!((after.opens_on, after.closes_on), (date(2027, 1, 15), date(2027, 1, 25)));
        assert_eq!(after.period.to_string(), "2027-01");
    }

    #[test]
    fn a_window_may_end_in_the_next_month_and_belongs_to_the_month_it_opens_in() {
        let in_august = state(25, 5, date(2026, 8, 3));
        assert!(in_august.is_open);
        assert_eq!((in_august.opens_on, in_august.closes_on), (date(2026, 7, 25), date(2026, 8, 5)));
        assert_eq!(in_august.period.to_string(), "2026-07");
        assert!(!is_open(25, 5, date(2026, 8, 6)));
        assert_eq!(state(25, 5, date(2026, 8, 6)).period.to_string(), "2026-08");
    }

    #[test]
    fn a_day_that_the_month_lacks_is_its_last_day() {
        let in_february = state(20, 31, date(2026, 2, 28));
        assert!(in_february.is_open);
        assert_eq!(in_february.closes_on, date(2026, 2, 28));
        assert!(is_open(31, 31, date(2026, 4, 30)));
        assert!(!is_open(31, 31, date(2026, 5, 30)));
    }

    #[test]
    fn a_window_ends_before_the_next_one_opens() {
        let january = state(31, 30, date(2026, 2, 27));
        assert_eq!((january.closes_on, january.period.month()), (date(2026, 2, 27), 1));
        let february = state(31, 30, date(2026, 2, 28));
        assert_eq!((february.opens_on, february.period.month()), (date(2026, 2, 28), 2));
    }

    #[test]
    fn days_that_no_month_has_are_refused() {
        for (from_day, to_day) in [(0, 10), (1, 32), (-1, 5), (10, 0)] {
            assert_eq!(Window::new(from_day, to_day), Err(WindowError));
        }
    }

    proptest! {
        #[test]
        fn a_state_tells_the_truth(from_day in 1_i8..=31, to_day in 1_i8..=31, today in any_date()) {
            let state = state(from_day, to_day, today);
            prop_assert!(state.opens_on <= state.closes_on);
            prop_assert!(today <= state.closes_on);
            prop_assert_eq!(state.is_open, today >= state.opens_on);
            prop_assert_eq!(state.period, Period::of(state.opens_on));
        }

        #[test]
        fn the_day_a_window_opens_shows_that_same_window(
            from_day in 1_i8..=31, to_day in 1_i8..=31, today in any_date(),
        ) {
            let seen = state(from_day, to_day, today);
            let opening = state(from_day, to_day, seen.opens_on);
            prop_assert!(opening.is_open);
            prop_assert_eq!((opening.opens_on, opening.closes_on), (seen.opens_on, seen.closes_on));
            prop_assert_eq!(state(from_day, to_day, seen.closes_on).opens_on, seen.opens_on);
        }

        #[test]
        fn windows_come_one_a_month_and_never_meet(
            from_day in 1_i8..=31, to_day in 1_i8..=31, today in any_date(),
        ) {
            let seen = state(from_day, to_day, today);
            let next = state(from_day, to_day, seen.closes_on.tomorrow().unwrap());
            prop_assert!(next.opens_on > seen.closes_on);
            prop_assert_eq!(next.period, seen.period.next());
        }

        #[test]
        fn a_window_up_to_the_day_before_it_opens_is_always_open(day in 2_i8..=31, today in any_date()) {
            prop_assert!(is_open(day, day - 1, today));
            prop_assert!(is_open(1, 31, today));
        }
    }
}
