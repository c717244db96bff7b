//! Providers who vouch for people: which are on, and what one says of who has just signed in there.

mod jws;
mod metadata;
mod oidc;
mod signature;

use domain::identity::{
    Level,
    id_token::TokenFault,
    refusal::{Reason, Refusal},
};
use web::{Env, Problem};

pub(crate) use oidc::Oidc;

/// What begins a sign-in, and what the provider will be asked to repeat.
pub(crate) struct Begun<'a> {
    pub(crate) state: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) challenge: &'a str,
}

/// What the browser brings back from the provider.
pub(crate) struct Answer<'a> {
    pub(crate) code: &'a str,
    /// By which name the provider answers (RFC 9207).
    pub(crate) issuer: Option<&'a str>,
}

/// Who signed in at the provider.
#[derive(Debug)]
pub(crate) struct Who {
    pub(crate) subject: String,
    pub(crate) level: Level,
    /// Empty where the provider has none.
    pub(crate) name: String,
}

/// Why nobody is let in. The words are for the log and the record: nothing of what a provider says reaches a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The provider did not answer, or not as it should.
    #[error("the provider is unavailable: {0}")]
    Unavailable(String),
    /// Somebody else answered, or the answer does not say who.
    #[error("the answer is not the provider's: {0}")]
    Answer(&'static str),
    /// The provider does not take the code.
    #[error("the provider refuses the code: {}", .0.words)]
    Code(Refusal),
    /// The token is not signed by the provider.
    #[error("the token is not the provider's: {0}")]
    Signature(&'static str),
    /// The token says something else than this sign-in asks.
    #[error("the token does not fit: {0}")]
    Claims(#[from] TokenFault),
}

impl Fault {
    /// Where the browser goes: the page of the sign-in has the words.
    pub(crate) const fn reason(&self) -> Reason {
        match self {
            Self::Unavailable(_) => Reason::Unavailable,
            Self::Code(refusal) => refusal.reason,
            Self::Answer(_) | Self::Signature(_) | Self::Claims(_) => Reason::Distrusted,
        }
    }
}

/// The provider of this name, where the operator switched it on.
///
/// # Errors
/// A variable that is absent or no level.
pub(crate) fn find(env: &Env, provider: &str) -> Result<Option<Oidc>, Problem> {
    Ok(all(env)?.into_iter().find(|one| one.key() == provider))
}

/// Every provider that the operator switched on.
///
/// # Errors
/// A variable that is absent or no level.
pub(crate) fn all(env: &Env) -> Result<Vec<Oidc>, Problem> {
    Ok(Oidc::configured(env)?.into_iter().collect())
}
