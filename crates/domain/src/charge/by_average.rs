//! By average (ПП 354 п. 59): what a month of the last ones used, where a reading is missing or the meter cannot be
//! trusted.

use rust_decimal::Decimal;

use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::notation::Notation;
use crate::meter_life::UsedOver;

/// The average of one rate of a meter.
#[derive(Debug, Clone, Copy)]
pub struct Averaged<'a> {
    /// What was used over which months.
    pub used_over: UsedOver<'a>,
    /// The rate, from 0.
    pub rate: usize,
    /// The unit of its values.
    pub unit: Unit,
}

impl<'a> Averaged<'a> {
    /// The volume of a whole month.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let UsedOver { used, months, from, to } = self.used_over;
        // A rate that the meter did not have used nothing.
        let value = used.as_slice().get(self.rate).copied().unwrap_or(Decimal::ZERO);
        let source = Source::Readings { from, to };
        let used = notation.fact(&Fact { value, quantity: Quantity::UsedInMonths, unit: self.unit, source });
        let months = notation.fact(&Fact::count(months, Quantity::Months, Unit::Month));
        notation.named(Quantity::Volume, self.unit, notation.quotient(used, months))
    }
}
