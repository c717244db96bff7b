//! The end of a session at a provider: the way there from our own sign-out, and the provider's word that it is over.

use axum::{extract::State, response::IntoResponse};
use http::{StatusCode, header};
use serde::Deserialize;
use store::{
    Tx, audit,
    identities::{self, logout_tokens},
    pending_sign_ins,
    persons::sessions::{self, SignedOut},
};
use utoipa::ToSchema;
use web::{Client, Env, Form, Path, Problem, Slug, sha256};

use crate::provider::{self, Ended, Fault};

/// Where the browser goes to sign out at the provider too. Where that cannot be told the session here is over all the
/// same.
pub(crate) async fn url(env: &Env, provider: &str) -> Option<String> {
    let provider = provider::find(env, provider).ok()??;
    let back = format!("{}/sign-in?reason=signed-out", env.public_origin().ok()?);
    provider.logout_url(env, &back).await.ok()?
}

/// What a provider sends.
#[derive(Deserialize, ToSchema)]
pub(crate) struct BackChannelLogout {
    /// A signed token (OpenID Connect Back-Channel Logout 1.0).
    logout_token: String,
}

/// A provider tells that somebody signed out there: the sessions that were opened by that sign-in end
#[utoipa::path(
    post, path = "/auth/{provider}/back-channel-logout", operation_id = "end_provider_sessions", tag = "auth",
    params(("provider" = String, Path)),
    request_body(content = BackChannelLogout, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 204, description = "The sessions are over, if there were any"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, logout-token-refused, unsupported-media-type"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "provider-unavailable"),
    )
)]
pub(crate) async fn back_channel(
    State(env): State<Env>,
    client: Client,
    Path(provider): Path<String>,
    Form(input): Form<BackChannelLogout>,
) -> Result<impl IntoResponse, Problem> {
    let provider = provider::find(&env, &provider)?.ok_or_else(Problem::not_found)?;
    let ended = provider.ended(&env, &input.logout_token).ok_or_else(Problem::not_found)?.await.map_err(refused)?;
    env.db().write(|tx| end(tx, &env, &client, provider.key(), provider.issuer(), &ended))?;
    Ok((StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-store")]))
}

fn refused(fault: Fault) -> Problem {
    let (slug, detail) = match fault {
        Fault::Unavailable(_) => (Slug::ProviderUnavailable, "Ключи сервиса сейчас не прочитать. Повторите позже."),
        _ => (Slug::LogoutTokenRefused, "Маркер выхода не прошёл проверку. Причина стоит в журнале портала."),
    };
    Problem::new(slug, detail).because(fault)
}

/// By one statement a token is used up: a second one of its name ends nothing. What only waits to become a session ends
/// with those that are open.
fn end(tx: &Tx<'_>, env: &Env, client: &Client, provider: &str, issuer: &str, ended: &Ended) -> Result<(), Problem> {
    if !logout_tokens::take(tx, env.now(), &sha256(format!("{issuer} {}", ended.jti)))? {
        let detail = "Этот маркер выхода уже использован.";
        return Err(Problem::new(Slug::LogoutTokenRefused, detail));
    }
    let over = SignedOut { provider, subject: ended.subject.as_deref(), sid: ended.sid.as_deref() };
    identities::end_awaiting_of(tx, env.now(), over)?;
    pending_sign_ins::end_of_provider(tx, over)?;
    for (_, person_id) in sessions::end_of_provider(tx, env.now(), over)? {
        let record = audit::Record {
            actor: "system",
            action: "session.end-by-provider",
            object: &format!("person:{person_id}"),
            fields: &[("provider", provider), ("provider_address", &client.address)],
        };
        audit::record(tx, env.now(), env.random(), &record)?;
    }
    Ok(())
}
