//! A line of a bill: what it charges, and the figures beside it. Each figure is computed exactly and rounded once.

use crate::charge::benefit::Benefit;
use crate::charge::explanation::Node;
use crate::charge::heating::YearOfHeating;
use crate::charge::interruption::Interrupted;
use crate::charge::leg::Leg;
use crate::charge::notation::{Formula, Notation};
use crate::exact::{ArithmeticError, Exact};
use crate::money::Kopecks;

/// What a line is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The parts of the charge.
    pub legs: &'a [Leg<'a>],
    /// What lowers it by right.
    pub benefits: &'a [Benefit<'a>],
    /// What of that falls to what recalculations take away: nobody gets it back twice.
    pub lost: &'a [Benefit<'a>],
    /// What changes it afterwards.
    pub recalculations: &'a [Recalculation<'a>],
}

/// Why a charge is changed afterwards, and by how much. It is a signed figure of its own.
#[derive(Debug, Clone, Copy)]
pub enum Recalculation<'a> {
    /// Persons were away: what their norm would have cost is returned.
    Absence(&'a [Leg<'a>]),
    /// The service was away too long.
    Interruption(Interrupted<'a>),
    /// Earlier months were billed above what the meter told later.
    BilledAboveMeter(Net<'a>),
    /// A year of heating that was paid evenly.
    YearOfHeating(YearOfHeating<'a>),
}

/// What legs come to when benefits lowered them.
#[derive(Debug, Clone, Copy)]
pub struct Net<'a> {
    /// What was charged.
    pub legs: &'a [Leg<'a>],
    /// What lowered it.
    pub benefits: &'a [Benefit<'a>],
}

impl<'a> Formula<'a> for Net<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let whole = self.legs.write(notation);
        if self.benefits.is_empty() {
            return whole;
        }
        notation.not_below_zero(notation.difference(whole, self.benefits.write(notation)))
    }
}

/// The figures of a line. `charged` and `excess` make what the method comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// How much there is, in the unit of the service.
    pub volume: Exact,
    /// The charge without a multiplier.
    pub charged: Kopecks,
    /// What the multiplier adds: the charge with it less the charge without it, so that the columns add up.
    pub excess: Kopecks,
    /// All recalculations, signed.
    pub recalculated: Kopecks,
    /// What benefits take away, never more than is charged.
    pub discount: Kopecks,
    /// What is to be paid: below zero if more is returned than charged.
    pub payable: Kopecks,
}

impl<'a> Line<'a> {
    /// Computes the figures.
    pub fn figures(&self) -> Result<Figures, ArithmeticError> {
        let volume = self
            .legs
            .iter()
            .filter(|leg| !leg.is_fixed())
            .try_fold(Exact::ZERO, |sum, leg| sum.plus(leg.quantity().value()?))?;
        let with_multiplier = self.legs.amount()?;
        let is_multiplied = self.legs.iter().any(|leg| leg.multiplier.is_some());
        let charged = if is_multiplied { WithoutMultiplier(self.legs).amount()? } else { with_multiplier };
        let excess = with_multiplier.minus(charged)?;
        let recalculated =
            self.recalculations.iter().try_fold(Kopecks::ZERO, |sum, one| sum.plus(one.signed_amount()?))?;
        let discount = Discount(self).amount()?.min(charged);
        let payable = with_multiplier.plus(recalculated)?.minus(discount)?;
        Ok(Figures { volume, charged, excess, recalculated, discount, payable })
    }

    /// How the charge, with its multiplier, comes about.
    pub fn explain(&self) -> Result<Node<'a>, ArithmeticError> {
        self.legs.explain()
    }

    /// How the discount comes about, if there is one.
    pub fn explain_discount(&self) -> Result<Option<Node<'a>>, ArithmeticError> {
        if self.benefits.is_empty() {
            return Ok(None);
        }
        let (discount, whole) = (Discount(self), WithoutMultiplier(self.legs));
        // Benefits of several persons may come to more than there is.
        if discount.value()? > whole.value()? { whole.explain().map(Some) } else { discount.explain().map(Some) }
    }
}

/// What benefits take away.
struct Discount<'l, 'a>(&'l Line<'a>);

impl<'a> Formula<'a> for Discount<'_, 'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let benefits = || self.0.benefits.write(notation);
        let interrupted = self.0.recalculations.iter().filter_map(|one| match one {
            // What the hours took away was lowered already: of that much no benefit is left.
            Recalculation::Interruption(interrupted) => Some(interrupted.of(notation, benefits())),
            _ => None,
        });
        let of_absence = (!self.0.lost.is_empty()).then(|| self.0.lost.write(notation));
        match of_absence.into_iter().chain(interrupted).reduce(|sum, one| notation.sum(sum, one)) {
            None => benefits(),
            Some(lost) => notation.not_below_zero(notation.difference(benefits(), lost)),
        }
    }
}

/// The same legs, each as if it had no multiplier.
struct WithoutMultiplier<'l, 'a>(&'l [Leg<'a>]);

impl<'a> Formula<'a> for WithoutMultiplier<'_, 'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.sum_of(self.0.iter().map(|leg| leg.without_multiplier().write(notation)))
    }
}

impl<'a> Recalculation<'a> {
    /// The signed amount: below zero it is returned.
    pub fn signed_amount(&self) -> Result<Kopecks, ArithmeticError> {
        let amount = self.amount()?;
        Ok(if self.is_returned() { Kopecks(-amount.0) } else { amount })
    }

    /// Whether the explained amount is taken away from the charge and not added to it.
    pub const fn is_returned(&self) -> bool {
        match self {
            Self::Absence(_) | Self::Interruption(_) | Self::BilledAboveMeter(_) => true,
            Self::YearOfHeating(_) => false,
        }
    }
}

impl<'a> Formula<'a> for Recalculation<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        match self {
            Self::Absence(legs) => legs.write(notation),
            Self::BilledAboveMeter(billed) => billed.write(notation),
            Self::Interruption(interrupted) => interrupted.write(notation),
            Self::YearOfHeating(year) => year.write(notation),
        }
    }
}
