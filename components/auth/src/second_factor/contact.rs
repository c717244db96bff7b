//! Codes to the person's own phone or mailbox at sign-in, for whoever has no app.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    second_factor::Method,
};
use http::StatusCode;
use store::{Conn, persons, second_factors};
use web::{Actor, Client, Env, Problem, Reply, Slug, confirmation::Confirmation};

use super::{added, own_contact, recovery_codes::RecoveryCodesView, removed};

/// Ask me at sign-in for a code sent to my own phone or e-mail; the answer has the codes to keep on paper
#[utoipa::path(
    post, path = "/api/auth/second-factor/contact", operation_id = "add_contact_factor", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = RecoveryCodesView,
         headers(("set-cookie" = String, description = "The session under another name"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, confirmation-required, confirmation-stale, second-factor-on, no-contact"),
    )
)]
pub(crate) async fn add(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    env.db().read(|conn| demand_contact(conn, &actor))?;
    let confirmed = confirmation.named(&env, &actor, Operation::AddSecondFactor, &[])?;
    let (codes, reissued) = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        demand_contact(tx, &actor)?;
        match second_factors::add_contact(tx, env.now(), &actor.person_id)? {
            true => added(tx, &env, &actor, &client, Method::Code),
            false => Err(is_on()),
        }
    })?;
    Ok((reissued.cookie(&env)?, Reply::created(RecoveryCodesView::of(&codes))))
}

fn is_on() -> Problem {
    Problem::new(Slug::SecondFactorOn, "Код при входе уже приходит: второй раз включать не нужно.")
}

/// Nobody is asked to confirm what cannot be done.
fn demand_contact(conn: &Conn<'_>, actor: &Actor) -> Result<(), Problem> {
    if second_factors::enrolled(conn, &actor.person_id)?.contact_since.is_some() {
        return Err(is_on());
    }
    let profile = persons::profile(conn, &actor.person_id)?.ok_or_else(Problem::unauthenticated)?;
    let detail = "У вашего входа нет подтверждённого телефона или почты: код некуда отправить. Подтвердите контакт в \
                  профиле или подключите приложение.";
    own_contact(&profile).map(drop).ok_or_else(|| Problem::new(Slug::NoContact, detail))
}

/// Send me no code at sign-in any more
#[utoipa::path(
    delete, path = "/api/auth/second-factor/contact", operation_id = "remove_contact_factor", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 204, description = "No code is sent any more"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, confirmation-required, confirmation-stale, not-found"),
    )
)]
pub(crate) async fn remove(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let enrolled = env.db().read(|conn| second_factors::enrolled(conn, &actor.person_id))?;
    enrolled.contact_since.ok_or_else(Problem::not_found)?;
    let confirmed = confirmation.named(&env, &actor, Operation::RemoveSecondFactor, &[])?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        match second_factors::remove_contact(tx, &actor.person_id)? {
            true => removed(tx, &env, &actor, &client, Method::Code),
            false => Err(Problem::not_found()),
        }
    })?;
    Ok(StatusCode::NO_CONTENT)
}
