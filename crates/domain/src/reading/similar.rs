//! What similar flats of the house used: a number to compare with that tells nothing of any one of them.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

/// Of fewer flats no median is told: it would say something of a neighbour.
pub const FLATS_MIN: usize = 5;
/// The median of an odd number is the consumption of one flat: so rounded, it is that of many.
const DIGITS_TOLD: u32 = 2;

/// The median of what these flats used, to two significant digits; nothing where they are fewer than [`FLATS_MIN`].
pub fn median(mut flats: Vec<Decimal>) -> Option<Decimal> {
    if flats.len() < FLATS_MIN {
        return None;
    }
    flats.sort_unstable();
    let (lower, upper) = (flats[(flats.len() - 1) / 2], flats[flats.len() / 2]);
    // Half of each, not half of the sum: two values of fifteen digits never overflow.
    let middle = lower / Decimal::TWO + upper / Decimal::TWO;
    middle.round_sf_with_strategy(DIGITS_TOLD, MidpointAwayFromZero).map(|told| told.normalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flats(thousandths: &[i64]) -> Vec<Decimal> {
        thousandths.iter().map(|value| Decimal::new(*value, 3)).collect()
    }

    #[test]
    fn fewer_than_five_flats_have_no_median() {
        assert_eq!(median(flats(&[5_000, 6_000, 4_000, 5_500])), None);
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn a_median_is_told_to_two_digits() {
        assert_eq!(median(flats(&[9_000, 5_276, 4_000, 1_000, 6_000])).unwrap().to_string(), "5.3");
        assert_eq!(median(flats(&[9_000, 5_276, 4_000, 1_000, 6_000, 5_000])).unwrap().to_string(), "5.1");
        assert_eq!(median(flats(&[217_000; 5])).unwrap().to_string(), "220");
        assert_eq!(median(flats(&[0; 7])).unwrap().to_string(), "0");
    }

    proptest! {
        #[test]
        fn a_median_lies_among_the_flats_and_does_not_depend_on_their_order(
            mut thousandths in prop::collection::vec(0_i64..=999_999_999, 5..40),
        ) {
            let told = median(flats(&thousandths)).unwrap();
            thousandths.reverse();
            prop_assert_eq!(median(flats(&thousandths)).unwrap(), told);
            let (least, most) = (thousandths.iter().min().unwrap(), thousandths.iter().max().unwrap());
            let slack = Decimal::new(5, 2);
            prop_assert!(told >= Decimal::new(*least, 3) * (Decimal::ONE - slack));
            prop_assert!(told <= Decimal::new(*most, 3) * (Decimal::ONE + slack));
        }
    }
}
