//! What a volume costs: a price, perhaps another one above the social norm, perhaps a surcharge.

use crate::charge::fact::Fact;
use crate::charge::notation::Notation;

/// What one unit costs.
#[derive(Debug, Clone, Copy)]
pub struct Pricing<'a> {
    /// The price.
    pub price: Fact<'a>,
    /// The social norm of a month and the price of what is above it (ПП 354 п. 38).
    pub above: Option<(Fact<'a>, Fact<'a>)>,
    /// A surcharge on the price, in percent.
    pub surcharge: Option<Fact<'a>>,
}

impl<'a> Pricing<'a> {
    /// What a volume costs. It is written twice where a social norm divides it: `limit` writes how much of the norm is for
    /// this volume.
    pub(super) fn write<N: Notation<'a>>(
        &self,
        notation: &N,
        volume: impl Fn() -> N::Term,
        limit: impl Fn(&Fact<'a>) -> N::Term,
    ) -> N::Term {
        let cost = match &self.above {
            None => notation.product(volume(), notation.fact(&self.price)),
            Some((norm, price_above)) => {
                let within = notation.product(notation.least(volume(), limit(norm)), notation.fact(&self.price));
                let over = notation.not_below_zero(notation.difference(volume(), limit(norm)));
                notation.sum(within, notation.product(over, notation.fact(price_above)))
            }
        };
        match &self.surcharge {
            None => cost,
            Some(rate) => {
                // A surcharge of 20 % makes 120 of 100.
                let percents = notation.sum(notation.fact(&Fact::hundred()), notation.fact(rate));
                notation.quotient(notation.product(cost, percents), notation.fact(&Fact::hundred()))
            }
        }
    }
}
