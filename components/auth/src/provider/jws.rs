//! A signed token in its compact form (RFC 7515): three parts, and which key and algorithm it names.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::identity::jwk::Algorithm;
use serde::{Deserialize, de::DeserializeOwned};

use super::Fault;

/// A token whose signature is not checked yet: nothing that it claims counts.
pub(crate) struct Jws<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
    /// What kind of token it says it is.
    pub(crate) typ: Option<String>,
    /// What is signed.
    pub(crate) message: &'a str,
    pub(crate) signature: Vec<u8>,
    payload: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    /// Extensions that must be understood: we understand none.
    #[serde(default)]
    crit: Option<Vec<String>>,
}

impl<'a> Jws<'a> {
    /// A token that is signed by one of these algorithms.
    pub(crate) fn parse(token: &'a str, allowed: &[Algorithm]) -> Result<Self, Fault> {
        let malformed = || Fault::Signature("it is no signed token");
        let (message, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = message.split_once('.').ok_or_else(malformed)?;
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed());
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| malformed())?;
        if header.crit.is_some() {
            return Err(Fault::Signature("it has extensions that we do not know"));
        }
        let algorithm = Algorithm::parse(&header.alg).filter(|found| allowed.contains(found));
        let algorithm = algorithm.ok_or(Fault::Signature("its algorithm is not on our list"))?;
        Ok(Self {
            algorithm,
            kid: header.kid,
            typ: header.typ,
            message,
            signature: bytes(signature)?,
            payload: bytes(payload)?,
        })
    }

    /// What the token claims; asked for once the signature is checked.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.payload).map_err(|_| Fault::Signature("a claim is missing or of another kind"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"), URL_SAFE_NO_PAD.encode("x"))
    }

    #[test]
    fn what_is_signed_stands_before_the_last_dot() {
        let token = token(r#"{"alg":"ES256","kid":"k1","typ":"JWT"}"#);
        let jws = Jws::parse(&token, &[Algorithm::Es256]).unwrap();
        assert_eq!((jws.algorithm, jws.kid.as_deref()), (Algorithm::Es256, Some("k1")));
        assert_eq!(format!("{}.{}", jws.message, URL_SAFE_NO_PAD.encode(&jws.signature)), token);
    }

    #[test]
    fn what_is_no_token_of_our_algorithms_is_refused() {
        let good = token(r#"{"alg":"RS256"}"#);
        assert!(Jws::parse(&good, &[Algorithm::Rs256]).is_ok());
        assert!(Jws::parse(&good, &[Algorithm::Es256, Algorithm::Gost2012]).is_err());
        for text in [
            "",
            "..",
            "a.b",
            &good[1..],
            &format!("{good}="),
            &format!("{good}.e30"),
            &token(r#"{"alg":"none"}"#),
            &token(r#"{"alg":"HS256"}"#),
            &token(r#"{"kid":"k1"}"#),
            &token(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#),
            &token("[]"),
        ] {
            assert!(Jws::parse(text, &[Algorithm::Rs256, Algorithm::Es256]).is_err(), "{text}");
        }
    }
}
