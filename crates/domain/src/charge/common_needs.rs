//! What a house has in common (ПП 354 app. 2 f. 12 and 15): the rest of its meter or the norm, by area of premises.

use rust_decimal::Decimal;

use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::notation::Notation;

/// Premises within their house.
#[derive(Debug, Clone, Copy)]
pub struct ShareOfHouse<'a> {
    /// The area of the premises.
    pub area: Fact<'a>,
    /// The area of all premises.
    pub of_area: Fact<'a>,
}

impl<'a> ShareOfHouse<'a> {
    /// What falls to the premises of something that the house used as a whole.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N, of_house: N::Term) -> N::Term {
        let area = notation.fact(&self.area);
        notation.quotient(notation.product(of_house, area), notation.fact(&self.of_area))
    }
}

/// By norm (f. 15): so much for each square metre in common.
#[derive(Debug, Clone, Copy)]
pub struct CommonByNorm<'a> {
    /// How much for a square metre.
    pub norm: Fact<'a>,
    /// The area in common.
    pub common_area: Fact<'a>,
}

/// What all premises of a house used of a service in a month, in its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedInside {
    /// The house.
    pub house_id: String,
    /// Premises that nobody lives in.
    pub non_residential: Decimal,
    /// Dwellings that are charged by norm.
    pub by_norm: Decimal,
    /// Dwellings that are charged by their meters, or by the average of these.
    pub by_meter: Decimal,
}

impl UsedInside {
    fn facts(&self, unit: Unit) -> [Fact<'_>; 3] {
        let source = Source::Register { id: &self.house_id };
        let fact = |value| Fact { value, quantity: Quantity::UsedInside, unit, source };
        [self.non_residential, self.by_norm, self.by_meter].map(fact)
    }
}

/// By house meter (f. 12): what is left when everything used inside is taken away.
#[derive(Debug, Clone, Copy)]
pub struct CommonByMeter<'a> {
    /// What the house used.
    pub house: Fact<'a>,
    /// What was used inside.
    pub inside: &'a UsedInside,
    /// Not more than this norm, unless the meeting decided to pay for all.
    pub at_most: Option<CommonByNorm<'a>>,
}

impl<'a> CommonByNorm<'a> {
    /// What the whole house may use.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.product(notation.fact(&self.norm), notation.fact(&self.common_area))
    }
}

impl<'a> CommonByMeter<'a> {
    /// What the whole house used in common. Less than nothing is left if readings inside are of other days than that
    /// of the house: it is nothing then, and nobody's debt.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N, unit: Unit) -> N::Term {
        let house = notation.fact(&self.house);
        let used = self.inside.facts(unit);
        let used = used.iter().filter(|used| !used.value.is_zero());
        let rest = used.fold(house, |rest, used| notation.difference(rest, notation.fact(used)));
        let rest = notation.named(Quantity::CommonNeeds, unit, notation.not_below_zero(rest));
        match &self.at_most {
            None => rest,
            Some(norm) => notation.least(rest, norm.write(notation)),
        }
    }
}
