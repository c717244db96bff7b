//! In which ways a service is charged.

use crate::meter::MeterKind;
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
    /// Heating by the meter of the dwelling if it has one, else by the norm for a square metre.
    HeatingNorm,
    /// Heating by the meter of the dwelling if it has one, else by that of the house.
    HeatingMeter,
    /// Not in these months: heating in summer.
    Paused,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 7] =
        [Self::Area, Self::Person, Self::Meter, Self::CommonNorm, Self::HeatingNorm, Self::HeatingMeter, Self::Paused];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Person => "person",
            Self::Meter => "meter",
            Self::CommonNorm => "common_norm",
            Self::HeatingNorm => "heating_norm",
            Self::HeatingMeter => "heating_meter",
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
            Self::Area | Self::Person => !is_common && metered_by(service).is_empty(),
            Self::Meter => !metered_by(service).is_empty() && !matches!(service, Service::Heating),
            Self::CommonNorm => is_common,
            Self::HeatingNorm | Self::HeatingMeter => matches!(service, Service::Heating),
        }
    }

    /// The way of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == name)
    }
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
