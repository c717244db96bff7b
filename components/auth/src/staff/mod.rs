//! Who works here: the list, invitations, a role taken away, a forgotten password. `moydom admin` does the same where
//! nobody can sign in yet.

mod desk;
pub(crate) mod invited;

use axum::{body::Bytes, extract::State};
use domain::{
    access::{Action, Grant, Role, Scope},
    confirmation::Operation,
    contact::{ContactError, Login},
    person_name::PersonName,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    grants::{self, Held, Staff},
    invitations,
    persons::{self, Key, sessions},
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, Path, Problem, Reply, Slug, confirmation::Confirmation};

use self::{
    desk::{Desk, ROLE, Whom, in_the_log},
    invited::InvitedView,
};
use crate::{
    blocks,
    invitations::PasswordLink,
    letting_in::{HelpReason, Helper, LettingIn},
    second_factor::own_contact,
    sessions::end_for,
};

/// Those whom somebody may be made here: a resident registers, a program gets a token.
const ROLES: [Role; 7] =
    [Role::Dispatcher, Role::Executor, Role::Accountant, Role::Manager, Role::Admin, Role::Inspector, Role::Support];

/// Who works here, and who is invited to: as far as whoever asks administers.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffList {
    people: Vec<StaffView>,
    invited: Vec<InvitedView>,
    /// Where whoever asks may let others work.
    scopes: Vec<ScopeView>,
}

/// One of the staff.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffView {
    staff_id: String,
    name: String,
    #[schema(example = "olga")]
    login: Option<String>,
    roles: Vec<HeldRoleView>,
    /// The last sign-in that is still known.
    #[schema(format = DateTime)]
    signed_in_at: Option<String>,
    /// Whether it is who asks.
    is_me: bool,
}

/// A role that somebody holds somewhere.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldRoleView {
    grant_id: i64,
    #[schema(example = "dispatcher")]
    role: &'static str,
    scope: ScopeView,
}

/// Where a role holds.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScopeView {
    /// `portal`, `company` or `house`.
    #[schema(example = "company")]
    kind: &'static str,
    /// The company or the house; null for the portal.
    id: Option<String>,
    /// The name of the company, the address of the house; empty for the portal.
    title: String,
}

impl ScopeView {
    pub(crate) fn of(scope: &Scope, title: String) -> Self {
        Self { kind: scope.kind(), id: scope.id().map(str::to_owned), title }
    }
}

impl From<Held> for HeldRoleView {
    fn from(Held { grant_id, grant: Grant { role, scope }, title }: Held) -> Self {
        Self { grant_id, role: role.as_str(), scope: ScopeView::of(&scope, title) }
    }
}

impl StaffView {
    fn of(actor: &Actor, Staff { person_id, login, name, held, signed_in_at }: Staff) -> Self {
        let roles = held.into_iter().map(HeldRoleView::from).collect();
        Self { is_me: person_id == actor.person_id, staff_id: person_id, name, login, roles, signed_in_at }
    }
}

/// Who works here, and who is invited to, as far as I administer
#[utoipa::path(
    get, path = "/api/auth/staff", operation_id = "list_staff", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = StaffList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<StaffList>, Problem> {
    let reach = actor.reach(Action::ManageStaff)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor, &reach))?))
}

fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor, reach: &[Scope]) -> store::Result<StaffList> {
    let people = grants::staff(conn, reach)?.into_iter().map(|one| StaffView::of(actor, one)).collect();
    let invited = invitations::open_ones(conn, env.now(), reach)?.into_iter().map(InvitedView::from).collect();
    let places = grants::places(conn, reach)?;
    let scopes = places.into_iter().map(|place| ScopeView::of(&place.scope, place.title)).collect();
    Ok(StaffList { people, invited, scopes })
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
    scope: WishedScope,
}

/// Where somebody is to work: within one's own scope.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedScope {
    /// `portal`, `company` or `house`.
    #[schema(example = "portal")]
    kind: String,
    /// The company or the house; left out for the portal.
    #[serde(default)]
    id: Option<String>,
}

