//! The time of day in messages to people.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// A moment in the capital's time, as timetables tell it: of a person the portal knows no time zone.
pub fn capital_time(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC))
}
