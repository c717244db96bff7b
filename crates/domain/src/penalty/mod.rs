//! Penalties, day by day (ЖК РФ ст. 155 ч. 14 and 14.1).
//!
//! Each month is a debt of its own with its own due date. What was paid late costs the rate of the day of its payment;
//! what is unpaid costs that of the day of the report. Days are computed exactly and rounded once for the debt. A
//! penalty is no debt here: nothing accrues on it.

mod kept;
mod rules;
#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::charge::{Fact, Formula, Node, Notation, Quantity, Source, Unit};
use crate::dated::{DatedError, Days};
use crate::exact::ArithmeticError;
use crate::money::Kopecks;

pub use kept::{KeptStep, told};
pub use rules::{DIVISOR, LATER_DIVISOR, Later, PenaltyRules, Schedule, YearlyRate, due_on};

/// What was to be paid for one month.
#[derive(Debug, Clone, Copy)]
pub struct Debt<'a> {
    /// The id of its entry.
    pub id: &'a str,
    /// How much: the principal, without penalties.
    pub amount: Kopecks,
    /// How much of it is in dispute: no penalty accrues on that. What is paid goes to the rest first.
    pub disputed: Kopecks,
    /// Until which day.
    pub due_on: Date,
    /// Until which day somebody else has charged the penalty, who billed before: these days cost nothing here.
    pub counted_until: Option<Date>,
    /// What was paid for it, in any order.
    pub payments: &'a [Payment],
}

/// A payment, or the part of one that went to a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// The day on which it was made.
    pub on: Date,
    /// How much.
    pub amount: Kopecks,
}

/// Days of a part of a debt that cost one fraction of one rate.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The id of the debt.
    pub debt: &'a str,
    /// The part of the debt.
    pub portion: Kopecks,
    /// When it was paid; none if it was not.
    pub paid_on: Option<Date>,
    /// The days.
    pub days: Days,
    /// The rate.
    pub rate: &'a YearlyRate,
    /// What the rate is divided by for a day.
    pub divisor: u32,
    /// Whether that is the divisor of the later days.
    pub is_later: bool,
}

/// A penalty and the days that it is made of.
#[derive(Debug, Clone)]
pub struct Penalty<'a> {
    /// How much it is.
    pub amount: Kopecks,
    /// Its days; none if nothing accrued.
    pub steps: Vec<Step<'a>>,
}

/// Why a penalty cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PenaltyError {
    /// A rate or a schedule is missing on a day.
    #[error(transparent)]
    Missing(#[from] DatedError),
    /// The numbers give no result.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

impl Penalty<'_> {
    /// How the amount comes about.
    pub fn explain(&self) -> Result<Node<'_>, ArithmeticError> {
        self.steps.explain()
    }
}

/// The penalty on a debt by the end of a day.
pub fn penalty<'a>(debt: &Debt<'a>, rules: &'a PenaltyRules, reported_on: Date) -> Result<Penalty<'a>, PenaltyError> {
    let mut steps = Vec::new();
    for Portion { amount, paid_on } in portions(debt, reported_on) {
        let until = paid_on.unwrap_or(reported_on);
        for (days, divisor, is_later) in days_charged(debt, until, rules)? {
            let rate = rules.rate_on(until)?;
            steps.push(Step { debt: debt.id, portion: amount, paid_on, days, rate, divisor, is_later });
        }
    }
    Ok(Penalty { amount: steps.amount()?, steps })
}

/// A part of a debt with one end.
struct Portion {
    amount: Kopecks,
    paid_on: Option<Date>,
}

/// The debt without what is in dispute, cut by its payments until a day.
fn portions(debt: &Debt<'_>, reported_on: Date) -> Vec<Portion> {
    let mut payments: Vec<Payment> =
        debt.payments.iter().copied().filter(|payment| payment.on <= reported_on && payment.amount.0 > 0).collect();
    payments.sort_by_key(|payment| payment.on);
    let mut rest = debt.amount.0.saturating_sub(debt.disputed.0).max(0);
    let mut portions = Vec::with_capacity(payments.len() + 1);
    for Payment { on, amount } in payments {
        let paid = amount.0.min(rest);
        rest -= paid;
        portions.push(Portion { amount: Kopecks(paid), paid_on: Some(on) });
    }
    portions.push(Portion { amount: Kopecks(rest), paid_on: None });
    portions.retain(|portion| portion.amount > Kopecks::ZERO);
    portions
}

/// The days until one that cost something, with the divisor of each run of them and whether it is the later one.
fn days_charged(debt: &Debt<'_>, until: Date, rules: &PenaltyRules) -> Result<Vec<(Days, u32, bool)>, DatedError> {
    let schedule = rules.schedule.on(debt.due_on)?.value;
    let day = |number: u32| debt.due_on.saturating_add(i64::from(number).days());
    let costs_from = day(schedule.free_days.saturating_add(1));
    let ours_from = debt.counted_until.map_or(costs_from, |counted| counted.saturating_add(1.days()));
    let Some(charged) = Days::new(costs_from.max(ours_from), until) else { return Ok(Vec::new()) };
    let later_from = schedule.later.map(|later| day(later.from_day));
    let divisor = |piece: Days| match (schedule.later, later_from) {
        (Some(later), Some(from)) if piece.first() >= from => (piece, later.divisor, true),
        _ => (piece, schedule.divisor, false),
    };
    let pieces = charged.cut(rules.moratoria.changes().chain(later_from));
    let is_charged = |piece: &Days| rules.moratoria.on(piece.first()).is_err();
    Ok(pieces.into_iter().filter(is_charged).map(divisor).collect())
}

impl<'a> Formula<'a> for Step<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let source = Source::Entry { id: self.debt };
        let portion = Fact { value: self.portion.rubles(), quantity: Quantity::Debt, unit: Unit::Ruble, source };
        let days = Fact::count(self.days.count(), Quantity::Days, Unit::Day);
        let divisor = Fact {
            source: Source::Setting { name: if self.is_later { LATER_DIVISOR } else { DIVISOR } },
            ..Fact::count(self.divisor, Quantity::PenaltyFraction, Unit::One)
        };
        let of_a_year = notation.percent(notation.fact(&portion), &self.rate.fact());
        notation.quotient(notation.product(of_a_year, notation.fact(&days)), notation.fact(&divisor))
    }
}
