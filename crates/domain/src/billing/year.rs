//! Heating that is paid evenly through the year (ПП 354 п. 42(1), app. 2): when the year is over, what the house took
//! takes the place of what was charged.
//!
//! The correction stands in the bill of January. It needs all twelve months of the house's meter, zero where there was
//! no heat: until the last of them is known nothing moves, and when it comes January is computed anew.

use super::line::{Month, prices};
use super::{HouseService, Reason, Way};
use crate::charge::{Benefit, Fact, Leg, Line, Quantity, Source, Unit};
use crate::dated::Days;
use crate::money::Kopecks;
use crate::period::Period;

/// A year that was paid evenly and is known.
pub(super) struct Settled<'a> {
    pub(super) year: i16,
    /// What its months come to by what the house took in each.
    pub(super) used: Vec<Leg<'a>>,
    /// What benefits lower it by.
    pub(super) benefits: Vec<Benefit<'a>>,
    /// What was to be paid for them, less benefits.
    pub(super) charged: Fact<'a>,
}

/// The year before a month.
pub(super) enum Year<'a> {
    /// No month of it was paid evenly, or it is settled in another month than this.
    NotPaidEvenly,
    /// The meter of the house has not told all of it.
    NotSettled,
    /// It is known.
    Settled(Settled<'a>),
}

impl<'a> Month<'a> {
    pub(super) fn months_of_year_before(&self) -> impl Iterator<Item = Period> {
        let january = self.period.plus_months(1 - i32::from(self.period.month()) - 12);
        (0..12).map(move |month| january.plus_months(month))
    }

    pub(super) fn year_before(&self, service: &'a HouseService) -> Result<Year<'a>, Reason> {
        let is_ever_evenly = service.ways.rows().iter().any(|row| row.value == Way::HeatingMeterEvenly);
        if self.period.month() != 1 || !is_ever_evenly {
            return Ok(Year::NotPaidEvenly);
        }
        let is_told = |period| self.house.volumes.contains_key(&(period, service.service));
        let is_known = self.months_of_year_before().all(is_told);
        let prices = prices(service, 1)?;
        let (mut used, mut benefits, mut charged) = (Vec::new(), Vec::new(), Kopecks::ZERO);
        for period in self.months_of_year_before() {
            let month = &Self { period, ..*self };
            let mut evenly = month.charged(service);
            evenly.retain(|one| one.way == Way::HeatingMeterEvenly);
            if evenly.is_empty() {
                continue;
            }
            let days = Days::of(period);
            let evenly = &evenly;
            let of = |way| {
                move |days: Days| {
                    let pieces = evenly.iter().filter_map(|one| one.days.common(days));
                    let legs = pieces.map(|days| month.shared(service, way, days, prices));
                    legs.collect::<Result<Vec<_>, _>>().map(|legs| legs.concat())
                }
            };
            let (paid, lowered) = (of(Way::HeatingMeterEvenly), of(Way::HeatingMeter));
            let (legs, of_paid) = (paid(days)?, month.benefits(service, paid)?.0);
            let line = Line { legs: &legs, benefits: &of_paid, lost: &[], recalculations: &[] };
            charged = charged.plus(line.figures()?.payable)?;
            used.extend(lowered(days)?);
            benefits.extend(month.benefits(service, lowered)?.0);
        }
        Ok(match (used.is_empty(), is_known) {
            (true, _) => Year::NotPaidEvenly,
            (false, false) => Year::NotSettled,
            (false, true) => {
                let source = Source::Register { id: &self.account.account_id };
                let charged = Fact { value: charged.rubles(), quantity: Quantity::Charged, unit: Unit::Ruble, source };
                Year::Settled(Settled { year: self.period.previous().year(), used, benefits, charged })
            }
        })
    }
}
