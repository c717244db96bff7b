//! Persons who were away for a time: what a line would have cost for them is returned.

use super::days::Charged;
use super::line::{Metered, Month, prices};
use super::{HouseService, Reason, Way};
use crate::charge::absence::Absence;
use crate::charge::{Household, Leg, Occupants, Quantity, Volume, per_person};
use crate::dated::{Dated, Days, Row};
use crate::meter_life::{Basis, NormReason};
use crate::russian::full_date;

/// An absence that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedAbsence {
    /// The id of the record.
    pub id: String,
    /// How many were away.
    pub persons: u32,
    /// When, and when it was asked for.
    pub absence: Absence,
    /// Whether the premises could have meters: then only what meters never tell is returned.
    pub meter_is_possible: bool,
}

/// Those of a household who are away on some days of a month.
pub(super) struct Away {
    days: Days,
    households: Dated<Household>,
    /// What it is called in a bill.
    pub(super) note: String,
}

impl<'a> Month<'a> {
    /// Who was away in this month, as far as it lowers a service.
    pub(super) fn away(&self, service: &HouseService) -> Result<Vec<Away>, Reason> {
        let mut away = Vec::new();
        for one in &self.account.absences {
            let rules = self.house.rules.absences.on(one.absence.left_on)?.value;
            let days = one.absence.full_days(service.service, one.meter_is_possible, rules);
            let Some(days) = days.ok().and_then(|days| days.common(Days::of(self.period))) else { continue };
            let Absence { left_on, returned_on, .. } = one.absence;
            away.push(Away {
                days,
                households: one.of(&self.account.households)?,
                note: format!("с {} по {}", full_date(left_on), full_date(returned_on)),
            });
        }
        Ok(away)
    }

    /// What these days would have cost for those who were away: by person, or by norm because there is no meter.
    pub(super) fn away_legs<'l>(
        &'l self,
        service: &'l HouseService,
        (charged, metered): (&[Charged], Option<&'l Metered<'l>>),
        away: &'l Away,
        days: Days,
    ) -> Result<Vec<Leg<'l>>, Reason> {
        let Some(days) = days.common(away.days) else { return Ok(Vec::new()) };
        let mut legs = Vec::new();
        for &Charged { days: held, way } in charged {
            let Some(days) = held.common(days) else { continue };
            legs.extend(match (way, metered) {
                (Way::Person, _) => per_person(self.period, days, prices(service, 1)?, &away.households)?,
                (_, Some(metered)) => metered.norm_legs(&away.households, days, NormReason::NoMeter)?,
                _ => Vec::new(),
            });
        }
        for leg in &mut legs {
            match &mut leg.volume {
                Volume::Each(persons) => persons.quantity = Quantity::PersonsAway,
                Volume::PerPerson(norm) => norm.persons.quantity = Quantity::PersonsAway,
                _ => {}
            }
        }
        Ok(legs)
    }
}

impl AcceptedAbsence {
    /// Of each household those who are away, no more than are charged for. Owners who are charged for because nobody
    /// lives there are not away.
    fn of(&self, households: &Dated<Household>) -> Result<Dated<Household>, Reason> {
        let rows = households.rows().iter().filter_map(|row| {
            let living = row.value.occupants.registered.saturating_add(row.value.occupants.temporary);
            let occupants = Occupants { registered: self.persons.min(living), temporary: 0, owners: 0 };
            let value = Household { id: self.id.clone(), occupants };
            (living > 0).then_some(Row { from: row.from, until: row.until, value })
        });
        Ok(Dated::new(rows.collect())?)
    }
}

impl<'a> Metered<'a> {
    /// What is charged by norm for this reason on some days, for others than those who live there.
    fn norm_legs<'l>(
        &'l self,
        households: &'l Dated<Household>,
        days: Days,
        because: NormReason,
    ) -> Result<Vec<Leg<'l>>, Reason> {
        let mut legs = Vec::new();
        for (_, service, month) in self.months() {
            for stretch in month.stretches.iter().filter(|stretch| stretch.basis == Basis::Norm(because)) {
                if let Some(days) = stretch.days.common(days) {
                    let service = crate::charge::MeteredService { households, ..*service };
                    legs.extend(service.norm_legs(month.period, days, because)?);
                }
            }
        }
        Ok(legs)
    }
}
