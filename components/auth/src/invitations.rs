//! An invitation: whoever has its link sets a password, once, and is signed in.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Grant, Role, Scope},
    contact::Identifier,
    invitation::{self, InvitationState, InvitationToken},
};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx, grants,
    invitations::{self, Invitation, NewInvitation},
    persons::{self, NewPerson},
    settings::Settings,
    sign_in_helps, state,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Problem, Reply, Slug, fresh_id};

use crate::{
    audits,
    codes::Decided,
    letting_in,
    opening::{self, Device, Opened, Person},
    password::{self, Asker, Slot},
    password_rules, recoveries,
    second_factor::own_contact,
    sessions::SessionView,
    staff::ScopeView,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationLink {
    /// What stands after `#` in the link.
    token: String,
}

/// A link by which one person sets a password.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordLink {
    /// For that person alone: it is shown once.
    #[schema(example = "http://127.0.0.1:3000/invitation#…")]
    link: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Whom a link is for.
pub(crate) struct NewLink<'a> {
    pub(crate) invitation_id: &'a str,
    pub(crate) login: &'a str,
    pub(crate) name: &'a str,
    pub(crate) roles: &'a [&'a str],
    pub(crate) scope: &'a Scope,
    pub(crate) resets: Option<&'a str>,
}

/// Makes a link, which ends those of the same login within `reach`.
pub(crate) fn link(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    reach: &[Scope],
    new: &NewLink<'_>,
) -> Result<PasswordLink, Problem> {
    let token = InvitationToken::from_random(env.random());
    let hours = Settings::at(tx, env.now())?.get("invitation.hours")?;
    let expires_at = env.now() + SignedDuration::from_hours(hours);
    let kept = NewInvitation {
        invitation_id: new.invitation_id,
        token_hash: &token.hash(),
        login: new.login,
        name: new.name,
        roles: new.roles,
        scope: new.scope,
        invited_by: Some(&actor.person_id),
        resets: new.resets,
        expires_at,
    };
    invitations::add(tx, env.now(), reach, &kept)?;
    let link = format!("{}/invitation#{}", env.public_origin()?, token.expose());
    Ok(PasswordLink { link, expires_at: format!("{expires_at:.3}") })
}

/// Whom an invitation is for.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// What one will sign in by; of a phone or an e-mail enough to be recognised by its owner.
    login: String,
    /// Whether `login` shows but the ends of a phone or an e-mail.
    is_login_masked: bool,
    name: String,
    roles: Vec<String>,
    scope: ScopeView,
    /// Whether it sets another password of somebody who is here already.
    is_reset: bool,
    /// Whether two of the staff made it to let the person in: a block, the second factor and passkeys go with it, and
    /// contacts are to be proved again.
    is_let_in: bool,
    /// Whether no phone or e-mail will get a code when the password is forgotten.
    lacks_contact: bool,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Whom an invitation is for; looking does not use it up
#[utoipa::path(
    post, path = "/api/auth/invitations/view", operation_id = "view_invitation",
    tag = "auth", request_body = InvitationLink,
    responses(
        (status = 200, body = InvitationView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, invitation-used, invitation-expired, sign-in-locked"),
    )
)]
pub(crate) async fn view(
    State(env): State<Env>,
    Body { value: link, .. }: Body<InvitationLink>,
) -> Result<Reply<InvitationView>, Problem> {
    let (found, lacks_contact, is_let_in) = env.db().read(|conn| {
        let found = open(conn, &env, &link.token)?;
        let Some(person_id) = &found.resets else { return Ok((found, true, false)) };
        let is_let_in = sign_in_helps::is_by(conn, person_id, &found.invitation_id)?;
        let person = persons::profile(conn, person_id)?;
        let lacks_contact = is_let_in || person.as_ref().and_then(own_contact).is_none();
        Ok::<_, Problem>((found, lacks_contact, is_let_in))
    })?;
    let Invitation { login, name, roles, scope, place, expires_at, resets, .. } = found;
    let masked = masked(&login);
    Ok(Reply::ok(InvitationView {
        is_login_masked: masked.is_some(),
        login: masked.unwrap_or(login),
        name,
        roles,
        scope: ScopeView::of(&scope, place),
        is_reset: resets.is_some(),
        is_let_in,
        lacks_contact,
        expires_at: format!("{expires_at:.3}"),
    }))
}

/// The link may be in other hands, and a phone or an e-mail is not for them.
fn masked(login: &str) -> Option<String> {
    match Identifier::parse(login) {
        Ok(Identifier::Phone(phone)) => Some(phone.masked()),
        Ok(Identifier::Email(email)) => Some(email.masked()),
        Ok(Identifier::Login(_)) | Err(_) => None,
    }
}

