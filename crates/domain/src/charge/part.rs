//! A part of a month: so many of its days. Prices change, people move and meters fail in the middle of one.

use crate::charge::fact::{Fact, Quantity, Unit};
use crate::charge::notation::Notation;
use crate::dated::Days;
use crate::period::Period;

/// Some days of a month, fewer than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    days: u32,
    of_days: u32,
}

impl Part {
    /// Which part of its month these days are; none if they are all of it. Days of other months do not count.
    pub fn of(period: Period, days: Days) -> Option<Self> {
        let month = Days::of(period);
        let of_days = month.count();
        let days = days.common(month).map_or(0, Days::count);
        (days < of_days).then_some(Self { days, of_days })
    }

    /// How many days these are.
    pub const fn days(self) -> u32 {
        self.days
    }

    /// The part of a month's term that falls to these days; all of it without a part.
    pub(super) fn write<'a, N: Notation<'a>>(part: Option<Self>, notation: &N, whole: N::Term) -> N::Term {
        let Some(Self { days, of_days }) = part else { return whole };
        let days = notation.fact(&Fact::count(days, Quantity::Days, Unit::Day));
        let of_days = notation.fact(&Fact::count(of_days, Quantity::DaysInMonth, Unit::Day));
        notation.quotient(notation.product(whole, days), of_days)
    }
}
