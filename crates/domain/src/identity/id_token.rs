//! What the ID token of a provider must say before anybody is let in (OpenID Connect Core 1.0, 3.1.3.7). That its
//! signature is the provider's is checked before.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// How far the provider's clock and ours may differ.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// A sign-in is answered at once: an older token was kept by somebody.
pub const AGE_MAX: SignedDuration = SignedDuration::from_mins(10);

/// The longest name of a person at a provider, in characters: the standard's own limit.
const SUBJECT_LENGTH_MAX: usize = 255;

/// What a token claims. Whatever else stands in it is not asked.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// The provider's name for the person.
    pub sub: Subject,
    /// Whom it is for.
    pub aud: Audience,
    /// To whom it was issued, where that is told.
    #[serde(default)]
    pub azp: Option<String>,
    /// Its end, in seconds of Unix time, as all times here.
    pub exp: i64,
    /// When it was issued.
    pub iat: i64,
    /// Before when it does not hold.
    #[serde(default)]
    pub nbf: Option<i64>,
    /// When the person proved there who that is, where that is told.
    #[serde(default)]
    pub auth_time: Option<i64>,
    /// What the sign-in was begun with.
    #[serde(default)]
    pub nonce: Option<String>,
    /// The left half of the digest of the access token that came with it.
    #[serde(default)]
    pub at_hash: Option<String>,
    /// The session at the provider.
    #[serde(default)]
    pub sid: Option<String>,
}

impl Claims {
    /// When the person proved at the provider who that is, never after now: its clock may be ahead a little. None where
    /// that is not told, or is further ahead than clocks may differ.
    pub fn authenticated_at(&self, now: Timestamp) -> Option<Timestamp> {
        let told = Timestamp::from_second(self.auth_time?).ok()?;
        (told.duration_since(now) <= LEEWAY).then(|| told.min(now))
    }
}

/// The provider's name for a person: text, or a number, which ESIA may send.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// As the standard has it.
    Text(String),
    /// As ESIA may have it.
    Number(u64),
}

impl Subject {
    /// The name as text.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Whom a token is for: one or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several; then the token says to which of them it was issued.
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is for this one.
    pub(super) fn has(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Several(several) => several.iter().any(|one| one == client_id),
        }
    }

    fn is_shared(&self) -> bool {
        matches!(self, Self::Several(several) if several.len() > 1)
    }
}

/// What we know of the sign-in that the token answers.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider, by the address of its issuer.
    pub issuer: &'a str,
    /// Our name at the provider.
    pub client_id: &'a str,
    /// What the sign-in was begun with; none where the provider has no nonces (ESIA).
    pub nonce: Option<&'a str>,
    /// The access token that came with it.
    pub access_token: &'a str,
}

/// Why a token lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Another provider issued it.
    #[error("iss: another issuer")]
    Issuer,
    /// The person has no name, or one beyond the standard's 255 characters.
    #[error("sub: no subject")]
    Subject,
    /// It is for somebody else.
    #[error("aud: another audience")]
    Audience,
    /// It was issued to somebody else.
    #[error("azp: another party")]
    Party,
    /// Its time is over.
    #[error("exp: expired")]
    Expired,
    /// Its time has not come.
    #[error("nbf or iat: not yet valid")]
    Early,
    /// It is older than a sign-in takes.
    #[error("iat: issued too long ago")]
    Old,
    /// It answers another sign-in.
    #[error("nonce: another sign-in")]
    Nonce,
    /// It came with another access token.
    #[error("at_hash: another access token")]
    AccessToken,
}

/// Checks everything that a token claims.
///
/// # Errors
/// The first claim that does not hold.
pub fn check(claims: &Claims, expected: &Expected<'_>, now: Timestamp) -> Result<(), TokenFault> {
    let subject = claims.sub.text();
    hold(claims.iss == expected.issuer, TokenFault::Issuer)?;
    hold(!subject.is_empty() && subject.chars().count() <= SUBJECT_LENGTH_MAX, TokenFault::Subject)?;
    hold(claims.aud.has(expected.client_id), TokenFault::Audience)?;
    let party = claims.azp.as_deref();
    hold(party.is_some() || !claims.aud.is_shared(), TokenFault::Party)?;
    hold(party.is_none_or(|party| party == expected.client_id), TokenFault::Party)?;
    check_times(claims, now)?;
    hold(expected.nonce.is_none() || claims.nonce.as_deref() == expected.nonce, TokenFault::Nonce)?;
    let hash = half_hash(expected.access_token);
    hold(claims.at_hash.as_ref().is_none_or(|told| *told == hash), TokenFault::AccessToken)
}

