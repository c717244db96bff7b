//! A person who may not sign in until it is sure who that is: «Это не я», and the loss of a device, told here or to the staff.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    session::SessionToken,
    user_agent,
};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx, contact_codes,
    events::{self, Event},
    homes, invitations, pending_sign_ins,
    persons::{self, Profile, sessions},
    sign_in_blocks::{self, Cause, Denied},
    sign_in_helps, sign_in_locks, trusted_devices,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Problem, Reply, Slug, audit, confirmation::Confirmation, session};

use crate::{
    audits, letting_in,
    link_denials::Word,
    new_devices::{self, Letter},
    second_factor::own_contact,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInNotice {
    /// What stands after `#` in the link.
    token: String,
}

/// A sign-in, a new contact in the profile, or a link of two, that a message told of.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInNoticeView {
    /// Browser and system in plain words; null where it told of a link of two.
    #[schema(example = "Chrome, Android")]
    device: Option<String>,
    /// The network address that it came from; null where it told of a link of two.
    address: Option<String>,
    /// The contact that took the place of the one that the message went to; null where it told of something else.
    #[schema(example = "+7********77")]
    new_contact: Option<String>,
    /// Whether it told of a link by which two of the staff let the person in.
    is_of_link: bool,
    #[schema(format = DateTime)]
    signed_in_at: String,
}

/// Which sign-in, new contact or link of two a message told of; looking changes nothing
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
        device: (!notice.is_of_link).then(|| user_agent::in_words(&notice.user_agent)),
        address: Some(notice.address).filter(|_| !notice.is_of_link),
        new_contact: notice.new_contact,
        is_of_link: notice.is_of_link,
        signed_in_at: format!("{:.3}", notice.signed_in_at),
    }))
}

fn hash(token: &str) -> Result<String, Problem> {
    SessionToken::parse(token.trim()).map(|token| token.session_id()).map_err(|_| over())
}

/// The same words for a link that was used, is too old, or never was.
fn over() -> Problem {
    let detail = "Ссылка больше не действует. Если вы входили не сами, смените пароль или нажмите «Заблокировать вход» \
                  на странице «Защита входа».";
    Problem::new(Slug::NotFound, detail)
}

/// What ended the sign-in, and what opens it.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInStopped {
    /// Whether a link of two ended and nothing else: nobody had come in by it.
    pub(crate) is_link_only: bool,
    /// Whether nothing ended: somebody came in by the link of two more than a day ago. The support is told.
    pub(crate) is_late: bool,
    /// Whether a code to the person's own contact opens it; otherwise two of the support do.
    pub(crate) is_recoverable: bool,
    /// Whom to call: the company of the person's home; null where the portal knows no such phone.
    #[schema(example = "+7 495 123-45-67")]
    pub(crate) phone: Option<String>,
}

/// It was not me: nobody can sign in as this person until it is proved who that is, and all sessions end; a link of two that nobody took ends alone, and one that was taken more than a day ago is only told of
#[utoipa::path(
    post, path = "/api/auth/sign-in-notices/deny", operation_id = "deny_sign_in", tag = "auth",
    request_body = SignInNotice,
    responses(
        (status = 200, body = SignInStopped),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn deny(
    State(env): State<Env>,
    client: Client,
    Body { value: input, .. }: Body<SignInNotice>,
) -> Result<Reply<SignInStopped>, Problem> {
    let hash = hash(&input.token)?;
    let (stopped, letters) = env.db().write(|tx| {
        let Denied { person_id, cause, invitation_id, told } =
            sign_in_blocks::take_notice(tx, env.now(), &hash)?.ok_or_else(over)?;
        match invitation_id {
            Some(invitation_id) => {
                let word = Word { person_id: &person_id, invitation_id: &invitation_id, told: told.as_deref() };
                word.deny(tx, &env, &client)
            }
            None => Ok((block(tx, &env, &client, "visitor", &person_id, cause)?, Vec::new())),
        }
    })?;
    for letter in letters {
        letter.send(&env).await?;
    }
    Ok(Reply::ok(stopped))
}

/// I lost a device: nobody can sign in as me until the support has made sure who I am, and all sessions end
#[utoipa::path(
    post, path = "/api/auth/block", operation_id = "block_sign_in", tag = "auth", security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 200, body = SignInStopped),
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
    let stopped = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        Ok::<_, Problem>(block(tx, &env, &client, &actor.person_id, &actor.person_id, Cause::LostDevice)?)
    })?;
    Ok(([session::clear_cookie()], Reply::ok(stopped)))
}

/// One of the staff stops a sign-in for the person, who called and said that somebody else may use it. One is enough: only
/// two open it again. Answers what goes to the person's contacts: somebody else may have called. What stands in `fields` tells in what role and why.
pub(crate) fn block_for(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    person_id: &str,
    fields: &[(&str, &str)],
) -> store::Result<Vec<Letter>> {
    let cause = Cause::AskedSupport;
    let fields = [fields, &[("cause", cause.as_str())]].concat();
    audit::record(tx, env, actor, client, "sign-in.block", &format!("person:{person_id}"), &fields)?;
    stop(tx, env, person_id, cause)?;
    persons::profile(tx, person_id)?.map_or(Ok(Vec::new()), |person| new_devices::of_stop(tx, &person))
}

pub(crate) fn block(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    actor: &str,
    person_id: &str,
    cause: Cause,
) -> store::Result<SignInStopped> {
    audits::by(tx, env, client, actor, person_id, "sign-in.block", &[("cause", cause.as_str())])?;
    stop(tx, env, person_id, cause)
}