impl WishedScope {
    /// A scope beyond the own is answered like one that is nowhere.
    fn find(&self, tx: &Tx<'_>, reach: &[Scope]) -> Result<Scope, Problem> {
        let found = grants::scope_of(tx, &self.kind, self.id.as_deref())?;
        let within = found.filter(|found| reach.iter().any(|scope| scope.covers(found)));
        let detail = "Выберите из списка, где человек будет работать: организацию или дом.";
        within.ok_or_else(|| Problem::field("/scope", detail))
    }
}

impl NewStaff {
    fn parse(&self) -> Result<(Login, PersonName, Vec<&'static str>), Problem> {
        let login = Login::choose(&self.login).map_err(|error| FieldError::new("/login", login_words(error)));
        let name = PersonName::parse(&self.name)
            .map_err(|_| FieldError::new("/name", "Напишите, как обращаться, например: Ольга Дмитриевна."));
        let roles: Option<Vec<_>> = self.roles.iter().map(|name| role(name).map(Role::as_str)).collect();
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

fn role(name: &str) -> Option<Role> {
    ROLES.into_iter().find(|role| role.as_str() == name)
}

fn login_words(error: ContactError) -> &'static str {
    match error {
        ContactError::MixedLogin => "Все буквы логина — либо латинские, либо русские: «а» и «a» выглядят одинаково.",
        _ => "Логин: от 3 до 64 букв, цифр, точек, дефисов и подчёркиваний, хотя бы одна буква.",
    }
}

/// Invite somebody to work here: whoever has the link sets a password, once. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/invitations", operation_id = "invite_staff", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = NewStaff,
    responses(
        (status = 201, body = PasswordLink),
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
) -> Result<Reply<PasswordLink>, Problem> {
    actor.reach(Action::ManageStaff)?;
    let (login, name, roles) = input.parse()?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &bytes)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let link = env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        let scope = &input.scope.find(tx, &reach)?;
        let whom = Whom { login: login.as_str(), name: name.as_str(), roles, scope, resets: None };
        if persons::credentials(tx, Key::Login(whom.login))?.is_some() {
            let detail = "Под этим логином уже кто-то входит. Выберите другой или задайте тому человеку новый пароль.";
            return Err(Problem::field("/login", detail));
        }
        desk.link(tx, &reach, &whom)
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
        (status = 201, body = PasswordLink),
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
) -> Result<Reply<PasswordLink>, Problem> {
    actor.reach(Action::ManageStaff)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &body)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let link = env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        let staff = desk.other(tx, &reach, &staff_id)?;
        desk.reaches_all(tx, &staff_id)?;
        let profile = persons::profile(tx, &staff_id)?.ok_or_else(Problem::not_found)?;
        if blocks::refusal_of_recovery(tx, &env, &profile)?.is_some() {
            let detail = "Вход этого человека остановлен. Его впускают двое администраторов: «Впустить заново».";
            return Err(Problem::new(Slug::Forbidden, detail));
        }
        if own_contact(&profile).is_some() {
            let detail = "У этого человека есть телефон или почта: пусть восстановит вход сам, по коду.";
            return Err(Problem::new(Slug::Forbidden, detail));
        }
        let login = staff.login.as_deref().ok_or_else(Problem::not_found)?;
        let roles = staff.held.iter().map(|held| held.grant.role.as_str()).collect();
        let scope = &staff.held.first().ok_or_else(Problem::not_found)?.grant.scope;
        desk.link(tx, &reach, &Whom { login, name: &staff.name, roles, scope, resets: Some(&staff_id) })
    })?;
    Ok(Reply::created(link))
}

