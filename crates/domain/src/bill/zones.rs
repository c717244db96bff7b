//! The rate zones of a line: what a meter with several rates told of each.

use rust_decimal::Decimal;

use crate::charge::{Node, Operation, Quantity, Source};
use crate::exact::{ArithmeticError, Exact};
use crate::meter::rate_names;
use crate::money::Kopecks;

/// Weights of a split keep so many places of the exact cost: a price has six at most.
const PLACES: u32 = 6;
/// Formats of ГИС ЖКХ have so many places for a volume.
const SHOWN: u32 = 7;

/// A zone of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// «день», «ночь».
    pub name: &'static str,
    /// How much, in the unit of the service.
    pub volume: Decimal,
    /// What a unit costs; none where a social norm or a surcharge makes it several prices.
    pub price: Option<Decimal>,
    /// The part of the line's charge: those of all zones are the charge.
    pub charged: Kopecks,
}

/// The zones of a charge; none where it is not that of a single meter with several rates over the whole month: its
/// sentence tells then.
///
/// # Errors
/// A cost that no account can owe.
pub fn zones(tree: &Node<'_>, charged: Kopecks) -> Result<Vec<Zone>, ArithmeticError> {
    let Operation::Sum { parts } = &tree.operation else { return Ok(Vec::new()) };
    let names = u8::try_from(parts.len()).map_or(&[""][..], rate_names);
    if names.len() != parts.len() || !are_of_one_meter(parts) {
        return Ok(Vec::new());
    }
    let Some(volumes) = parts.iter().map(volume).collect::<Option<Vec<_>>>() else { return Ok(Vec::new()) };
    let weight = |part: &Node<'_>| Ok(u64::try_from(part.value.rounded(PLACES)?).unwrap_or(0));
    let weights = parts.iter().map(weight).collect::<Result<Vec<_>, ArithmeticError>>()?;
    // Where nothing costs anything there is nothing to split.
    let charges = charged.split(&weights).unwrap_or_else(|_| vec![Kopecks::ZERO; parts.len()]);
    let zones = names.iter().zip(parts).zip(volumes).zip(charges);
    Ok(zones.map(|(((name, part), volume), charged)| Zone { name, volume, price: price(part), charged }).collect())
}

/// Whether the parts start from the same readings, none of them from days: parts of a month have one rate each too.
fn are_of_one_meter(parts: &[Node<'_>]) -> bool {
    let mut told = parts.iter().map(|part| {
        let (mut readings, mut has_days) = (Vec::new(), false);
        part.each_fact(&mut |fact, source| match source {
            Source::Reading { id } => readings.push((*id).to_owned()),
            Source::Readings { from, to } => readings.extend([(*from).to_owned(), (*to).to_owned()]),
            _ => has_days |= fact.name.is_some_and(|name| name.quantity == Quantity::Days),
        });
        (readings, has_days)
    });
    let first = told.next().unwrap_or_default();
    !first.0.is_empty() && !first.1 && told.all(|other| other == first)
}

/// What was used: the outermost step of that name.
fn volume(part: &Node<'_>) -> Option<Decimal> {
    if part.name.is_some_and(|name| name.quantity == Quantity::Volume) {
        return part.value.decimal().or_else(|| shortened(part.value));
    }
    match &part.operation {
        Operation::Fact { .. } => None,
        Operation::Sum { parts } | Operation::Product { parts } => parts.iter().find_map(volume),
        Operation::Difference { parts } | Operation::Quotient { parts } | Operation::Least { parts } => {
            parts.iter().find_map(volume)
        }
        Operation::NotBelowZero { part } => volume(part),
    }
}

/// An average without an end, in as many places as a sentence shows.
fn shortened(value: Exact) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(value.rounded(SHOWN).ok()?, SHOWN).ok()
}

/// The price, if nothing else makes the cost.
fn price(part: &Node<'_>) -> Option<Decimal> {
    let (mut price, mut is_only) = (None, true);
    part.each_fact(&mut |fact, _| match fact.name.map(|name| name.quantity) {
        Some(Quantity::Price) => price = fact.value.decimal(),
        Some(Quantity::PriceAboveNorm | Quantity::Surcharge) => is_only = false,
        _ => {}
    });
    price.filter(|_| is_only)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charge::{Averaged, Fact, Formula as _, Leg, Part, Pricing, Unit, Volume};
    use crate::dated::Days;
    use crate::meter_life::UsedOver;
    use crate::period::Period;
    use crate::tariff::Rates;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn leg(rate: usize, price: &str, part: Option<Part>) -> Leg<'static> {
        let used = Rates::of(&["400", "200"].map(decimal)).unwrap();
        let used_over = UsedOver { used, months: 4, from: "r1", to: "r5" };
        let volume = Volume::Averaged(Averaged { used_over, rate, unit: Unit::KilowattHour });
        let source = Source::Register { id: "p" };
        let price = Fact { value: decimal(price), quantity: Quantity::Price, unit: Unit::Ruble, source };
        Leg { part, ..Leg::whole(volume, Pricing { price, above: None, surcharge: None }) }
    }

    fn of(legs: &[Leg<'_>], charged: i64) -> Vec<Zone> {
        zones(&legs.explain().unwrap(), Kopecks(charged)).unwrap()
    }

    #[test]
    fn rates_of_a_meter_are_zones_whose_charges_are_the_charge() {
        // 100 × 8,09375 ₽ + 50 × 3,87125 ₽ = 1002,9375 ₽.
        let told = of(&[leg(0, "8.09375", None), leg(1, "3.87125", None)], 100_294);
        let told: Vec<_> = told.iter().map(|zone| (zone.name, zone.volume, zone.price, zone.charged.0)).collect();
        let expected = [
            ("день", decimal("100"), Some(decimal("8.09375")), 80_938),
            ("ночь", decimal("50"), Some(decimal("3.87125")), 19_356),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn one_rate_has_no_zones_nor_have_two_prices_within_a_month() {
        assert_eq!(of(&[leg(0, "8", None)], 80_000), []);
        let month = Period::new(2026, 3).unwrap();
        let days = Days::of(month).cut([jiff::civil::date(2026, 3, 10)]);
        assert_eq!(days.len(), 2);
        let [first, second] = [days[0], days[1]].map(|days| Part::of(month, days));
        assert_eq!(of(&[leg(0, "8", first), leg(0, "9", second)], 85_000), []);
    }
}
