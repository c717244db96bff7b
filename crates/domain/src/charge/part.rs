//! A part of a month: so many of its days. Prices change, people move and meters fail in the middle of one.

use crate::charge::fact::{Fact, Quantity, Unit};
use crate::charge::notation::Notation;
use crate::dated::Days;
use crate::period::Period;

/// Some days of a month, fewer than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    days: Days,
    of_days: u32,
}

impl Part {
    /// Which part of their month these days are; none if they are all of it.
    pub fn of(period: Period, days: Days) -> Option<Self> {
        let of_days = Days::of(period).count();
        (days.count() < of_days).then_some(Self { days, of_days })
    }

    /// What two parts of one month have in common, none being all of it; nothing where they have no day in common.
    pub(super) fn common(one: Option<Self>, other: Option<Self>) -> Option<Option<Self>> {
        let (Some(part), Some(other)) = (one, other) else { return Some(one.or(other)) };
        Some(Some(Self { days: part.days.common(other.days)?, ..part }))
    }

    /// The part of a month's term that falls to these days; all of it without a part.
    pub(super) fn write<'a, N: Notation<'a>>(part: Option<Self>, notation: &N, whole: N::Term) -> N::Term {
        let Some(Self { days, of_days }) = part else { return whole };
        let days = notation.fact(&Fact::count(days.count(), Quantity::Days, Unit::Day));
        let of_days = notation.fact(&Fact::count(of_days, Quantity::DaysInMonth, Unit::Day));
        notation.quotient(notation.product(whole, days), of_days)
    }
}
