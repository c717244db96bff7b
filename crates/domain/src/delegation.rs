//! Trusted persons: what an owner or tenant may let another one do, and for how long (function 20).

use jiff::civil::Date;

use crate::access::Action;

/// What may be let to another: a closed list. Nothing that changes whose an account is can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// See the meters and their readings.
    SeeReadings,
    /// Give readings.
    SubmitReadings,
}

impl Power {
    /// Every power.
    pub const ALL: [Self; 2] = [Self::SeeReadings, Self::SubmitReadings];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeeReadings => "see-readings",
            Self::SubmitReadings => "submit-readings",
        }
    }

    /// What people read, Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SeeReadings => "смотреть показания",
            Self::SubmitReadings => "передавать показания",
        }
    }

    /// The power of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|power| power.as_str() == name)
    }

    /// Whether it lets its holder do this. Whoever gives readings sees the meters that they are of.
    pub const fn covers(self, action: Action) -> bool {
        match self {
            Self::SeeReadings => matches!(action, Action::SeeMeters | Action::SeeReadings),
            Self::SubmitReadings => matches!(action, Action::SeeMeters | Action::SubmitReading),
        }
    }

    /// The names of all powers that let their holder do this.
    pub fn names_for(action: Action) -> Vec<&'static str> {
        Self::ALL.into_iter().filter(|power| power.covers(action)).map(Self::as_str).collect()
    }
}

/// Why a last day is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UntilError {
    /// It is over already.
    Past,
    /// It is more than so many days ahead.
    TooFar,
}

/// Whether something may be let until this day, today included, at most `days_max` days ahead.
///
/// # Errors
/// What is wrong with the day.
pub fn check_until(until: Date, today: Date, days_max: i64) -> Result<(), UntilError> {
    let days = today.until(until).map_or(i64::MAX, |span| i64::from(span.get_days()));
    match days {
        ..0 => Err(UntilError::Past),
        days if days > days_max => Err(UntilError::TooFar),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_power_covers_readings_and_nothing_that_is_the_owner_s_own() {
        for action in Action::ALL {
            let named = Power::names_for(action);
            let expected: &[&str] = match action {
                Action::SeeMeters => &["see-readings", "submit-readings"],
                Action::SeeReadings => &["see-readings"],
                Action::SubmitReading => &["submit-readings"],
                _ => &[],
            };
            assert_eq!(named, expected, "{action:?}");
        }
    }

    #[test]
    fn nobody_is_trusted_for_longer_than_the_limit_or_in_the_past() {
        let today = date(2026, 7, 20);
        assert_eq!(check_until(today, today, 365), Ok(()));
        assert_eq!(check_until(date(2027, 7, 20), today, 365), Ok(()));
        assert_eq!(check_until(date(2027, 7, 21), today, 365), Err(UntilError::TooFar));
        assert_eq!(check_until(date(9999, 12, 31), today, 365), Err(UntilError::TooFar));
        assert_eq!(check_until(date(2026, 7, 19), today, 365), Err(UntilError::Past));
    }
}
