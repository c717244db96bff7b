//! A person who may not sign in until it is sure who that is: «Это не я», and the loss of a device.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    session::SessionToken,
    user_agent,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx, contact_codes,
    events::{self, Event},
    homes, pending_sign_ins,
    persons::sessions,
    sign_in_blocks::{self, Cause},
    trusted_devices,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Problem, Reply, Slug, confirmation::Confirmation, session};

use crate::audits;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInNotice {
    /// What stands after `#` in the link.
    token: String,
}

/// A sign-in that a message told of.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInNoticeView {
    /// Browser and system in plain words.
    #[schema(example = "Chrome, Android")]
    device: String,
    /// The network address that it came from.
    address: String,
    #[schema(format = DateTime)]
    signed_in_at: String,
}

/// Which sign-in a message told of; looking changes nothing
#[utoipa::path(
    post, path = "/api/auth/sign-in-notices/view", operation_id = "view_sign_in_notice", tag = "auth",
    request_body = SignInNotice,
    responses(
        (status = 200, body = SignInNoticeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn view(
    State(env): State<Env>,
    Body { value: input, .. }: Body<SignInNotice>,
) -> Result<Reply<SignInNoticeView>, Problem> {
    let hash = hash(&input.token)?;
    let notice = env.db().read(|conn| sign_in_blocks::notice(conn, env.now(), &hash))?.ok_or_else(over)?;
    Ok(Reply::ok(SignInNoticeView {
        device: user_agent::in_words(&notice.user_agent),
        address: notice.address,
        signed_in_at: format!("{:.3}", notice.signed_in_at),
    }))
}

fn hash(token: &str) -> Result<String, Problem> {
    SessionToken::parse(token.trim()).map(|token| token.session_id()).map_err(|_| over())
}

/// The same words for a link that was used, is too old, or never was.
fn over() -> Problem {
    let detail = "Ссылка больше не действует. Если вы входили не сами, смените пароль или нажмите в профиле «Заблокировать \
                  вход».";
    Problem::new(Slug::NotFound, detail)
}

/// It was not me: nobody can sign in as this person until it is proved who that is, and all sessions end
#[utoipa::path(
    post, path = "/api/auth/sign-in-notices/deny", operation_id = "deny_sign_in", tag = "auth",
    request_body = SignInNotice,
    responses(
        (status = 204, description = "The sign-in is blocked"),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn deny(
    State(env): State<Env>,
    client: Client,
    Body { value: input, .. }: Body<SignInNotice>,
) -> Result<StatusCode, Problem> {
    let hash = hash(&input.token)?;
    env.db().write(|tx| {
        let person_id = sign_in_blocks::take_notice(tx, env.now(), &hash)?.ok_or_else(over)?;
        Ok::<_, Problem>(block(tx, &env, &client, "visitor", &person_id, Cause::NotMe)?)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// I lost a device: nobody can sign in as me until the support has made sure who I am, and all sessions end
#[utoipa::path(
    post, path = "/api/auth/block", operation_id = "block_sign_in", tag = "auth", security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 204, description = "The sign-in is blocked, this session is over too"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn block_own(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let confirmed = confirmation.named(&env, &actor, Operation::BlockSignIn, &[])?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        Ok::<_, Problem>(block(tx, &env, &client, &actor.person_id, &actor.person_id, Cause::LostDevice)?)
    })?;
    Ok((StatusCode::NO_CONTENT, [session::clear_cookie()]))
}

/// Everything that lets in ends at once.
pub(crate) fn block(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    actor: &str,
    person_id: &str,
    cause: Cause,
) -> store::Result<()> {
    sign_in_blocks::block(tx, env.now(), person_id, cause)?;
    sessions::end_all(tx, env.now(), person_id)?;
    trusted_devices::end_all(tx, person_id)?;
    pending_sign_ins::end_all(tx, person_id)?;
    contact_codes::spend_all(tx, person_id)?;
    audits::by(tx, env, client, actor, person_id, "sign-in.block", &[("cause", cause.as_str())])?;
    events::emit(tx, env.now(), person_id, &Event::SignInBlocked)
}

/// What keeps a person out, with the way in; nothing where nothing does.
pub(crate) fn refusal(tx: &Tx<'_>, person_id: &str) -> store::Result<Option<Problem>> {
    let Some(block) = sign_in_blocks::of_person(tx, person_id)? else { return Ok(None) };
    let detail = if block.needs_support() {
        let phone = phone(tx)?;
        format!(
            "Вы сообщили, что потеряли устройство, и вход остановлен. Чтобы открыть его, позвоните в поддержку \
             управляющей организации: {phone}."
        )
    } else {
        "Вход остановлен, пока мы не убедимся, что это вы. Нажмите «Забыли пароль?» и задайте новый пароль по коду."
            .to_owned()
    };
    Ok(Some(Problem::new(Slug::SignInLocked, detail)))
}

/// The second factor is on and nothing of it is left that could prove more than the first step did.
pub(crate) fn nothing_left(conn: &Conn<'_>) -> store::Result<Problem> {
    let detail = format!(
        "Для входа нужен код восстановления с вашего листка, а таких кодов не осталось. Позвоните в поддержку управляющей \
         организации: {}.",
        phone(conn)?
    );
    Ok(Problem::new(Slug::SignInLocked, detail))
}

fn phone(conn: &Conn<'_>) -> store::Result<String> {
    Ok(homes::only_phone(conn)?.unwrap_or_else(|| "телефон напечатан в квитанции".to_owned()))
}

/// The person proved by a code to be who it is; where that is not enough, the block stands.
pub(crate) fn lift_by_recovery(tx: &Tx<'_>, person_id: &str) -> store::Result<()> {
    match sign_in_blocks::of_person(tx, person_id)? {
        Some(block) if !block.needs_support() => sign_in_blocks::remove(tx, person_id),
        _ => Ok(()),
    }
}
