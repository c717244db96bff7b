//! What a provider may do wrong, on demand.

use serde::Deserialize;

/// How the provider misbehaves in one sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Misbehaviour {
    /// Not at all.
    #[default]
    None,
    /// The redirect names another sign-in.
    WrongState,
    /// The redirect names another provider.
    WrongIss,
    /// The redirect names no provider, though it is promised.
    NoIss,
    /// The redirect has neither a code nor an error.
    NoCode,
    /// The code is refused.
    RefusedCode,
    /// The code is refused with an error that the standard does not have.
    RefusedOddly,
    /// The portal itself is refused.
    RefusedClient,
    /// The token endpoint fails.
    Broken,
    /// The token endpoint answers with a page.
    NotJson,
    /// Nothing comes within a person's patience.
    Slow,
    /// The token is another issuer's.
    OtherIssuer,
    /// The token is for another portal.
    OtherAudience,
    /// The token is for two portals and was issued to the other one.
    OtherParty,
    /// The token is over.
    Expired,
    /// The token holds from tomorrow.
    Early,
    /// The token was issued an hour ago.
    Old,
    /// The person was to sign in anew, and was not asked to.
    StaleAuthTime,
    /// The token does not tell when the person signed in.
    NoAuthTime,
    /// The token answers another sign-in.
    OtherNonce,
    /// The token answers no sign-in.
    NoNonce,
    /// The token came with another access token.
    OtherAccessToken,
    /// The token is not signed.
    AlgNone,
    /// The token is signed with the public key as a secret.
    Hs256,
    /// The token names a key that is not published.
    UnknownKid,
    /// The token is signed by another key than it names.
    OtherKey,
    /// What was signed is changed afterwards.
    Tampered,
    /// The user info is somebody else's.
    OtherUserInfo,
}

/// Each with its name in the form.
pub const NAMES: [&str; 28] = [
    "none",
    "wrong-state",
    "wrong-iss",
    "no-iss",
    "no-code",
    "refused-code",
    "refused-oddly",
    "refused-client",
    "broken",
    "not-json",
    "slow",
    "other-issuer",
    "other-audience",
    "other-party",
    "expired",
    "early",
    "old",
    "stale-auth-time",
    "no-auth-time",
    "other-nonce",
    "no-nonce",
    "other-access-token",
    "alg-none",
    "hs256",
    "unknown-kid",
    "other-key",
    "tampered",
    "other-user-info",
];
