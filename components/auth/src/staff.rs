//! Who works here: the list, invitations, a role taken away, a forgotten password. `moydom admin` does the same where
//! nobody can sign in yet.

use axum::{body::Bytes, extract::State};
use domain::{
    access::{Action, Relation, Role},
    confirmation::Operation,
    contact::{ContactError, Login},
    invitation::InvitationToken,
    person_name::PersonName,
};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    invitations::{self, Invitation, NewInvitation},
    persons::{self, Key, Staff, sessions},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, FieldError, Path, Problem, Reply, Slug, audit,
    confirmation::{Confirmation, Confirmed},
    fresh_id,
};

use crate::sessions::end_for;

/// Those whom somebody may be made here: a resident registers, a program gets a token.
const ROLES: [Role; 7] =
    [Role::Dispatcher, Role::Executor, Role::Accountant, Role::Manager, Role::Admin, Role::Inspector, Role::Support];

/// Who works here, and who is invited to.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffList {
    people: Vec<StaffView>,
    invited: Vec<InvitedView>,
}

/// One of the staff.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffView {
    staff_id: String,
    name: String,
    #[schema(example = "olga")]
    login: Option<String>,
    roles: Vec<String>,
    /// The last sign-in that is still known.
    #[schema(format = DateTime)]
    signed_in_at: Option<String>,
    /// Whether it is who asks.
    is_me: bool,
}

/// An invitation that nobody has taken yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedView {
    login: String,
    name: String,
    roles: Vec<String>,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl StaffView {
    fn of(actor: &Actor, Staff { person_id, login, name, roles, signed_in_at }: Staff) -> Self {
        Self { is_me: person_id == actor.person_id, staff_id: person_id, name, login, roles, signed_in_at }
    }
}

impl From<Invitation> for InvitedView {
    fn from(Invitation { login, name, roles, expires_at, .. }: Invitation) -> Self {
        Self { login, name, roles, expires_at: format!("{expires_at:.3}") }
    }
}

/// Who works here, and who is invited to
#[utoipa::path(
    get, path = "/api/auth/staff", operation_id = "list_staff", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = StaffList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<StaffList>, Problem> {
    actor.may(Action::ManageStaff, Relation::None)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor))?))
}

fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<StaffList> {
    let people = persons::staff(conn)?.into_iter().map(|one| StaffView::of(actor, one)).collect();
    let invited = invitations::open_ones(conn, env.now())?.into_iter().map(InvitedView::from).collect();
    Ok(StaffList { people, invited })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStaff {
    /// What the person will sign in by: 3 to 64 letters of one alphabet, digits, dots, hyphens and underscores.
    #[schema(example = "olga")]
    login: String,
    /// How to greet the person.
    #[schema(example = "Ольга Дмитриевна")]
    name: String,
    /// `dispatcher`, `executor`, `accountant`, `manager`, `admin`, `inspector`, `support`.
    #[schema(example = json!(["dispatcher"]))]
    roles: Vec<String>,
}

impl NewStaff {
    fn parse(&self) -> Result<(Login, PersonName, Vec<&'static str>), Problem> {
        let login = Login::choose(&self.login).map_err(|error| FieldError::new("/login", login_words(error)));
        let name = PersonName::parse(&self.name)
            .map_err(|_| FieldError::new("/name", "Напишите, как обращаться, например: Ольга Дмитриевна."));
        let roles: Option<Vec<_>> = self.roles.iter().map(|name| role(name)).collect();
        let roles = roles.filter(|roles| !roles.is_empty());
        let roles = roles.ok_or_else(|| FieldError::new("/roles", "Выберите хотя бы одну роль сотрудника."));
        match (login, name, roles) {
            (Ok(login), Ok(name), Ok(roles)) => Ok((login, name, roles)),
            (login, name, roles) => {
                let errors = [login.err(), name.err(), roles.err()];
                Err(Problem::validation(errors.into_iter().flatten().collect()))
            }
        }
    }
}

fn role(name: &str) -> Option<&'static str> {
    ROLES.into_iter().map(Role::as_str).find(|role| *role == name)
}

fn login_words(error: ContactError) -> &'static str {
    match error {
        ContactError::MixedLogin => "Все буквы логина — либо латинские, либо русские: «а» и «a» выглядят одинаково.",
        _ => "Логин: от 3 до 64 букв, цифр, точек, дефисов и подчёркиваний, хотя бы одна буква.",
    }
}

/// A link by which one person sets a password.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffLink {
    /// For that person alone: it is shown once.
    #[schema(example = "http://127.0.0.1:3000/invitation#…")]
    link: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Invite somebody to work here: whoever has the link sets a password, once. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/invitations", operation_id = "invite_staff", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = NewStaff,
    responses(
        (status = 201, body = StaffLink),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn invite(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: input, bytes }: Body<NewStaff>,
) -> Result<Reply<StaffLink>, Problem> {
    actor.may(Action::ManageStaff, Relation::None)?;
    let (login, name, roles) = input.parse()?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &bytes)?;
    let whom = Whom { login: login.as_str(), name: name.as_str(), roles, resets: None };
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let link = env.db().write(|tx| {
        if persons::credentials(tx, Key::Login(whom.login))?.is_some() {
            let detail = "Под этим логином уже кто-то входит. Выберите другой или задайте тому человеку новый пароль.";
            return Err(Problem::validation(vec![FieldError::new("/login", detail)]));
        }
        desk.link(tx, &whom)
    })?;
    Ok(Reply::created(link))
}

