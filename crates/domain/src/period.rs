//! A month of account: readings, bills and windows belong to one, written `2026-07`.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar month of the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: i16,
    month: i8,
}

/// The text is not a month as `2026-07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("месяц пишется как 2026-07")]
pub struct PeriodError;

impl Period {
    /// The month of this year, if both are on the calendar.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        let on_the_calendar = (1..=9999).contains(&year) && (1..=12).contains(&month);
        on_the_calendar.then_some(Self { year, month })
    }

    /// The month in which a date lies. Dates before the year 1 belong to its January.
    pub fn of(date: Date) -> Self {
        Self::new(date.year(), date.month()).unwrap_or(Self { year: 1, month: 1 })
    }

    /// Reads `2026-07`: four digits, a hyphen, two digits.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let (year, month) = text.split_once('-').ok_or(PeriodError)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(PeriodError);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(PeriodError);
        }
        let year = year.parse().map_err(|_| PeriodError)?;
        let month = month.parse().map_err(|_| PeriodError)?;
        Self::new(year, month).ok_or(PeriodError)
    }

    /// The year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> i8 {
        self.month
    }

    /// The month after this one. The calendar's last month is followed by itself.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus_months(1)
    }

    /// The month before this one. The calendar's first month is preceded by itself.
    #[must_use]
    pub fn previous(self) -> Self {
        self.plus_months(-1)
    }

    /// The month so many months later (earlier, if negative), within the calendar.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let index = self.index().saturating_add(months).clamp(Self::FIRST_INDEX, Self::LAST_INDEX);
        // Both fit: the index lies between those of 0001-01 and 9999-12.
        Self { year: (index / 12) as i16, month: (index % 12 + 1) as i8 }
    }

    /// How many months this one is after the other; negative if it is before.
    pub fn months_since(self, earlier: Self) -> i32 {
        self.index() - earlier.index()
    }

    /// The first day.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year, self.month, 1)
    }

    /// The last day: the 28th to the 31st.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// This day of the month, or the month's last day if the month is shorter.
    pub fn day_or_last(self, day: i8) -> Date {
        let first = self.first_day();
        let days_later = i64::from(day.clamp(1, first.days_in_month()) - 1);
        first.saturating_add(days_later.days())
    }

    const FIRST_INDEX: i32 = 12;
    const LAST_INDEX: i32 = 9999 * 12 + 11;

    fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        Self::parse(&text)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn any_period() -> impl Strategy<Value = Period> {
        (1_i16..=9999, 1_i8..=12).prop_map(|(year, month)| Period::new(year, month).unwrap())
    }

    #[test]
    fn a_year_ends_in_december() {
        let december = Period::parse("2026-12").unwrap();
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.next().previous(), december);
    }

    #[test]
    fn february_ends_on_its_own_last_day() {
        assert_eq!(Period::parse("2024-02").unwrap().last_day(), date(2024, 2, 29));
        assert_eq!(Period::parse("2026-02").unwrap().last_day(), date(2026, 2, 28));
        assert_eq!(Period::parse("2026-02").unwrap().day_or_last(31), date(2026, 2, 28));
        assert_eq!(Period::parse("2026-02").unwrap().day_or_last(15), date(2026, 2, 15));
    }

    #[test]
    fn only_the_one_form_is_read() {
        for text in ["", "2026", "2026-7", "26-07", "2026-13", "2026-00", "0000-01", "2026-07-01", "+026-07", "٢٠٢٦-٠٧"]
        {
            assert_eq!(Period::parse(text), Err(PeriodError), "{text}");
        }
    }

    #[test]
    fn json_carries_the_same_form() {
        let july = Period::parse("2026-07").unwrap();
        assert_eq!(serde_json::to_string(&july).unwrap(), "\"2026-07\"");
        assert_eq!(serde_json::from_str::<Period>("\"2026-07\"").unwrap(), july);
        assert!(serde_json::from_str::<Period>("\"2026-7\"").is_err());
    }

    #[test]
    fn the_calendar_ends_quietly() {
        let last = Period::new(9999, 12).unwrap();
        assert_eq!(last.next(), last);
        let first = Period::new(1, 1).unwrap();
        assert_eq!(first.previous(), first);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(period in any_period()) {
            prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            if let Ok(period) = Period::parse(&text) {
                prop_assert_eq!(period.to_string(), text);
            }
        }

        #[test]
        fn order_is_that_of_the_text(one in any_period(), other in any_period()) {
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn months_since_undoes_plus_months(period in any_period(), months in -2000_i32..2000) {
            let moved = period.plus_months(months);
            if moved.index() > Period::FIRST_INDEX && moved.index() < Period::LAST_INDEX {
                prop_assert_eq!(moved.months_since(period), months);
            }
        }

        #[test]
        fn a_date_lies_in_its_period(period in any_period(), day in 1_i8..=31) {
            prop_assert_eq!(Period::of(period.day_or_last(day)), period);
        }
    }
}
