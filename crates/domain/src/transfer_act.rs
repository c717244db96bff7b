//! The act of transfer of a reading: what was given, for which meter, when and how, signed by the portal.
//!
//! Whoever holds an act can check it with the portal's public key alone. It has one canonical form, and only that form is
//! an act: so a change of any byte is found, also of one that says nothing. It names the home by its house and the end of
//! its account's number, and no person.

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{confirmation_code::ConfirmationCode, hex::hex};

/// What an act calls itself: its fields and their order.
pub const FORM: &str = "moydom-transfer-act-1";
/// Before what is signed: a signature under an act is one under nothing else.
const SIGNED: &[u8] = b"moydom transfer act v1\n";
const CODE: &[u8] = b"moydom transfer act code v1\n";
/// More than the longest act has, in bytes.
const TEXT_MAX: usize = 4_096;
/// Of an account's number so many characters are told, if it has twice as many.
const ACCOUNT_END: usize = 4;

/// What an act says. The order of the fields is its canonical one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// [`FORM`].
    pub form: String,
    /// The number of the act.
    pub number: u32,
    /// The number of the act of the same meter and month that this one takes the place of.
    pub replaces: Option<u32>,
    /// When the act was made, RFC 3339.
    pub made_at: String,
    /// When the reading was accepted, RFC 3339.
    pub accepted_at: String,
    /// The day of the dial.
    pub taken_on: String,
    /// The month that the reading belongs to, `YYYY-MM`.
    pub period: String,
    /// By which way it came.
    pub channel: String,
    /// Who gave it: `resident`, `company`, `control`, `verification`.
    pub source: String,
    /// What the meter measures.
    pub meter_kind: String,
    /// The number on the meter's face.
    pub meter_serial: String,
    /// What the dial showed, one per rate, canonical decimals.
    pub values: Vec<String>,
    /// Whether the dial passed through zero since the reading before.
    pub rolled_over: bool,
    /// The address of the house, without the flat.
    pub house: String,
    /// The end of the account's number, where a person gave the reading for an account.
    pub account: Option<String>,
}

/// An act with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What it says.
    pub content: Content,
    /// Which of the portal's keys signed it: the beginning of its hash.
    pub key_id: String,
    /// Ed25519, base64.
    pub signature: String,
}

/// Why a text is no act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAct {
    /// It is something else.
    #[error("это не акт передачи показаний")]
    Other,
    /// It says what an act says, but not as acts are written: somebody wrote it anew.
    #[error("файл акта изменён")]
    Rewritten,
}

/// By which name a public key is known: the beginning of its SHA-256, hex.
pub fn key_id(public_key: &[u8; 32]) -> String {
    hex(&Sha256::digest(public_key)[..8])
}

/// The public key of a secret one.
pub fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(secret).verifying_key().to_bytes()
}

/// As much of an account's number as an act tells.
pub fn end_of(account: &str) -> String {
    let count = account.chars().count();
    let shown = ACCOUNT_END.min(count / 2);
    std::iter::once('…').chain(account.chars().skip(count - shown)).collect()
}

impl Content {
    fn signed(&self) -> Vec<u8> {
        [SIGNED, self.to_text().as_bytes()].concat()
    }

    fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }
}

impl Act {
    /// The act of this content under a secret key.
    pub fn sign(content: Content, secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        let signature = BASE64_STANDARD.encode(key.sign(&content.signed()).to_bytes());
        Self { content, key_id: key_id(&key.verifying_key().to_bytes()), signature }
    }

    /// The only form of the act, without a line's end.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }

    /// Reads an act; the line's end that editors add is no part of it.
    ///
    /// # Errors
    /// [`NotAct`]. Whether the signature is right is told by [`Act::is_signed_by`].
    pub fn parse(text: &str) -> Result<Self, NotAct> {
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        let act: Self = Some(text).filter(|text| text.len() <= TEXT_MAX).ok_or(NotAct::Other).and_then(|text| {
            let is_like_one = text.contains(FORM) || text.contains("\"key_id\"");
            let error = if is_like_one { NotAct::Rewritten } else { NotAct::Other };
            serde_json::from_str(text).map_err(|_| error)
        })?;
        if act.content.form == FORM && act.to_text() == text { Ok(act) } else { Err(NotAct::Rewritten) }
    }

