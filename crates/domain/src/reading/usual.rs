//! What a meter usually uses in a month, from its earlier readings.
//!
//! The rule: take the last reading and go back to the oldest one whose month is at most `average_months` before
//! it. What was used between the two, divided by the months between the two, is the usual consumption. Months are
//! counted by the readings' periods, not by days, so a reading that was missed, given early or given twice changes
//! nothing: three months without a reading simply weigh three months. Where less than a month lies between, or two
//! neighbouring values contradict each other, what is left is used; if that is nothing, there is no usual.

use rust_decimal::Decimal;

use crate::period::Period;
use crate::reading::Dial;
use crate::reading::check::Earlier;

/// What was used over some months. Kept as a sum, so that nothing is rounded before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    total: Decimal,
    months: Decimal,
}

impl Usual {
    /// What one rate of a meter used over the last months, if its history tells.
    ///
    /// `history` is the newest first, as everywhere.
    pub fn of(dial: Dial, history: &[Earlier], rate: usize, average_months: i32) -> Option<Self> {
        let last = history.first()?;
        let mut usual = Self { total: Decimal::ZERO, months: Decimal::ZERO };
        for pair in history.windows(2) {
            let [later, earlier] = pair else { break };
            let months = last.period.months_since(earlier.period);
            let Some(used) = used_between(dial, earlier, later, rate) else { break };
            if months > average_months {
                break;
            }
            usual = Self { total: usual.total + used, months: Decimal::from(months) };
        }
        (usual.months > Decimal::ZERO).then_some(usual)
    }

    /// Whether nothing was used in all these months.
    pub fn is_zero(self) -> bool {
        self.total.is_zero()
    }

    /// Whether a consumption of so many months is more than so many times the usual one.
    pub fn is_exceeded(self, consumption: Decimal, months: Decimal, times: Decimal) -> bool {
        consumption * self.months > times * self.total * months
    }

    /// The usual consumption of one month, for people: rounded only by the limits of a decimal.
    pub fn monthly(self) -> Decimal {
        self.total / self.months
    }
}

/// What one rate used in this very month, if its history holds the readings of that month and of the one before.
pub fn used_in(dial: Dial, history: &[Earlier], rate: usize, period: Period) -> Option<Decimal> {
    let at = history.iter().position(|earlier| earlier.period == period)?;
    let (later, earlier) = (history.get(at)?, history.get(at + 1)?);
    let is_one_month = earlier.period == period.previous();
    is_one_month.then(|| used_between(dial, earlier, later, rate)).flatten()
}

/// What one rate used between two neighbouring readings; nothing if they contradict each other.
fn used_between(dial: Dial, earlier: &Earlier, later: &Earlier, rate: usize) -> Option<Decimal> {
    let (previous, now) = (*earlier.values.get(rate)?, *later.values.get(rate)?);
    dial.consumption(previous, now, later.rolled_over).ok()
}
