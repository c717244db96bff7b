//! СНИЛС: the number of a person's pension account, needed on ballots since order 266/пр.

use super::{IdentifierError, checked_text, digits, weighted_sum};

checked_text! {
    /// СНИЛС: eleven digits, checked; spaces and hyphens are not kept.
    Snils, snils
}

/// Numbers up to this one were given out before there were check digits.
const UNCHECKED_UP_TO: &str = "001001998";
const WEIGHTS: [u8; 9] = [9, 8, 7, 6, 5, 4, 3, 2, 1];

impl Snils {
    /// As it is printed on the card: `112-233-445 95`.
    pub fn formatted(&self) -> String {
        let digits = &self.0;
        format!("{}-{}-{} {}", &digits[..3], &digits[3..6], &digits[6..9], &digits[9..])
    }

    /// For screens and letters that only remind of it: `***-***-445 95`.
    pub fn masked(&self) -> String {
        format!("***-***-{} {}", &self.0[6..9], &self.0[9..])
    }
}

fn snils(text: &str) -> Result<String, IdentifierError> {
    let written: String = text.chars().filter(|letter| *letter != '-' && !letter.is_whitespace()).collect();
    let digits: [u8; 11] = digits(&written).ok_or(IdentifierError::Form("СНИЛС пишется как 112-233-445 95"))?;
    let check = u32::from(digits[9]) * 10 + u32::from(digits[10]);
    // Both 100 and 101 (which leaves 0) are written as 00.
    let is_right = weighted_sum(&digits, &WEIGHTS) % 101 % 100 == check;
    let is_unchecked = &written[..9] <= UNCHECKED_UP_TO;
    (is_right || is_unchecked).then_some(written).ok_or(IdentifierError::CheckDigits)
}
