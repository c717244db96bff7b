//! Whether a new reading is accepted, asked about or refused.
//!
//! Refused is only what cannot be true: a date in the future, more digits than the dial has. Whatever is merely
//! unlikely becomes a question, which the person answers with «да, верно» or by correcting the value; far above
//! the usual, the answered reading is accepted too and the company looks at it. Nothing is altered.
//!
//! A reading given in a window replaces one that a resident gave earlier in the same window. The caller therefore
//! passes the history without what is being replaced: the new value is compared to the last one before the window,
//! never to the one that it corrects.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::meter::MeterKind;
use crate::period::Period;
use crate::reading::dial::{Dial, parse_value};
use crate::reading::usual::Usual;
use crate::reading::verdict::{Confirmation, Confirmed, Question, QuestionReason, Refusal, RefusalReason, Verdict};

/// A reading that was accepted before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The month that it belongs to.
    pub period: Period,
    /// The day of the dial.
    pub taken_on: Date,
    /// One value per rate.
    pub values: Vec<Decimal>,
    /// Whether the dial had passed through zero since the reading before it.
    pub rolled_over: bool,
}

/// What is known of the meter.
#[derive(Debug, Clone, Copy)]
pub struct Metering<'a> {
    /// What it measures.
    pub kind: MeterKind,
    /// The digits it shows.
    pub dial: Dial,
    /// How many values a reading has.
    pub rates: u8,
    /// Whether it is installed and not removed ([`crate::meter::is_active`]).
    pub is_active: bool,
    /// Earlier readings, the newest first, without those that the new one replaces.
    pub history: &'a [Earlier],
}

/// What a person gives.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// One text per rate, as typed.
    pub values: &'a [&'a str],
    /// The month whose window it is given in.
    pub period: Period,
    /// The day of the dial; by default today (S1:116).
    pub taken_on: Date,
    /// The first day of the window: a dial read before it shows another month's value.
    pub opens_on: Date,
    /// The questions that were answered with «да, верно».
    pub confirmed: &'a [Confirmed],
}

/// From where on a reading is unlikely. Dated settings, not code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// More than so many times the usual consumption is asked about: 3.
    pub questioned_times: Decimal,
    /// More than so many times the usual consumption is also looked at by the company: 10.
    pub reviewed_times: Decimal,
    /// The usual consumption is that of so many last months: 6.
    pub average_months: i32,
    /// No consumption for so many months is asked about: 3.
    pub zero_months: i32,
}

/// Decides on a reading.
pub fn check(meter: &Metering<'_>, given: &Given<'_>, today: Date, thresholds: &Thresholds) -> Verdict {
    let values = match possible_values(meter, given, today) {
        Ok(values) => values,
        Err(refusals) => return Verdict::Refused(refusals),
    };
    let Some(last) = meter.history.first().filter(|last| last.values.len() == values.len()) else {
        return Verdict::Accepted { values, consumption: None, rolled_over: false, review: false };
    };
    let since_last = SinceLast { meter, given, thresholds, last };
    let outcomes: Result<Vec<Used>, Vec<Question>> =
        all_or_every_error(values.iter().enumerate().map(|(rate, &now)| since_last.check_rate(rate, now)));
    match outcomes {
        Err(questions) => Verdict::Questioned(questions),
        Ok(used) => Verdict::Accepted {
            values,
            consumption: Some(used.iter().map(|used| used.consumption).collect()),
            rolled_over: used.iter().any(|used| used.rolled_over),
            review: used.iter().any(|used| used.review),
        },
    }
}

/// Whether this value of a rate would be taken without a question, and the meter's past gives reason to say so: where
/// no usual consumption is known, every larger value would.
pub(super) fn is_plausible(
    meter: &Metering<'_>,
    given: &Given<'_>,
    rate: usize,
    value: Decimal,
    thresholds: &Thresholds,
) -> bool {
    let unconfirmed = Given { confirmed: &[], ..*given };
    let since_last = SinceLast::of(meter, &unconfirmed, thresholds, rate);
    since_last.is_some_and(|since_last| {
        meter.dial.check(value).is_ok()
            && since_last.usual(rate).is_some_and(|usual| !usual.is_zero())
            && since_last.check_rate(rate, value).is_ok_and(|used| !used.review)
    })
}

/// Whether the dial may well have passed through zero: what was used then is nothing unusual.
pub(super) fn turns_plausibly(
    meter: &Metering<'_>,
    given: &Given<'_>,
    rate: usize,
    value: Decimal,
    thresholds: &Thresholds,
) -> bool {
    let confirmed = [Confirmed { rate, confirmation: Confirmation::RolledOver }];
    let turned = Given { confirmed: &confirmed, ..*given };
    let since_last = SinceLast::of(meter, &turned, thresholds, rate);
    since_last.is_some_and(|since_last| {
        meter.dial.check(value).is_ok()
            && since_last.check_rate(rate, value).is_ok_and(|used| used.rolled_over && !used.review)
    })
}

