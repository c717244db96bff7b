//! The sign-in form, the present session, sign-out.

use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use domain::{
    access::{Action, Relation},
    contact::Identifier,
    session::{SessionToken, expires_at},
};
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::{
    audit,
    kv::SessionRecord,
    persons::{self, Credentials, Key, NewSession},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, Problem, Reply, Slug, limit, session};

use crate::password;

const ATTEMPT_WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Longer than any password manager makes; keeps hashing cheap.
const PASSWORD_BYTES_MAX: usize = 512;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// Login, phone or e-mail.
    #[schema(example = "anna")]
    identifier: String,
    #[schema(example = "moydom-demo-2026")]
    password: String,
}

/// Who is signed in, and until when.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    person_id: String,
    /// The name to greet with.
    name: String,
    roles: Vec<&'static str>,
    /// The end of the session however busy it is.
    #[schema(format = DateTime)]
    expires_at: String,
    /// The session ends after so many seconds without a request.
    idle_seconds: u32,
}

/// Sign in with login, phone or e-mail and password
#[utoipa::path(
    post, path = "/api/auth/sign-in", tag = "auth", request_body = SignIn,
    responses(
        (status = 200, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "wrong-credentials, validation, rate-limited"),
    )
)]
pub(crate) async fn sign_in(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Body { value: input, .. }: Body<SignIn>,
) -> Result<impl IntoResponse, Problem> {
    let identifier = check(&input)?;
    let device = client.device.clone().unwrap_or_else(|| web::hex(&env.random::<16>()));
    count_attempt(&env, &client, &device, &identifier)?;
    let known = env.db().read(|conn| persons::credentials(conn, key(&identifier)))?;
    let hash = known.as_ref().map(|known| known.password_hash.as_str());
    if !password::is_right(&input.password, hash) {
        note_failure(&env, &client, known.as_ref())?;
        return Err(wrong_credentials());
    }
    let person = known.ok_or_else(wrong_credentials)?;
    if let Some(earlier) = session::session_id(&headers) {
        end(&env, &client, &earlier)?;
    }
    let (token, view) = open(&env, &client, person)?;
    // Appended: headers of one name that are merely set replace one another.
    let cookies = AppendHeaders([session::set_cookie(&token), session::device_cookie(&device)]);
    Ok((cookies, Reply::ok(view)))
}

fn check(input: &SignIn) -> Result<Identifier, Problem> {
    let mut errors = Vec::new();
    let identifier = Identifier::parse(&input.identifier);
    if identifier.is_err() {
        errors.push(FieldError::new("/identifier", "Введите логин, телефон или почту, указанные при регистрации."));
    }
    if input.password.is_empty() || input.password.len() > PASSWORD_BYTES_MAX {
        errors.push(FieldError::new("/password", "Введите пароль."));
    }
    identifier.ok().filter(|_| errors.is_empty()).ok_or_else(|| Problem::validation(errors))
}

fn key(identifier: &Identifier) -> Key<'_> {
    match identifier {
        Identifier::Login(login) => Key::Login(login.as_str()),
        Identifier::Phone(phone) => Key::Phone(phone.as_str()),
        Identifier::Email(email) => Key::Email(email.as_str()),
    }
}

/// Counted before any hashing: guessing must not cost us more than it costs the guesser.
fn count_attempt(env: &Env, client: &Client, device: &str, identifier: &Identifier) -> Result<(), Problem> {
    let today = env.now().to_zoned(TimeZone::UTC).date();
    env.db().write(|tx| {
        let settings = Settings::on(tx, today)?;
        let rules = [
            ("limit.sign_in_per_login", identifier.as_str()),
            ("limit.sign_in_per_device", device),
            ("limit.sign_in_per_address", client.address.as_str()),
        ];
        for (setting, subject) in rules {
            limit::count(tx, env, &settings, limit::Rule { setting, window: ATTEMPT_WINDOW }, subject)?;
        }
        Ok(())
    })
}

/// What was typed is not kept: people mistake the field and type a password there.
fn note_failure(env: &Env, client: &Client, known: Option<&Credentials>) -> Result<(), Problem> {
    let object = known.map_or("person:unknown".to_owned(), |known| format!("person:{}", known.person_id));
    let fields = [("address", client.address.as_str())];
    let record = audit::Record { actor: "visitor", action: "session.refuse", object: &object, fields: &fields };
    env.db().write(|tx| Ok(audit::record(tx, env.now(), env.random(), &record)?))
}

fn wrong_credentials() -> Problem {
    Problem::new(Slug::WrongCredentials, "Проверьте логин и пароль: раскладку, Caps Lock и пробел в конце.")
}

fn open(env: &Env, client: &Client, person: Credentials) -> Result<(SessionToken, SessionView), Problem> {
    let token = SessionToken::from_random(env.random());
    let session_id = token.session_id();
    let now = env.now();
    let expires_at = expires_at(now);
    let record = SessionRecord { person_id: person.person_id, roles: person.roles, created_at: now, expires_at };
    env.db().write(|tx| {
        let (session_id, person_id) = (session_id.as_str(), record.person_id.as_str());
        let (user_agent, address) = (client.user_agent.as_str(), client.address.as_str());
        persons::open_session(tx, now, &NewSession { session_id, person_id, expires_at, user_agent, address })?;
        web::audit::record(tx, env, &actor(&record, session_id), client, "session.open", "session:own", &[])
    })?;
    env.kv().put_session(&session_id, &record)?;
    let view = view(env, &actor(&record, &session_id), person.name)?;
    Ok((token, view))
}

fn actor(record: &SessionRecord, session_id: &str) -> Actor {
    Actor::new(record.clone(), session_id.to_owned())
}

fn view(env: &Env, actor: &Actor, name: String) -> Result<SessionView, Problem> {
    Ok(SessionView {
        person_id: actor.person_id.clone(),
        name,
        roles: actor.roles.iter().map(|role| role.as_str()).collect(),
        expires_at: actor.expires_at.to_string(),
        idle_seconds: session::idle_seconds(env)?,
    })
}

/// Who is signed in
#[utoipa::path(
    get, path = "/api/auth/session", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = SessionView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
    )
)]
pub(crate) async fn show(State(env): State<Env>, actor: Actor) -> Result<Reply<SessionView>, Problem> {
    actor.may(Action::SeeSession, Relation::Own)?;
    let name = env.db().read(|conn| persons::name(conn, &actor.person_id))?;
    let name = name.ok_or_else(Problem::unauthenticated)?;
    Ok(Reply::ok(view(&env, &actor, name)?))
}

/// Sign out; harmless where nobody is signed in
#[utoipa::path(
    post, path = "/api/auth/sign-out", tag = "auth",
    responses((status = 204, description = "The session is over"))
)]
pub(crate) async fn sign_out(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    if let Some(session_id) = session::session_id(&headers) {
        end(&env, &client, &session_id)?;
    }
    Ok((StatusCode::NO_CONTENT, [session::clear_cookie()]))
}

/// The record goes first: whatever fails after that, nobody can use the session any more.
fn end(env: &Env, client: &Client, session_id: &str) -> Result<(), Problem> {
    let Some(record) = env.kv().session(session_id)? else { return Ok(()) };
    env.kv().delete_session(session_id)?;
    env.db().write(|tx| {
        persons::end_session(tx, env.now(), session_id)?;
        Ok(web::audit::record(tx, env, &actor(&record, session_id), client, "session.close", "session:own", &[])?)
    })
}
