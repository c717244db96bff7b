//! Money: whole kopecks, one rounding, and splits that lose nothing.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::exact::{ArithmeticError, Exact};
use crate::russian::{NO_BREAK_SPACE, number};

/// An amount of money in kopecks; below zero it is owed to the resident.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kopecks(pub i64);

/// Nobody takes part in a split, or no part has any weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("сумму не на что разделить")]
pub struct NothingToSplitOver;

impl Kopecks {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The amount nearest to a sum in rubles, halves away from zero. The one rounding of a line.
    pub fn round(rubles: Exact) -> Result<Self, ArithmeticError> {
        let kopecks = rubles.rounded(2)?;
        i64::try_from(kopecks).map(Self).map_err(|_| ArithmeticError::TooLarge)
    }

    /// The same amount in rubles, exactly.
    pub fn rubles(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        self.0.checked_add(other.0).map(Self).ok_or(ArithmeticError::TooLarge)
    }

    /// What is left when the other is taken away.
    pub fn minus(self, other: Self) -> Result<Self, ArithmeticError> {
        self.0.checked_sub(other.0).map(Self).ok_or(ArithmeticError::TooLarge)
    }

    /// All together.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, ArithmeticError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Splits the amount in proportion to weights (ПП 354 п. 118: a part payment goes to the lines of a bill in
    /// proportion to them).
    ///
    /// Parts are cut down to kopecks and what is left goes to those that lost most, ties by order: they always sum to
    /// the whole, and each is less than a kopeck from its exact share.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, NothingToSplitOver> {
        let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if total == 0 {
            return Err(NothingToSplitOver);
        }
        let whole = i128::from(self.0.unsigned_abs());
        let share = |weight: u64| whole * i128::from(weight);
        let mut parts: Vec<i128> = weights.iter().map(|&weight| share(weight) / total).collect();
        let mut by_loss: Vec<usize> = (0..weights.len()).collect();
        by_loss.sort_by_key(|&index| -(share(weights[index]) % total));
        let left = whole - parts.iter().sum::<i128>();
        // Fewer kopecks are left than there are parts: each lost less than one.
        for &index in by_loss.iter().take(usize::try_from(left).unwrap_or_default()) {
            parts[index] += 1;
        }
        // A part is not larger than the whole, which is of this type.
        let sign = i128::from(self.0.signum());
        Ok(parts.into_iter().map(|part| Self((sign * part) as i64)).collect())
    }
}

/// «424,40 ₽»: always two places, digits in threes from five digits on.
impl fmt::Display for Kopecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "−" } else { "" };
        let kopecks = self.0.unsigned_abs();
        let rubles = number(Decimal::from(kopecks / 100));
        write!(f, "{sign}{rubles},{:02}{NO_BREAK_SPACE}₽", kopecks % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rounded(factors: [&str; 2]) -> i64 {
        let [one, other] = factors.map(|text| Exact::from(text.parse::<Decimal>().unwrap()));
        Kopecks::round(one.times(other).unwrap()).unwrap().0
    }

    #[test]
    fn c17_halves_of_a_kopeck_go_away_from_zero() {
        assert_eq!(rounded(["0.535", "5.00"]), 268);
        assert_eq!(rounded(["1.005", "1.00"]), 101);
        assert_eq!(rounded(["0.335", "3.00"]), 101);
        assert_eq!(rounded(["-0.535", "5.00"]), -268);
    }

    fn split(whole: i64, weights: &[u64]) -> Vec<i64> {
        Kopecks(whole).split(weights).unwrap().into_iter().map(|part| part.0).collect()
    }

    #[test]
    fn p13_a_payment_is_split_in_proportion() {
        assert_eq!(split(100_000, &[214_865, 85_251, 42_440, 92_840]), [49_349, 19_580, 9_748, 21_323]);
    }

    #[test]
    fn p14_the_first_of_equals_gets_the_kopeck_that_is_left() {
        assert_eq!(split(10_000, &[1, 1, 1]), [3_334, 3_333, 3_333]);
        assert_eq!(split(-10_000, &[1, 1, 1]), [-3_334, -3_333, -3_333]);
        assert_eq!(split(1, &[0, 0, 5]), [0, 0, 1]);
    }

    #[test]
    fn without_weight_there_is_nothing_to_split_over() {
        assert_eq!(Kopecks(100).split(&[]), Err(NothingToSplitOver));
        assert_eq!(Kopecks(100).split(&[0, 0]), Err(NothingToSplitOver));
    }

    #[test]
    fn amounts_are_printed_with_both_kopecks() {
        assert_eq!(Kopecks(42_440).to_string(), "424,40\u{a0}₽");
        assert_eq!(Kopecks(-5).to_string(), "−0,05\u{a0}₽");
        assert_eq!(Kopecks(1_140_583).to_string(), "11\u{a0}405,83\u{a0}₽");
    }

    #[test]
    fn what_no_account_can_owe_is_refused() {
        assert_eq!(Kopecks(i64::MAX).plus(Kopecks(1)), Err(ArithmeticError::TooLarge));
        assert_eq!(Kopecks::round(Exact::of(i128::from(i64::MAX), 1).unwrap()), Err(ArithmeticError::TooLarge));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_are_near_their_share(
            whole in any::<i64>(), weights in prop::collection::vec(any::<u64>(), 1..40),
        ) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let parts = Kopecks(whole).split(&weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.0)).sum::<i128>(), i128::from(whole));
            let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
            for (part, &weight) in parts.iter().zip(&weights) {
                let share = i128::from(whole.unsigned_abs()) * i128::from(weight);
                let above_floor = i128::from(part.0.unsigned_abs()) - share / total;
                // Less than a kopeck away: cut down, or up by one if something was cut.
                prop_assert!(above_floor == 0 || (above_floor == 1 && share % total > 0), "{part:?}, {weight}");
            }
        }
    }
}
