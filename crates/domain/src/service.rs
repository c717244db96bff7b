//! What a bill has lines for.

use serde::{Deserialize, Serialize};

use crate::charge::Unit;

/// A service, a contribution, or a part of one with a price of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Keeping the house.
    Maintenance,
    /// Cold water.
    ColdWater,
    /// Hot water: the water of a two-component tariff, or all of a one-component one.
    HotWater,
    /// The heat in hot water, by a two-component tariff.
    HotWaterHeat,
    /// Sewage.
    Sewage,
    /// Electricity.
    Electricity,
    /// Gas.
    Gas,
    /// Heating.
    Heating,
    /// Solid waste.
    SolidWaste,
    /// Contribution for capital repair.
    CapitalRepair,
    /// Cold water for what a house has in common.
    CommonColdWater,
    /// Hot water for what a house has in common.
    CommonHotWater,
    /// Electricity for what a house has in common.
    CommonElectricity,
    /// Sewage of what a house has in common.
    CommonSewage,
}

impl Service {
    /// Every service, in the order of a bill.
    pub const ALL: [Self; 14] = [
        Self::Maintenance,
        Self::CommonColdWater,
        Self::CommonHotWater,
        Self::CommonElectricity,
        Self::CommonSewage,
        Self::ColdWater,
        Self::HotWater,
        Self::HotWaterHeat,
        Self::Sewage,
        Self::Electricity,
        Self::Gas,
        Self::Heating,
        Self::SolidWaste,
        Self::CapitalRepair,
    ];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::ColdWater => "cold_water",
            Self::HotWater => "hot_water",
            Self::HotWaterHeat => "hot_water_heat",
            Self::Sewage => "sewage",
            Self::Electricity => "electricity",
            Self::Gas => "gas",
            Self::Heating => "heating",
            Self::SolidWaste => "solid_waste",
            Self::CapitalRepair => "capital_repair",
            Self::CommonColdWater => "common_cold_water",
            Self::CommonHotWater => "common_hot_water",
            Self::CommonElectricity => "common_electricity",
            Self::CommonSewage => "common_sewage",
        }
    }

    /// The service of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.as_str() == name)
    }

    /// What a resident calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Maintenance => "Содержание жилья",
            Self::ColdWater => "Холодная вода",
            Self::HotWater => "Горячая вода",
            Self::HotWaterHeat => "Горячая вода: тепло",
            Self::Sewage => "Водоотведение",
            Self::Electricity => "Электричество",
            Self::Gas => "Газ",
            Self::Heating => "Отопление",
            Self::SolidWaste => "Вывоз мусора",
            Self::CapitalRepair => "Капитальный ремонт",
            Self::CommonColdWater => "Холодная вода на общедомовые нужды",
            Self::CommonHotWater => "Горячая вода на общедомовые нужды",
            Self::CommonElectricity => "Электричество на общедомовые нужды",
            Self::CommonSewage => "Водоотведение на общедомовые нужды",
        }
    }

    /// What its volume is measured in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::ColdWater
            | Self::HotWater
            | Self::Sewage
            | Self::Gas
            | Self::CommonColdWater
            | Self::CommonHotWater
            | Self::CommonSewage => Unit::CubicMetre,
            Self::Electricity | Self::CommonElectricity => Unit::KilowattHour,
            Self::HotWaterHeat | Self::Heating => Unit::Gigacalorie,
            Self::Maintenance | Self::CapitalRepair => Unit::SquareMetre,
            Self::SolidWaste => Unit::Person,
        }
    }

    /// Whether it is recalculated for those who are away (ПП 354 п. 86): not heating, nor what the house has in
    /// common, nor what is paid by area.
    pub const fn is_lowered_by_absence(self) -> bool {
        match self {
            Self::ColdWater
            | Self::HotWater
            | Self::HotWaterHeat
            | Self::Sewage
            | Self::Electricity
            | Self::Gas
            | Self::SolidWaste => true,
            Self::Maintenance
            | Self::Heating
            | Self::CapitalRepair
            | Self::CommonColdWater
            | Self::CommonHotWater
            | Self::CommonElectricity
            | Self::CommonSewage => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_read_back_from_its_name_and_its_json() {
        for service in Service::ALL {
            assert_eq!(Service::parse(service.as_str()), Some(service));
            assert_eq!(serde_json::to_string(&service).unwrap(), format!("\"{}\"", service.as_str()));
        }
        assert_eq!(Service::parse("ColdWater"), None);
    }
}
