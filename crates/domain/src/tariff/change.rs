//! What changes in that by which a service is charged, and whom it touches.

use rust_decimal::Decimal;

use super::{Percent, Price};
use crate::billing::{Way, norm_of};
use crate::meter::MeterKind;
use crate::norm::NormBasis;
use crate::service::Service;

/// What changes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Rubles for a unit in each rate zone. Where both are the same, what is paid above the norm, the fixed part or the
    /// surcharge changes.
    Price {
        /// Until then.
        before: Vec<Price>,
        /// From then on.
        after: Vec<Price>,
    },
    /// A norm.
    Norm {
        /// What it is counted by.
        per: NormBasis,
        /// Until then.
        before: Decimal,
        /// From then on.
        after: Decimal,
    },
    /// The rate of a benefit. Where both are the same, the volume changes of which it is taken.
    Benefit {
        /// Whose, in words.
        name: String,
        /// Until then; none where there was no such benefit.
        before: Option<Percent>,
        /// From then on.
        after: Percent,
    },
    /// The way in which the service is charged.
    Way {
        /// Until then.
        before: Way,
        /// From then on.
        after: Way,
    },
}

/// What an account is charged by besides what its house is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// The meters, each with its number of rates.
    pub meters: Vec<(MeterKind, usize)>,
    /// The benefits that are held, by what the rates of the house call them.
    pub benefits: Vec<String>,
    /// The services of the house that do not reach it.
    pub not_supplied: Vec<Service>,
}

impl Change {
    /// Whether those who live here pay otherwise by it.
    pub fn touches(&self, service: Service, home: &Home) -> bool {
        !home.not_supplied.contains(&service)
            && match self {
                Self::Price { after, .. } => home.has_rates(service, after.len()),
                Self::Norm { per: NormBasis::Person | NormBasis::Area, .. } => !home.is_metered(service),
                Self::Norm { .. } => true,
                Self::Benefit { name, .. } => home.benefits.contains(name),
                Self::Way { before, after } => {
                    let is_by_own_meter = |way: &Way| matches!(way, Way::HeatingNorm | Way::HeatingMeter);
                    !(is_by_own_meter(before) && is_by_own_meter(after) && home.is_metered(service))
                }
            }
    }
}

impl Home {
    /// Whether a table of prices for so many rate zones is the one: without a meter that of one zone.
    fn has_rates(&self, service: Service, rates: usize) -> bool {
        let own: Vec<_> = self.meters.iter().filter(|(kind, _)| norm_of(*kind) == service).collect();
        if own.is_empty() { rates == 1 } else { own.iter().any(|(_, of_meter)| *of_meter == rates) }
    }

    /// Whether no norm stands in for what its meters tell: sewage is as much as both waters.
    fn is_metered(&self, service: Service) -> bool {
        let has = |wanted| self.meters.iter().any(|(kind, _)| *kind == wanted);
        match service {
            Service::Sewage => has(MeterKind::ColdWater) && has(MeterKind::HotWater),
            Service::HotWaterHeat => has(MeterKind::HotWater),
            _ => self.meters.iter().any(|(kind, _)| norm_of(*kind) == service),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(meters: &[(MeterKind, usize)]) -> Home {
        Home { meters: meters.to_vec(), ..Home::default() }
    }

    fn price(zones: usize) -> Change {
        let prices = |rubles: u8| vec![Price::new(Decimal::from(rubles)).unwrap(); zones];
        Change::Price { before: prices(5), after: prices(6) }
    }

    fn norm(per: NormBasis) -> Change {
        Change::Norm { per, before: Decimal::ONE, after: Decimal::TWO }
    }

    #[test]
    fn prices_of_so_many_zones_touch_meters_of_so_many_and_those_of_one_homes_without() {
        let (none, two) = (home(&[]), home(&[(MeterKind::Electricity, 2), (MeterKind::ColdWater, 1)]));
        for (zones, of_none, of_two) in [(1, true, false), (2, false, true), (3, false, false)] {
            let touches = |home| price(zones).touches(Service::Electricity, home);
            assert_eq!((touches(&none), touches(&two)), (of_none, of_two), "{zones}");
        }
        assert!(price(1).touches(Service::Maintenance, &two));
    }

    #[test]
    fn a_norm_touches_homes_whose_meters_do_not_stand_before_it() {
        let (none, cold) = (home(&[]), home(&[(MeterKind::ColdWater, 1)]));
        let per_person = norm(NormBasis::Person);
        assert!(per_person.touches(Service::ColdWater, &none) && !per_person.touches(Service::ColdWater, &cold));
        assert!(per_person.touches(Service::Sewage, &cold), "hot water goes away too");
        let both = home(&[(MeterKind::ColdWater, 1), (MeterKind::HotWater, 1)]);
        assert!(!per_person.touches(Service::Sewage, &both));
        assert!(norm(NormBasis::CommonArea).touches(Service::CommonColdWater, &both));
        assert!(!norm(NormBasis::Area).touches(Service::Heating, &home(&[(MeterKind::Heat, 1)])));
    }

    #[test]
    fn a_benefit_touches_those_who_hold_it_and_a_way_those_whom_the_service_reaches() {
        let percent = Percent::new(Decimal::TEN).unwrap();
        let benefit = Change::Benefit { name: "Ветераны труда".to_owned(), before: None, after: percent };
        let holder = Home { benefits: vec!["Ветераны труда".to_owned()], ..Home::default() };
        assert!(benefit.touches(Service::Gas, &holder) && !benefit.touches(Service::Gas, &home(&[])));
        let no_gas = Home { not_supplied: vec![Service::Gas], ..holder };
        assert!(!benefit.touches(Service::Gas, &no_gas));
        let way = |after| Change::Way { before: Way::HeatingNorm, after };
        assert!(way(Way::HeatingMeter).touches(Service::Heating, &home(&[])));
        let own = home(&[(MeterKind::Heat, 1)]);
        assert!(!way(Way::HeatingMeter).touches(Service::Heating, &own), "its own meter goes before");
        assert!(way(Way::HeatingNormEvenly).touches(Service::Heating, &own));
    }
}
