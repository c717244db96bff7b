//! Times without a service that belong to a month, and what they lower its line by.

use jiff::civil::{DateTime, Time};

use rust_decimal::Decimal;

use super::line::Month;
use crate::charge::interruption::InterruptionRules;
use crate::dated::DatedError;
use crate::period::Period;
use crate::russian::full_date;
use crate::service::Service;

/// A time without a service, by an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    /// The service.
    pub service: Service,
    /// From when on, by the clock of the house.
    pub since: DateTime,
    /// Until when.
    pub until: DateTime,
    /// The act, as residents read of it.
    pub act: String,
}

/// The hours of a month by which its line is lowered.
pub(super) struct HoursOver {
    pub(super) hours: u32,
    pub(super) percent_per_hour: Decimal,
    /// When the service was away, and the acts.
    pub(super) note: String,
}

impl Month<'_> {
    /// By how many hours a service was away too long; none where it was not. The heat in hot water is away with it.
    pub(super) fn hours_over(&self, service: Service) -> Result<Option<HoursOver>, DatedError> {
        let Some(rules) = InterruptionRules::of(service) else { return Ok(None) };
        let away = if service == Service::HotWaterHeat { Service::HotWater } else { service };
        let all = self.house.interruptions.iter().chain(&self.account.interruptions);
        let of_service: Vec<_> = all.filter(|one| one.service == away).collect();
        let hours = rules.hours_over(&minutes(self.period, &of_service));
        let told = of_service.iter().filter(|one| one.within(self.period).is_some()).map(|one| one.words());
        let note = told.collect::<Vec<_>>().join("; ");
        let percent_per_hour = self.house.rules.interruption_percent.on(self.period.first_day())?.value;
        Ok((hours > 0).then_some(HoursOver { hours, percent_per_hour, note }))
    }
}

impl Interruption {
    /// As much of it as falls to the month.
    fn within(&self, period: Period) -> Option<(DateTime, DateTime)> {
        let midnight = |period: Period| period.first_day().to_datetime(Time::midnight());
        let (since, until) = (self.since.max(midnight(period)), self.until.min(midnight(period.next())));
        (since < until).then_some((since, until))
    }

    fn words(&self) -> String {
        let moment = |at: DateTime| format!("{} {:02}:{:02}", full_date(at.date()), at.hour(), at.minute());
        format!("с {} до {}, {}", moment(self.since), moment(self.until), self.act)
    }
}

/// How long each time within a month was. Times that overlap are one: nobody is without a service twice at once.
fn minutes(period: Period, of_service: &[&Interruption]) -> Vec<u32> {
    let mut within: Vec<_> = of_service.iter().filter_map(|one| one.within(period)).collect();
    within.sort_unstable();
    let mut joined: Vec<(DateTime, DateTime)> = Vec::new();
    for (since, until) in within {
        match joined.last_mut() {
            Some(last) if since <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((since, until)),
        }
    }
    let minutes = |(since, until): (DateTime, DateTime)| until.duration_since(since).as_mins();
    joined.into_iter().map(|one| u32::try_from(minutes(one)).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn away(since: DateTime, until: DateTime) -> Interruption {
        Interruption { service: Service::ColdWater, since, until, act: "акт № 1".to_owned() }
    }

    #[test]
    fn a_time_counts_in_each_month_by_its_part_of_it_and_what_overlaps_counts_once() {
        let march = Period::new(2026, 3).unwrap();
        let over_the_end = away(date(2026, 3, 31).at(20, 0, 0, 0), date(2026, 4, 1).at(6, 30, 0, 0));
        assert_eq!(minutes(march, &[&over_the_end]), [240]);
        assert_eq!(minutes(march.next(), &[&over_the_end]), [390]);
        assert!(minutes(march.previous(), &[&over_the_end]).is_empty());
        let first = away(date(2026, 3, 5).at(10, 0, 0, 0), date(2026, 3, 5).at(14, 0, 0, 0));
        let second = away(date(2026, 3, 5).at(12, 0, 0, 0), date(2026, 3, 5).at(15, 0, 0, 0));
        let third = away(date(2026, 3, 6).at(0, 0, 0, 0), date(2026, 3, 6).at(1, 0, 0, 0));
        assert_eq!(minutes(march, &[&third, &second, &first]), [300, 60]);
    }
}
