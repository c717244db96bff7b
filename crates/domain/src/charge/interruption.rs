//! Interruptions (ПП 354 app. 1): a service that was away longer than it may be costs less.

use rust_decimal::Decimal;

use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::leg::Leg;
use crate::charge::notation::{Formula, Notation};
use crate::service::Service;

/// The setting that says by how many percent each full hour above lowers the charge of a month: explanations cite it.
pub const PERCENT_PER_HOUR: &str = "interruption.percent_per_hour";

const MINUTES_PER_HOUR: u64 = 60;

/// How long a service may be away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterruptionRules {
    /// In a month, together; none where only each time counts.
    pub hours_in_month: Option<u32>,
    /// At once.
    pub hours_at_once: u32,
}

impl InterruptionRules {
    /// Those of a service (ПП 354, app. 1, п. 1, 4, 7, 9, 11 and 14); none of one that does not come by a network. Of
    /// electricity those of a house with one source of it, of heating those for a dwelling that stays at 12 °C or more.
    pub fn of(service: Service) -> Option<Self> {
        let (hours_in_month, hours_at_once) = match service {
            Service::ColdWater | Service::HotWater | Service::HotWaterHeat | Service::Sewage => (Some(8), 4),
            Service::Electricity => (None, 24),
            Service::Gas => (Some(4), 4),
            Service::Heating => (Some(24), 16),
            _ => return None,
        };
        Some(Self { hours_in_month, hours_at_once })
    }

    /// How many full hours of a month are above what is allowed; each interruption is given in minutes.
    ///
    /// Both limits hold at once and no hour counts twice: the one that was exceeded by more decides.
    pub fn hours_over(&self, interruptions_minutes: &[u32]) -> u32 {
        let over = |minutes: u64, hours: u32| minutes.saturating_sub(u64::from(hours) * MINUTES_PER_HOUR);
        let minutes = || interruptions_minutes.iter().map(|&minutes| u64::from(minutes));
        let in_month = self.hours_in_month.map_or(0, |hours| over(minutes().sum(), hours));
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
    /// By how many percent each of them lowers it.
    pub percent_per_hour: Decimal,
}

impl<'a> Formula<'a> for Interrupted<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        self.of(notation, notation.named(Quantity::Charge, Unit::Ruble, self.legs.write(notation)))
    }
}

impl<'a> Interrupted<'a> {
    /// As much of an amount of the month as the hours take away.
    pub(super) fn of<N: Notation<'a>>(&self, notation: &N, charge: N::Term) -> N::Term {
        let percent_per_hour = self.percent_per_hour;
        if Decimal::from(self.hours_over) * percent_per_hour >= Decimal::ONE_HUNDRED {
            return charge;
        }
        let hours = notation.fact(&Fact::count(self.hours_over, Quantity::HoursOver, Unit::Hour));
        let percent_per_hour = Fact {
            value: percent_per_hour,
            quantity: Quantity::PercentPerHour,
            unit: Unit::Percent,
            source: Source::Setting { name: PERCENT_PER_HOUR },
        };
        notation.percent(notation.product(charge, hours), &percent_per_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_above_the_month_and_above_one_time_do_not_count_twice() {
        let rules = InterruptionRules::of(Service::ColdWater).unwrap();
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
        let rules = InterruptionRules::of(Service::ColdWater).unwrap();
        assert_eq!(rules.hours_over(&[4 * 60 + 59]), 0);
        assert_eq!(rules.hours_over(&[4 * 60 + 30, 4 * 60 + 30]), 1);
    }

    #[test]
    fn each_service_has_its_own_limits_and_what_comes_by_no_network_has_none() {
        let over = |service, hours: &[u32]| {
            let minutes: Vec<_> = hours.iter().map(|hours| hours * 60).collect();
            InterruptionRules::of(service).map(|rules| rules.hours_over(&minutes))
        };
        assert_eq!(over(Service::Electricity, &[20, 20]), Some(0), "of electricity each time counts by itself");
        assert_eq!(over(Service::Electricity, &[30]), Some(6));
        assert_eq!(over(Service::Gas, &[3, 3]), Some(2));
        assert_eq!(over(Service::Heating, &[16, 8]), Some(0));
        assert_eq!(over(Service::Heating, &[20]), Some(4));
        assert_eq!(over(Service::SolidWaste, &[20]), None);
    }
}
