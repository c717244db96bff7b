//! A device that makes passkeys and signs by them.

use domain::passkey::text;
use jiff::SignedDuration;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use store::passkeys::{self, NewChallenge, NewPasskey};
use web::sha256;

use crate::suite::Suite;

/// The question that [`ask`] asks.
pub(crate) const CHALLENGE_ID: &str = "019856d1-7f7e-7cc3-9a51-5f1c0a3c2b12";
pub(crate) const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// What stands before the point in a key of P-256.
const PREFIX: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
const PRESENT_AND_VERIFIED: u8 = 0b101;

/// A passkey, both halves of it.
pub(crate) struct Key {
    pub(crate) key: SigningKey,
    pub(crate) credential_id: String,
    /// What the browser says where it is.
    pub(crate) origin: &'static str,
    /// What the device says of its person.
    pub(crate) flags: u8,
}

impl Key {
    /// Another one for each name.
    pub(crate) fn of(name: &str) -> Self {
        let seed: String = sha256(name).chars().take(32).collect();
        Self {
            key: SigningKey::from_slice(seed.as_bytes()).unwrap(),
            credential_id: text(name.as_bytes()),
            origin: "http://127.0.0.1:3000",
            flags: PRESENT_AND_VERIFIED,
        }
    }

    fn public_key(&self) -> Vec<u8> {
        [PREFIX, self.key.verifying_key().to_encoded_point(false).as_bytes()].concat()
    }

    fn client(&self, kind: &str, challenge: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin }).to_string().into_bytes()
    }

    fn device(&self, count: u32) -> Vec<u8> {
        let rp_hash = sha256("127.0.0.1");
        let byte = |at: usize| u8::from_str_radix(&rp_hash[2 * at..2 * at + 2], 16).unwrap();
        let mut bytes: Vec<u8> = (0..32).map(byte).collect();
        bytes.push(self.flags);
        bytes.extend(count.to_be_bytes());
        bytes
    }

    /// What a browser sends of a passkey that it has just made.
    pub(crate) fn made(&self, challenge_id: &str, challenge: &str, name: &str) -> Value {
        json!({
            "challenge_id": challenge_id, "name": name, "credential_id": self.credential_id, "algorithm": -7,
            "client_data": text(&self.client("webauthn.create", challenge)),
            "authenticator_data": text(&self.device(0)), "public_key": text(&self.public_key()),
        })
    }

    /// What a browser sends of a signature, the `count`th of this key.
    pub(crate) fn signed(&self, challenge: &str, count: u32) -> Value {
        let (client, device) = (self.client("webauthn.get", challenge), self.device(count));
        let signature: Signature = self.key.sign(&domain::passkey::signed(&client, &device));
        json!({
            "credential_id": self.credential_id, "client_data": text(&client), "authenticator_data": text(&device),
            "signature": text(signature.to_der().as_bytes()),
        })
    }

    /// Makes it the person's without any ceremony.
    pub(crate) fn keep(&self, suite: &Suite, person_id: &str, passkey_id: &str) {
        let new = NewPasskey {
            passkey_id,
            person_id,
            credential_id: &self.credential_id,
            public_key: &self.public_key(),
            algorithm: -7,
            sign_count: 0,
            is_backed_up: false,
            name: "Телефон",
        };
        let kept = suite.env.db().write(|tx| {
            passkeys::remove(tx, person_id, passkey_id)?;
            passkeys::add(tx, suite.env.now(), &new)
        });
        kept.unwrap();
    }
}

/// Asks the browser of this device for [`CHALLENGE`], once more.
pub(crate) fn ask(suite: &Suite, device: &str, person_id: Option<&str>) {
    let (now, device) = (suite.env.now(), sha256(device));
    let expires_at = now + SignedDuration::from_mins(5);
    let new = NewChallenge { challenge_id: CHALLENGE_ID, challenge: CHALLENGE, device: &device, person_id, expires_at };
    let asked = suite.env.db().write(|tx| {
        tx.execute("delete from passkey_challenge", &[])?;
        passkeys::ask(tx, now, &new)
    });
    asked.unwrap();
}
