//! What a penalty goes by: rates, their cap, days without penalties, fractions of the rate. All of it dated data.

use jiff::civil::Date;

use crate::charge::{Fact, Quantity, Source, Unit};
use crate::dated::{Dated, DatedError};
use crate::period::Period;
use crate::tariff::{Act, Percent};
use crate::working_days::WorkingDays;

/// A rate while it holds, in percent a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearlyRate {
    /// The id of the version.
    pub id: String,
    /// The rate.
    pub percent: Percent,
    /// Where it comes from.
    pub act: Act,
}

/// The setting that a rate is divided by at first: explanations cite it.
pub const DIVISOR: &str = "penalty.divisor";
/// The setting that it is divided by later.
pub const LATER_DIVISOR: &str = "penalty.later_divisor";

/// From which day a debt costs which part of the rate a day (ЖК РФ ст. 155 ч. 14). Days are counted from the due date,
/// and that of the payment counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The first days are free: 30.
    pub free_days: u32,
    /// Then each day costs the rate divided by this: 300.
    pub divisor: u32,
    /// From a later day on it is divided by another number: from day 91 by 130.
    pub later: Option<Later>,
}

/// The second step of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// Its first day.
    pub from_day: u32,
    /// What the rate is divided by.
    pub divisor: u32,
}

impl Default for Schedule {
    /// That of ЖК РФ ст. 155 ч. 14.
    fn default() -> Self {
        Self { free_days: 30, divisor: 300, later: Some(Later { from_day: 91, divisor: 130 }) }
    }
}

impl Schedule {
    /// That of contributions for capital repair (ч. 14.1). Sources differ on whether the first 30 days are free: by
    /// default they are (the setting `penalty.caprepair_grace_days`, 30 or 0).
    pub const fn capital_repair(free_days: u32) -> Self {
        Self { free_days, divisor: 300, later: None }
    }
}

/// Everything that a penalty goes by.
#[derive(Debug, Clone)]
pub struct PenaltyRules {
    /// The key rate.
    pub key_rate: Dated<YearlyRate>,
    /// The most that counts of it; on days without a row there is no cap.
    pub cap: Dated<YearlyRate>,
    /// Days on which no penalty accrues. The count of days goes on through them.
    pub moratoria: Dated<Act>,
    /// The schedule, by the due date of a debt.
    pub schedule: Dated<Schedule>,
}

impl PenaltyRules {
    /// The rate that counts on a day: the smaller of key rate and cap.
    pub fn rate_on(&self, day: Date) -> Result<&YearlyRate, DatedError> {
        let key_rate = &self.key_rate.on(day)?.value;
        let cap = self.cap.on(day).map(|row| &row.value).ok();
        Ok(cap.filter(|cap| cap.percent < key_rate.percent).unwrap_or(key_rate))
    }

    /// The rate of this id.
    pub fn rate(&self, id: &str) -> Option<&YearlyRate> {
        let mut rows = self.key_rate.rows().iter().chain(self.cap.rows());
        rows.find(|row| row.value.id == id).map(|row| &row.value)
    }
}

impl YearlyRate {
    pub(super) fn fact(&self) -> Fact<'_> {
        let source = Source::Version { id: &self.id, act: &self.act };
        Fact { value: self.percent.value(), quantity: Quantity::PenaltyRate, unit: Unit::Percent, source }
    }
}

/// Until which day a month is paid: this day of the next month, or the next working day; it is still in time then.
/// `due_days` tells the day of the month by the first day of the month that is paid for.
pub fn due_on(period: Period, due_days: &Dated<i8>, working_days: &WorkingDays) -> Result<Date, DatedError> {
    let day = due_days.on(period.first_day())?.value;
    Ok(working_days.on_or_after(period.next().day_or_last(day)))
}
