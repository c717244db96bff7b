//! One meter, month by month: which values count, and what stands in for those that are missing.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    Basis, BilledByAverage, Event, EventKind, LifeError, MeterMonth, MeterRules, NormReason, Run, Settled, Stretch,
    Surroundings, UsedOver,
};
use crate::dated::Days;
use crate::meter::MeterKind;
use crate::period::Period;
use crate::reading::Dial;
use crate::tariff::Rates;

/// A meter as its events have left it.
pub(super) struct Life<'a, 'r> {
    around: Surroundings<'r>,
    state: State<'a>,
    verified_until: Option<Date>,
    /// What had been used at the ends of months, since the meter can be trusted without a break.
    points: Vec<Point<'a>>,
    /// How many months in a row were charged by average.
    averaged_in_row: u32,
    billed_by_average: Option<BilledByAverage<'a>>,
    billed_by_norm: Option<Decimal>,
}

#[derive(Clone, Copy)]
enum State<'a> {
    Absent,
    Working(Face<'a>),
    /// Failed or expired: its values count for nothing.
    NotTrusted {
        dial: Dial,
    },
    /// As good as absent until it was checked.
    NoAccess {
        dial: Dial,
    },
}

/// What a working meter showed last.
#[derive(Clone, Copy)]
struct Face<'a> {
    dial: Dial,
    shows: Rates<Decimal>,
    event: &'a str,
}

#[derive(Clone, Copy)]
struct Point<'a> {
    period: Period,
    used: Rates<Decimal>,
    event: &'a str,
}

/// What a value below the one before means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fall {
    /// It cannot be.
    Refused,
    /// The dial passed through zero.
    ThroughZero,
    /// Too much was told before.
    Returned,
}

/// A month while its events are gone through.
struct Month<'a> {
    period: Period,
    rules: MeterRules,
    /// The first day that nothing accounts for yet.
    from: Date,
    runs: Vec<Run<'a>>,
    /// What the first value of the month settles.
    billed_by_average: Option<BilledByAverage<'a>>,
    billed_by_norm: Option<Decimal>,
    stretches: Vec<Stretch<'a>>,
    /// Whether the meter told a value that counts, or began to.
    is_told: bool,
    is_averaged: bool,
}

impl<'a, 'r> Life<'a, 'r> {
    pub(super) fn new(around: Surroundings<'r>) -> Self {
        Self {
            around,
            state: State::Absent,
            verified_until: None,
            points: Vec::new(),
            averaged_in_row: 0,
            billed_by_average: None,
            billed_by_norm: None,
        }
    }

