//! In which ways a service is charged.

use crate::dated::{Dated, Row};
use crate::meter::MeterKind;
use crate::period::Period;
use crate::service::Service;

/// How a service of a house is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// So much for each square metre of the premises.
    Area,
    /// So much for each person.
    Person,
    /// By the meters of the dwelling, by norm where there is none: for sewage those of both waters.
    Meter,
    /// What the house has in common, by norm.
    CommonNorm,
    /// What its meter told and nobody used inside, but not more than the norm; by norm where it told nothing.
    CommonMeter,
    /// The same without the limit: the meeting of owners decided to pay for all of it.
    CommonMeterWhole,
    /// Heating by the meter of the dwelling if it has one, else by the norm for a square metre.
    HeatingNorm,
    /// Heating by the meter of the dwelling if it has one, else by that of the house.
    HeatingMeter,
    /// Heating by norm, paid evenly through the year.
    HeatingNormEvenly,
    /// A twelfth of what the house took in the year before, with a correction when the year is over; by norm where its
    /// meter told nothing.
    HeatingMeterEvenly,
    /// Not in these months: heating in summer.
    Paused,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 11] = [
        Self::Area,
        Self::Person,
        Self::Meter,
        Self::CommonNorm,
        Self::CommonMeter,
        Self::CommonMeterWhole,
        Self::HeatingNorm,
        Self::HeatingMeter,
        Self::HeatingNormEvenly,
        Self::HeatingMeterEvenly,
        Self::Paused,
    ];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Person => "person",
            Self::Meter => "meter",
            Self::CommonNorm => "common_norm",
            Self::CommonMeter => "common_meter",
            Self::CommonMeterWhole => "common_meter_whole",
            Self::HeatingNorm => "heating_norm",
            Self::HeatingMeter => "heating_meter",
            Self::HeatingNormEvenly => "heating_norm_evenly",
            Self::HeatingMeterEvenly => "heating_meter_evenly",
            Self::Paused => "paused",
        }
    }

    /// Whether a service can be charged so.
    pub const fn fits(self, service: Service) -> bool {
        let is_common = matches!(
            service,
            Service::CommonColdWater | Service::CommonHotWater | Service::CommonElectricity | Service::CommonSewage
        );
        match self {
            Self::Paused => true,
            Self::Area | Self::Person => !is_common && !is_metered(service),
            Self::Meter => is_metered(service) && !matches!(service, Service::Heating),
            Self::CommonNorm => is_common,
            Self::CommonMeter | Self::CommonMeterWhole => used_inside(service).is_some(),
            Self::HeatingNorm | Self::HeatingMeter | Self::HeatingNormEvenly | Self::HeatingMeterEvenly => {
                matches!(service, Service::Heating)
            }
        }
    }

    const fn is_of_the_rest(self) -> bool {
        matches!(self, Self::CommonMeter | Self::CommonMeterWhole)
    }

    /// The way of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == name)
    }
}

/// Whether what a service comes to in a month is known only when all premises of the house are computed: on some of its
/// days it is charged by what is left of the meter of the house.
pub fn is_of_the_rest(ways: &Dated<Way>, period: Period) -> bool {
    let holds = |row: &Row<Way>| row.from <= period.last_day() && row.until.is_none_or(|day| day >= period.first_day());
    ways.rows().iter().any(|row| row.value.is_of_the_rest() && holds(row))
}

/// What premises use of that which the house has in common as well: a meter of the house counts both. No meter counts
/// what goes away.
pub const fn used_inside(service: Service) -> Option<Service> {
    match service {
        Service::CommonColdWater => Some(Service::ColdWater),
        Service::CommonHotWater => Some(Service::HotWater),
        Service::CommonElectricity => Some(Service::Electricity),
        _ => None,
    }
}

/// Whether meters of a dwelling can tell the volume of a service.
pub const fn is_metered(service: Service) -> bool {
    !metered_by(service).is_empty()
}

/// Which meters of a dwelling tell the volume of a service. What goes away is what came in, cold and hot.
pub(super) const fn metered_by(service: Service) -> &'static [MeterKind] {
    match service {
        Service::ColdWater => &[MeterKind::ColdWater],
        Service::HotWater | Service::HotWaterHeat => &[MeterKind::HotWater],
        Service::Sewage => &[MeterKind::ColdWater, MeterKind::HotWater],
        Service::Electricity => &[MeterKind::Electricity],
        Service::Gas => &[MeterKind::Gas],
        Service::Heating => &[MeterKind::Heat],
        Service::Maintenance
        | Service::SolidWaste
        | Service::CapitalRepair
        | Service::CommonColdWater
        | Service::CommonHotWater
        | Service::CommonElectricity
        | Service::CommonSewage => &[],
    }
}

/// What is charged by the meters of a kind, and whose norm stands in for them: sewage is as much as both waters.
pub const fn norm_of(kind: MeterKind) -> Service {
    match kind {
        MeterKind::ColdWater => Service::ColdWater,
        MeterKind::HotWater => Service::HotWater,
        MeterKind::Electricity => Service::Electricity,
        MeterKind::Gas => Service::Gas,
        MeterKind::Heat => Service::Heating,
    }
}
