//! Prices: dated rows by house, service and supplier, each with its act.
//!
//! Nothing here knows when prices change: in 2026 that is 1 January and 1 October. Norms stand in [`crate::norm`].

mod act;
mod benefit;
mod change;
mod rates;

use rust_decimal::Decimal;

use crate::charge::Pricing;
use crate::charge::{Fact, Quantity, Source, Unit};
use crate::dated::Book;
use crate::service::Service;

pub use act::Act;
pub use benefit::BenefitRate;
pub use change::{Change, Home};
pub use rates::{RateMismatch, Rates};

/// What a price is for: the house, what is supplied, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TariffKey {
    /// The id of the house.
    pub house: String,
    /// The service.
    pub service: Service,
    /// The id of the supplier.
    pub supplier: String,
}

/// All prices.
pub type TariffBook = Book<TariffKey, Tariff>;

/// Rubles for one unit of a service, at most six decimals (ГИС ЖКХ), not below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(Decimal);

/// A number of percent, from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(Decimal);

/// Why a number is not a price or a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// A price is not below zero.
    #[error("цена {0} меньше нуля")]
    Negative(Decimal),
    /// A price has at most six decimals.
    #[error("у цены {0} больше шести знаков после запятой")]
    TooManyDecimals(Decimal),
    /// A percentage is between 0 and 100.
    #[error("{0} % — это не от 0 до 100 %")]
    NotAPercentage(Decimal),
}

/// Why a tariff tells no price of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPricing {
    /// The meter has rates that the tariff does not have.
    #[error(transparent)]
    Rates(#[from] RateMismatch),
    /// Above the social norm it costs another price, and nobody said how much the norm is.
    #[error("у тарифа есть цена сверх социальной нормы, а норматива social_norm нет")]
    NoSocialNorm,
}

/// The most decimals of a price: `Rate fractionDigits 6` of ГИС ЖКХ.
const PRICE_DECIMALS_MAX: u32 = 6;

impl Price {
    /// A price in rubles.
    pub fn new(rubles: Decimal) -> Result<Self, TariffError> {
        if rubles.is_sign_negative() && !rubles.is_zero() {
            return Err(TariffError::Negative(rubles));
        }
        let has_few_decimals = rubles.normalize().scale() <= PRICE_DECIMALS_MAX;
        has_few_decimals.then_some(Self(rubles)).ok_or(TariffError::TooManyDecimals(rubles))
    }

    /// In rubles.
    pub const fn rubles(self) -> Decimal {
        self.0
    }
}

impl Percent {
    /// So many percent.
    pub fn new(percent: Decimal) -> Result<Self, TariffError> {
        let exists = (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&percent);
        exists.then_some(Self(percent)).ok_or(TariffError::NotAPercentage(percent))
    }

    /// The number.
    pub const fn value(self) -> Decimal {
        self.0
    }
}

/// What a service costs while one version of its tariff holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariff {
    /// The id of the version.
    pub id: String,
    /// One price per rate zone.
    pub prices: Rates<Price>,
    /// One price per rate zone for what is above the social norm, where the region has one (ПП 354 п. 38).
    pub above_norm: Option<Rates<Price>>,
    /// The fixed part of a two-part tariff: rubles a month from each dwelling (п. 38).
    pub fixed: Option<Price>,
    /// A surcharge on the price.
    pub surcharge: Option<Percent>,
    /// Where all this comes from.
    pub act: Act,
}

impl Tariff {
    /// What one rate costs, its number counted from 0. `social_norm` is the volume of a month at the lower price, if
    /// the dwelling has such a norm.
    pub fn pricing<'a>(&'a self, rate: usize, social_norm: Option<Fact<'a>>) -> Result<Pricing<'a>, NoPricing> {
        let price = |rates: &Rates<Price>, quantity| {
            let price = rates.as_slice().get(rate).ok_or(RateMismatch { expected: rates.count(), found: rate + 1 });
            price.map(|price| self.fact(price.0, quantity, Unit::Ruble))
        };
        let above = match self.above_norm {
            Some(rates) => {
                let limit = social_norm.ok_or(NoPricing::NoSocialNorm)?;
                Some((limit, price(&rates, Quantity::PriceAboveNorm)?))
            }
            None => None,
        };
        Ok(Pricing { price: price(&self.prices, Quantity::Price)?, above, surcharge: self.surcharge_fact() })
    }

    /// The fixed part, if the tariff has one.
    pub fn fixed_pricing(&self) -> Option<Pricing<'_>> {
        let price = self.fact(self.fixed?.0, Quantity::Price, Unit::Ruble);
        Some(Pricing { price, above: None, surcharge: self.surcharge_fact() })
    }

    fn surcharge_fact(&self) -> Option<Fact<'_>> {
        self.surcharge.map(|percent| self.fact(percent.0, Quantity::Surcharge, Unit::Percent))
    }

    fn fact(&self, value: Decimal, quantity: Quantity, unit: Unit) -> Fact<'_> {
        Fact { value, quantity, unit, source: Source::Version { id: &self.id, act: &self.act } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_price_has_at_most_six_decimals_and_is_not_below_zero() {
        assert_eq!(Price::new(decimal("50.930000000")).map(Price::rubles), Ok(decimal("50.93")));
        assert!(Price::new(decimal("0.123456")).is_ok());
        assert_eq!(Price::new(decimal("0.1234567")), Err(TariffError::TooManyDecimals(decimal("0.1234567"))));
        assert_eq!(Price::new(decimal("-1")), Err(TariffError::Negative(decimal("-1"))));
    }

    #[test]
    fn a_percentage_is_a_part_of_the_whole() {
        assert!(Percent::new(decimal("0")).is_ok() && Percent::new(decimal("100")).is_ok());
        assert_eq!(Percent::new(decimal("100.1")), Err(TariffError::NotAPercentage(decimal("100.1"))));
        assert!(Percent::new(decimal("-1")).is_err());
    }

    #[test]
    fn rates_are_one_to_three_and_match_one_by_one() {
        assert_eq!(Rates::<u8>::of(&[]), None);
        assert_eq!(Rates::of(&[1, 2, 3, 4]), None);
        let two = Rates::of(&[1, 2]).unwrap();
        assert_eq!(two.zip(Rates::Two([3, 4])), Ok(Rates::Two([(1, 3), (2, 4)])));
        assert_eq!(two.zip(Rates::One([3])), Err(RateMismatch { expected: 2, found: 1 }));
    }
}
