//! Exact numbers: what a volume, a share of a house or a sum before its one rounding is.
//!
//! A fraction of two 128-bit whole numbers that is brought to lowest terms only when a result would not fit
//! otherwise: a line of a bill is a few multiplications and one division, and most lines never need a common divisor.

use std::cmp::Ordering;
use std::fmt;

use num_rational::Ratio;
use num_traits::{CheckedAdd as _, CheckedMul as _};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use ArithmeticError::{DivisionByZero, TooLarge};

/// An exact fraction. Equal are those of equal value: `2/4` is `1/2`.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    numerator: i128,
    /// Above zero.
    denominator: i128,
}

/// A calculation has no result that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// The numbers are beyond what any house uses or owes: 38 digits.
    #[error("числа в расчёте слишком велики: проверьте показания, площади и цены")]
    TooLarge,
    /// Something is divided by zero: an area of a house, a number of days.
    #[error("в расчёте деление на ноль: проверьте площадь дома и число дней")]
    DivisionByZero,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// The fraction of two whole numbers.
    pub fn of(numerator: i128, denominator: i128) -> Result<Self, ArithmeticError> {
        match denominator {
            0 => Err(DivisionByZero),
            1.. => Ok(Self { numerator, denominator }),
            _ => {
                let opposite = |number: i128| number.checked_neg().ok_or(TooLarge);
                Ok(Self { numerator: opposite(numerator)?, denominator: opposite(denominator)? })
            }
        }
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        let unreduced = || {
            let (larger, smaller) = if self.denominator >= other.denominator { (self, other) } else { (other, self) };
            // Decimals have powers of ten below the line, so one denominator mostly divides the other.
            let (denominator, of_larger, of_smaller) = if larger.denominator % smaller.denominator == 0 {
                (larger.denominator, 1, larger.denominator / smaller.denominator)
            } else {
                let denominator = larger.denominator.checked_mul(smaller.denominator)?;
                (denominator, smaller.denominator, larger.denominator)
            };
            let left = larger.numerator.checked_mul(of_larger)?;
            let numerator = left.checked_add(smaller.numerator.checked_mul(of_smaller)?)?;
            Some(Self { numerator, denominator })
        };
        unreduced().map_or_else(|| Self::reduced(self.lowest().checked_add(&other.lowest())), Ok)
    }

    /// What is left when the other is taken away; it may be below zero.
    pub fn minus(self, other: Self) -> Result<Self, ArithmeticError> {
        let numerator = other.numerator.checked_neg().ok_or(TooLarge)?;
        self.plus(Self { numerator, ..other })
    }

    /// So many times the other.
    pub fn times(self, other: Self) -> Result<Self, ArithmeticError> {
        let unreduced = || {
            let numerator = self.numerator.checked_mul(other.numerator)?;
            Some(Self { numerator, denominator: self.denominator.checked_mul(other.denominator)? })
        };
        unreduced().map_or_else(|| Self::reduced(self.lowest().checked_mul(&other.lowest())), Ok)
    }

    /// How many times the other it is.
    pub fn over(self, other: Self) -> Result<Self, ArithmeticError> {
        self.times(Self::of(other.denominator, other.numerator)?)
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The whole number of units of so many decimal places nearest to it, halves away from zero: the only rounding
    /// there is.
    pub fn rounded(self, places: u32) -> Result<i128, ArithmeticError> {
        let scale = 10_i128.checked_pow(places).ok_or(TooLarge)?;
        let scaled = self.times(Self { numerator: scale, denominator: 1 })?;
        let (quotient, rest) = (scaled.numerator / scaled.denominator, scaled.numerator % scaled.denominator);
        let rest = rest.unsigned_abs();
        let is_nearer_to_next = rest >= scaled.denominator.unsigned_abs() - rest;
        // A quotient at the edge of its type has no rest: it was divided by one.
        Ok(if is_nearer_to_next { quotient + scaled.numerator.signum() } else { quotient })
    }

    /// The same number as a decimal, if it has an end and fits.
    pub fn decimal(self) -> Option<Decimal> {
        let (mut numerator, mut denominator) = self.lowest().into();
        let mut scale = 0;
        while denominator != 1 {
            // One place more takes a two and a five away from below the line.
            let common = [10, 5, 2].into_iter().find(|prime| denominator % prime == 0)?;
            denominator /= common;
            numerator = numerator.checked_mul(10 / common)?;
            scale += 1;
        }
        Decimal::try_from_i128_with_scale(numerator, scale).ok()
    }

    fn lowest(self) -> Ratio<i128> {
        Ratio::new(self.numerator, self.denominator)
    }

    fn reduced(ratio: Option<Ratio<i128>>) -> Result<Self, ArithmeticError> {
        let (numerator, denominator) = ratio.ok_or(TooLarge)?.into();
        Ok(Self { numerator, denominator })
    }
}

