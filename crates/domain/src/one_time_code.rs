//! The six digits that prove that a contact is in a person's hands (S0:96, S1:92).
//!
//! Only a hash of a code is kept, bound to the request that it belongs to. Six digits are few, so what guards them
//! is the number of attempts and the time, not the hash.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::hex::hex;

const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
/// Random numbers from here on would make some codes likelier than others.
const FAIR_BELOW: u32 = u32::MAX - u32::MAX % CODES;

/// A code of six digits, zeros at the left included. It is printed only by [`OneTimeCode::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(String);

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("код — это шесть цифр")]
pub struct CodeError;

impl OneTimeCode {
    /// A code from random bytes, each as likely as any other.
    ///
    /// Of the eight numbers in the bytes the first fair one counts. There is none once in 10²⁹ times: then the
    /// caller asks for other bytes.
    pub fn from_random(bytes: &[u8; 32]) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks::<4>();
        let fair = numbers.iter().map(|number| u32::from_be_bytes(*number)).find(|number| *number < FAIR_BELOW)?;
        Some(Self(format!("{:06}", fair % CODES)))
    }

    /// Reads a code as people type or paste it, with spaces or a hyphen between its digits.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let digits: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some(Self(digits)).ok_or(CodeError)
    }

    /// The digits, for the message that carries them.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of the code: the SHA-256 of its request's id and its digits, in hex.
    pub fn hash(&self, request_id: &str) -> String {
        hex(&Sha256::digest(format!("{request_id}:{}", self.0)))
    }

    /// Whether the hash is of this code, in a time that does not tell how nearly.
    pub fn matches(&self, request_id: &str, code_hash: &str) -> bool {
        self.hash(request_id).as_bytes().ct_eq(code_hash.as_bytes()).into()
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// A request that waits for its code.
#[derive(Debug, Clone, Copy)]
pub struct Challenge<'a> {
    /// The id of the request, to which the hash is bound.
    pub request_id: &'a str,
    /// The hash that was kept ([`OneTimeCode::hash`]).
    pub code_hash: &'a str,
    /// How many answers are still taken.
    pub attempts_left: u32,
    /// The last moment at which the code holds.
    pub expires_at: Timestamp,
    /// Whether the code was used already.
    pub is_used: bool,
}

/// What an answer to a challenge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Right: the caller marks the code as used.
    Right,
    /// Wrong: the caller keeps how many answers are left.
    Wrong {
        /// How many more answers are taken.
        attempts_left: u32,
    },
    /// The code's time is over.
    Expired,
    /// The code was used, or guessed at too often.
    Spent,
}

impl Challenge<'_> {
    /// Judges an answer. A code that is used, spent or expired is never compared.
    pub fn answer(&self, code: &OneTimeCode, now: Timestamp) -> Answer {
        if self.is_used || self.attempts_left == 0 {
            return Answer::Spent;
        }
        if now > self.expires_at {
            return Answer::Expired;
        }
        if code.matches(self.request_id, self.code_hash) {
            return Answer::Right;
        }
        Answer::Wrong { attempts_left: self.attempts_left - 1 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code(text: &str) -> OneTimeCode {
        OneTimeCode::parse(text).unwrap()
    }

    fn answer(challenge: &Challenge<'_>, text: &str, now: i64) -> Answer {
        challenge.answer(&code(text), at(now))
    }

    #[test]
    fn a_right_code_is_right_once_and_in_time() {
        let code_hash = code("012345").hash("request");
        let challenge = Challenge {
            request_id: "request",
            code_hash: &code_hash,
            attempts_left: 2,
            expires_at: at(600),
            is_used: false,
        };
        assert_eq!(answer(&challenge, "012345", 600), Answer::Right);
        assert_eq!(answer(&challenge, "012345", 601), Answer::Expired);
        assert_eq!(answer(&Challenge { is_used: true, ..challenge }, "012345", 10), Answer::Spent);
        assert_eq!(
            answer(&Challenge { request_id: "another", ..challenge }, "012345", 10),
            Answer::Wrong { attempts_left: 1 }
        );
    }

    #[test]
    fn attempts_run_out() {
        let code_hash = code("012345").hash("request");
        let with_attempts = |attempts_left| Challenge {
            request_id: "request",
            code_hash: &code_hash,
            attempts_left,
            expires_at: at(600),
            is_used: false,
        };
        assert_eq!(answer(&with_attempts(2), "543210", 0), Answer::Wrong { attempts_left: 1 });
        assert_eq!(answer(&with_attempts(1), "543210", 0), Answer::Wrong { attempts_left: 0 });
        assert_eq!(answer(&with_attempts(0), "012345", 0), Answer::Spent);
    }

    #[test]
    fn unfair_numbers_are_passed_over() {
        let mut bytes = [255; 32];
        assert_eq!(OneTimeCode::from_random(&bytes), None);
        bytes[28..].copy_from_slice(&4_293_999_999_u32.to_be_bytes());
        assert_eq!(OneTimeCode::from_random(&bytes).unwrap().expose(), "999999");
        bytes[28..].copy_from_slice(&4_294_000_000_u32.to_be_bytes());
        assert_eq!(OneTimeCode::from_random(&bytes), None);
        assert_eq!(FAIR_BELOW % CODES, 0);
    }

    #[test]
    fn a_code_keeps_its_zeros_and_stays_out_of_logs() {
        assert_eq!(OneTimeCode::from_random(&[0; 32]).unwrap().expose(), "000000");
        assert_eq!(format!("{:?}", code("123456")), "OneTimeCode(…)");
    }

    #[test]
    fn a_code_may_be_typed_in_groups() {
        for text in ["123456", "123 456", " 123-456 ", "123\u{a0}456"] {
            assert_eq!(code(text).expose(), "123456", "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "+12345"] {
            assert_eq!(OneTimeCode::parse(text), Err(CodeError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(bytes in any::<[u8; 32]>()) {
            let code = OneTimeCode::from_random(&bytes).unwrap();
            prop_assert_eq!(OneTimeCode::parse(code.expose()), Ok(code));
        }

        #[test]
        fn only_the_code_itself_matches(one in 0_u32..CODES, other in 0_u32..CODES) {
            let (one, other) = (code(&format!("{one:06}")), code(&format!("{other:06}")));
            prop_assert_eq!(other.matches("request", &one.hash("request")), one == other);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            if let Ok(code) = OneTimeCode::parse(&text) {
                prop_assert_eq!(code.expose().len(), DIGITS);
            }
        }
    }
}
