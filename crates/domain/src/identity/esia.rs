//! ESIA, the state's provider («Госуслуги»): OAuth 2.0 in a dialect of its own. Each request is signed, there is no
//! nonce, and the token says how well the state knows the person.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD},
};
use jiff::{
    Timestamp,
    tz::{self, TimeZone},
};
use serde::Deserialize;

use super::{
    Level,
    id_token::{Claims, Subject},
};
use crate::identifier::Snils;

/// Both endings are read: our own has none (RFC 7515), a signer may add one.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The raw signature of GOST R 34.10-2012 with a key of 256 bits, in bytes.
const SIGNATURE_BYTES: usize = 64;

/// Which form of the dialect is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `v2/ac` and `v3/te`: a raw signature, and the digest of its certificate.
    Current,
    /// The older one: a detached PKCS #7 signature over fewer parts in another order.
    V1,
}

impl Form {
    /// The form of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "current" => Some(Self::Current),
            "v1" => Some(Self::V1),
            _ => None,
        }
    }

    /// Where a browser is sent to sign in.
    pub const fn authorization_path(self) -> &'static str {
        match self {
            Self::Current => "/aas/oauth2/v2/ac",
            Self::V1 => "/aas/oauth2/ac",
        }
    }

    /// Where a code is exchanged for tokens.
    pub const fn token_path(self) -> &'static str {
        match self {
            Self::Current => "/aas/oauth2/v3/te",
            Self::V1 => "/aas/oauth2/te",
        }
    }
}

/// What of a request is signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Our mnemonic at ESIA.
    pub client_id: &'a str,
    /// What is asked for, parted by spaces.
    pub scope: &'a str,
    /// As [`timestamp`] writes it.
    pub timestamp: &'a str,
    /// A UUID of this very request.
    pub state: &'a str,
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// What is exchanged; none while a browser is sent there.
    pub code: Option<&'a str>,
}

impl Signed<'_> {
    /// The text that the signer signs: the parts one after another, with nothing between.
    pub fn text(&self, form: Form) -> String {
        let Self { client_id, scope, timestamp, state, redirect_uri, code } = *self;
        match form {
            Form::Current => [client_id, scope, timestamp, state, redirect_uri, code.unwrap_or_default()].concat(),
            Form::V1 => [scope, timestamp, client_id, state].concat(),
        }
    }
}

/// The moment as ESIA reads it, by Moscow's clock: `2026.03.02 09:15:30 +0300`.
pub fn timestamp(now: Timestamp) -> String {
    now.to_zoned(TimeZone::fixed(tz::offset(3))).strftime("%Y.%m.%d %H:%M:%S %z").to_string()
}

