//! The provider's keys. The one of RSA is made when somebody first asks for it: that takes a second.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use p256::ecdsa;
use rsa::{RsaPrivateKey, pkcs1v15, pkcs8::EncodePublicKey as _, rand_core::OsRng, traits::PublicKeyParts as _};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use signature::{SignatureEncoding as _, Signer as _};

use super::fresh;

const MODULUS_BITS: usize = 2048;

/// With what a token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Signing {
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "RS256")]
    Rs256,
}

impl Signing {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

pub(crate) struct Keys {
    name: String,
    p256: ecdsa::SigningKey,
    rsa: Option<RsaPrivateKey>,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { name: fresh(), p256: ecdsa::SigningKey::random(&mut OsRng), rsa: None }
    }

    /// The name of a key.
    pub(crate) fn kid(&self, signing: Signing) -> String {
        format!("{}-{}", self.name, signing.as_str())
    }

    pub(crate) fn sign(&mut self, signing: Signing, message: &str) -> Vec<u8> {
        match signing {
            Signing::Es256 => {
                let signature: ecdsa::Signature = self.p256.sign(message.as_bytes());
                signature.to_vec()
            }
            Signing::Rs256 => pkcs1v15::SigningKey::<Sha256>::new(self.rsa().clone()).sign(message.as_bytes()).to_vec(),
        }
    }

    fn rsa(&mut self) -> &RsaPrivateKey {
        self.rsa.get_or_insert_with(|| RsaPrivateKey::new(&mut OsRng, MODULUS_BITS).expect("a size that holds"))
    }

    /// The public key of RSA, base64 of its DER.
    pub(crate) fn rsa_public_key(&mut self) -> String {
        STANDARD.encode(self.rsa().to_public_key().to_public_key_der().expect("a public key is encoded"))
    }

    /// The public keys (RFC 7517), among them one of a kind that nobody has to know.
    pub(crate) fn published(&self) -> Vec<Value> {
        let unknown = json!({ "kty": "GOST", "kid": "unknown", "use": "sig" });
        [Some(unknown), Some(self.published_p256()), self.published_rsa()].into_iter().flatten().collect()
    }

    fn published_p256(&self) -> Value {
        let point = self.p256.verifying_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&_>| bytes.map(|bytes: &p256::FieldBytes| URL_SAFE_NO_PAD.encode(bytes));
        json!({ "kty": "EC", "crv": "P-256", "kid": self.kid(Signing::Es256), "use": "sig", "alg": "ES256",
                "x": coordinate(point.x()), "y": coordinate(point.y()) })
    }

    fn published_rsa(&self) -> Option<Value> {
        let number = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let key = self.rsa.as_ref()?;
        Some(json!({ "kty": "RSA", "kid": self.kid(Signing::Rs256), "use": "sig", "alg": "RS256",
                     "n": number(key.n()), "e": number(key.e()) }))
    }
}
