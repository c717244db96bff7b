//! What a month of an account comes to: the services of its house, each charged in its way, by what is known of the
//! house, the premises, those who live there and their meters.
//!
//! A function of facts alone: whatever became known late gives the same lines as if it had been known in time, and
//! the difference to what was billed is a correction ([`crate::correction`]).

mod away;
mod benefits;
mod days;
mod interruptions;
mod kept;
mod line;
mod norm_volume;
mod oddity;
mod rules;
mod shared;
mod way;
mod year;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::ToSpan;
use rust_decimal::Decimal;

use crate::charge::{ChargeError, Household, Premises, UsedInside};
use crate::dated::{Dated, DatedError, Days, Row};
use crate::meter::MeterKind;
use crate::meter_life::{Event, EventKind, LifeError};
use crate::norm::{Norm, NormMultiplier};
use crate::period::Period;
use crate::service::Service;
use crate::tariff::{BenefitRate, Tariff};

pub use away::AcceptedAbsence;
pub use benefits::HeldBenefit;
pub use interruptions::Interruption;
pub use kept::{Figure, Kept};
pub use line::{ChargedLine, Which, lines};
pub use oddity::{Oddities, Oddity};
pub use rules::OpenRules;
pub use way::{Way, is_metered, is_of_the_rest, norm_of, used_inside};

/// A house as its bills need it.
#[derive(Debug, Clone)]
pub struct HouseBook {
    /// What it is known by in explanations.
    pub house_id: String,
    /// The area of all premises and that of what they have in common, in square metres; none where it is not known.
    pub areas: Dated<HouseAreas>,
    /// What it supplies, in the order of a bill.
    pub services: Vec<HouseService>,
    /// By how much benefits lower a service, by what they are called.
    pub benefits: BTreeMap<(String, Service), Dated<BenefitRate>>,
    /// The multiplier of norms, where there is one.
    pub multiplier: Option<Dated<NormMultiplier>>,
    /// What sources leave open.
    pub rules: OpenRules,
    /// What the meters of the house told, by month and service.
    pub volumes: BTreeMap<(Period, Service), HouseVolume>,
    /// What its premises used as their bills say, by month and service: known once all of them are computed.
    pub inside: BTreeMap<(Period, Service), UsedInside>,
    /// When all of the house was without a service.
    pub interruptions: Vec<Interruption>,
}

/// Areas of a house while they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseAreas {
    /// The id of the record.
    pub id: String,
    /// All premises.
    pub of_premises: Decimal,
    /// What they have in common.
    pub in_common: Decimal,
}

/// What a meter of a house told of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseVolume {
    /// The id of the record.
    pub id: String,
    /// How much, in the unit of the service.
    pub volume: Decimal,
}

/// A service of a house.
#[derive(Debug, Clone)]
pub struct HouseService {
    /// Which.
    pub service: Service,
    /// How it is charged, while it is.
    pub ways: Dated<Way>,
    /// What it costs: a table for each number of rates that meters of the house have.
    pub prices: Vec<Dated<Tariff>>,
    /// How much is used where no meter tells: for a person, a square metre or a square metre in common, as the way asks.
    pub norm: Option<Dated<Norm>>,
    /// For the heat in hot water: how much a cubic metre takes.
    pub heat: Option<Dated<Norm>>,
    /// How much of a month is at the lower price, where the tariff has two (ПП 354 п. 38).
    pub social: Option<Dated<Norm>>,
    /// For heating by norm that is paid evenly: how many months of a year are heated.
    pub season: Option<Dated<Norm>>,
}

/// An account as its bills need it.
#[derive(Debug, Clone)]
pub struct AccountFacts {
    /// Its id.
    pub account_id: String,
    /// The premises, while the account is open.
    pub premises: Dated<Premises>,
    /// Who lives there.
    pub households: Dated<Household>,
    /// The benefits of those who live there, in the order of their days.
    pub benefits: Vec<Row<HeldBenefit>>,
    /// When some of them were away.
    pub absences: Vec<AcceptedAbsence>,
    /// The meters.
    pub meters: Vec<MeterFacts>,
    /// Services of the house that do not reach these premises, and when.
    pub not_supplied: BTreeMap<Service, Dated<()>>,
    /// When these premises alone were without a service.
    pub interruptions: Vec<Interruption>,
}

/// A meter of premises, with those that took its place one after another.
#[derive(Debug, Clone)]
pub struct MeterFacts {
    /// What it measures.
    pub kind: MeterKind,
    /// What happened to it, in any order.
    pub events: Vec<MeterFact>,
}

impl MeterFacts {
    /// Which of these days the meter hangs on, whether it can be trusted or not; none if on no day.
    pub fn days_hanging(&self, days: Days) -> Option<Days> {
        let day_of =
            |is_it: fn(&EventKind) -> bool| self.events.iter().find(|fact| is_it(&fact.kind)).map(|one| one.on);
        let installed_on = day_of(|kind| matches!(kind, EventKind::Installed { .. }))?;
        let removed_on = day_of(|kind| matches!(kind, EventKind::Removed { .. }));
        // It is not there any more on the day on which it was taken down.
        let last = removed_on.map_or(days.last(), |on| on.saturating_sub(1.days()).min(days.last()));
        Days::new(installed_on.max(days.first()), last)
    }
}

/// Something that happened to a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterFact {
    /// Its id.
    pub id: String,
    /// The day on which it happened.
    pub on: jiff::civil::Date,
    /// What happened.
    pub kind: EventKind,
}

impl MeterFact {
    fn event(&self) -> Event<'_> {
        Event { id: &self.id, on: self.on, kind: self.kind }
    }
}

/// Why a service of an account cannot be charged, in words for the accountant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", .service.title())]
pub struct NotCharged {
    /// The service.
    pub service: Service,
    /// Why.
    pub reason: Reason,
}

/// Why something cannot be charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A price, a norm or numbers.
    #[error(transparent)]
    Charge(#[from] ChargeError),
    /// Events of a meter contradict each other.
    #[error(transparent)]
    Meter(#[from] LifeError),
    /// No tariff is known at all.
    #[error("нет ни одного тарифа")]
    NoTariff,
    /// No norm is known at all.
    #[error("нет ни одного норматива")]
    NoNorm,
    /// Heating by norm is paid evenly, and nobody said for how many months of a year.
    #[error("не загружено, сколько месяцев в году отапливают дом (норматив season_months)")]
    NoSeason,
    /// Heating by the meter of the house is paid evenly, its last year is not known, and neither are months of heating.
    #[error("счётчик дома показал не за все месяцы прошлого года, а норматива season_months нет")]
    NoYear,
}

impl HouseService {
    /// Whether what it comes to in a month is known only when all premises of the house are computed.
    pub fn is_of_the_rest(&self, period: Period) -> bool {
        way::is_of_the_rest(&self.ways, period)
    }
}

impl From<DatedError> for Reason {
    fn from(error: DatedError) -> Self {
        Self::Charge(error.into())
    }
}

impl From<crate::exact::ArithmeticError> for Reason {
    fn from(error: crate::exact::ArithmeticError) -> Self {
        Self::Charge(error.into())
    }
}