    /// Whether this very content was signed with the secret of this key.
    pub fn is_signed_by(&self, public_key: &[u8; 32]) -> bool {
        let signature = BASE64_STANDARD.decode(&self.signature).ok();
        let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
        let key = VerifyingKey::from_bytes(public_key).ok();
        self.key_id == key_id(public_key)
            && signature
                .zip(key)
                .is_some_and(|(signature, key)| key.verify_strict(&self.content.signed(), &signature).is_ok())
    }

    /// What stands on paper beside the number: whoever has not seen the act does not know it.
    pub fn code(&self) -> ConfirmationCode {
        let hash = Sha256::new().chain_update(CODE).chain_update(&self.signature).finalize();
        let mut bytes = [0; 5];
        bytes.copy_from_slice(&hash[..5]);
        ConfirmationCode::from_random(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    fn act() -> Act {
        let content = Content {
            form: FORM.to_owned(),
            number: 15,
            replaces: Some(14),
            made_at: "2026-07-20T09:00:00.000Z".to_owned(),
            accepted_at: "2026-07-20T09:00:00.000Z".to_owned(),
            taken_on: "2026-07-20".to_owned(),
            period: "2026-07".to_owned(),
            channel: "portal".to_owned(),
            source: "resident".to_owned(),
            meter_kind: "cold_water".to_owned(),
            meter_serial: "ХВ-12 \"А\"".to_owned(),
            values: vec!["131.789".to_owned()],
            rolled_over: false,
            house: "г. Пример, ул. Ёлочная, д. 1".to_owned(),
            account: Some(end_of("4000000015")),
        };
        Act::sign(content, &SECRET)
    }

    fn is_good(text: &[u8]) -> bool {
        let text = std::str::from_utf8(text).ok();
        text.and_then(|text| Act::parse(text).ok()).is_some_and(|act| act.is_signed_by(&public_key(&SECRET)))
    }

    #[test]
    fn an_act_is_read_back_and_its_signature_holds() {
        let (act, text) = (act(), act().to_text());
        assert_eq!(Act::parse(&text), Ok(act.clone()));
        assert!(is_good(text.as_bytes()) && is_good(format!("{text}\r\n").as_bytes()));
        assert!(!act.is_signed_by(&public_key(&[8; 32])), "another key");
    }

    #[test]
    fn every_changed_byte_is_found() {
        let text = act().to_text().into_bytes();
        for at in 0..text.len() {
            for change in [0x01, 0x20, 0x80, 0xff] {
                let mut changed = text.clone();
                changed[at] ^= change;
                assert!(!is_good(&changed), "byte {at} ^ {change:#x}");
            }
            assert!(!is_good(&[&text[..at], &text[at + 1..]].concat()), "without byte {at}");
            assert!(!is_good(&[&text[..at], b" ", &text[at..]].concat()), "a space before byte {at}");
        }
    }

    #[test]
    fn an_act_that_was_written_anew_is_told_from_what_never_was_one() {
        let pretty = serde_json::to_string_pretty(&act()).unwrap();
        assert_eq!(Act::parse(&pretty), Err(NotAct::Rewritten));
        assert_eq!(Act::parse(&act().to_text().replace("\"number\":15", "\"number\":x")), Err(NotAct::Rewritten));
        for other in ["", "{}", "привет", &" ".repeat(5_000)] {
            assert_eq!(Act::parse(other), Err(NotAct::Other), "{other}");
        }
    }

    #[test]
    fn of_an_account_the_end_is_told_and_never_the_whole() {
        assert_eq!(["4000000015", "123456", "12", "1", ""].map(end_of), ["…0015", "…456", "…2", "…", "…"]);
    }

    #[test]
    fn the_code_follows_from_the_signature() {
        assert_eq!(act().code(), act().code());
        let mut other = act().content;
        other.number = 16;
        assert_ne!(Act::sign(other, &SECRET).code(), act().code());
    }
}
