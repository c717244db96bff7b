//! The app of one-time codes: a secret is shown, its first code confirms it.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    second_factor::Method,
    totp::Secret,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{Conn, Tx, persons, second_factors};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, Problem, Reply, Slug, confirmation::Confirmation, one_time_code};

use super::{added, keys, qr, recovery_codes::RecoveryCodesView, removed};
use crate::profile::{masked_email, masked_phone};

/// What the app knows the portal by.
const ISSUER: &str = "Мой дом";

/// What an app needs; it is shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewTotpView {
    /// To type into the app.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// What the picture says.
    uri: String,
    /// The picture for the phone's camera.
    qr_svg: String,
}

/// Begin to use an app of one-time codes: it counts once its first code has come
#[utoipa::path(
    post, path = "/api/auth/second-factor/totp", operation_id = "begin_totp", tag = "auth", security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = NewTotpView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, confirmation-required, confirmation-stale, second-factor-on"),
    )
)]
pub(crate) async fn begin(
    State(env): State<Env>,
    actor: Actor,
    confirmation: Confirmation,
) -> Result<Reply<NewTotpView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    env.db().read(|conn| demand_none(conn, &actor))?;
    let confirmed = confirmation.named(&env, &actor, Operation::AddSecondFactor, &[])?;
    let secret = Secret::new(env.random());
    let account = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        keep(tx, &env, &actor, &secret)
    })?;
    let uri = secret.uri(ISSUER, &account);
    Ok(Reply::created(NewTotpView { secret: secret.text(), qr_svg: qr::svg(&uri)?, uri }))
}

/// Nobody is asked to confirm what cannot be done.
fn demand_none(conn: &Conn<'_>, actor: &Actor) -> Result<(), Problem> {
    match second_factors::enrolled(conn, &actor.person_id)?.totp_since {
        None => Ok(()),
        Some(_) => Err(is_on()),
    }
}

fn is_on() -> Problem {
    Problem::new(Slug::SecondFactorOn, "Приложение уже подключено. Чтобы подключить другое, сначала отключите это.")
}

/// What the login is called in the app.
fn keep(tx: &Tx<'_>, env: &Env, actor: &Actor, secret: &Secret) -> Result<String, Problem> {
    if !second_factors::begin_totp(tx, env.now(), &keys(env)?, env.random(), &actor.person_id, secret)? {
        return Err(is_on());
    }
    let profile = persons::profile(tx, &actor.person_id)?.ok_or_else(Problem::unauthenticated)?;
    let contact = masked_phone(&profile).or_else(|| masked_email(&profile));
    Ok(profile.login.or(contact).unwrap_or_default())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstCode {
    /// The six digits that the app shows.
    #[schema(example = "123456")]
    code: String,
}

/// Confirm the app with its first code: from now on sign-in asks for one; the answer has the codes to keep on paper
#[utoipa::path(
    post, path = "/api/auth/second-factor/totp/confirm", operation_id = "confirm_totp", tag = "auth",
    security(("session" = [])), request_body = FirstCode,
    responses(
        (status = 201, body = RecoveryCodesView,
         headers(("set-cookie" = String, description = "The session under another name"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, not-found, wrong-code"),
    )
)]
pub(crate) async fn confirm(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<FirstCode>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let code = one_time_code::parse(&input.code)
        .map_err(|_| Problem::field("/code", "Введите шесть цифр, которые показывает приложение."))?;
    let (codes, reissued) = env.db().write(|tx| {
        let totp = second_factors::totp(tx, &keys(&env)?, &actor.person_id)?.filter(|totp| !totp.is_confirmed);
        let totp = totp.ok_or_else(Problem::not_found)?;
        let step = totp.secret.step(&code, env.now()).ok_or_else(wrong)?;
        if !second_factors::confirm_totp(tx, env.now(), &actor.person_id, step)? {
            return Err(Problem::not_found());
        }
        added(tx, &env, &actor, &client, Method::Totp)
    })?;
    Ok((reissued.cookie(&env)?, Reply::created(RecoveryCodesView::of(&codes))))
}

fn wrong() -> Problem {
    let detail = "Код не подошёл. Дождитесь следующего и проверьте, что часы телефона идут точно.";
    Problem::new(Slug::WrongCode, detail).with_errors(vec![FieldError::new("/code", detail)])
}

/// Use the app no more
#[utoipa::path(
    delete, path = "/api/auth/second-factor/totp", operation_id = "remove_totp", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 204, description = "The app's codes mean nothing any more"),
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
    enrolled.totp_since.ok_or_else(Problem::not_found)?;
    let confirmed = confirmation.named(&env, &actor, Operation::RemoveSecondFactor, &[])?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        match second_factors::remove_totp(tx, &actor.person_id)? {
            true => removed(tx, &env, &actor, &client, Method::Totp),
            false => Err(Problem::not_found()),
        }
    })?;
    Ok(StatusCode::NO_CONTENT)
}
