//! Passkeys (WebAuthn Level 3): what a browser's answer must say before its signature is worth anything.
//!
//! Only what holds for every passkey is asked for: the answer is to our own question, from our own pages, and the
//! person was there and was verified by the device (a finger, a face, its code). So a passkey alone is two factors.
//! Who made the device is nobody's business: attestation is neither asked for nor read.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The algorithms that passkeys sign by: every device knows one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: Windows Hello.
    Rs256,
}

impl Algorithm {
    /// The number in the registry of COSE, by which browsers name it.
    pub const fn number(self) -> i32 {
        match self {
            Self::Es256 => -7,
            Self::Rs256 => -257,
        }
    }

    /// The algorithm of this number, if it is one of ours.
    pub fn of(number: i32) -> Option<Self> {
        [Self::Es256, Self::Rs256].into_iter().find(|algorithm| algorithm.number() == number)
    }
}

/// What the browser was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// To make a passkey.
    Create,
    /// To sign with one.
    Get,
}

impl Ceremony {
    const fn kind(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// Why an answer is worth nothing; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not of the standard's form.
    #[error("the answer cannot be read")]
    Unreadable,
    /// It answers something else.
    #[error("the answer is of another ceremony, question or origin")]
    Foreign,
    /// Nobody was there, or the device did not make sure who.
    #[error("the person was not verified")]
    Unverified,
}

/// What was asked, and where.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// To make one or to sign.
    pub ceremony: Ceremony,
    /// The random bytes that were sent, base64url.
    pub challenge: &'a str,
    /// Where people's browsers see the portal: scheme, host and port.
    pub origin: &'a str,
}

/// What the device says of itself, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// How often the passkey signed; 0 where it does not count.
    pub sign_count: u32,
    /// Whether it is kept in the cloud of its maker too.
    pub is_backed_up: bool,
}

/// The fields of `clientDataJSON` that are read.
#[derive(Clone, Debug, Deserialize)]
pub struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKED_UP: u8 = 1 << 4;

/// The name by which passkeys know the portal: the host of its origin.
pub fn rp_id(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    host.rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(host, |(host, _)| host)
}

impl Question<'_> {
    /// Reads an answer: `client` is what the browser made, `authenticator_data` what the device made.
    ///
    /// # Errors
    /// [`Fault`] where it is no answer to this question.
    pub fn read(&self, client: &ClientData, authenticator_data: &[u8]) -> Result<Said, Fault> {
        let is_asked = client.kind == self.ceremony.kind()
            && bool::from(client.challenge.as_bytes().ct_eq(self.challenge.as_bytes()))
            && client.origin == self.origin
            && !client.is_cross_origin;
        if !is_asked {
            return Err(Fault::Foreign);
        }
        self.said(authenticator_data)
    }

    /// RP id's hash, flags, counter: 32 + 1 + 4 bytes; what comes behind them is of no concern here.
    fn said(&self, data: &[u8]) -> Result<Said, Fault> {
        let (rp_hash, rest) = data.split_first_chunk::<32>().ok_or(Fault::Unreadable)?;
        let (&flags, rest) = rest.split_first().ok_or(Fault::Unreadable)?;
        let (count, _) = rest.split_first_chunk::<4>().ok_or(Fault::Unreadable)?;
        if rp_hash[..] != Sha256::digest(rp_id(self.origin))[..] {
            return Err(Fault::Foreign);
        }
        if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
            return Err(Fault::Unverified);
        }
        Ok(Said { sign_count: u32::from_be_bytes(*count), is_backed_up: flags & BACKED_UP != 0 })
    }
}

/// What a passkey signs.
pub fn signed(client_data: &[u8], authenticator_data: &[u8]) -> Vec<u8> {
    [authenticator_data, &Sha256::digest(client_data)].concat()
}

/// Whether the counter went back: two devices sign by one passkey, so one of them is a copy. A passkey that does not
/// count always says 0.
pub const fn is_copied(kept: u32, said: u32) -> bool {
    (kept != 0 || said != 0) && said <= kept
}

/// Reads base64url as browsers write it.
///
/// # Errors
/// [`Fault::Unreadable`].
pub fn bytes(text: &str) -> Result<Vec<u8>, Fault> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Unreadable)
}

/// Writes base64url as browsers read it.
pub fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ORIGIN: &str = "https://dom.example:8443";
    const QUESTION: Question<'_> = Question { ceremony: Ceremony::Get, challenge: "AAEC", origin: ORIGIN };

    fn client(kind: &str, challenge: &str, origin: &str, more: &str) -> ClientData {
        let text = format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn device(rp_id: &str, flags: u8, count: u32) -> Vec<u8> {
        [&Sha256::digest(rp_id)[..], &[flags], &count.to_be_bytes()].concat()
    }

    fn good() -> ClientData {
        client("webauthn.get", "AAEC", ORIGIN, r#","crossOrigin":false,"other":1"#)
    }

    #[test]
    fn an_answer_to_our_question_by_a_verified_person_is_read() {
        let said = QUESTION.read(&good(), &device("dom.example", 0b1_1101, 7));
        assert_eq!(said, Ok(Said { sign_count: 7, is_backed_up: true }));
        let said = QUESTION.read(&good(), &device("dom.example", 0b101, 0));
        assert_eq!(said, Ok(Said { sign_count: 0, is_backed_up: false }));
    }

    #[test]
    fn an_answer_to_anything_else_is_refused() {
        let device = device("dom.example", 0b101, 0);
        for client in [
            client("webauthn.create", "AAEC", ORIGIN, ""),
            client("webauthn.get", "AAED", ORIGIN, ""),
            client("webauthn.get", "AAEC", "https://evil.example", ""),
            client("webauthn.get", "AAEC", "https://dom.example", ""),
            client("webauthn.get", "AAEC", ORIGIN, r#","crossOrigin":true"#),
        ] {
            assert_eq!(QUESTION.read(&client, &device), Err(Fault::Foreign), "{client:?}");
        }
    }

    #[test]
    fn a_device_of_another_site_or_without_its_person_is_refused() {
        assert_eq!(QUESTION.read(&good(), &device("evil.example", 0b101, 0)), Err(Fault::Foreign));
        for flags in [0, 0b1, 0b100] {
            assert_eq!(QUESTION.read(&good(), &device("dom.example", flags, 0)), Err(Fault::Unverified), "{flags:b}");
        }
        assert_eq!(QUESTION.read(&good(), &device("dom.example", 0b101, 0)[..36]), Err(Fault::Unreadable));
    }

    #[test]
    fn a_counter_that_does_not_grow_tells_of_a_copy() {
        for (kept, said, copied) in
            [(0, 0, false), (0, 1, false), (5, 6, false), (5, 5, true), (5, 4, true), (5, 0, true)]
        {
            assert_eq!(is_copied(kept, said), copied, "{kept} {said}");
        }
    }

    #[test]
    fn passkeys_know_the_portal_by_its_host() {
        for (origin, host) in
            [("http://localhost:3000", "localhost"), ("https://dom.example", "dom.example"), (ORIGIN, "dom.example")]
        {
            assert_eq!(rp_id(origin), host);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(device in any::<Vec<u8>>()) {
            prop_assert!(QUESTION.read(&good(), &device).is_err());
        }
    }
}
