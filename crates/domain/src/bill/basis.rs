//! What the lines of a bill stand on, taken out of their explanations: a paper names what was charged by, not what is
//! known today.

use rust_decimal::Decimal;

use super::Reference;
use crate::charge::{Node, Quantity, Source};
use crate::service::Service;

/// The numbers behind the lines of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    /// The readings from which months were counted, by their ids.
    pub readings_before: Vec<String>,
    /// The readings to which they were counted.
    pub readings_now: Vec<String>,
    /// The last readings of which a month by the average knew.
    pub readings_averaged: Vec<String>,
    /// Prices, norms and numbers of the house, each once.
    pub references: Vec<Reference>,
    areas: Vec<Decimal>,
    multipliers: Vec<(Service, Decimal)>,
}

impl Basis {
    /// Takes what an explanation of a service starts from.
    pub fn add(&mut self, service: Service, tree: &Node<'_>) {
        tree.each_fact(&mut |fact, source| self.fact(service, fact, source));
    }

    /// The area that was charged for; none if nothing was charged by area, or it changed within the month.
    pub fn area(&self) -> Option<Decimal> {
        only(self.areas.iter().copied())
    }

    /// The multiplier of a service, if it has a single one.
    pub fn multiplier(&self, service: Service) -> Option<Decimal> {
        only(self.multipliers.iter().filter(|(of, _)| *of == service).map(|(_, value)| *value))
    }

    fn fact(&mut self, service: Service, fact: &Node<'_>, source: &Source<'_>) {
        let (Some(name), Some(value)) = (fact.name, fact.value.decimal()) else { return };
        match (name.quantity, source) {
            (Quantity::ReadingBefore, Source::Reading { id }) => add(&mut self.readings_before, (*id).to_owned()),
            (Quantity::ReadingNow, Source::Reading { id }) => add(&mut self.readings_now, (*id).to_owned()),
            (Quantity::UsedInMonths, Source::Readings { to, .. }) => add(&mut self.readings_averaged, (*to).to_owned()),
            (Quantity::Area, _) => add(&mut self.areas, value),
            (Quantity::AreaOfHouse | Quantity::AreaInCommon, _) => {
                self.refer(None, name.quantity.title(), fact, source)
            }
            (Quantity::HouseVolume, _) => self.refer(Some(service), name.quantity.title(), fact, source),
            (Quantity::Norm, _) => self.refer(Some(service), norm_title(service), fact, source),
            (
                Quantity::Price
                | Quantity::PriceAboveNorm
                | Quantity::SocialNorm
                | Quantity::Surcharge
                | Quantity::HeatPerVolume
                | Quantity::BenefitRate,
                _,
            ) => self.refer(Some(service), name.quantity.title(), fact, source),
            (Quantity::NormMultiplier, _) => {
                add(&mut self.multipliers, (service, value));
                self.refer(Some(service), name.quantity.title(), fact, source);
            }
            _ => {}
        }
    }

    fn refer(&mut self, service: Option<Service>, title: &str, fact: &Node<'_>, source: &Source<'_>) {
        let act = match source {
            Source::Version { act, .. } => Some(act.to_string()),
            _ => None,
        };
        add(&mut self.references, Reference { service, title: title.to_owned(), value: fact.value_with_unit(), act });
    }
}

/// What a norm is for: a person, unless areas divide the service.
const fn norm_title(service: Service) -> &'static str {
    match service {
        Service::Heating => "норматив на 1 м²",
        Service::CommonColdWater | Service::CommonHotWater | Service::CommonElectricity | Service::CommonSewage => {
            "норматив на 1 м² общего имущества"
        }
        _ => "норматив на человека",
    }
}

fn add<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn only<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::charge::{Fact, Formula as _, Leg, PerPerson, Pricing, Unit, Volume};
    use crate::tariff::Act;

    fn fact<'a>(value: &str, quantity: Quantity, unit: Unit, source: Source<'a>) -> Fact<'a> {
        Fact { value: value.parse().unwrap(), quantity, unit, source }
    }

    #[test]
    fn a_line_by_norm_names_the_norm_the_price_and_their_acts_once() {
        let act = Act {
            name: "Постановление".to_owned(), number: "7".to_owned(), date: date(2025, 12, 1), link: None
        };
        let version = |id| Source::Version { id, act: &act };
        let persons = fact("3", Quantity::Persons, Unit::Person, Source::Register { id: "h" });
        let norm = fact("4.331", Quantity::Norm, Unit::CubicMetre, version("n"));
        let volume = Volume::PerPerson(PerPerson { persons, norm, unit: Unit::CubicMetre });
        let price = fact("50.93", Quantity::Price, Unit::Ruble, version("p"));
        let multiplier = Some(fact("1.5", Quantity::NormMultiplier, Unit::One, version("m")));
        let leg = Leg { multiplier, ..Leg::whole(volume, Pricing { price, above: None, surcharge: None }) };
        let mut basis = Basis::default();
        for _ in 0..2 {
            basis.add(Service::ColdWater, &leg.explain().unwrap());
        }
        let told: Vec<_> = basis.references.iter().map(|one| (one.title.as_str(), one.value.as_str())).collect();
        let expected =
            [("норматив на человека", "4,331\u{a0}м³"), ("цена", "50,93\u{a0}₽"), ("повышающий коэффициент", "1,5")];
        assert_eq!(told, expected);
        assert!(basis.references.iter().all(|one| one.act.as_deref() == Some("Постановление № 7 от 01.12.2025")));
        assert_eq!(basis.multiplier(Service::ColdWater), Some("1.5".parse().unwrap()));
        assert_eq!((basis.multiplier(Service::HotWater), basis.area()), (None, None));
    }

    #[test]
    fn an_area_that_changed_within_the_month_is_none() {
        let mut basis = Basis::default();
        let source = Source::Register { id: "p" };
        for (area, known) in [("54.3", Some("54.3")), ("54.30", Some("54.3")), ("60", None)] {
            let area = Volume::Each(fact(area, Quantity::Area, Unit::SquareMetre, source));
            let price = fact("39.57", Quantity::Price, Unit::Ruble, source);
            let leg = Leg::whole(area, Pricing { price, above: None, surcharge: None });
            basis.add(Service::Maintenance, &leg.explain().unwrap());
            assert_eq!(basis.area(), known.map(|area| area.parse().unwrap()));
        }
    }
}