impl From<Decimal> for Exact {
    fn from(value: Decimal) -> Self {
        // A decimal has at most 28 places.
        Self { numerator: value.mantissa(), denominator: 10_i128.pow(value.scale()) }
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let crossed = || {
            let left = self.numerator.checked_mul(other.denominator)?;
            Some(left.cmp(&other.numerator.checked_mul(self.denominator)?))
        };
        crossed().unwrap_or_else(|| self.lowest().cmp(&other.lowest()))
    }
}

/// A decimal where there is one (`8.333`), a fraction otherwise (`2533/480`): never less than the number.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimal() {
            Some(decimal) => decimal.normalize().fmt(f),
            None => self.lowest().fmt(f),
        }
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(numerator: i128, denominator: i128) -> Exact {
        Exact::of(numerator, denominator).unwrap()
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (numerator, denominator, kopecks) in
            [(5, 2, 3), (-5, 2, -3), (49, 20, 2), (1, 3, 0), (2, 3, 1), (-1, 2, -1), (0, 7, 0), (7, 1, 7)]
        {
            assert_eq!(of(numerator, denominator).rounded(0), Ok(kopecks), "{numerator}/{denominator}");
        }
        assert_eq!(of(1005, 1000).rounded(2), Ok(101));
    }

    #[test]
    fn a_number_is_written_whole() {
        assert_eq!(of(8333, 1000).to_string(), "8.333");
        assert_eq!(of(2, 4).to_string(), "0.5");
        assert_eq!(of(10, 6).to_string(), "5/3");
        assert_eq!(of(3, -8).to_string(), "-0.375");
    }

    #[test]
    fn what_cannot_be_kept_is_told() {
        assert_eq!(Exact::of(1, 0), Err(DivisionByZero));
        assert_eq!(of(1, 2).over(Exact::ZERO), Err(DivisionByZero));
        assert_eq!(of(i128::MAX, 1).times(of(2, 1)), Err(TooLarge));
        assert_eq!(of(i128::MAX, 1).plus(of(1, 1)), Err(TooLarge));
        assert_eq!(of(i128::MAX, 1).rounded(2), Err(TooLarge));
        assert_eq!(of(i128::MIN, 1).minus(of(i128::MIN, 1)), Err(TooLarge));
    }

    #[test]
    fn a_common_divisor_saves_what_would_not_fit() {
        let large = of(i128::MAX, 3);
        assert_eq!(large.times(of(3, i128::MAX)), Ok(of(1, 1)));
        assert_eq!(large.minus(large), Ok(Exact::ZERO));
        assert_eq!(large.cmp(&of(i128::MAX, 2)), Ordering::Less);
    }

    fn any_ratio() -> impl Strategy<Value = (i128, i128)> {
        (-1_000_000_000_i128..1_000_000_000, 1_i128..1_000_000)
    }

    proptest! {
        #[test]
        fn the_four_operations_are_those_of_fractions((a, b) in any_ratio(), (c, d) in any_ratio()) {
            let (left, right) = (Ratio::new(a, b), Ratio::new(c, d));
            let value = |exact: Result<Exact, ArithmeticError>| exact.map(Exact::lowest);
            prop_assert_eq!(value(of(a, b).plus(of(c, d))), Ok(left + right));
            prop_assert_eq!(value(of(a, b).minus(of(c, d))), Ok(left - right));
            prop_assert_eq!(value(of(a, b).times(of(c, d))), Ok(left * right));
            if c != 0 {
                prop_assert_eq!(value(of(a, b).over(of(c, d))), Ok(left / right));
            }
            prop_assert_eq!(of(a, b).cmp(&of(c, d)), left.cmp(&right));
        }

        #[test]
        fn rounding_moves_a_number_by_at_most_half_a_unit((a, b) in any_ratio(), places in 0_u32..8) {
            let unit = Ratio::new(1, 10_i128.pow(places));
            let rounded = Ratio::from(of(a, b).rounded(places).unwrap()) * unit;
            let moved = rounded - Ratio::new(a, b);
            prop_assert!(moved <= unit / 2 && moved >= -unit / 2);
            prop_assert_eq!(of(-a, b).rounded(places).unwrap(), -of(a, b).rounded(places).unwrap());
        }

        #[test]
        fn a_decimal_stays_itself(mantissa in any::<i64>(), scale in 0_u32..20) {
            let decimal = Decimal::from_i128_with_scale(mantissa.into(), scale);
            prop_assert_eq!(Exact::from(decimal).decimal(), Some(decimal));
        }
    }
}
