//! Recovery codes: what lets in whoever lost the phone. Each is good once, and is kept on paper.
//!
//! A code has 120 random bits, so that its plain hash tells nothing to whoever has a copy of the database: OWASP ASVS 5.0
//! asks for 112 (6.5.2). The codes of earlier portals have 80, and let in all the same until they are replaced.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::{base32, hex::hex};

/// How many random bytes a code is made of.
pub const BYTES: usize = 15;
const SIGNS: usize = 24;
/// Of a code that an earlier portal gave out.
const EARLIER_SIGNS: usize = 16;
const SIGNS_IN_GROUP: usize = 4;

/// How many a person gets at once.
pub const COUNT: usize = 10;

/// One of them. Only [`RecoveryCode::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

/// The text is no recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("код восстановления — это 24 знака, у выданных раньше 16")]
pub struct RecoveryCodeError;

impl RecoveryCode {
    /// A code of these bytes, which are random.
    pub fn from_random(bytes: [u8; BYTES]) -> Self {
        Self(base32::encode(&bytes, base32::READABLE))
    }

    /// Reads a code as people type it from paper: in any case, with or without hyphens and spaces, a letter for the digit
    /// that it looks like.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, RecoveryCodeError> {
        let signs = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-');
        let signs: String = signs.map(|sign| digit_for(sign.to_ascii_lowercase())).collect();
        let is_code =
            [SIGNS, EARLIER_SIGNS].contains(&signs.len()) && signs.bytes().all(|sign| base32::READABLE.contains(&sign));
        is_code.then_some(Self(signs)).ok_or(RecoveryCodeError)
    }

    /// In groups, as it is printed.
    pub fn expose(&self) -> String {
        let groups: Vec<_> =
            (0..self.0.len()).step_by(SIGNS_IN_GROUP).map(|at| &self.0[at..at + SIGNS_IN_GROUP]).collect();
        groups.join("-")
    }

    /// What is kept of it: the SHA-256 of its person's id and its signs, in hex.
    pub fn hash(&self, person_id: &str) -> String {
        hex(&Sha256::digest(format!("{person_id}:{}", self.0)))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

fn digit_for(sign: char) -> char {
    match sign {
        'o' => '0',
        'i' | 'l' => '1',
        sign => sign,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_may_be_typed_from_bad_paper() {
        let code = RecoveryCode::from_random([0; BYTES]);
        assert_eq!(code.expose(), "0000-0000-0000-0000-0000-0000");
        for text in ["000000000000000000000000", "OOOO oooo 0000-0000 0000 0000", " 0000-0000-0000-0000-0000-0000 "] {
            assert_eq!(RecoveryCode::parse(text), Ok(code.clone()), "{text}");
        }
        let looks = RecoveryCode::parse("il11-0000-0000-0000-0000-0000").unwrap();
        assert_eq!(looks.expose(), "1111-0000-0000-0000-0000-0000");
        for text in ["", "0000-0000-0000-0000-0000-000", "0000-0000-0000-0000-0000-00000", "u000-0000-0000-0000"] {
            assert_eq!(RecoveryCode::parse(text), Err(RecoveryCodeError), "{text}");
        }
        assert_eq!(RecoveryCode::parse("é000000000000000"), Err(RecoveryCodeError));
    }

    #[test]
    fn a_code_of_an_earlier_portal_is_still_one() {
        assert_eq!(RecoveryCode::parse("7HM2 0qxz-94kd-ra1e").unwrap().expose(), "7hm2-0qxz-94kd-ra1e");
        for text in ["7hm2-0qxz-94kd-ra1", "7hm2-0qxz-94kd-ra1e-7hm2"] {
            assert_eq!(RecoveryCode::parse(text), Err(RecoveryCodeError), "{text}");
        }
    }

    #[test]
    fn a_code_has_the_bits_that_a_plain_hash_asks_for() {
        const { assert!(BYTES * 8 >= 112) };
        assert_eq!(BYTES * 8, SIGNS * 5, "none of them is lost in signs");
    }

    #[test]
    fn a_code_means_nothing_for_somebody_else_and_stays_out_of_logs() {
        let code = RecoveryCode::from_random([7; BYTES]);
        assert_ne!(code.hash("anna"), code.hash("boris"));
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(bytes in any::<[u8; BYTES]>()) {
            let code = RecoveryCode::from_random(bytes);
            prop_assert_eq!(RecoveryCode::parse(&code.expose()), Ok(code));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,36}") {
            let _ = RecoveryCode::parse(&text);
        }
    }
}
