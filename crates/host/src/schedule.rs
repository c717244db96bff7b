//! Cron expressions: second, minute, hour, day of the month, month, day of the week, in UTC.
//!
//! They mean what they mean to Spin's cron trigger, which reads them with the same parser and the
//! same settings: Sunday is 0 or 7, and where both kinds of day are restricted both must agree.
//! A seventh field may restrict the year; Spin refuses it.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, TimeZone, Utc};
use croner::Cron;

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    /// Empty is any.
    years: Vec<RangeInclusive<i32>>,
}

impl Schedule {
    /// Parses an expression; an error names it and says what is wrong.
    pub fn parse(expression: &str) -> Result<Self, String> {
        let refuse = |what: String| format!("the cron expression `{expression}` {what}");
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let (fields, years) = match fields.as_slice() {
            [fields @ .., years] if fields.len() == 6 => (fields, parse_years(years).map_err(refuse)?),
            fields if fields.len() == 6 => (fields, Vec::new()),
            _ => {
                let count = fields.len();
                return Err(refuse(format!(
                    "has {count} fields; write second, minute, hour, day of month, month, day of week, and a year if \
                     you must"
                )));
            }
        };
        let cron = Cron::new(&fields.join(" "))
            .with_seconds_required()
            .with_dom_and_dow()
            .parse()
            .map_err(|error| refuse(format!("is not valid: {error}")))?;
        let schedule = Self { cron, years };
        match schedule.next_after(0) {
            Some(_) => Ok(schedule),
            None => Err(refuse("never comes; correct the days, months or years".to_owned())),
        }
    }

    /// The first moment after `unix_seconds` at which the schedule fires.
    pub fn next_after(&self, unix_seconds: i64) -> Option<i64> {
        let mut after = Utc.timestamp_opt(unix_seconds, 0).single()?;
        loop {
            let next = self.cron.find_next_occurrence(&after, false).ok()?;
            if self.years.is_empty() || self.years.iter().any(|years| years.contains(&next.year())) {
                return Some(next.timestamp());
            }
            after = self.end_of_year_before_next(next.year())?;
        }
    }

    /// The last second before the first year after `year` that is wanted.
    fn end_of_year_before_next(&self, year: i32) -> Option<DateTime<Utc>> {
        let later = |years: &RangeInclusive<i32>| (*years.end() > year).then(|| (*years.start()).max(year + 1));
        let next = self.years.iter().filter_map(later).min()?;
        Utc.with_ymd_and_hms(next - 1, 12, 31, 23, 59, 59).single()
    }
}

/// Parses `*`, `2027`, `2027-2030` and lists of these.
fn parse_years(text: &str) -> Result<Vec<RangeInclusive<i32>>, String> {
    if text == "*" {
        return Ok(Vec::new());
    }
    let wrong = || format!("has the year `{text}`; write `*`, a year, a range like 2027-2030 or a list of these");
    let year = |text: &str| text.parse().ok().filter(|year| (1970..=2999).contains(year)).ok_or_else(wrong);
    text.split(',')
        .map(|part| match part.split_once('-') {
            Some((first, last)) => Ok(year(first)?..=year(last)?),
            None => year(part).map(|year| year..=year),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    fn next(expression: &str, after: &str) -> Option<String> {
        let seconds = Schedule::parse(expression).unwrap().next_after(time(after))?;
        Some(Utc.timestamp_opt(seconds, 0).unwrap().format("%FT%TZ").to_string())
    }

    #[track_caller]
    fn assert_next(expression: &str, after: &str, expected: &str) {
        assert_eq!(next(expression, after).as_deref(), Some(expected));
    }

    #[test]
    fn the_next_moment_is_strictly_later() {
        assert_next("0 */5 * * * *", "2026-07-20T10:00:00Z", "2026-07-20T10:05:00Z");
        assert_next("0 */5 * * * *", "2026-07-20T10:04:59Z", "2026-07-20T10:05:00Z");
        assert_next("* * * * * *", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z");
    }

    #[test]
    fn monday_is_one_and_sunday_is_zero_or_seven() {
        // 20 July 2026 is a Monday.
        assert_next("0 0 6 * * 1", "2026-07-19T00:00:00Z", "2026-07-20T06:00:00Z");
        assert_next("0 0 6 * * MON", "2026-07-19T00:00:00Z", "2026-07-20T06:00:00Z");
        for sunday in ["0", "7", "SUN"] {
            let expression = format!("0 0 6 * * {sunday}");
            assert_next(&expression, "2026-07-20T00:00:00Z", "2026-07-26T06:00:00Z");
        }
    }

    #[test]
    fn both_kinds_of_day_must_agree() {
        // The first Monday that is a 13th.
        assert_next("0 0 0 13 * 1", "2026-07-20T00:00:00Z", "2027-09-13T00:00:00Z");
    }

    #[test]
    fn leap_days_come() {
        assert_next("0 0 0 29 2 *", "2026-07-20T00:00:00Z", "2028-02-29T00:00:00Z");
    }

    #[test]
    fn a_seventh_field_restricts_the_year() {
        assert_next("0 0 0 1 1 * 2030", "2026-07-20T00:00:00Z", "2030-01-01T00:00:00Z");
        assert_next("0 0 0 1 1 * 2027,2029-2030", "2027-01-01T00:00:00Z", "2029-01-01T00:00:00Z");
        assert_next("0 0 0 1 1 * *", "2026-07-20T00:00:00Z", "2027-01-01T00:00:00Z");
        assert_eq!(next("0 0 0 1 1 * 2025", "2026-07-20T00:00:00Z"), None);
    }

    #[test]
    fn a_bad_expression_is_named() {
        for expression in [
            "",
            "* * * * *",
            "60 * * * * *",
            "0 0 0 30 2 *",
            "0 0 0 * * * 1999-x",
            "0 0 0 * * * 99999",
            "0 0 0 29 2 * 2027",
            "* * * * * * * *",
            "a b c d e f",
        ] {
            let error = Schedule::parse(expression).unwrap_err();
            assert!(error.contains(&format!("`{expression}`")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Schedule::parse(&text);
        }

        #[test]
        fn no_expression_panics(text in "([*0-9/,LW#?A-Z-]{1,5} ){5,6}[*0-9/,L#-]{1,5}", after in 0..4_000_000_000i64) {
            if let Ok(schedule) = Schedule::parse(&text) {
                prop_assert!(schedule.next_after(after).is_none_or(|next| next > after));
            }
        }

        #[test]
        fn steps_of_minutes_are_counted_from_the_hour(step in 1..60i64, after in 0..4_000_000_000i64) {
            let schedule = Schedule::parse(&format!("0 */{step} * * * *")).unwrap();
            let fires = |second: i64| second % 60 == 0 && (second / 60 % 60) % step == 0;
            let expected = (after + 1..).find(|second| fires(*second));
            prop_assert_eq!(schedule.next_after(after), expected);
        }
    }
}
