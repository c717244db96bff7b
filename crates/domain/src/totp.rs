//! One-time codes of an app on the person's phone (RFC 6238): SHA-1, six digits, a new one every 30 seconds, because
//! that is what every such app knows.

use std::fmt;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use crate::{base32, one_time_code::OneTimeCode};

/// How long a secret is: 160 bits, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
const STEP_SECONDS: i64 = 30;
/// How many steps the phone's clock may be ahead or behind.
const STEPS_ASIDE: i64 = 1;

/// What the app and the portal share. Only [`Secret::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// A secret of these bytes, which are random.
    pub const fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub const fn expose(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// As people type it into an app.
    pub fn text(&self) -> String {
        base32::encode(&self.0, base32::STANDARD)
    }

    /// The address that an app reads from a QR picture; `account` tells one login of this portal from another.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (escaped(issuer), escaped(account));
        let secret = self.text();
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }

    /// The step whose code this is, among those that may be meant at `now`; nothing where it is none of theirs. A step
    /// counts once: the caller keeps the last one and refuses it and those before it.
    pub fn step(&self, code: &OneTimeCode, now: Timestamp) -> Option<i64> {
        let current = now.as_second().div_euclid(STEP_SECONDS);
        let is_of = |step: &i64| bool::from(self.code(*step).as_bytes().ct_eq(code.expose().as_bytes()));
        (current - STEPS_ASIDE..=current + STEPS_ASIDE).rev().find(is_of)
    }

    /// The code that an app shows at this moment.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code(now.as_second().div_euclid(STEP_SECONDS))
    }

    fn code(&self, step: i64) -> String {
        format!("{:06}", number(&self.0, step) % 1_000_000)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The number that a code is the end of (RFC 4226, 5.3).
fn number(key: &[u8], step: i64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let start = usize::from(hash[hash.len() - 1] & 15);
    let bytes = [hash[start] & 0x7f, hash[start + 1], hash[start + 2], hash[start + 3]];
    u32::from_be_bytes(bytes)
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn escaped(text: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &[u8; 20] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn step(code: &str, second: i64) -> Option<i64> {
        Secret::new(*KEY).step(&OneTimeCode::parse(code).unwrap(), at(second))
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        for (second, eight, six) in [
            (59, 94_287_082, "287082"),
            (1_111_111_109, 7_081_804, "081804"),
            (1_111_111_111, 14_050_471, "050471"),
            (1_234_567_890, 89_005_924, "005924"),
            (2_000_000_000, 69_279_037, "279037"),
            (20_000_000_000, 65_353_130, "353130"),
        ] {
            assert_eq!(number(KEY, second / 30) % 100_000_000, eight, "{second}");
            assert_eq!(Secret::new(*KEY).code_at(at(second)), six, "{second}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_ahead_or_behind_and_no_more() {
        for (second, expected) in [(29, Some(1)), (30, Some(1)), (89, Some(1)), (90, None)] {
            assert_eq!(step("287082", second), expected, "{second}");
        }
        assert_eq!(step("287082", 59 + 120), None);
        assert_eq!(step("287083", 59), None);
    }

    #[test]
    fn an_app_reads_the_secret_and_whose_it_is() {
        let uri = Secret::new(*KEY).uri("Мой дом", "anna");
        assert!(uri.starts_with("otpauth://totp/%D0%9C%D0%BE%D0%B9%20%D0%B4%D0%BE%D0%BC:anna?secret="), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%D0%9C"), "{uri}");
        assert_eq!(format!("{:?}", Secret::new(*KEY)), "Secret(…)");
    }

    proptest! {
        #[test]
        fn what_the_app_shows_is_always_taken(bytes in any::<[u8; 20]>(), second in 0_i64..4_000_000_000) {
            let secret = Secret::new(bytes);
            let code = OneTimeCode::parse(&secret.code_at(at(second))).unwrap();
            let step = secret.step(&code, at(second)).unwrap();
            prop_assert!((step - second / 30).abs() <= 1);
        }
    }
}