/// The values, if the reading can be true; every reason against it otherwise.
fn possible_values(meter: &Metering<'_>, given: &Given<'_>, today: Date) -> Result<Vec<Decimal>, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut refuse = |reason| refusals.push(Refusal { rate: None, reason });
    if !meter.is_active {
        refuse(RefusalReason::MeterInactive);
    }
    if given.taken_on > today {
        refuse(RefusalReason::FutureDate { today });
    }
    if let Some(last) = meter.history.first().filter(|last| given.taken_on < last.taken_on) {
        refuse(RefusalReason::BeforeLastDate { last: last.taken_on });
    } else if given.taken_on < given.opens_on {
        refuse(RefusalReason::BeforeWindow { opens_on: given.opens_on });
    }
    if given.values.len() != usize::from(meter.rates) {
        refuse(RefusalReason::WrongRateCount { rates: meter.rates });
    }
    let parsed =
        all_or_every_error(given.values.iter().enumerate().map(|(rate, text)| {
            value_on_dial(meter.dial, text).map_err(|reason| Refusal { rate: Some(rate), reason })
        }));
    match parsed {
        Ok(values) if refusals.is_empty() => Ok(values),
        Ok(_) => Err(refusals),
        Err(of_values) => Err([refusals, of_values].concat()),
    }
}

fn value_on_dial(dial: Dial, text: &str) -> Result<Decimal, RefusalReason> {
    let value = parse_value(text).map_err(RefusalReason::Value)?;
    dial.check(value).map_err(RefusalReason::Dial)?;
    Ok(value)
}

/// Like `collect`, but keeps every error and not only the first.
fn all_or_every_error<T, E>(results: impl Iterator<Item = Result<T, E>>) -> Result<Vec<T>, Vec<E>> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// What one rate used, with every question answered.
struct Used {
    consumption: Decimal,
    rolled_over: bool,
    review: bool,
}

/// A new reading beside the last one.
struct SinceLast<'a> {
    meter: &'a Metering<'a>,
    given: &'a Given<'a>,
    thresholds: &'a Thresholds,
    last: &'a Earlier,
}

impl<'a> SinceLast<'a> {
    /// Beside the last reading, if that one has this rate.
    fn of(meter: &'a Metering<'a>, given: &'a Given<'a>, thresholds: &'a Thresholds, rate: usize) -> Option<Self> {
        let last = meter.history.first().filter(|last| rate < last.values.len())?;
        Some(Self { meter, given, thresholds, last })
    }

    fn check_rate(&self, rate: usize, now: Decimal) -> Result<Used, Question> {
        let dial = self.meter.dial;
        let previous = self.last.values[rate];
        let rolled_over = now < previous;
        let consumption = if rolled_over { dial.through_zero(previous, now) } else { now - previous };
        let ask = |reason| self.ask(rate, consumption, reason);
        if rolled_over {
            ask(QuestionReason::Decrease { now, previous, previous_on: self.last.taken_on })?;
        }
        if consumption.is_zero() {
            self.unchanged(rate, now).map_or(Ok(()), ask)?;
        }
        let above = self.above_usual(rate, consumption);
        let is_far = matches!(above, Some(QuestionReason::AboveUsual { far: true, .. }));
        above.map_or(Ok(()), ask)?;
        // Through zero and nothing to compare with: even a confirmed slip of the finger would look like this.
        let is_unexplained = rolled_over && self.usual(rate).is_none_or(Usual::is_zero);
        Ok(Used { consumption, rolled_over, review: is_far || is_unexplained })
    }

    /// Asks, unless the person has already said «да, верно» of this rate.
    fn ask(&self, rate: usize, consumption: Decimal, reason: QuestionReason) -> Result<(), Question> {
        if self.given.confirmed.contains(&Confirmed { rate, confirmation: reason.confirmation() }) {
            return Ok(());
        }
        Err(Question { rate, reason, consumption, kind: self.meter.kind, dial: self.meter.dial })
    }

    fn usual(&self, rate: usize) -> Option<Usual> {
        Usual::of(self.meter.dial, self.meter.history, rate, self.thresholds.average_months)
    }

    /// More than usual for the months since the last reading? Where nothing was used lately, anything is.
    fn above_usual(&self, rate: usize, consumption: Decimal) -> Option<QuestionReason> {
        let usual = self.usual(rate)?;
        let months = self.given.period.months_since(self.last.period).max(1);
        let exceeds = |times| usual.is_exceeded(consumption, Decimal::from(months), times);
        exceeds(self.thresholds.questioned_times).then(|| QuestionReason::AboveUsual {
            months,
            usual_monthly: usual.monthly(),
            far: !usual.is_zero() && exceeds(self.thresholds.reviewed_times),
        })
    }

    /// For how many months the value has stood still, if that is long enough to ask.
    fn unchanged(&self, rate: usize, now: Decimal) -> Option<QuestionReason> {
        let same = self.meter.history.iter().take_while(|earlier| earlier.values.get(rate) == Some(&now));
        let since = same.last()?.period;
        let months = self.given.period.months_since(since);
        (months >= self.thresholds.zero_months).then_some(QuestionReason::UnchangedForMonths { months })
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
