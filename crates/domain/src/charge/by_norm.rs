//! By norm (ПП 354 app. 2 f. 4): so much for each person who lives here.

use rust_decimal::Decimal;

use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::notation::Notation;

/// Who lives in premises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupants {
    /// Those registered there.
    pub registered: u32,
    /// Those living there for a time.
    pub temporary: u32,
    /// Owners, who count where nobody lives (п. 56(2)).
    pub owners: u32,
}

impl Occupants {
    /// For how many persons is charged.
    pub const fn charged(self) -> u32 {
        match self.registered.saturating_add(self.temporary) {
            0 => self.owners,
            living => living,
        }
    }

    /// The same as a number in a formula; `id` is that of the record.
    pub fn fact(self, id: &str) -> Fact<'_> {
        let source = Source::Register { id };
        Fact { value: Decimal::from(self.charged()), quantity: Quantity::Persons, unit: Unit::Person, source }
    }
}

/// A norm for each person.
#[derive(Debug, Clone, Copy)]
pub struct PerPerson<'a> {
    /// How many persons.
    pub persons: Fact<'a>,
    /// How much for each.
    pub norm: Fact<'a>,
    /// The unit of the volume.
    pub unit: Unit,
}

impl<'a> PerPerson<'a> {
    /// The volume of a whole month.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.product(notation.fact(&self.persons), notation.fact(&self.norm))
    }
}