/// Let one of the staff in again who cannot come in alone: one administrator asks, another one agrees and gets the link for the person. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/{staff_id}/unblock", operation_id = "unblock_staff", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    request_body = HelpReason,
    responses(
        (status = 200, body = LettingIn),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn unblock(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(staff_id): Path<String>,
    Body { value: input, bytes }: Body<HelpReason>,
) -> Result<Reply<LettingIn>, Problem> {
    actor.reach(Action::ManageStaff)?;
    let reason = input.parse()?;
    let confirmed = confirmation.named(&env, &actor, Operation::LetIn, &bytes)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let helper = Helper { env: &env, actor: &actor, client: &client, role: ROLE };
    let approved = env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        desk.other(tx, &reach, &staff_id)?;
        desk.reaches_all(tx, &staff_id)?;
        let person = persons::profile(tx, &staff_id)?.ok_or_else(Problem::not_found)?;
        helper.approve(tx, &person, reason)
    })?;
    approved.answer(&env).await
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
    actor.reach(Action::ManageStaff)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &body)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        desk.other(tx, &reach, &staff_id)?;
        Ok::<_, Problem>(end_for(tx, &env, &actor, &client, &staff_id, &[ROLE])?)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stop the sign-in of one of the staff who said that somebody else may use it: all sessions end, and only two administrators let in again. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/{staff_id}/block", operation_id = "block_staff", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    request_body = HelpReason,
    responses(
        (status = 204, description = "That person is signed in nowhere and cannot sign in"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn block(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(staff_id): Path<String>,
    Body { value: input, bytes }: Body<HelpReason>,
) -> Result<StatusCode, Problem> {
    actor.reach(Action::ManageStaff)?;
    let reason = input.parse()?;
    let confirmed = confirmation.named(&env, &actor, Operation::StopSignIn, &bytes)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let letters = env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        desk.other(tx, &reach, &staff_id)?;
        desk.reaches_all(tx, &staff_id)?;
        Ok::<_, Problem>(blocks::block_for(tx, &env, &actor, &client, &staff_id, &[ROLE, ("reason", reason)])?)
    })?;
    for letter in letters {
        letter.send(&env).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A role for one of the staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// As in an invitation.
    #[schema(example = "dispatcher")]
    role: String,
    scope: WishedScope,
}

/// Give one of the staff another role, or the same one elsewhere: all sessions of that person end. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/staff/{staff_id}/roles", operation_id = "grant_role", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    request_body = NewRole,
    responses(
        (status = 201, body = StaffList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn grant_role(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(staff_id): Path<String>,
    Body { value: input, bytes }: Body<NewRole>,
) -> Result<Reply<StaffList>, Problem> {
    actor.reach(Action::ManageStaff)?;
    let role = role(&input.role).ok_or_else(|| Problem::field("/role", "Выберите роль сотрудника из списка."))?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &bytes)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let list = env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        desk.other(tx, &reach, &staff_id)?;
        let grant = Grant { role, scope: input.scope.find(tx, &reach)? };
        if !grants::add(tx, env.now(), &staff_id, &grant, Some(&actor.person_id))? {
            return Err(Problem::field("/role", "Такая роль там у человека уже есть."));
        }
        // No session of before gets what the role opens.
        sessions::end_all(tx, env.now(), &staff_id)?;
        let fields = [ROLE, ("to", role.as_str()), ("scope", &in_the_log(&grant.scope))];
        desk.note(tx, "staff.grant-role", &format!("person:{staff_id}"), &fields)?;
        Ok::<_, Problem>(listed(tx, &env, &actor, &reach)?)
    })?;
    Ok(Reply::created(list))
}

/// Take a role of the staff away: all sessions of that person end. To be confirmed
#[utoipa::path(
    delete, path = "/api/auth/staff/{staff_id}/roles/{grant_id}", operation_id = "take_role", tag = "auth",
    security(("session" = [])),
    params(
        ("staff_id" = String, Path),
        ("grant_id" = i64, Path),
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
    Path((staff_id, grant_id)): Path<(String, i64)>,
    body: Bytes,
) -> Result<Reply<StaffList>, Problem> {
    actor.reach(Action::ManageStaff)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ManageStaff, &body)?;
    let desk = Desk { env: &env, actor: &actor, client: &client, confirmed };
    let list = env.db().write(|tx| {
        let reach = desk.begin(tx)?;
        let Staff { held, .. } = desk.other(tx, &reach, &staff_id)?;
        let Held { grant, .. } = held.iter().find(|held| held.grant_id == grant_id).ok_or_else(Problem::not_found)?;
        desk.take(tx, &staff_id, grant_id, grant)?;
        Ok::<_, Problem>(listed(tx, &env, &actor, &reach)?)
    })?;
    Ok(Reply::ok(list))
}
