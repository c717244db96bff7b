//! The keys that a provider publishes (RFC 7517), and which of them may have signed a token.

use serde::{Deserialize, Serialize};

/// How a token may be signed. Nothing else is taken: no `none`, and no secret that the signer and we would share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with SHA-256 (PKCS #1 v1.5).
    Rs256,
    /// The curve P-256 with SHA-256.
    Es256,
    /// GOST R 34.10-2012 with a key of 256 bits. ESIA alone signs so, and its signer checks it: no key of ours does.
    Gost2012,
}

impl Algorithm {
    /// The algorithm of this name (RFC 7518), if it is one that we take.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "GOST3410_2012_256" => Some(Self::Gost2012),
            _ => None,
        }
    }

    /// The name of the algorithm.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Gost2012 => "GOST3410_2012_256",
        }
    }

    const fn key_type(self) -> &'static str {
        match self {
            Self::Rs256 => "RSA",
            Self::Es256 => "EC",
            Self::Gost2012 => "GOST",
        }
    }
}

/// One public key. The parts of other kinds of keys than ours are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `RSA` or `EC`.
    pub kty: String,
    /// The key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// What the key is for: `sig`, where that is told.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The only algorithm that the key is for, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// RSA: the modulus, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA: the exponent, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// EC: the curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// EC: the first coordinate, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// EC: the second coordinate, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

impl Jwk {
    /// Whether the key may have signed a token with this algorithm and key name. A token that names no key may be of
    /// any; a key without a name is of no token that names one.
    pub fn fits(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let is_named = kid.is_none() || self.kid.as_deref() == kid;
        let is_for_signing = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let is_of_algorithm = self.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str());
        is_named && is_for_signing && is_of_algorithm && self.kty == algorithm.key_type()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kty: &str, kid: Option<&str>) -> Jwk {
        Jwk { kty: kty.to_owned(), kid: kid.map(str::to_owned), ..Jwk::default() }
    }

    #[test]
    fn only_signatures_of_public_keys_are_taken() {
        assert_eq!(Algorithm::parse("GOST3410_2012_256"), Some(Algorithm::Gost2012));
        assert_eq!(Algorithm::parse("RS256"), Some(Algorithm::Rs256));
        assert_eq!(Algorithm::parse("ES256"), Some(Algorithm::Es256));
        for name in ["none", "None", "HS256", "rs256", "RS512", ""] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_key_fits_by_name_kind_and_purpose() {
        let named = key("RSA", Some("1"));
        assert!(named.fits(Algorithm::Rs256, Some("1")));
        assert!(named.fits(Algorithm::Rs256, None));
        assert!(!named.fits(Algorithm::Rs256, Some("2")));
        assert!(!named.fits(Algorithm::Es256, Some("1")));
        assert!(!key("RSA", None).fits(Algorithm::Rs256, Some("1")));
        let encrypts = Jwk { purpose: Some("enc".to_owned()), ..named.clone() };
        assert!(!encrypts.fits(Algorithm::Rs256, Some("1")));
        let other = Jwk { alg: Some("RS512".to_owned()), ..named };
        assert!(!other.fits(Algorithm::Rs256, Some("1")));
    }
}
