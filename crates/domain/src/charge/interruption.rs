//! Interruptions (ПП 354 app. 1): a service that was away longer than it may be costs less.

use rust_decimal::Decimal;

use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::leg::Leg;
use crate::charge::notation::{Formula, Notation};

/// How long a service may be away and what every hour above costs the provider. A dated row by service; the default
/// is that of cold water.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterruptionRules {
    /// The name of the row, for the explanation.
    pub name: String,
    /// In a month, together: 8 hours.
    pub hours_in_month: u32,
    /// At once: 4 hours.
    pub hours_at_once: u32,
    /// The charge of the month is lowered by so many percent for each full hour above: 0.15.
    pub percent_per_hour: Decimal,
}

impl Default for InterruptionRules {
    fn default() -> Self {
        Self {
            name: "cold_water_interruption".to_owned(),
            hours_in_month: 8,
            hours_at_once: 4,
            percent_per_hour: Decimal::new(15, 2),
        }
    }
}

const MINUTES_PER_HOUR: u64 = 60;

impl InterruptionRules {
    /// How many full hours of a month are above what is allowed; each interruption is given in minutes.
    ///
    /// Both limits hold at once and no hour counts twice: the one that was exceeded by more decides.
    pub fn hours_over(&self, interruptions_minutes: &[u32]) -> u32 {
        let over = |minutes: u64, hours: u32| minutes.saturating_sub(u64::from(hours) * MINUTES_PER_HOUR);
        let minutes = || interruptions_minutes.iter().map(|&minutes| u64::from(minutes));
        let in_month = over(minutes().sum(), self.hours_in_month);
        let at_once = minutes().map(|minutes| over(minutes, self.hours_at_once)).sum();
        u32::try_from(in_month.max(at_once) / MINUTES_PER_HOUR).unwrap_or(u32::MAX)
    }
}

/// What a month is lowered by for hours without the service; at most by all of it.
#[derive(Debug, Clone, Copy)]
pub struct Interrupted<'a> {
    /// The legs of the month.
    pub legs: &'a [Leg<'a>],
    /// The full hours above what is allowed.
    pub hours_over: u32,
    /// The rules that hold.
    pub rules: &'a InterruptionRules,
}

impl<'a> Formula<'a> for Interrupted<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let charge = notation.named(Quantity::Charge, Unit::Ruble, self.legs.write(notation));
        let percent_per_hour = self.rules.percent_per_hour;
        if Decimal::from(self.hours_over) * percent_per_hour >= Decimal::ONE_HUNDRED {
            return charge;
        }
        let hours = notation.fact(&Fact::count(self.hours_over, Quantity::HoursOver, Unit::Hour));
        let percent_per_hour = Fact {
            value: percent_per_hour,
            quantity: Quantity::PercentPerHour,
            unit: Unit::Percent,
            source: Source::Setting { name: &self.rules.name },
        };
        notation.percent(notation.product(charge, hours), &percent_per_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_above_the_month_and_above_one_time_do_not_count_twice() {
        let rules = InterruptionRules::default();
        let over = |hours: &[u32]| rules.hours_over(&hours.iter().map(|hours| hours * 60).collect::<Vec<_>>());
        assert_eq!(over(&[]), 0);
        assert_eq!(over(&[4, 4]), 0);
        assert_eq!(over(&[4, 4, 3]), 3);
        assert_eq!(over(&[7]), 3);
        assert_eq!(over(&[10]), 6);
        assert_eq!(over(&[10, 4, 4]), 10);
    }

    #[test]
    fn only_full_hours_count() {
        let rules = InterruptionRules::default();
        assert_eq!(rules.hours_over(&[4 * 60 + 59]), 0);
        assert_eq!(rules.hours_over(&[4 * 60 + 30, 4 * 60 + 30]), 1);
    }
}
