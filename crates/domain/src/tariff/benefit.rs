//! Rates of benefits.

use rust_decimal::Decimal;

use crate::charge::{Fact, Quantity, Source, Unit};
use crate::tariff::{Act, Percent};

/// By how much a benefit lowers a charge while one version of it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenefitRate {
    /// The id of the version.
    pub id: String,
    /// By how many percent.
    pub percent: Percent,
    /// Only so much of the volume of a month, in the unit of the service, if there is a limit.
    pub limit: Option<Decimal>,
    /// Where it comes from.
    pub act: Act,
}

impl BenefitRate {
    /// The rate as a number in a formula.
    pub fn fact(&self) -> Fact<'_> {
        self.number(self.percent.value(), Quantity::BenefitRate, Unit::Percent)
    }

    /// The limit as a number in a formula, if there is one.
    pub fn limit_fact(&self, unit: Unit) -> Option<Fact<'_>> {
        self.limit.map(|limit| self.number(limit, Quantity::SocialNorm, unit))
    }

    fn number(&self, value: Decimal, quantity: Quantity, unit: Unit) -> Fact<'_> {
        Fact { value, quantity, unit, source: Source::Version { id: &self.id, act: &self.act } }
    }
}
