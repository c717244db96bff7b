//! Consumption norms: dated rows by region or house, service and type of dwelling, each with its act.

use rust_decimal::Decimal;

use crate::charge::{Fact, Quantity, Source, Unit};
use crate::dated::Book;
use crate::service::Service;
use crate::tariff::Act;

/// What a norm is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NormKey {
    /// Whose norm it is: the region or the house.
    pub territory: String,
    /// The service.
    pub service: Service,
    /// The type of dwelling, as the act names it: floors, bath, stove.
    pub dwelling: String,
    /// What it is counted by.
    pub per: NormBasis,
}

/// What a norm is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NormBasis {
    /// So much for a person and month.
    Person,
    /// So much for a square metre of the premises and month.
    Area,
    /// So much for a square metre of what the house has in common, and month.
    CommonArea,
    /// So much heat for a cubic metre of hot water.
    HeatPerVolume,
    /// So much at the lower price, or with a benefit: for a dwelling and month.
    SocialNorm,
    /// How many months of a year are heated, where heating by norm is paid evenly through the year.
    SeasonMonths,
}

impl NormBasis {
    /// Every basis.
    pub const ALL: [Self; 6] =
        [Self::Person, Self::Area, Self::CommonArea, Self::HeatPerVolume, Self::SocialNorm, Self::SeasonMonths];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Area => "area",
            Self::CommonArea => "common_area",
            Self::HeatPerVolume => "heat_per_volume",
            Self::SocialNorm => "social_norm",
            Self::SeasonMonths => "season_months",
        }
    }

    /// The basis of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == name)
    }

    /// In what a norm of a service is measured.
    pub const fn unit(self, service: Service) -> Unit {
        match self {
            Self::Person | Self::Area | Self::CommonArea | Self::SocialNorm => service.unit(),
            Self::HeatPerVolume => Unit::Gigacalorie,
            Self::SeasonMonths => Unit::Month,
        }
    }

    /// What a resident reads after the unit: «м³ на человека в месяц».
    pub const fn title(self) -> &'static str {
        match self {
            Self::Person => "на человека в месяц",
            Self::Area => "на м² жилья в месяц",
            Self::CommonArea => "на м² общего имущества в месяц",
            Self::HeatPerVolume => "на м³ горячей воды",
            Self::SocialNorm => "на жильё в месяц по меньшей цене",
            Self::SeasonMonths => "отопления в году",
        }
    }
}

/// All norms.
pub type NormBook = Book<NormKey, Norm>;

/// A norm while one version of it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Norm {
    /// The id of the version.
    pub id: String,
    /// How much, in the unit of the service.
    pub value: Decimal,
    /// Where it comes from.
    pub act: Act,
}

/// A factor by which the norm is multiplied where there is no meter though there could be: 1.4 from 01.07.2016, 1.5
/// from 01.01.2017 (ПП 603).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormMultiplier {
    /// The id of the version.
    pub id: String,
    /// The factor.
    pub value: Decimal,
    /// Where it comes from.
    pub act: Act,
}

impl Norm {
    /// The norm as a number in a formula.
    pub fn fact(&self, per: NormBasis, unit: Unit) -> Fact<'_> {
        let quantity = match per {
            NormBasis::HeatPerVolume => Quantity::HeatPerVolume,
            NormBasis::SocialNorm => Quantity::SocialNorm,
            NormBasis::SeasonMonths => Quantity::Months,
            NormBasis::Person | NormBasis::Area | NormBasis::CommonArea => Quantity::Norm,
        };
        Fact { value: self.value, quantity, unit, source: Source::Version { id: &self.id, act: &self.act } }
    }
}

impl NormMultiplier {
    /// The multiplier as a number in a formula.
    pub fn fact(&self) -> Fact<'_> {
        let source = Source::Version { id: &self.id, act: &self.act };
        Fact { value: self.value, quantity: Quantity::NormMultiplier, unit: Unit::One, source }
    }
}
