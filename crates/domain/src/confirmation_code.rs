//! The code that a resident keeps as the proof of a submission (S0:43–48), read out over the phone if need be.
//!
//! Eight letters of Crockford's base32, which has no I, L, O and U to mistake for 1, 0 and V: `7K3M-Q2XA`.

use std::fmt;

use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS: usize = 8;
const BITS_PER_LETTER: usize = 5;

/// A code as `7K3M-Q2XA`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConfirmationCode(String);

/// The text is not a confirmation code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("код подтверждения пишется как 7K3M-Q2XA")]
pub struct ConfirmationCodeError;

impl ConfirmationCode {
    /// A code from 40 random bits, five to a letter.
    pub fn from_random(bytes: [u8; 5]) -> Self {
        let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |index: usize| ALPHABET[(bits >> (BITS_PER_LETTER * (LETTERS - 1 - index)) & 31) as usize];
        Self::grouped((0..LETTERS).map(|index| char::from(letter(index))).collect())
    }

    /// Reads a code as people type it: any case, with or without the hyphen, O for 0, I and L for 1, and the
    /// Russian letters that look like the Latin ones.
    pub fn parse(text: &str) -> Result<Self, ConfirmationCodeError> {
        let written = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let letters: Option<String> = written.flat_map(char::to_uppercase).map(as_meant).collect();
        letters.filter(|letters| letters.len() == LETTERS).map(Self::grouped).ok_or(ConfirmationCodeError)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn grouped(letters: String) -> Self {
        let (first, second) = letters.split_at(LETTERS / 2);
        Self(format!("{first}-{second}"))
    }
}

/// The letter of the alphabet that was meant, if one was.
fn as_meant(letter: char) -> Option<char> {
    let meant = match letter {
        'O' | 'О' => '0',
        'I' | 'L' => '1',
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'Х' => 'X',
        other => other,
    };
    ALPHABET.iter().any(|known| char::from(*known) == meant).then_some(meant)
}

impl fmt::Display for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ConfirmationCode {
    type Error = ConfirmationCodeError;

    fn try_from(text: String) -> Result<Self, ConfirmationCodeError> {
        Self::parse(&text)
    }
}

impl From<ConfirmationCode> for String {
    fn from(code: ConfirmationCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> String {
        ConfirmationCode::parse(text).unwrap().to_string()
    }

    #[test]
    fn a_code_is_two_groups_of_four() {
        assert_eq!(ConfirmationCode::from_random([0; 5]).as_str(), "0000-0000");
        assert_eq!(ConfirmationCode::from_random([255; 5]).as_str(), "ZZZZ-ZZZZ");
        assert_eq!(ConfirmationCode::from_random([0, 0, 0, 0, 1]).as_str(), "0000-0001");
        assert_eq!(ConfirmationCode::from_random([0b0000_1000, 0, 0, 0, 0]).as_str(), "1000-0000");
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for text in ["7K3M-Q2XA", "7k3mq2xa", " 7k3m q2xa ", "7К3М-Q2ХА", "7к3м-q2ха"] {
            assert_eq!(parsed(text), "7K3M-Q2XA", "{text}");
        }
        assert_eq!(parsed("oOiIlL12"), "0011-1112");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "7K3M-Q2X", "7K3M-Q2XAB", "7K3M-Q2XU", "7K3M_Q2XA", "7K3M-Q2XЖ"] {
            assert_eq!(ConfirmationCode::parse(text), Err(ConfirmationCodeError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(bytes in any::<[u8; 5]>()) {
            let code = ConfirmationCode::from_random(bytes);
            prop_assert_eq!(ConfirmationCode::parse(code.as_str()), Ok(code.clone()));
            prop_assert_eq!(ConfirmationCode::parse(&code.as_str().to_lowercase()), Ok(code));
        }

        #[test]
        fn different_bits_are_different_codes(one in any::<[u8; 5]>(), other in any::<[u8; 5]>()) {
            let codes = (ConfirmationCode::from_random(one), ConfirmationCode::from_random(other));
            prop_assert_eq!(codes.0 == codes.1, one == other);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            if let Ok(code) = ConfirmationCode::parse(&text) {
                prop_assert_eq!(ConfirmationCode::parse(code.as_str()), Ok(code));
            }
        }
    }
}
