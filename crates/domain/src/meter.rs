//! Kinds of meters, what they measure in, and when they are due for verification.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::russian::NO_BREAK_SPACE;

/// What a meter measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterKind {
    /// Cold water.
    ColdWater,
    /// Hot water.
    HotWater,
    /// Electricity, by one to three rates.
    Electricity,
    /// Gas.
    Gas,
    /// Heat.
    Heat,
}

impl MeterKind {
    /// Every kind, in the order in which pages show them.
    pub const ALL: [Self; 5] = [Self::ColdWater, Self::HotWater, Self::Electricity, Self::Gas, Self::Heat];

    /// The name under which the kind is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ColdWater => "cold_water",
            Self::HotWater => "hot_water",
            Self::Electricity => "electricity",
            Self::Gas => "gas",
            Self::Heat => "heat",
        }
    }

    /// The kind of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The unit of its readings.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::ColdWater | Self::HotWater | Self::Gas => "м³",
            Self::Electricity => "кВт·ч",
            Self::Heat => "Гкал",
        }
    }

    /// Whether a meter of this kind is easily taken for one of that: of the same kind, or cold water for hot, which hang
    /// side by side and look alike.
    pub fn looks_like(self, other: Self) -> bool {
        self == other || (self.is_water() && other.is_water())
    }

    /// Whether it is water, which goes down the drain and is paid for there again.
    pub const fn is_water(self) -> bool {
        matches!(self, Self::ColdWater | Self::HotWater)
    }

    /// What a resident calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ColdWater => "Холодная вода",
            Self::HotWater => "Горячая вода",
            Self::Electricity => "Электричество",
            Self::Gas => "Газ",
            Self::Heat => "Отопление",
        }
    }

    /// What a resident tells meters of a home apart by.
    pub fn name_with(self, serial: &str) -> String {
        format!("{} №{NO_BREAK_SPACE}{serial}", self.title())
    }
}

/// The names of a meter's rates in the order of its dials T1, T2, T3. A single rate needs no name.
pub const fn rate_names(rates: u8) -> &'static [&'static str] {
    match rates {
        2 => &["день", "ночь"],
        3 => &["пик", "ночь", "полупик"],
        _ => &[""],
    }
}

/// Whether readings of a meter are taken on this day: from its installation until the day it is removed.
pub fn is_active(installed_on: Date, removed_on: Option<Date>, today: Date) -> bool {
    installed_on <= today && removed_on.is_none_or(|removed_on| today < removed_on)
}

/// The day until which a verification holds: so many years later, the 28th of February for the 29th.
pub fn verification_due_on(verified_on: Date, interval_years: u8) -> Date {
    verified_on.saturating_add(i64::from(interval_years).years())
}

/// How near the end of a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// More than 60 days are left.
    Valid,
    /// Time to call the verifier.
    DueSoon {
        /// Days until the last day that is still covered; 0 on that day.
        days_left: i32,
        /// Which warning that is: 60, 30 or 7. One warning is given for each.
        warning_days: i32,
    },
    /// The last day covered is over.
    Overdue,
}

/// Warnings of a verification come so many days before its end.
const WARNINGS_DAYS: [i32; 3] = [7, 30, 60];

/// How near the end of a verification is on this day.
pub fn verification(due_on: Date, today: Date) -> Verification {
    // Days between two civil dates always fit: the calendar has fewer than eight million.
    let days_left = (due_on - today).get_days();
    if days_left < 0 {
        return Verification::Overdue;
    }
    WARNINGS_DAYS
        .into_iter()
        .find(|&warning_days| days_left <= warning_days)
        .map_or(Verification::Valid, |warning_days| Verification::DueSoon { days_left, warning_days })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r4_a_verification_ends_on_the_same_day_years_later() {
        assert_eq!(verification_due_on(date(2020, 2, 29), 6), date(2026, 2, 28));
        assert_eq!(verification_due_on(date(2019, 11, 20), 6), date(2025, 11, 20));
        assert_eq!(verification_due_on(date(2010, 6, 1), 16), date(2026, 6, 1));
        assert_eq!(verification_due_on(date(2020, 2, 29), 4), date(2024, 2, 29));
    }

    #[test]
    fn a_verification_is_warned_of_at_sixty_thirty_and_seven_days() {
        let due_on = date(2026, 11, 20);
        let at = |days_left: i64| verification(due_on, due_on.saturating_sub(days_left.days()));
        let warning = |days_left, warning_days| Verification::DueSoon { days_left, warning_days };
        assert_eq!(at(61), Verification::Valid);
        assert_eq!([at(60), at(31)], [warning(60, 60), warning(31, 60)]);
        assert_eq!([at(30), at(8)], [warning(30, 30), warning(8, 30)]);
        assert_eq!([at(7), at(0)], [warning(7, 7), warning(0, 7)]);
        assert_eq!(at(-1), Verification::Overdue);
    }

    #[test]
    fn a_meter_is_active_from_its_installation_until_it_is_removed() {
        let installed_on = date(2026, 3, 10);
        let removed_on = Some(date(2026, 7, 1));
        assert!(!is_active(installed_on, removed_on, date(2026, 3, 9)));
        assert!(is_active(installed_on, removed_on, date(2026, 3, 10)));
        assert!(is_active(installed_on, removed_on, date(2026, 6, 30)));
        assert!(!is_active(installed_on, removed_on, date(2026, 7, 1)));
        assert!(is_active(installed_on, None, date(2036, 7, 1)));
    }

    #[test]
    fn a_meter_has_as_many_rate_names_as_rates() {
        for rates in 1..=3 {
            assert_eq!(rate_names(rates).len(), usize::from(rates));
        }
    }

    #[test]
    fn a_kind_is_read_back_from_its_name_and_its_json() {
        for kind in MeterKind::ALL {
            assert_eq!(MeterKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
        assert_eq!(MeterKind::parse("Cold_water"), None);
    }

    proptest! {
        #[test]
        fn a_verification_of_more_years_never_ends_earlier(
            days in 0_i64..40_000, years in 1_u8..20,
        ) {
            let verified_on = date(1980, 1, 1).saturating_add(days.days());
            let due_on = verification_due_on(verified_on, years);
            prop_assert!(due_on < verification_due_on(verified_on, years + 1));
            prop_assert_eq!(due_on.year(), verified_on.year() + i16::from(years));
            prop_assert_eq!(due_on.month(), verified_on.month());
        }
    }
}
