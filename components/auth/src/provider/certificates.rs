//! The certificates by which ESIA is known. The operator pins them; several hold at once while one takes the place of
//! another.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::identity::{certificate::ders, jwk::Jwk};
use jiff::Timestamp;
use rsa::{RsaPublicKey, pkcs8::DecodePublicKey as _, traits::PublicKeyParts as _};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

/// A key that the operator pinned, with its certificate's time where it came in one.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) key: Jwk,
    validity: Option<(Timestamp, Timestamp)>,
}

impl Pinned {
    /// What the operator's variable names.
    ///
    /// # Errors
    /// The number of the first one that is no RSA key and no certificate of one.
    pub(crate) fn all(text: &str) -> Result<Vec<Self>, usize> {
        ders(text)?.iter().enumerate().map(|(index, der)| Self::read(der).ok_or(index + 1)).collect()
    }

    fn read(der: &[u8]) -> Option<Self> {
        let certificate = X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate);
        let moment = |seconds| Timestamp::from_second(seconds).ok();
        let (spki, validity) = match &certificate {
            None => (der, None),
            Some(certificate) => {
                let validity = certificate.validity();
                let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
                (certificate.public_key().raw, Some((moment(from)?, moment(until)?)))
            }
        };
        let key = jwk(&RsaPublicKey::from_public_key_der(spki).ok()?);
        Some(Self { key, validity })
    }

    /// Whether it counts at this moment.
    pub(crate) fn holds(&self, now: Timestamp) -> bool {
        self.validity.is_none_or(|(from, until)| from <= now && now < until)
    }
}

fn jwk(key: &RsaPublicKey) -> Jwk {
    let number = |number: &rsa::BigUint| Some(URL_SAFE_NO_PAD.encode(number.to_bytes_be()));
    Jwk { kty: "RSA".to_owned(), n: number(key.n()), e: number(key.e()), ..Jwk::default() }
}
