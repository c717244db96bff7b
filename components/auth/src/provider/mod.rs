//! Providers who vouch for people: which are on, and what one says of who has just signed in there.

mod certificates;
mod esia;
mod exchange;
mod jws;
mod metadata;
mod oidc;
mod signature;
mod signer;

use std::pin::Pin;

use domain::{
    identifier::Snils,
    identity::{
        Level,
        id_token::TokenFault,
        logout_token::LogoutFault,
        refusal::{Reason, Refusal},
    },
};
use jiff::Timestamp;
use store::{identities::SignIn, persons::sessions::ProviderSession};
use web::{Env, Problem};

use esia::Esia;
pub(crate) use oidc::Oidc;
pub(crate) use signer::{CmsVerdict, Signer};

/// What begins a sign-in, and what the provider will be asked to repeat.
pub(crate) struct Begun<'a> {
    pub(crate) state: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) challenge: &'a str,
    /// Whether the person is to sign in there anew, where the provider can be asked for that.
    pub(crate) is_anew: bool,
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
    /// Where the provider has it, and checked it.
    pub(crate) snils: Option<Snils>,
    /// The session there, where the provider names it.
    pub(crate) sid: Option<String>,
    /// When the person proved there who that is, where the provider tells.
    pub(crate) authenticated_at: Option<Timestamp>,
}

impl Who {
    /// As a session here keeps it.
    pub(crate) fn session<'a>(&'a self, provider: &'a str) -> ProviderSession<'a> {
        let Self { subject, sid, authenticated_at, .. } = self;
        ProviderSession { provider, subject, sid: sid.as_deref(), authenticated_at: *authenticated_at }
    }
}

/// What a provider is asked takes its time.
pub(crate) type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// A provider that the operator switched on. Whatever else differs between two of them is data inside.
pub(crate) trait IdentityProvider: Send + Sync {
    /// Its name in addresses and in the database.
    fn key(&self) -> &'static str;

    /// What people read on the button.
    fn name(&self) -> &str;

    /// The address by which its tokens name it.
    fn issuer(&self) -> &str;

    /// How far the operator trusts it.
    fn level(&self) -> Level;

    /// Whether it tells the СНИЛС of whom it is sure of.
    fn tells_snils(&self) -> bool;

    /// A fresh state in the form that the provider takes.
    fn state(&self, env: &Env) -> String;

    /// Where the browser goes to sign in.
    fn authorize_url<'a>(&'a self, env: &'a Env, begun: &'a Begun<'a>) -> Asking<'a, String>;

    /// Who signed in: the code is exchanged, the token checked, the name asked for.
    fn identify<'a>(&'a self, env: &'a Env, answer: &'a Answer<'a>, sign_in: &'a SignIn) -> Asking<'a, Who>;

    /// Where the browser goes to sign out there too, and comes `back` from; none where the provider has no such place.
    fn logout_url<'a>(&'a self, env: &'a Env, back: &'a str) -> Asking<'a, Option<String>>;

    /// Whose sessions a token of the provider says are over; none where the provider sends no such tokens.
    fn ended<'a>(&'a self, env: &'a Env, token: &'a str) -> Option<Asking<'a, Ended>>;
}

/// What a provider says is over: the session there, the person's sessions, or both.
pub(crate) struct Ended {
    /// The token's own name.
    pub(crate) jti: String,
    pub(crate) subject: Option<String>,
    pub(crate) sid: Option<String>,
}

/// Why nobody is let in. The words are for the log and the record: nothing of what a provider says reaches a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The provider did not answer, or not as it should.
    #[error("the provider is unavailable: {0}")]
    Unavailable(String),
    /// Something of ours is wrong: the operator mends it.
    #[error("the settings of the provider: {0}")]
    Settings(String),
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
    /// The person signed in there for an organisation.
    #[error("the token is an organisation's")]
    Organisation,
    /// The token says of no session that it is over.
    #[error("the token ends nothing: {0}")]
    Logout(#[from] LogoutFault),
}

impl Fault {
    /// Where the browser goes: the page of the sign-in has the words.
    pub(crate) const fn reason(&self) -> Reason {
        match self {
            Self::Unavailable(_) => Reason::Unavailable,
            Self::Settings(_) => Reason::Misconfigured,
            Self::Code(refusal) => refusal.reason,
            Self::Organisation => Reason::Organisation,
            Self::Answer(_) | Self::Signature(_) | Self::Claims(_) | Self::Logout(_) => Reason::Distrusted,
        }
    }
}

/// The provider of this name, where the operator switched it on.
///
/// # Errors
/// A variable that is absent or no level.
pub(crate) fn find(env: &Env, provider: &str) -> Result<Option<Box<dyn IdentityProvider>>, Problem> {
    Ok(all(env)?.into_iter().find(|one| one.key() == provider))
}

/// Every provider that the operator switched on.
///
/// # Errors
/// A variable that is absent or no level.
pub(crate) fn all(env: &Env) -> Result<Vec<Box<dyn IdentityProvider>>, Problem> {
    let esia = Esia::configured(env)?.map(|one| Box::new(one) as Box<dyn IdentityProvider>);
    let mut all = Vec::from_iter(esia);
    for place in &oidc::PLACES {
        all.extend(Oidc::configured(env, place)?.map(|one| Box::new(one) as Box<dyn IdentityProvider>));
    }
    Ok(all)
}

/// An address with these parameters after those that it has.
fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}{}", domain::identity::form(pairs))
}

/// The longest name that is kept of what a provider has, in characters.
const NAME_LENGTH_MAX: usize = 200;

/// A provider's name for a person as a page may show it.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(NAME_LENGTH_MAX).collect()
}
