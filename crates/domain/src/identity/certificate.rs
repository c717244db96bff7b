//! Certificates by which a provider or its signer is known: how they are handed over, and when somebody must renew one.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

/// The certificates or public keys of a text, as DER: PEM blocks, or base64 parted by commas or spaces. `\n` written as
/// two letters, as an environment may have it, is the end of a line.
///
/// # Errors
/// The number of the first one, from 1 on, that is no base64 or no DER.
pub fn ders(text: &str) -> Result<Vec<Vec<u8>>, usize> {
    let text = text.replace("\\n", "\n");
    let mut entries: Vec<String> = Vec::new();
    let mut is_in_block = false;
    for part in text.split("-----") {
        match part.split_once(' ').map(|(word, _)| word) {
            Some("BEGIN") => is_in_block = true,
            Some("END") => is_in_block = false,
            _ if is_in_block => entries.push(part.split_whitespace().collect()),
            _ => entries.extend(part.split([',', ' ', '\n', '\r', '\t']).map(str::to_owned)),
        }
    }
    let entries = entries.into_iter().filter(|entry| !entry.is_empty());
    entries.enumerate().map(|(index, entry)| der(&entry).ok_or(index + 1)).collect()
}

/// A certificate and a public key both are a sequence (X.690, tag 30).
fn der(entry: &str) -> Option<Vec<u8>> {
    STANDARD.decode(entry).ok().filter(|der| der.first() == Some(&0x30))
}

/// When a certificate ends, given as DER; a public key alone has no end.
pub fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()
}

/// How near the end of a certificate is; each is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is time to order another one.
    Soon,
    /// A quarter of that time is left.
    Urgent,
    /// It is over: nobody signs in.
    Over,
}

impl Step {
    /// The name under which it is told once.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Urgent => "urgent",
            Self::Over => "over",
        }
    }
}

/// What is to be said at `now` of a certificate that holds until `not_after`; `days` is how long before its end it is
/// told of.
pub fn step(not_after: Timestamp, now: Timestamp, days: u16) -> Option<Step> {
    let (left, day) = (not_after.duration_since(now), SignedDuration::from_hours(24));
    let time = day * i32::from(days);
    match left {
        _ if left <= SignedDuration::ZERO => Some(Step::Over),
        _ if left <= time / 4 => Some(Step::Urgent),
        _ if left <= time => Some(Step::Soon),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn certificates_come_as_pem_or_as_base64_in_any_number() {
        // A sequence of one number, and another.
        let (one, two) = (vec![0x30, 3, 2, 1, 1], vec![0x30, 3, 2, 1, 2]);
        let pem = |der: &[u8]| {
            let text = STANDARD.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{}\r\n{}\n-----END CERTIFICATE-----\n", &text[..4], &text[4..])
        };
        for text in [
            format!("{}{}", pem(&one), pem(&two)),
            format!("{},{}", STANDARD.encode(&one), STANDARD.encode(&two)),
            format!(" {}\n{} ", STANDARD.encode(&one), pem(&two)),
            pem(&one).replace('\n', "\\n") + &STANDARD.encode(&two),
        ] {
            assert_eq!(ders(&text), Ok(vec![one.clone(), two.clone()]), "{text}");
        }
        assert_eq!(ders(" \n"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_certificate_is_told_by_its_number() {
        let good = STANDARD.encode([0x30, 0]);
        for wrong in ["?", "AAAA", "a"] {
            assert_eq!(ders(&format!("{good},{wrong}")), Err(2), "{wrong}");
        }
    }

    #[test]
    fn the_end_of_a_certificate_is_told_in_three_steps() {
        let now: Timestamp = "2026-07-20T09:00:00Z".parse().unwrap();
        let after = |hours: i64| step(now + SignedDuration::from_hours(hours), now, 30);
        for (hours, expected) in [
            (31 * 24, None),
            (30 * 24 + 1, None),
            (30 * 24, Some(Step::Soon)),
            (181, Some(Step::Soon)),
            (180, Some(Step::Urgent)),
            (1, Some(Step::Urgent)),
            (0, Some(Step::Over)),
            (-24, Some(Step::Over)),
        ] {
            assert_eq!(after(hours), expected, "{hours}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = ders(&text);
        }
    }
}
