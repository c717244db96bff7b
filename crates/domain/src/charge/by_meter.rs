//! By meter (ПП 354 app. 2 f. 1): what the dial shows now less what it showed before.
//!
//! After months billed without a reading the next volume is what was used since the last accepted reading less what
//! was billed by the average. What was billed too much is returned as a figure of its own: no volume is below zero.

use crate::charge::by_average::Averaged;
use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::notation::Notation;
use crate::meter_life::{RECALC_NORMATIVE, Run, Settled};

/// What one rate of a meter used.
#[derive(Debug, Clone, Copy)]
pub struct Metered<'a> {
    /// What the meter told.
    pub settled: &'a Settled<'a>,
    /// The rate, from 0.
    pub rate: usize,
    /// The unit of its values.
    pub unit: Unit,
}

impl<'a> Metered<'a> {
    /// The volume of the month.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let volume = match self.billed(notation) {
            None if self.settled.may_return() => notation.not_below_zero(self.used(notation)),
            None => self.used(notation),
            Some(billed) => notation.not_below_zero(notation.difference(self.named_used(notation), billed)),
        };
        notation.named(Quantity::Volume, self.unit, volume)
    }

    /// What was billed before above what was used.
    pub(super) fn write_returned<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let nothing = || notation.fact(&Fact::count(0, Quantity::BilledByAverage, self.unit));
        let billed = self.billed(notation).unwrap_or_else(nothing);
        let returned = notation.not_below_zero(notation.difference(billed, self.named_used(notation)));
        notation.named(Quantity::Volume, self.unit, returned)
    }

    fn named_used<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.named(Quantity::Volume, self.unit, self.used(notation))
    }

    fn used<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let runs = self.settled.runs.iter().filter(|run| run.rate == self.rate);
        notation.sum_of(runs.map(|run| self.run(notation, run)))
    }

    fn run<N: Notation<'a>>(&self, notation: &N, run: &Run<'a>) -> N::Term {
        let value = |value, quantity, id| {
            notation.fact(&Fact { value, quantity, unit: self.unit, source: Source::Reading { id } })
        };
        let before = value(run.before, Quantity::ReadingBefore, run.from);
        let now = value(run.now, Quantity::ReadingNow, run.to);
        match run.turned_at {
            None => notation.difference(now, before),
            Some(capacity) => {
                let capacity = value(capacity, Quantity::DialCapacity, run.to);
                notation.sum(notation.difference(capacity, before), now)
            }
        }
    }

    fn billed<N: Notation<'a>>(&self, notation: &N) -> Option<N::Term> {
        let by_average = self.settled.billed_by_average.as_ref().map(|billed| {
            let average = Averaged { used_over: billed.average, rate: self.rate, unit: self.unit };
            let months = notation.fact(&Fact::count(billed.months, Quantity::Months, Unit::Month));
            notation.named(Quantity::BilledByAverage, self.unit, notation.product(average.write(notation), months))
        });
        // The norm knows no rates: what it billed is taken from the first.
        let by_norm = self.settled.billed_by_norm.filter(|_| self.rate == 0).map(|value| {
            let source = Source::Setting { name: RECALC_NORMATIVE };
            notation.fact(&Fact { value, quantity: Quantity::BilledByNorm, unit: self.unit, source })
        });
        match (by_average, by_norm) {
            (Some(average), Some(norm)) => Some(notation.sum(average, norm)),
            (one, other) => one.or(other),
        }
    }
}