/// Let one of the staff who forgot the password set another: all sessions of that person end then. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/{staff_id}/reset", operation_id = "reset_staff", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    responses(
        (status = 201, body = StaffLink),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn reset(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(staff_id): Path<String>,
    body: Bytes,
) -> Result<Reply<StaffLink>, Problem> {
    actor.may(Action::ManageStaff, Relation::None)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &body)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let link = env.db().write(|tx| {
        let staff = desk.other(tx, &staff_id)?;
        let profile = persons::profile(tx, &staff_id)?.ok_or_else(Problem::not_found)?;
        if profile.phone.is_some() || profile.email.is_some() {
            let detail = "У этого человека есть телефон или почта: пусть восстановит вход сам, по коду.";
            return Err(Problem::new(Slug::Forbidden, detail));
        }
        let login = staff.login.as_deref().ok_or_else(Problem::not_found)?;
        let roles = staff.roles.iter().filter_map(|name| role(name)).collect();
        desk.link(tx, &Whom { login, name: &staff.name, roles, resets: Some(&staff_id) })
    })?;
    Ok(Reply::created(link))
}

/// End all sessions of one of the staff, whose device may be in wrong hands; the person gets a notice. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/{staff_id}/sign-out", operation_id = "sign_staff_out", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    responses(
        (status = 204, description = "That person is signed in nowhere"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn sign_out(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(staff_id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageStaff, Relation::None)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &body)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    env.db().write(|tx| {
        desk.other(tx, &staff_id)?;
        desk.begin(tx)?;
        Ok::<_, Problem>(end_for(tx, &env, &actor, &client, &staff_id, &[ROLE])?)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a role of the staff away: all sessions of that person end. To be confirmed
#[utoipa::path(
    delete, path = "/api/auth/staff/{staff_id}/roles/{role}", operation_id = "take_role", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("role" = String, Path, example = "dispatcher"),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    responses(
        (status = 200, body = StaffList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn take_role(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path((staff_id, name)): Path<(String, String)>,
    body: Bytes,
) -> Result<Reply<StaffList>, Problem> {
    actor.may(Action::ManageStaff, Relation::None)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &body)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let list = env.db().write(|tx| {
        desk.other(tx, &staff_id)?;
        desk.begin(tx)?;
        if name == Role::Resident.as_str() || !persons::take_role(tx, &staff_id, &name)? {
            return Err(Problem::not_found());
        }
        sessions::end_all(tx, env.now(), &staff_id)?;
        desk.note(tx, "staff.take-role", &format!("person:{staff_id}"), &[ROLE, ("from", &name)])?;
        Ok::<_, Problem>(listed(tx, &env, &actor)?)
    })?;
    Ok(Reply::ok(list))
}

/// In what role it is done: the person reads it beside the name.
const ROLE: (&str, &str) = ("role", Role::Admin.as_str());

/// Whom a link is for.
struct Whom<'a> {
    login: &'a str,
    name: &'a str,
    roles: Vec<&'static str>,
    resets: Option<&'a str>,
}

/// Where an administrator decides about others.
struct Desk<'a> {
    env: &'a Env,
    actor: &'a Actor,
    client: &'a Client,
    confirmed: Confirmed<'a>,
}

impl Desk<'_> {
    /// Uses the confirmation up. Who was an administrator when signing in may be none any more: of two who dismiss each
    /// other one stays.
    fn begin(&self, tx: &Tx<'_>) -> Result<(), Problem> {
        self.confirmed.take(tx, self.env)?;
        let roles = persons::roles(tx, &self.actor.person_id)?;
        if roles.iter().any(|role| role == Role::Admin.as_str()) { Ok(()) } else { Err(Problem::forbidden()) }
    }

    /// One of the staff, but not the administrator who asks: somebody else decides about that one.
    fn other(&self, conn: &Conn<'_>, staff_id: &str) -> Result<Staff, Problem> {
        if staff_id == self.actor.person_id {
            let detail = "О себе решает другой администратор. Свой пароль меняют в профиле.";
            return Err(Problem::new(Slug::Forbidden, detail));
        }
        persons::staff(conn)?.into_iter().find(|one| one.person_id == staff_id).ok_or_else(Problem::not_found)
    }

    fn link(&self, tx: &Tx<'_>, whom: &Whom<'_>) -> Result<StaffLink, Problem> {
        self.begin(tx)?;
        let (env, token) = (self.env, InvitationToken::from_random(self.env.random()));
        let hours = Settings::at(tx, env.now())?.get("invitation.hours")?;
        let (invitation_id, expires_at) = (fresh_id(env), env.now() + SignedDuration::from_hours(hours));
        let new = NewInvitation {
            invitation_id: &invitation_id,
            token_hash: &token.hash(),
            login: whom.login,
            name: whom.name,
            roles: &whom.roles,
            resets: whom.resets,
            expires_at,
        };
        invitations::add(tx, env.now(), &new)?;
        let object =
            whom.resets.map_or(format!("invitation:{invitation_id}"), |person_id| format!("person:{person_id}"));
        let action = if whom.resets.is_some() { "staff.reset" } else { "staff.invite" };
        self.note(tx, action, &object, &[ROLE, ("login", whom.login), ("roles", &whom.roles.join(" "))])?;
        let link = format!("{}/invitation#{}", env.public_origin()?, token.expose());
        Ok(StaffLink { link, expires_at: format!("{expires_at:.3}") })
    }

    fn note(&self, tx: &Tx<'_>, action: &str, object: &str, fields: &[(&str, &str)]) -> store::Result<()> {
        audit::record(tx, self.env, self.actor, self.client, action, object, fields)
    }
}