fn open(conn: &Conn<'_>, env: &Env, token: &str) -> Result<Invitation, Problem> {
    let token = InvitationToken::parse(token.trim()).map_err(|_| unknown())?;
    let found = invitations::find(conn, &token.hash())?.ok_or_else(unknown)?;
    match invitation::state(found.is_used, found.expires_at, env.now()) {
        InvitationState::Open if invitations::is_backed(conn, &found)? => not_kept_out(conn, env, found),
        InvitationState::Open => {
            let detail = "Ссылка больше не действует: тот, кто её сделал, уже не может решать об этом. Попросите новую у \
                          администратора.";
            Err(Problem::new(Slug::InvitationExpired, detail))
        }
        InvitationState::Used => {
            let detail = "По этой ссылке пароль уже задан. Войдите с ним. Если его задали не вы, сразу сообщите тому, \
                          кто прислал ссылку.";
            Err(Problem::new(Slug::InvitationUsed, detail))
        }
        InvitationState::Expired => {
            let detail = "Ссылка больше не действует. Попросите того, кто её прислал, сделать новую.";
            Err(Problem::new(Slug::InvitationExpired, detail))
        }
    }
}

/// A link of one alone opens no blocked sign-in.
fn not_kept_out(conn: &Conn<'_>, env: &Env, found: Invitation) -> Result<Invitation, Problem> {
    let Some(person_id) = &found.resets else { return Ok(found) };
    let person = persons::profile(conn, person_id)?.ok_or_else(unknown)?;
    letting_in::refusal(conn, env, &person, &found.invitation_id)?.map_or(Ok(found), Err)
}

fn unknown() -> Problem {
    let detail = "Такого приглашения нет. Скопируйте ссылку целиком, вместе с тем, что стоит после знака #.";
    Problem::new(Slug::NotFound, detail)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// What stands after `#` in the link.
    token: String,
    /// As `/api/auth/password-rules` asks.
    password: String,
}

/// Accept an invitation with a password of one's own; the answer signs in
#[utoipa::path(
    post, path = "/api/auth/invitations/accept", operation_id = "accept_invitation",
    tag = "auth", request_body = Acceptance,
    responses(
        (status = 201, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, second-factor-required, not-found, invitation-used, invitation-expired, sign-in-locked"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn accept(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Body { value: input, .. }: Body<Acceptance>,
) -> Result<impl IntoResponse, Problem> {
    let device = Device::of(&env, &client);
    let settings = env.settings()?;
    let begin = || env.db().write(|tx| begin(tx, &env, &settings, &input));
    let slot = password::in_turn(&env, &settings, Asker::Known, begin).await?;
    let password_hash = slot.hash(&input.password, env.random());
    let opened = env.db().write(|tx| finish(tx, &env, &client, &device, &input.token, slot, &password_hash))??;
    Ok((StatusCode::CREATED, opened.answer(&env, &client, &device, &headers).await?))
}

fn begin(tx: &Tx<'_>, env: &Env, settings: &Settings, input: &Acceptance) -> Result<Slot, Problem> {
    let invitation = open(tx, env, &input.token)?;
    password_rules::check(settings, &input.password, &[&invitation.login])?;
    Slot::take(tx, env, settings, Asker::Known)
}

/// The invitation is looked at once more: while the password was hashed, another request may have used it.
fn finish(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    token: &str,
    slot: Slot,
    password_hash: &str,
) -> Result<Decided<Opened>, Problem> {
    slot.free(tx)?;
    let invitation = match open(tx, env, token) {
        Ok(invitation) => invitation,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (person_id, action, opened) = match &invitation.resets {
        Some(person_id) => {
            let person = persons::profile(tx, person_id)?.ok_or_else(unknown)?;
            letting_in::take(tx, env, client, &person, &invitation.invitation_id)?;
            let opened = recoveries::renew(tx, env, client, device, person, password_hash)?;
            (person_id.clone(), "password.set-by-link", opened)
        }
        None => {
            let person = add(tx, env, &invitation, password_hash)?;
            let opened = opening::open(tx, env, client, device, person)?;
            (opened.actor().person_id, "invitation.accept", Ok(opened))
        }
    };
    invitations::mark_used(tx, env.now(), &invitation.invitation_id, &person_id)?;
    let fields = [("invitation", invitation.invitation_id.as_str())];
    audits::of_person(tx, env, client, &person_id, action, &fields)?;
    Ok(opened)
}

fn add(tx: &Tx<'_>, env: &Env, invitation: &Invitation, password_hash: &str) -> Result<Person, Problem> {
    let person_id = fresh_id(env);
    let person = NewPerson {
        person_id: &person_id,
        login: Some(&invitation.login),
        phone: None,
        email: None,
        password_hash,
        name: &invitation.name,
        roles: &[],
        is_demo: false,
    };
    state::settle(tx, env.now())?;
    persons::add(tx, env.now(), &person).map_err(|error| taken(error, &invitation.login))?;
    for role in invitation.roles.iter().filter_map(|name| Role::parse(name)) {
        let grant = Grant { role, scope: invitation.scope.clone() };
        grants::add(tx, env.now(), &person_id, &grant, invitation.invited_by.as_deref())?;
    }
    Ok(Person { person_id, name: invitation.name.clone() })
}

/// Somebody got the login after the invitation was made.
fn taken(error: store::Error, login: &str) -> Problem {
    if !error.is_duplicate_of("person.login") {
        return error.into();
    }
    let detail =
        format!("Логин {login} уже занят. Попросите того, кто прислал ссылку, сделать новую с другим логином.");
    Problem::new(Slug::AlreadyRegistered, detail)
}
