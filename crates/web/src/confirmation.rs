//! Step-up: an operation that its person confirms once more, whatever component it is of.
//!
//! A request that needs it and names no confirmation is answered `confirmation-required`, with the id of one that is
//! bound to this session and to this request word for word. The person answers it at `/api/auth/confirmations/…`, and
//! the same request comes again with the id in its header `Confirmation`. It is used up in the transaction of the work:
//! what fails uses nothing up, and nothing is done twice by one confirmation.

use axum::extract::FromRequestParts;
use domain::confirmation::Operation;
use http::request::Parts;
use jiff::SignedDuration;
use serde::Serialize;
use store::{
    Conn, Tx,
    confirmations::{self, Request},
    persons::ContactKind,
    settings::Settings,
};
use utoipa::ToSchema;

use crate::{
    Actor, Env, Problem, Slug, fresh_id,
    limit::{self, Rule},
    sha256,
};

const PER_PERSON: Rule = Rule { setting: "limit.confirmation_per_person", window: SignedDuration::from_mins(15) };

/// The confirmation that a request names, if it does.
#[derive(Debug)]
pub struct Confirmation {
    confirmation_id: Option<String>,
    target: String,
}

impl FromRequestParts<Env> for Confirmation {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Env) -> Result<Self, Self::Rejection> {
        let named = parts.headers.get("confirmation").and_then(|value| value.to_str().ok());
        Ok(Self {
            confirmation_id: named.filter(|id| !id.is_empty()).map(str::to_owned),
            target: format!("{} {}", parts.method, parts.uri.path()),
        })
    }
}

/// What a person is asked to confirm before the request is done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfirmationAsked {
    /// What `/api/auth/confirmations/{confirmation_id}` and the header `Confirmation` name.
    pub confirmation_id: String,
    /// Stable name of what is confirmed.
    #[schema(example = "change-contact")]
    pub operation: &'static str,
    /// The same in words; Russian.
    pub words: &'static str,
    /// When it must have been confirmed and the request sent again.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

impl Confirmation {
    /// The confirmation that the request names, to be taken in the transaction of the work.
    ///
    /// # Errors
    /// `confirmation-required` where it names none: one was asked for then, by a transaction of its own, so this must
    /// not be called within another. `rate-limited` where that is too often.
    pub fn named<'a>(
        self,
        env: &Env,
        actor: &'a Actor,
        operation: Operation,
        body: &[u8],
    ) -> Result<Confirmed<'a>, Problem> {
        let request_hash = sha256([self.target.as_bytes(), b"\n", body].concat());
        match self.confirmation_id {
            Some(confirmation_id) => Ok(Confirmed { confirmation_id, actor, operation, request_hash }),
            None => Err(env.db().write(|tx| ask(tx, env, &request(actor, operation, &request_hash), operation))?),
        }
    }
}

fn request<'a>(actor: &'a Actor, operation: Operation, request_hash: &'a str) -> Request<'a> {
    Request { person_id: &actor.person_id, session_id: &actor.session_id, operation: operation.as_str(), request_hash }
}

fn ask(tx: &Tx<'_>, env: &Env, request: &Request<'_>, operation: Operation) -> Result<Problem, Problem> {
    let settings = Settings::at(tx, env.now())?;
    limit::count(tx, env, &settings, PER_PERSON, request.person_id)?;
    let confirmation_id = fresh_id(env);
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("confirmation.minutes")?);
    confirmations::ask(tx, env.now(), &confirmation_id, request, settings.get("confirmation.attempts")?, expires_at)?;
    let words = operation.words();
    let asked = ConfirmationAsked {
        confirmation_id,
        operation: operation.as_str(),
        words,
        expires_at: format!("{expires_at:.3}"),
    };
    Ok(Problem::new(Slug::ConfirmationRequired, format!("Подтвердите, что это вы: {words}.")).asking(asked))
}

/// A request that names its confirmation; whether it was given is known when it is taken.
#[must_use = "a confirmation that is not taken confirms nothing"]
pub struct Confirmed<'a> {
    confirmation_id: String,
    actor: &'a Actor,
    operation: Operation,
    request_hash: String,
}

impl Confirmed<'_> {
    /// Refuses before work that must not be done in vain; the confirmation is used up by [`Self::take`] alone.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn check(&self, conn: &Conn<'_>, env: &Env) -> Result<(), Problem> {
        let request = request(self.actor, self.operation, &self.request_hash);
        if confirmations::is_given(conn, env.now(), &self.confirmation_id, &request)? { Ok(()) } else { Err(stale()) }
    }

    /// Uses the confirmation up, in the transaction of what it confirms.
    ///
    /// # Errors
    /// `confirmation-stale` where it was not given, is over, used, or of another request.
    pub fn take(&self, tx: &Tx<'_>, env: &Env) -> Result<(), Problem> {
        let request = request(self.actor, self.operation, &self.request_hash);
        if confirmations::take(tx, env.now(), &self.confirmation_id, &request)? {
            return Ok(());
        }
        Err(stale())
    }

    /// Whether a code to the person's own contact of this kind confirmed it.
    ///
    /// # Errors
    /// A failing database.
    pub fn has_proved(&self, conn: &Conn<'_>, kind: ContactKind) -> store::Result<bool> {
        confirmations::has_proved(conn, &self.confirmation_id, kind)
    }
}

/// The confirmation is none of this request, was used, or its time or its tries are over.
pub fn stale() -> Problem {
    let detail = "Это подтверждение уже использовано, устарело или дано другому действию. Повторите действие: мы попросим \
                  подтвердить его заново.";
    Problem::new(Slug::ConfirmationStale, detail)
}
