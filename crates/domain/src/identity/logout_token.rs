//! What a provider says whose sessions are over (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6). That the signature
//! is the provider's is checked before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, de::IgnoredAny};

use super::id_token::{AGE_MAX, Audience, LEEWAY, Subject};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The longest name of a token or a session that is read, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// What a token claims.
#[derive(Debug, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    /// The token's own name: it is used once.
    pub jti: String,
    /// Whose sessions are over; absent where one session is named.
    #[serde(default)]
    pub sub: Option<Subject>,
    /// Which session there is over; absent: all of the person's.
    #[serde(default)]
    pub sid: Option<String>,
    /// What happened; each with an object.
    events: BTreeMap<String, BTreeMap<String, IgnoredAny>>,
    /// An ID token has one: it is no word about an end.
    #[serde(default)]
    nonce: Option<IgnoredAny>,
}

/// Why a token ends nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoutFault {
    /// It says of itself that it is something else.
    #[error("typ: no logout token")]
    Type,
    /// Another provider issued it.
    #[error("iss: another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("aud: another audience")]
    Audience,
    /// Its time is over.
    #[error("exp: expired")]
    Expired,
    /// It was issued later than now, or long ago.
    #[error("iat: not of now")]
    Time,
    /// It has no name, or one beyond 255 bytes.
    #[error("jti: no name")]
    Name,
    /// It tells of something else.
    #[error("events: no logout")]
    Event,
    /// It is an ID token, or would pass for one.
    #[error("nonce: a logout token has none")]
    Nonce,
    /// It names neither a person nor a session.
    #[error("sub and sid: nobody's")]
    Nobody,
}

/// Whether the header's `typ` is that of a logout token. Older providers name none, or none in particular.
pub fn is_type(typ: Option<&str>) -> bool {
    let typ = typ.map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
    typ.is_none_or(|typ| ["logout+jwt", "jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known)))
}

/// Checks everything that a token claims, except that it was never used.
///
/// # Errors
/// The first claim that does not hold.
pub fn check(claims: &Claims, issuer: &str, client_id: &str, now: Timestamp) -> Result<(), LogoutFault> {
    let (now, leeway) = (now.as_second(), LEEWAY.as_secs());
    let oldest = now.saturating_sub(AGE_MAX.as_secs() + leeway);
    let is_name = |name: &str| !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    let subject = claims.sub.as_ref().map(Subject::text);
    let named = [subject.as_deref(), claims.sid.as_deref()];
    [
        (claims.iss == issuer, LogoutFault::Issuer),
        (claims.aud.has(client_id), LogoutFault::Audience),
        (now < claims.exp.saturating_add(leeway), LogoutFault::Expired),
        (oldest <= claims.iat && claims.iat <= now.saturating_add(leeway), LogoutFault::Time),
        (is_name(&claims.jti), LogoutFault::Name),
        (claims.events.contains_key(EVENT), LogoutFault::Event),
        (claims.nonce.is_none(), LogoutFault::Nonce),
        (named.iter().flatten().count() > 0 && named.iter().flatten().all(|name| is_name(name)), LogoutFault::Nobody),
    ]
    .into_iter()
    .find_map(|(holds, fault)| (!holds).then_some(fault))
    .map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_784_530_800;

    /// The good token with one claim changed, or left out where the value is null.
    fn with(name: &str, value: Value) -> Claims {
        let mut claims = json!({ "iss": "https://id.example", "aud": "moydom", "iat": NOW, "exp": NOW + 120,
                                 "jti": "bWJq", "sub": "248289761001", "sid": "08a5019c",
                                 "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
        claims[name] = value;
        let present = claims.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null());
        serde_json::from_value(Value::Object(present.collect())).unwrap()
    }

    fn checked(claims: &Claims) -> Result<(), LogoutFault> {
        check(claims, "https://id.example", "moydom", Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn a_token_names_a_person_a_session_or_both() {
        for (claim, value) in [("aud", json!(["moydom"])), ("sub", json!(null)), ("sid", json!(null))] {
            assert_eq!(checked(&with(claim, value)), Ok(()), "{claim}");
        }
        let mut nobody = with("sub", json!(null));
        nobody.sid = None;
        assert_eq!(checked(&nobody), Err(LogoutFault::Nobody));
    }

    #[test]
    fn each_claim_that_does_not_hold_is_named() {
        for (claim, value, fault) in [
            ("iss", json!("https://id.example/"), LogoutFault::Issuer),
            ("aud", json!("other"), LogoutFault::Audience),
            ("exp", json!(NOW - 60), LogoutFault::Expired),
            ("iat", json!(NOW + 61), LogoutFault::Time),
            ("iat", json!(NOW - 661), LogoutFault::Time),
            ("jti", json!(""), LogoutFault::Name),
            ("jti", json!("1".repeat(256)), LogoutFault::Name),
            ("events", json!({}), LogoutFault::Event),
            ("events", json!({ "http://schemas.openid.net/event/other": {} }), LogoutFault::Event),
            ("nonce", json!("n-0S6"), LogoutFault::Nonce),
            ("sid", json!(""), LogoutFault::Nobody),
            ("sub", json!(""), LogoutFault::Nobody),
        ] {
            assert_eq!(checked(&with(claim, value.clone())), Err(fault), "{claim} {value}");
        }
    }

    #[test]
    fn a_token_of_another_kind_is_none() {
        for typ in [None, Some("logout+jwt"), Some("LOGOUT+JWT"), Some("application/logout+jwt"), Some("JWT")] {
            assert!(is_type(typ), "{typ:?}");
        }
        for typ in ["at+jwt", "dpop+jwt", ""] {
            assert!(!is_type(Some(typ)), "{typ}");
        }
    }
}
