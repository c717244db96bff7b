//! Which day it is where a house stands.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// No time zone has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("часового пояса «{0}» нет: пишите, например, Europe/Moscow")]
pub struct UnknownTimeZone(String);

/// The time zone of this IANA name, from the rules that are compiled in: the same on every machine.
pub fn time_zone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownTimeZone(name.to_owned()))
}

/// The civil date of a moment in a time zone.
pub fn date_at(moment: Timestamp, zone_name: &str) -> Result<Date, UnknownTimeZone> {
    Ok(moment.to_zoned(time_zone(zone_name)?).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn one_evening_is_two_days_in_moscow_and_vladivostok() {
        let moment: Timestamp = "2026-07-25T18:30:00Z".parse().unwrap();
        assert_eq!(date_at(moment, "Europe/Moscow").unwrap(), date(2026, 7, 25));
        assert_eq!(date_at(moment, "Asia/Vladivostok").unwrap(), date(2026, 7, 26));
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let error = date_at(Timestamp::UNIX_EPOCH, "Europe/Ryazan").unwrap_err();
        assert!(error.to_string().contains("Europe/Ryazan"), "{error}");
    }
}
