//! Shares of co-owners: exact fractions of one premises, never more than the whole.

use std::fmt;

use num_rational::Ratio;
use num_traits::CheckedAdd as _;

/// A part of premises: more than nothing, at most the whole. `2/4` is `1/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Share(Ratio<u32>);

/// The text is not a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("доля пишется как 1/2 или 1 и не больше целого")]
pub struct ShareError;

/// Together the shares are more than the whole, or too odd to be added up exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("доли вместе больше целого")]
pub struct AboveWhole;

impl Share {
    /// The largest denominator: registers have none of seven digits.
    pub const DENOMINATOR_MAX: u32 = 1_000_000;

    /// A share of so many parts.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, ShareError> {
        let exists = (1..=Self::DENOMINATOR_MAX).contains(&denominator) && (1..=denominator).contains(&numerator);
        exists.then(|| Self(Ratio::new(numerator, denominator))).ok_or(ShareError)
    }

    /// Reads `1/2`, with or without spaces, or `1` for the whole.
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        Self::new(whole_number(numerator)?, whole_number(denominator)?)
    }

    /// The number above the line, in lowest terms.
    pub const fn numerator(self) -> u32 {
        *self.0.numer()
    }

    /// The number below the line, in lowest terms.
    pub const fn denominator(self) -> u32 {
        *self.0.denom()
    }

    /// Whether these shares fit into one premises together.
    pub fn check_whole(shares: impl IntoIterator<Item = Self>) -> Result<(), AboveWhole> {
        let mut total = Ratio::new(0_u128, 1);
        for Self(share) in shares {
            let share = Ratio::new_raw(u128::from(*share.numer()), u128::from(*share.denom()));
            total = total.checked_add(&share).filter(|total| *total <= Ratio::ONE).ok_or(AboveWhole)?;
        }
        Ok(())
    }
}

fn whole_number(text: &str) -> Result<u32, ShareError> {
    let digits = text.trim();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number).ok_or(ShareError)
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(shares: &[&str]) -> Result<(), AboveWhole> {
        Share::check_whole(shares.iter().map(|share| Share::parse(share).unwrap()))
    }

    #[test]
    fn three_thirds_are_exactly_the_whole() {
        assert_eq!(check(&["1/3", "1/3", "1/3"]), Ok(()));
        assert_eq!(check(&["1/2", "1/3", "1/6"]), Ok(()));
        assert_eq!(check(&["1"]), Ok(()));
        assert_eq!(check(&[]), Ok(()));
    }

    #[test]
    fn a_millionth_above_the_whole_is_too_much() {
        assert_eq!(check(&["1/2", "1/2", "1/1000000"]), Err(AboveWhole));
        assert_eq!(check(&["1", "1/2"]), Err(AboveWhole));
    }

    #[test]
    fn a_share_is_kept_in_lowest_terms() {
        let share = Share::parse(" 2 / 4 ").unwrap();
        assert_eq!((share.numerator(), share.denominator(), share.to_string()), (1, 2, "1/2".to_owned()));
        assert_eq!(Share::parse("3/3").unwrap().to_string(), "1");
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in
            ["", "/", "0", "0/2", "1/0", "3/2", "2", "-1/2", "+1/2", "1/2/3", "0,5", "1/1000001", "½", "1/99999999999"]
        {
            assert_eq!(Share::parse(text), Err(ShareError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(denominator in 1_u32..=Share::DENOMINATOR_MAX, part in 0_u32..u32::MAX) {
            let share = Share::new(part % denominator + 1, denominator).unwrap();
            prop_assert_eq!(Share::parse(&share.to_string()), Ok(share));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            if let Ok(share) = Share::parse(&text) {
                prop_assert!(share.numerator() >= 1 && share.numerator() <= share.denominator());
            }
        }

        #[test]
        fn equal_parts_are_the_whole_and_one_more_is_too_much(parts in 1_u32..200) {
            let part = Share::new(1, parts).unwrap();
            let parts = parts as usize;
            prop_assert_eq!(Share::check_whole(std::iter::repeat_n(part, parts)), Ok(()));
            prop_assert_eq!(Share::check_whole(std::iter::repeat_n(part, parts + 1)), Err(AboveWhole));
        }
    }
}
