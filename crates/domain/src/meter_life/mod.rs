//! From the events of a meter to what each month is charged by.
//!
//! [`months`] is a function of what happened, not of when it became known: a fact that arrives late gives the same
//! months as if it had arrived in time, and the difference to what was billed is a correction
//! ([`crate::correction`]). No volume can be below zero: values of residents only grow, through zero only where an
//! event says so, and what was billed above a meter is a figure of its own.

mod deed;
mod event;
mod life;
mod rules;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::dated::{Dated, DatedError, Days};
use crate::meter::MeterKind;
use crate::period::Period;
use crate::reading::DialError;
use crate::tariff::{RateMismatch, Rates};

pub use deed::Deed;
pub use event::{Event, EventKind};
pub use rules::{MeterRules, NormReason, RECALC_NORMATIVE};

/// What a month is charged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterMonth<'a> {
    /// The month.
    pub period: Period,
    /// What the meter told, if it told anything.
    pub settled: Option<Settled<'a>>,
    /// Days for which the meter told nothing, in their order.
    pub stretches: Vec<Stretch<'a>>,
}

/// What the meter told in a month. It may come to less than was billed before: see [`Settled::may_return`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled<'a> {
    /// From value to value, rate by rate; several where a meter was replaced or a dial passed through zero.
    pub runs: Vec<Run<'a>>,
    /// What earlier months without a reading were billed by average.
    pub billed_by_average: Option<BilledByAverage<'a>>,
    /// What they were billed by norm, if the rules settle that too.
    pub billed_by_norm: Option<Decimal>,
}

impl Settled<'_> {
    /// Whether earlier months may have been billed more than the meter tells: by average, by norm, or by a value that
    /// was too high.
    pub fn may_return(&self) -> bool {
        let is_below = |run: &Run<'_>| run.now < run.before && run.turned_at.is_none();
        self.billed_by_average.is_some() || self.billed_by_norm.is_some() || self.runs.iter().any(is_below)
    }
}

/// Two values of one dial, and so what was used between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'a> {
    /// The rate, from 0.
    pub rate: usize,
    /// The value before.
    pub before: Decimal,
    /// The value now; below the one before if the dial passed through zero or a check showed less than was told.
    pub now: Decimal,
    /// After which number the dial began at zero, if it did.
    pub turned_at: Option<Decimal>,
    /// The id of the event with the value before.
    pub from: &'a str,
    /// The id of the event with the value now.
    pub to: &'a str,
}

/// So many whole months that were billed by one average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BilledByAverage<'a> {
    /// The average.
    pub average: UsedOver<'a>,
    /// How many months.
    pub months: u32,
}

/// What was used over some months, one per rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedOver<'a> {
    /// How much.
    pub used: Rates<Decimal>,
    /// Over how many months; not zero.
    pub months: u32,
    /// The id of the event at the beginning.
    pub from: &'a str,
    /// The id of the event at the end.
    pub to: &'a str,
}

/// Days of a month for which the meter told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'a> {
    /// The days.
    pub days: Days,
    /// What they are charged by.
    pub basis: Basis<'a>,
}

/// What days without a meter's word are charged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis<'a> {
    /// What a month of the last ones used.
    Average(UsedOver<'a>),
    /// The norm.
    Norm(NormReason),
}

/// Why events cannot have happened as they stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LifeError {
    /// Something happened to a meter that is not there.
    #[error("событие {event} от {on}: счётчика в этот день нет")]
    NotInstalled {
        /// The id of the event.
        event: String,
        /// Its day.
        on: Date,
    },
    /// A meter was installed where one was.
    #[error("событие {event} от {on}: счётчик уже установлен")]
    AlreadyInstalled {
        /// The id of the event.
        event: String,
        /// Its day.
        on: Date,
    },
    /// A value is below the one before, and no event says that the dial passed through zero.
    #[error("событие {event}: {now} меньше прошлого показания {before}")]
    Decrease {
        /// The id of the event.
        event: String,
        /// The value before.
        before: Decimal,
        /// The value now.
        now: Decimal,
    },
    /// The dial cannot show a value.
    #[error("событие {event}: {source}")]
    Dial {
        /// The id of the event.
        event: String,
        /// What is wrong.
        source: DialError,
    },
    /// The values are not one per rate.
    #[error("событие {event}: {source}")]
    Rates {
        /// The id of the event.
        event: String,
        /// What is wrong.
        source: RateMismatch,
    },
    /// No rules hold in a month.
    #[error("правила расчёта: {0}")]
    Rules(#[from] DatedError),
}

/// What is known around a meter.
#[derive(Clone, Copy)]
pub struct Surroundings<'r> {
    /// What it measures.
    pub kind: MeterKind,
    /// The rules; those of a month are those of its first day.
    pub rules: &'r Dated<MeterRules>,
    /// What a month without a reading is billed by norm: asked only if [`MeterRules::recalculates_norm`].
    pub norm_volume: &'r dyn Fn(Period) -> Decimal,
}

/// What each month is charged by, from that of the first event until `last`, both included.
///
/// Events may be given in any order. Readings that were replaced by corrected ones are not among them.
pub fn months<'a>(
    events: &[Event<'a>],
    last: Period,
    surroundings: Surroundings<'_>,
) -> Result<Vec<MeterMonth<'a>>, LifeError> {
    let mut events: Vec<&Event<'a>> = events.iter().collect();
    events.sort_unstable_by_key(|event| (event.period(), event.on, event.id));
    let Some(first) = events.first().map(|event| event.period()) else { return Ok(Vec::new()) };
    let mut life = life::Life::new(surroundings);
    let mut rest = events.as_slice();
    let mut months = Vec::new();
    let mut period = first;
    while period <= last {
        let (of_month, later) = rest.split_at(rest.partition_point(|event| event.period() <= period));
        months.push(life.live(period, of_month)?);
        rest = later;
        if period.next() == period {
            break;
        }
        period = period.next();
    }
    Ok(months)
}