    /// Goes through the events of a month, in their order, and tells what it is charged by.
    pub(super) fn live(&mut self, period: Period, events: &[&Event<'a>]) -> Result<MeterMonth<'a>, LifeError> {
        let first_day = period.first_day();
        let rules = self.around.rules.on(first_day)?.value;
        let mut month = Month {
            period,
            rules,
            from: first_day,
            runs: Vec::new(),
            billed_by_average: None,
            billed_by_norm: None,
            stretches: Vec::new(),
            is_told: false,
            is_averaged: false,
        };
        for event in events {
            self.take(&mut month, event)?;
        }
        self.account_until(&mut month, period.last_day());
        self.averaged_in_row += u32::from(month.is_averaged);
        let settled = (!month.runs.is_empty()).then_some(Settled {
            runs: month.runs,
            billed_by_average: month.billed_by_average,
            billed_by_norm: month.billed_by_norm,
        });
        Ok(MeterMonth { period, settled, stretches: month.stretches })
    }

    fn take(&mut self, month: &mut Month<'a>, event: &Event<'a>) -> Result<(), LifeError> {
        match event.kind {
            EventKind::Sealed => Ok(()),
            EventKind::Installed { dial, first, verified_until } => {
                if !matches!(self.state, State::Absent) {
                    return Err(LifeError::AlreadyInstalled { event: event.id.to_owned(), on: event.on });
                }
                self.account_until(month, event.on.saturating_sub(1.days()));
                self.verified_until = Some(verified_until);
                self.begin(month, event, dial, first)
            }
            EventKind::Read { values, .. } => self.read(month, event, values, Fall::Refused),
            EventKind::RolledOver { values, .. } => self.read(month, event, values, Fall::ThroughZero),
            EventKind::Checked { values } => self.read(month, event, values, Fall::Returned),
            EventKind::Verified { last, first, verified_until } => {
                self.verified_until = Some(verified_until);
                let dial = self.dial(event)?;
                self.change(month, event, last, dial, first)
            }
            EventKind::Replaced { last, dial, first, verified_until } => {
                self.dial(event)?;
                self.verified_until = Some(verified_until);
                self.change(month, event, last, dial, first)
            }
            EventKind::Failed => self.stop(event, |dial| State::NotTrusted { dial }),
            EventKind::Expired if self.verified_until.is_some_and(|until| event.on <= until) => Ok(()),
            EventKind::Expired => self.stop(event, |dial| State::NotTrusted { dial }),
            EventKind::AccessRefused => self.stop(event, |dial| State::NoAccess { dial }),
            // It had been trusted all along: a verification that became known later says so.
            EventKind::Restored { first } if matches!(self.state, State::Working(_)) => {
                self.read(month, event, first, Fall::Returned)
            }
            EventKind::Restored { first } => {
                let dial = self.dial(event)?;
                self.account_until(month, event.on.saturating_sub(1.days()));
                self.begin(month, event, dial, first)
            }
            EventKind::Removed { last } => {
                self.dial(event)?;
                self.read(month, event, last, Fall::Returned)?;
                self.account_until(month, event.on.saturating_sub(1.days()));
                month.from = event.on;
                self.state = State::Absent;
                self.forget();
                Ok(())
            }
        }
    }

    /// The old value ends, a new one begins: at a replacement, at a verification.
    fn change(
        &mut self,
        month: &mut Month<'a>,
        event: &Event<'a>,
        last: Rates<Decimal>,
        dial: Dial,
        first: Rates<Decimal>,
    ) -> Result<(), LifeError> {
        let State::Working(face) = self.state else {
            self.account_until(month, event.on.saturating_sub(1.days()));
            return self.begin(month, event, dial, first);
        };
        self.read(month, event, last, Fall::Returned)?;
        if face.shows.count() != first.count() {
            // Another number of rates: an average of one does not tell about the other.
            return self.begin(month, event, dial, first);
        }
        check(dial, event, first)?;
        self.state = State::Working(Face { dial, shows: first, event: event.id });
        Ok(())
    }

    /// From here on a working meter counts, and nothing before does.
    fn begin(
        &mut self,
        month: &mut Month<'a>,
        event: &Event<'a>,
        dial: Dial,
        first: Rates<Decimal>,
    ) -> Result<(), LifeError> {
        check(dial, event, first)?;
        self.forget();
        // A month that began with the meter counts for the average; one that was under way does not.
        let is_whole_month = event.on <= month.period.first_day();
        let period = if is_whole_month { month.period.previous() } else { month.period };
        self.points.push(Point { period, used: first.map(|_| Decimal::ZERO), event: event.id });
        self.state = State::Working(Face { dial, shows: first, event: event.id });
        month.is_told = true;
        month.from = month.from.max(event.on);
        Ok(())
    }

    /// What was used before tells nothing about what comes, and nothing billed will be settled.
    fn forget(&mut self) {
        self.points.clear();
        self.averaged_in_row = 0;
        self.billed_by_average = None;
        self.billed_by_norm = None;
    }

    fn stop(&mut self, event: &Event<'a>, stopped: impl FnOnce(Dial) -> State<'a>) -> Result<(), LifeError> {
        let dial = self.dial(event)?;
        if matches!(self.state, State::Working(_)) {
            self.state = stopped(dial);
        }
        Ok(())
    }

    fn dial(&self, event: &Event<'a>) -> Result<Dial, LifeError> {
        match self.state {
            State::Absent => Err(LifeError::NotInstalled { event: event.id.to_owned(), on: event.on }),
            State::Working(Face { dial, .. }) | State::NotTrusted { dial } | State::NoAccess { dial } => Ok(dial),
        }
    }

    /// Takes a value of a working meter; one of a meter that cannot be trusted changes nothing.
    fn read(
        &mut self,
        month: &mut Month<'a>,
        event: &Event<'a>,
        values: Rates<Decimal>,
        fall: Fall,
    ) -> Result<(), LifeError> {
        let dial = self.dial(event)?;
        check(dial, event, values)?;
        let State::Working(face) = self.state else { return Ok(()) };
        let pairs = face.shows.zip(values);
        let pairs = pairs.map_err(|source| LifeError::Rates { event: event.id.to_owned(), source })?;
        for (rate, &(before, now)) in pairs.as_slice().iter().enumerate() {
            if now < before && fall == Fall::Refused {
                return Err(LifeError::Decrease { event: event.id.to_owned(), before, now });
            }
            let turned_at = (now < before && fall == Fall::ThroughZero).then(|| dial.capacity());
            month.add_run(Run { rate, before, now, turned_at, from: face.event, to: event.id });
        }
        let used = |(before, now)| match fall {
            Fall::ThroughZero if now < before => dial.through_zero(before, now),
            _ => now - before,
        };
        self.count(month.period, pairs.map(used), event.id);
        month.billed_by_average = month.billed_by_average.or(self.billed_by_average.take());
        month.billed_by_norm = month.billed_by_norm.or(self.billed_by_norm.take());
        self.averaged_in_row = 0;
        self.state = State::Working(Face { shows: values, event: event.id, ..face });
        month.is_told = true;
        month.from = month.from.max(event.on.saturating_add(1.days()));
        Ok(())
    }

    /// Keeps what had been used by the end of a month.
    fn count(&mut self, period: Period, used: Rates<Decimal>, event: &'a str) {
        // A change of rates begins a new life: the points have those of the meter.
        let Some(last) = self.points.last() else { return };
        let Ok(pairs) = last.used.zip(used) else { return };
        if last.period == period {
            self.points.pop();
        }
        self.points.push(Point { period, used: pairs.map(|(before, now)| before + now), event });
    }

    /// The average of the last months, if there were enough of them.
    fn average(&self, rules: MeterRules) -> Option<UsedOver<'a>> {
        let last = self.points.last()?;
        let months = |point: &Point<'_>| u32::try_from(last.period.months_since(point.period)).unwrap_or(u32::MAX);
        let first = self.points.iter().find(|point| months(point) <= rules.average_months)?;
        let months = months(first);
        // Below zero if a check in these months took back what was told before them.
        let used = last.used.zip(first.used).ok()?.map(|(until, before)| (until - before).max(Decimal::ZERO));
        let is_enough = months >= rules.average_months_min.max(1);
        is_enough.then_some(UsedOver { used, months, from: first.event, to: last.event })
    }

    /// Accounts for the days up to this one that no value accounts for.
    fn account_until(&mut self, month: &mut Month<'a>, until: Date) {
        let Some(days) = Days::new(month.from, until.min(month.period.last_day())) else { return };
        let basis = match self.state {
            // What a working meter counts, the next value tells.
            State::Working(_) if month.is_told => return,
            State::Working(_) => self.without_reading(month),
            State::Absent => Basis::Norm(NormReason::NoMeter),
            State::NoAccess { .. } => Basis::Norm(NormReason::NoAccess),
            State::NotTrusted { .. } => {
                let is_endless =
                    self.around.kind == MeterKind::Electricity && month.rules.electricity_average_is_endless;
                let average = self.average(month.rules);
                let may_be = is_endless || self.averaged_in_row < month.rules.average_in_row_max;
                average.filter(|_| may_be).map_or(Basis::Norm(NormReason::NotTrusted), Basis::Average)
            }
        };
        month.is_averaged |= matches!(basis, Basis::Average(_));
        month.stretches.push(Stretch { days, basis });
        month.from = days.last().saturating_add(1.days());
    }

    /// A month in which nobody gave a reading: by average, a few times, then by norm.
    fn without_reading(&mut self, month: &Month<'a>) -> Basis<'a> {
        let may_be = self.averaged_in_row < month.rules.average_in_row_max;
        match self.average(month.rules).filter(|_| may_be) {
            Some(average) => {
                // Months in a row have one average, even where the rules for it change between them.
                let before = self.billed_by_average.unwrap_or(BilledByAverage { average, months: 0 });
                self.billed_by_average = Some(BilledByAverage { months: before.months + 1, ..before });
                Basis::Average(before.average)
            }
            None => {
                // What follows the average does not begin it anew.
                self.averaged_in_row = self.averaged_in_row.max(month.rules.average_in_row_max);
                if month.rules.recalculates_norm {
                    let norm = (self.around.norm_volume)(month.period);
                    self.billed_by_norm = Some(self.billed_by_norm.unwrap_or_default() + norm);
                }
                Basis::Norm(NormReason::NoReading)
            }
        }
    }
}

impl<'a> Month<'a> {
    /// Adds a run, or prolongs the last one of its rate where nothing but a reading lies between.
    fn add_run(&mut self, run: Run<'a>) {
        let last = self.runs.iter_mut().rev().find(|last| last.rate == run.rate);
        match last.filter(|last| last.to == run.from && last.now == run.before) {
            Some(last) if last.turned_at.is_none() && run.turned_at.is_none() => {
                last.now = run.now;
                last.to = run.to;
            }
            _ => self.runs.push(run),
        }
    }
}

fn check(dial: Dial, event: &Event<'_>, values: Rates<Decimal>) -> Result<(), LifeError> {
    let check = |&value: &Decimal| dial.check(value);
    let checked = values.as_slice().iter().try_for_each(check);
    checked.map_err(|source| LifeError::Dial { event: event.id.to_owned(), source })
}