fn check_times(claims: &Claims, now: Timestamp) -> Result<(), TokenFault> {
    let (now, leeway) = (now.as_second(), LEEWAY.as_secs());
    hold(now < claims.exp.saturating_add(leeway), TokenFault::Expired)?;
    let valid_from = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    hold(valid_from <= now.saturating_add(leeway), TokenFault::Early)?;
    hold(now <= claims.iat.saturating_add(AGE_MAX.as_secs() + leeway), TokenFault::Old)
}

fn hold(holds: bool, fault: TokenFault) -> Result<(), TokenFault> {
    if holds { Ok(()) } else { Err(fault) }
}

/// The left half of the SHA-256: that is what all algorithms that we take ask for (RS256, PS256, ES256).
fn half_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_784_530_800;
    const EXPECTED: Expected<'_> = Expected {
        issuer: "https://id.example",
        client_id: "moydom",
        nonce: Some("n-0S6_WzA2Mj"),
        access_token: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
    };

    fn good() -> Value {
        json!({ "iss": "https://id.example", "sub": "24400320", "aud": "moydom", "exp": NOW + 300, "iat": NOW,
                "nonce": "n-0S6_WzA2Mj", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ" })
    }

    /// The good token with one claim changed, or left out where the value is null.
    fn with(name: &str, value: Value) -> Claims {
        let mut claims = good();
        claims[name] = value;
        let claims = claims.as_object().unwrap().clone();
        let present: serde_json::Map<_, _> = claims.into_iter().filter(|(_, value)| !value.is_null()).collect();
        serde_json::from_value(Value::Object(present)).unwrap()
    }

    fn checked(claims: &Claims) -> Result<(), TokenFault> {
        check(claims, &EXPECTED, Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn the_token_of_this_sign_in_holds() {
        // at_hash: the example of OpenID Connect Core 1.0, appendix A.3.
        assert_eq!(checked(&with("iss", json!("https://id.example"))), Ok(()));
        for (claim, value) in [
            ("aud", json!(["moydom"])),
            ("azp", json!("moydom")),
            ("sub", json!(1_000_299_353)),
            ("nbf", json!(NOW)),
            ("at_hash", json!(null)),
        ] {
            assert_eq!(checked(&with(claim, value)), Ok(()), "{claim}");
        }
    }

    #[test]
    fn each_claim_that_does_not_hold_is_named() {
        for (claim, value, fault) in [
            ("iss", json!("https://id.example/"), TokenFault::Issuer),
            ("sub", json!(""), TokenFault::Subject),
            ("sub", json!("1".repeat(256)), TokenFault::Subject),
            ("aud", json!("other"), TokenFault::Audience),
            ("aud", json!([]), TokenFault::Audience),
            ("aud", json!(["moydom", "other"]), TokenFault::Party),
            ("azp", json!("other"), TokenFault::Party),
            ("exp", json!(NOW - 60), TokenFault::Expired),
            ("iat", json!(NOW + 61), TokenFault::Early),
            ("nbf", json!(NOW + 61), TokenFault::Early),
            ("iat", json!(NOW - 661), TokenFault::Old),
            ("nonce", json!("other"), TokenFault::Nonce),
            ("nonce", json!(null), TokenFault::Nonce),
            ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RR"), TokenFault::AccessToken),
        ] {
            assert_eq!(checked(&with(claim, value.clone())), Err(fault), "{claim} {value}");
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        for (claim, seconds) in [("exp", -59), ("iat", 60), ("nbf", 60), ("iat", -660)] {
            assert_eq!(checked(&with(claim, json!(NOW + seconds))), Ok(()), "{claim} {seconds}");
        }
    }

    #[test]
    fn a_provider_without_nonces_is_not_asked_for_one() {
        let expected = Expected { nonce: None, ..EXPECTED };
        let now = Timestamp::from_second(NOW).unwrap();
        assert_eq!(check(&with("nonce", json!(null)), &expected, now), Ok(()));
    }

    proptest! {
        #[test]
        fn no_times_are_a_trap(exp in any::<i64>(), iat in any::<i64>(), nbf in any::<i64>()) {
            let mut claims = with("nbf", json!(nbf));
            (claims.exp, claims.iat) = (exp, iat);
            let is_good = checked(&claims).is_ok();
            prop_assert!(!is_good || (exp > NOW - 60 && iat <= NOW + 60 && nbf <= NOW + 60));
        }
    }
}
