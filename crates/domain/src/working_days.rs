//! Working days: five of the week, less holidays and plus the days to which work was moved. Both are dated data, as
//! the government decides them year by year.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Which days are worked on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingDays {
    /// Monday to Friday without work.
    closed: BTreeSet<Date>,
    /// Saturdays and Sundays with work.
    open: BTreeSet<Date>,
}

impl WorkingDays {
    /// The calendar with these exceptions to Monday to Friday.
    pub fn new(closed: impl IntoIterator<Item = Date>, open: impl IntoIterator<Item = Date>) -> Self {
        Self { closed: closed.into_iter().collect(), open: open.into_iter().collect() }
    }

    /// Whether a day is worked on.
    pub fn is_working(&self, day: Date) -> bool {
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if is_weekend { self.open.contains(&day) } else { !self.closed.contains(&day) }
    }

    /// The day itself, or the next one that is worked on: where a term ends on a day without work it ends there
    /// (ГК ст. 193).
    pub fn on_or_after(&self, day: Date) -> Date {
        let mut day = day;
        // The calendar's last day ends every search.
        while !self.is_working(day) && day < Date::MAX {
            day = day.saturating_add(1.days());
        }
        day
    }

    /// The last day of a term of so many working days, counted from the day after `day` (ГК ст. 191).
    pub fn after(&self, day: Date, count: u32) -> Date {
        let next = |day: Date| self.on_or_after(day.saturating_add(1.days()));
        (0..count).fold(day, |day, _| next(day))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_term_moves_over_weekends_and_holidays_but_not_over_moved_work() {
        let days = WorkingDays::new([date(2026, 3, 9)], [date(2026, 3, 14)]);
        assert_eq!(days.on_or_after(date(2026, 3, 6)), date(2026, 3, 6));
        assert_eq!(days.on_or_after(date(2026, 3, 7)), date(2026, 3, 10));
        assert_eq!(days.on_or_after(date(2026, 3, 14)), date(2026, 3, 14));
        assert_eq!(days.on_or_after(date(2026, 3, 15)), date(2026, 3, 16));
    }
}
