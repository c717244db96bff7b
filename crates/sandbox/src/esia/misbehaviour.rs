//! What ESIA may do wrong, on demand: each of its errors, and each answer that must let nobody in.

use serde::Deserialize;

/// How ESIA misbehaves in one sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Misbehaviour(String);

impl From<String> for Misbehaviour {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl Misbehaviour {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0 == name
    }

    /// The error with which the browser is sent back.
    pub(crate) fn of_authorization(&self) -> Option<(&'static str, &'static str)> {
        find(&AUTHORIZATION, &self.0)
    }

    /// The error that the code is answered with.
    pub(crate) fn of_token(&self) -> Option<(&'static str, &'static str)> {
        find(&TOKEN, &self.0)
    }
}

type Known = (&'static str, &'static str, &'static str);

fn find(known: &[Known], name: &str) -> Option<(&'static str, &'static str)> {
    known.iter().find(|(known, ..)| *known == name).map(|&(_, error, description)| (error, description))
}

const AUTHORIZATION: [Known; 6] = [
    ("007006", "invalid_scope", "ESIA-007006: The requested scope is not granted to the client"),
    ("007015", "invalid_request", "ESIA-007015: The timestamp is out of the permitted window"),
    ("007023", "invalid_request", "ESIA-007023: The redirect_uri is not registered"),
    ("007039", "invalid_request", "ESIA-007039: The code_challenge is not valid"),
    ("007053", "invalid_request", "ESIA-007053: The client_secret is not valid"),
    ("007055", "access_denied", "ESIA-007055: The account is not confirmed"),
];

const TOKEN: [Known; 4] = [
    ("te-007011", "invalid_grant", "ESIA-007011: The code is expired or was used"),
    ("te-007015", "invalid_request", "ESIA-007015: The timestamp is out of the permitted window"),
    ("te-007040", "invalid_request", "ESIA-007040: The code_verifier does not fit"),
    ("te-007053", "invalid_request", "ESIA-007053: The client_secret is not valid"),
];

/// Each with its name in the form.
pub const NAMES: [&str; 33] = [
    "none",
    "wrong-state",
    "no-code",
    "007006",
    "007015",
    "007023",
    "007039",
    "007053",
    "007055",
    "te-007011",
    "te-007015",
    "te-007040",
    "te-007053",
    "broken",
    "not-json",
    "slow",
    "other-token-state",
    "other-issuer",
    "other-audience",
    "expired",
    "early",
    "old",
    "no-auth-time",
    "alg-none",
    "hs256",
    "es256",
    "unknown-kid",
    "other-key",
    "tampered",
    "organisation",
    "other-oid",
    "no-name",
    "more-than-asked",
];