/// A UUID of version 4 (RFC 9562).
pub fn state(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = crate::hex::hex(&bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// The signature as `client_secret` carries it: base64url without an ending. None where the signer gave something else.
pub fn client_secret(form: Form, signature: &str) -> Option<String> {
    let bytes = ANY_PADDING.decode(signature).ok()?;
    let is_whole = match form {
        Form::Current => bytes.len() == SIGNATURE_BYTES,
        Form::V1 => bytes.len() > SIGNATURE_BYTES,
    };
    is_whole.then(|| URL_SAFE_NO_PAD.encode(bytes))
}

/// The digest of the signer's certificate as ESIA takes it: 64 hex digits, capital. None where it is no such digest.
pub fn certificate_hash(digest: &str) -> Option<String> {
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| digest.to_ascii_uppercase())
}

/// What ESIA's ID token claims.
#[derive(Clone, Debug, Deserialize)]
pub struct IdToken {
    /// What every provider's does.
    #[serde(flatten)]
    pub claims: Claims,
    /// Who the person is to the state.
    #[serde(rename = "urn:esia:sbj")]
    subject: Option<StateSubject>,
    /// The session there.
    #[serde(rename = "urn:esia:sid", default)]
    pub sid: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct StateSubject {
    #[serde(rename = "urn:esia:sbj:typ", default)]
    kind: Option<String>,
    #[serde(rename = "urn:esia:sbj:oid", default)]
    oid: Option<Subject>,
    #[serde(rename = "urn:esia:sbj:is_tru", default)]
    is_trusted: Option<bool>,
    #[serde(rename = "urn:esia:sbj:lvl", default)]
    level: Option<String>,
}

impl IdToken {
    /// Whether the person signed in for themselves, not for an organisation.
    pub fn is_of_a_person(&self) -> bool {
        self.subject.as_ref().and_then(|subject| subject.kind.as_deref()).is_none_or(|kind| kind == "P")
    }

    /// Whether all parts of the token name the same subject.
    pub fn names_one_subject(&self) -> bool {
        let oid = self.subject.as_ref().and_then(|subject| subject.oid.as_ref());
        oid.is_none_or(|oid| oid.text() == self.claims.sub.text())
    }

    /// Confirmed where the token says so and nothing in it says otherwise.
    pub fn level(&self) -> Level {
        let said = self.subject.as_ref().map(|subject| (subject.level.as_deref(), subject.is_trusted));
        match said {
            Some((Some("PR"), None | Some(true)) | (None, Some(true))) => Level::Confirmed,
            _ => Level::Basic,
        }
    }
}

/// Whether a scope, its parts parted by spaces, has this one.
pub fn grants(scope: &str, part: &str) -> bool {
    scope.split(' ').any(|one| one == part)
}

/// What `/rs/prns/{oid}` tells of a person, as far as it is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PersonalData {
    last_name: String,
    first_name: String,
    middle_name: String,
    snils: String,
}

impl PersonalData {
    /// As much of it as the scope has; whatever else came was not asked for.
    #[must_use]
    pub fn within(self, scope: &str) -> Self {
        let named = if grants(scope, "fullname") { self } else { Self { snils: self.snils, ..Self::default() } };
        if grants(scope, "snils") { named } else { Self { snils: String::new(), ..named } }
    }

    /// The СНИЛС, where the portal was granted it.
    pub fn snils(&self) -> Option<Snils> {
        Snils::parse(&self.snils).ok()
    }

    /// «Иванова Анна Сергеевна».
    pub fn name(&self) -> String {
        let parts = [&self.last_name, &self.first_name, &self.middle_name];
        parts.map(|part| part.trim()).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::identity::form;

    // E1, E2: the vectors of the project's notes on ESIA.
    const E1: Signed<'_> = Signed {
        client_id: "MOYDOM01",
        scope: "openid fullname snils",
        timestamp: "2026.03.02 09:15:30 +0300",
        state: "5a1e3c5e-6b1f-4b3e-9d58-2f4f0a7d9c11",
        redirect_uri: "https://moydom.example/auth/esia/callback",
        code: None,
    };
    const E1_CURRENT: &str = "MOYDOM01openid fullname snils2026.03.02 09:15:30 +03005a1e3c5e-6b1f-4b3e-9d58-2f4f0a7d9c11https://moydom.example/auth/esia/callback";
    const E1_V1: &str = "openid fullname snils2026.03.02 09:15:30 +0300MOYDOM015a1e3c5e-6b1f-4b3e-9d58-2f4f0a7d9c11";

    #[test]
    fn e1_the_parts_are_signed_in_the_order_of_each_form() {
        assert_eq!(E1.text(Form::Current), E1_CURRENT);
        assert_eq!(E1.text(Form::V1), E1_V1);
        let exchanged = Signed { code: Some("eyJhbGciOi"), ..E1 };
        assert_eq!(exchanged.text(Form::Current), format!("{E1_CURRENT}eyJhbGciOi"));
        assert_eq!(exchanged.text(Form::V1), E1_V1);
    }

    #[test]
    fn e2_the_moment_is_moscow_s_and_its_signs_are_escaped_in_an_address() {
        let moment = timestamp("2026-03-02T06:15:30.999Z".parse().unwrap());
        assert_eq!(moment, E1.timestamp);
        assert_eq!(form(&[("timestamp", &moment)]), "timestamp=2026.03.02+09%3A15%3A30+%2B0300");
    }

    #[test]
    fn a_signature_of_64_bytes_is_86_letters_whatever_ending_it_came_with() {
        let bytes = [0xfb; 64];
        let unpadded = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(unpadded.len(), 86);
        assert!(unpadded.starts_with("-_v7"), "{unpadded}");
        for given in [unpadded.clone(), format!("{unpadded}==")] {
            assert_eq!(client_secret(Form::Current, &given).as_deref(), Some(unpadded.as_str()));
        }
        let pkcs7 = URL_SAFE_NO_PAD.encode([7; 1500]);
        assert_eq!(client_secret(Form::V1, &pkcs7), Some(pkcs7.clone()));
        assert_eq!(client_secret(Form::V1, &unpadded), None, "no PKCS #7");
        let plain = unpadded.replace('-', "+");
        for wrong in ["", "=", &unpadded[1..], &pkcs7, &plain] {
            assert_eq!(client_secret(Form::Current, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_certificate_is_named_by_64_capital_hex_digits() {
        let digest = "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500";
        assert_eq!(certificate_hash(digest), Some(digest.to_uppercase()));
        for wrong in ["", &digest[1..], &digest.replace('9', "g")] {
            assert_eq!(certificate_hash(wrong), None);
        }
    }

    #[test]
    fn a_state_is_a_random_uuid() {
        assert_eq!(state([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_eq!(state([255; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    fn token(subject: &Value) -> IdToken {
        let mut claims = json!({ "iss": "http://esia.gosuslugi.ru/", "sub": 1_000_299_353, "aud": "MOYDOM01",
                                 "exp": 2, "iat": 1, "nbf": 1, "amr": "PWD" });
        if !subject.is_null() {
            claims["urn:esia:sbj"] = subject.clone();
        }
        serde_json::from_value(claims).unwrap()
    }

    fn subject(level: &Value, is_trusted: &Value) -> Value {
        let mut subject =
            json!({ "urn:esia:sbj:typ": "P", "urn:esia:sbj:oid": "1000299353", "urn:esia:sbj:nam": "OID" });
        for (name, value) in [("urn:esia:sbj:lvl", level), ("urn:esia:sbj:is_tru", is_trusted)] {
            if !value.is_null() {
                subject[name] = value.clone();
            }
        }
        subject
    }

    #[test]
    fn a_person_is_confirmed_only_where_the_token_says_so_and_nothing_contradicts() {
        for (level, is_trusted, expected) in [
            (json!("PR"), json!(true), Level::Confirmed),
            (json!("PR"), json!(null), Level::Confirmed),
            (json!(null), json!(true), Level::Confirmed),
            (json!("PR"), json!(false), Level::Basic),
            (json!("P"), json!(true), Level::Basic),
            (json!("P"), json!(null), Level::Basic),
            (json!("KD"), json!(null), Level::Basic),
            (json!(null), json!(false), Level::Basic),
            (json!(null), json!(null), Level::Basic),
        ] {
            assert_eq!(token(&subject(&level, &is_trusted)).level(), expected, "{level} {is_trusted}");
        }
        assert_eq!(token(&json!(null)).level(), Level::Basic);
    }

    #[test]
    fn a_token_of_an_organisation_or_of_two_people_is_nobody_s() {
        let person = subject(&json!("PR"), &json!(true));
        let with = |name: &str, value| {
            let mut other = person.clone();
            other[name] = value;
            token(&other)
        };
        for (token, is_of_a_person, names_one_subject) in [
            (token(&person), true, true),
            (token(&json!(null)), true, true),
            (with("urn:esia:sbj:typ", json!("O")), false, true),
            (with("urn:esia:sbj:oid", json!("1000299354")), true, false),
        ] {
            assert_eq!((token.is_of_a_person(), token.names_one_subject()), (is_of_a_person, names_one_subject));
        }
    }

    #[test]
    fn what_was_not_asked_for_is_not_taken() {
        let told = json!({ "firstName": "Анна", "lastName": "Иванова", "snils": "112-233-445 95" });
        for (scope, name, has_snils) in [
            ("openid fullname snils", "Иванова Анна", true),
            ("openid fullname", "Иванова Анна", false),
            ("openid snils", "", true),
            ("openid snils_old", "", false),
        ] {
            let data: PersonalData = serde_json::from_value(told.clone()).unwrap();
            let data = data.within(scope);
            assert_eq!((data.name().as_str(), data.snils().is_some()), (name, has_snils), "{scope}");
        }
    }

    #[test]
    fn a_name_is_put_together_of_the_parts_that_are_there() {
        let told = json!({ "firstName": "Анна", "lastName": "Иванова", "middleName": "Сергеевна", "trusted": true });
        let data: PersonalData = serde_json::from_value(told).unwrap();
        assert_eq!(data.name(), "Иванова Анна Сергеевна");
        let data: PersonalData = serde_json::from_value(json!({ "firstName": " Анна " })).unwrap();
        assert_eq!(data.name(), "Анна");
    }
}