/// Everything that lets in ends at once, links of the staff too: whoever blocks says that somebody else may have them. No
/// device is known any more: one that was denied is told of when it comes again.
fn stop(tx: &Tx<'_>, env: &Env, person_id: &str, cause: Cause) -> store::Result<SignInStopped> {
    sign_in_blocks::block(tx, env.now(), person_id, cause)?;
    sessions::end_all(tx, env.now(), person_id)?;
    trusted_devices::end_all(tx, person_id)?;
    pending_sign_ins::end_all(tx, person_id)?;
    contact_codes::spend_all(tx, person_id)?;
    sign_in_helps::end(tx, person_id)?;
    invitations::end_resets(tx, env.now(), person_id)?;
    sign_in_locks::renounce_devices(tx, env.now(), person_id)?;
    events::emit(tx, env.now(), person_id, &Event::SignInBlocked)?;
    let profile = persons::profile(tx, person_id)?;
    let is_recoverable = sign_in_blocks::of_person(tx, person_id)?
        .zip(profile)
        .is_some_and(|(block, profile)| is_recoverable(block.cause, &profile));
    Ok(SignInStopped { is_link_only: false, is_late: false, is_recoverable, phone: homes::phone_of(tx, person_id)? })
}

/// Why a person whose first step was right is kept out.
pub(crate) struct Refusal {
    /// What the sign-in page knows it by, where a provider's redirect opens that page.
    pub(crate) reason: &'static str,
    pub(crate) problem: Problem,
}

/// What keeps a person out, with the way in; nothing where nothing does.
pub(crate) fn refusal(conn: &Conn<'_>, env: &Env, person: &Profile) -> store::Result<Option<Refusal>> {
    let Some(block) = sign_in_blocks::of_person(conn, &person.person_id)? else { return Ok(None) };
    let over = env.now() - letting_in::kept(conn, env)?;
    let has_link = sign_in_helps::of_person(conn, over, &person.person_id)?.is_some_and(|help| help.is_agreed);
    let (reason, detail) = if has_link {
        let words = "Сотрудники убедились, что это вы, и сделали для вас ссылку: откройте её и задайте новый пароль. Если \
                     ссылки у вас нет, позвоните в поддержку управляющей организации";
        ("let-in", format!("{words}: {}.", phone(conn, &person.person_id)?))
    } else if is_recoverable(block.cause, person) {
        let words = "Вход остановлен, пока мы не убедимся, что это вы. Нажмите «Забыли пароль?» и задайте новый пароль по \
                     коду.";
        ("not-me", words.to_owned())
    } else {
        let cause = match block.cause {
            // Nobody but the person says so.
            Cause::LostDevice => "Вы сообщили, что потеряли устройство, и вход остановлен",
            Cause::NotMe => "Вход остановлен: о нём сообщили, что входили не вы",
            Cause::NotMyContact => "Вход остановлен: сообщили, что контакт в профиле сменили не вы",
            Cause::AskedSupport => "Вход остановил сотрудник: его попросили об этом от вашего имени",
        };
        let words = "Чтобы открыть его, позвоните в поддержку управляющей организации";
        ("blocked", format!("{cause}. {words}: {}.", phone(conn, &person.person_id)?))
    };
    Ok(Some(Refusal { reason, problem: Problem::new(Slug::SignInLocked, detail) }))
}

/// A code lets in again where it goes to something that nobody said is lost.
fn is_recoverable(cause: Cause, person: &Profile) -> bool {
    cause == Cause::NotMe && own_contact(person).is_some()
}

/// What keeps a person from setting a password by a code or a link: nothing where the block ends by it, or none stands.
pub(crate) fn refusal_of_recovery(conn: &Conn<'_>, env: &Env, person: &Profile) -> store::Result<Option<Problem>> {
    match sign_in_blocks::of_person(conn, &person.person_id)? {
        Some(block) if !is_recoverable(block.cause, person) => {
            Ok(refusal(conn, env, person)?.map(|refusal| refusal.problem))
        }
        _ => Ok(None),
    }
}

/// What goes to the contact instead of a code, where none would open the sign-in. Nobody's block is looked for like
/// somebody's.
pub(crate) fn instead_of_a_code(conn: &Conn<'_>, person: Option<&Profile>) -> store::Result<Option<String>> {
    let person_id = person.map_or("", |person| &person.person_id);
    let block = sign_in_blocks::of_person(conn, person_id)?;
    let phone = phone(conn, person_id)?;
    let is_closed = block.zip(person).is_some_and(|(block, person)| !is_recoverable(block.cause, person));
    let words = "Мой дом: вход на портал остановлен. Чтобы открыть его, позвоните в управляющую организацию";
    Ok(is_closed.then(|| format!("{words}: {phone}.")))
}

/// The second factor is on and nothing of it is left that could prove more than the first step did.
pub(crate) fn nothing_left(conn: &Conn<'_>, person_id: &str) -> store::Result<Refusal> {
    let detail = format!(
        "Для входа нужен код восстановления с вашего листка, а таких кодов не осталось. Позвоните в поддержку управляющей \
         организации: {}.",
        phone(conn, person_id)?
    );
    Ok(Refusal { reason: "no-codes-left", problem: Problem::new(Slug::SignInLocked, detail) })
}

/// Whom the person calls.
pub(crate) fn phone(conn: &Conn<'_>, person_id: &str) -> store::Result<String> {
    Ok(homes::phone_of(conn, person_id)?.unwrap_or_else(|| "телефон напечатан в квитанции".to_owned()))
}
