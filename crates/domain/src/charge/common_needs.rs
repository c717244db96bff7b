//! What a house has in common (ПП 354 app. 2 f. 12 and 15): the rest of its meter or the norm, by area of premises.

use crate::charge::fact::{Fact, Quantity, Unit};
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

/// By house meter (f. 12): what is left when everything used inside is taken away.
#[derive(Debug, Clone, Copy)]
pub struct CommonByMeter<'a> {
    /// What the house used.
    pub house: Fact<'a>,
    /// What was used inside: other premises, dwellings by norm, dwellings by meter.
    pub inside: [Fact<'a>; 3],
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
        let used = self.inside.iter().filter(|used| !used.value.is_zero());
        let rest = used.fold(house, |rest, used| notation.difference(rest, notation.fact(used)));
        let rest = notation.named(Quantity::CommonNeeds, unit, notation.not_below_zero(rest));
        match &self.at_most {
            None => rest,
            Some(norm) => notation.least(rest, norm.write(notation)),
        }
    }
}
