//! Benefits: a percentage off, perhaps within a social norm, perhaps for some of those who live here. The excess of a
//! multiplier is never lowered.

use crate::charge::fact::Fact;
use crate::charge::leg::Leg;
use crate::charge::notation::{Formula, Notation};
use crate::charge::part::Part;

/// A benefit on one leg of a line.
#[derive(Debug, Clone)]
pub struct Benefit<'a> {
    /// What it lowers. Its days are those of the benefit too.
    pub leg: Leg<'a>,
    /// By how many percent.
    pub rate: Fact<'a>,
    /// Only so much of the volume of a month, if there is a limit.
    pub limit: Option<Fact<'a>>,
    /// What of the same days comes under the limit before this leg: other rates, other meters.
    pub before: Vec<Leg<'a>>,
    /// How many have it, and of how many, if not all of them.
    pub persons: Option<(Fact<'a>, Fact<'a>)>,
}

/// By how many rubles the leg is lowered.
impl<'a> Formula<'a> for Benefit<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let volume = || match &self.limit {
            None => self.leg.write_volume(notation),
            Some(limit) => {
                let limit = Part::write(self.leg.part, notation, notation.fact(limit));
                let before = self.before.iter().map(|leg| leg.write_volume(notation));
                let left = match before.reduce(|sum, volume| notation.sum(sum, volume)) {
                    None => limit,
                    Some(before) => notation.not_below_zero(notation.difference(limit, before)),
                };
                notation.least(self.leg.write_volume(notation), left)
            }
        };
        let cost = self.leg.write_cost(notation, volume);
        let lowered = notation.percent(cost, &self.rate);
        match &self.persons {
            None => lowered,
            Some((with, of)) => notation.quotient(notation.product(lowered, notation.fact(with)), notation.fact(of)),
        }
    }
}
