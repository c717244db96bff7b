//! Who asks: the session behind the cookie.
//!
//! The browser holds 256 random bits; the key-value store knows only their SHA-256, so a copy of the store signs
//! nobody in.

use axum::extract::FromRequestParts;
use domain::{
    access::{self, Action, Grant, Relation, Role, Scope, Whereabouts},
    session::{self, SessionState, SessionToken, cookie},
};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use jiff::{SignedDuration, Timestamp};
use store::{
    kv::{SeenRecord, SessionRecord},
    persons::sessions,
    second_factors,
    settings::Settings,
    state,
};

use crate::{Env, Problem, Slug, client};

/// How old a `seen` stamp may grow before a request renews it: fewer writes, and nobody is signed out noticeably
/// early.
const SEEN_STEP: SignedDuration = SignedDuration::from_secs(5);

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub person_id: String,
    /// In which roles, and where, at the moment of the request.
    pub grants: Vec<Grant>,
    /// Hex SHA-256 of the token: the session's name in the registry.
    pub session_id: String,
    /// When the session ends however busy it is.
    pub expires_at: Timestamp,
    /// Whether one of the staff has to switch a second factor on first.
    lacks_second_factor: bool,
}

impl Actor {
    /// The person of a session's record.
    pub fn new(record: SessionRecord, session_id: String, grants: Vec<Grant>) -> Self {
        Self {
            person_id: record.person_id,
            grants,
            session_id,
            expires_at: record.expires_at,
            lacks_second_factor: false,
        }
    }

    /// A program of a person, known by a token: it has of its person the rights of a resident alone. What the token is for
    /// is for the caller to see to.
    pub fn of_program(person_id: String, grants: Vec<Grant>, token_id: String, expires_at: Timestamp) -> Self {
        let grants = grants.into_iter().filter(|grant| grant.role == Role::Resident).collect();
        Self { person_id, grants, session_id: token_id, expires_at, lacks_second_factor: false }
    }

    /// The roles that the person has anywhere, each once.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<_> = self.grants.iter().map(|grant| grant.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// The roles that the person has in this very scope.
    pub fn roles_in(&self, scope: &Scope) -> Vec<Role> {
        self.grants.iter().filter(|grant| grant.scope == *scope).map(|grant| grant.role).collect()
    }

    /// Asks the table of rights about what lies in no scope: the own, and what is everybody's.
    ///
    /// # Errors
    /// `forbidden` where it says no; `second-factor-needed` where it is a matter of staff, and a password alone let in.
    pub fn may(&self, action: Action, relation: Relation) -> Result<(), Problem> {
        let roles = self.roles();
        if !access::allows(&roles, action, relation) {
            return Err(Problem::forbidden());
        }
        if access::is_own_matter(&roles, action, relation) { Ok(()) } else { self.proved() }
    }

    /// Where the person may do this as one of the staff, for lists: never nowhere.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub fn reach(&self, action: Action) -> Result<Vec<Scope>, Problem> {
        let scopes = access::scopes(&self.grants, action);
        if scopes.is_empty() {
            return Err(Problem::forbidden());
        }
        self.proved().map(|()| scopes)
    }

    /// Whether the person may do this, as one of the staff, to an object in this place.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub fn may_in(&self, action: Action, place: &Scope) -> Result<(), Problem> {
        if access::allows_in(&self.grants, action, place) { self.proved() } else { Err(Problem::forbidden()) }
    }

    /// Whether the person may do this, as one of the staff, to another person.
    pub fn reaches_person(&self, action: Action, person: &Whereabouts) -> bool {
        access::allows_to_person(&self.grants, action, person)
    }

    /// Whether the sign-in was strong enough for a matter of staff.
    fn proved(&self) -> Result<(), Problem> {
        if self.lacks_second_factor {
            let detail = "Сотрудникам нужен второй шаг входа. Включите его в профиле, «Защита входа», и продолжайте.";
            return Err(Problem::new(Slug::SecondFactorNeeded, detail));
        }
        Ok(())
    }
}

impl FromRequestParts<Env> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Env) -> Result<Self, Problem> {
        let session_id = session_id(&parts.headers).ok_or_else(Problem::unauthenticated)?;
        let (record, grants) = live(env, &session_id)?.ok_or_else(Problem::unauthenticated)?;
        let actor = Self::new(record, session_id, grants);
        let lacks_second_factor = lacks_second_factor(env, &actor)?;
        Ok(Self { lacks_second_factor, ..actor })
    }
}

/// Whoever works with other people's data signs in by more than a password, unless the operator wants it otherwise.
fn lacks_second_factor(env: &Env, actor: &Actor) -> store::Result<bool> {
    if !access::is_staff(&actor.roles()) {
        return Ok(false);
    }
    env.db().read(|conn| {
        let asked: String = Settings::at(conn, env.now())?.get("staff.second_factor")?;
        let is_asked = asked == "always" || asked == "live" && !state::is_demo(conn)?;
        Ok(is_asked && !second_factors::enrolled(conn, &actor.person_id)?.is_on())
    })
}

/// The name of the session whose cookie the request carries, live or not.
pub fn session_id(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookie::session_token(cookies).ok().flatten().map(|token| token.session_id())
}

/// The session's record where it has neither ended nor idled out, and what its person is now; notes the use. A record
/// alone is no session: it may lie there before the session is committed and after it has ended.
fn live(env: &Env, session_id: &str) -> Result<Option<(SessionRecord, Vec<Grant>)>, Problem> {
    let Some(record) = env.kv().session(session_id)? else { return Ok(None) };
    let Some(grants) = env.db().read(|conn| sessions::grants(conn, session_id))? else { return Ok(None) };
    let Some(seen_at) = seen_at(env, session_id, record.created_at)? else { return Ok(None) };
    let now = env.now();
    if now - SEEN_STEP > seen_at {
        env.kv().put_seen(session_id, &SeenRecord { at: now, expires_at: record.expires_at })?;
    }
    Ok(Some((record, grants)))
}

/// When the session was last used, where it has neither ended nor idled out.
///
/// # Errors
/// A failing key-value store.
pub fn seen_at(env: &Env, session_id: &str, created_at: Timestamp) -> Result<Option<Timestamp>, Problem> {
    let Some(seen) = env.kv().seen(session_id)? else { return Ok(None) };
    let idle_seconds = env.config()?.session_idle_seconds.into();
    let state = session::state(created_at, seen.at, env.now(), idle_seconds);
    Ok((state == SessionState::Active).then_some(seen.at))
}

/// How long a session may idle, in seconds.
///
/// # Errors
/// A variable that is absent or no number.
pub fn idle_seconds(env: &Env) -> Result<u32, Problem> {
    Ok(env.config()?.session_idle_seconds)
}

/// `Set-Cookie` that signs the browser in.
pub fn set_cookie(token: &SessionToken) -> (HeaderName, HeaderValue) {
    header(&cookie::begin(token))
}

/// `Set-Cookie` that makes the browser forget the session.
pub fn clear_cookie() -> (HeaderName, HeaderValue) {
    header(&cookie::end())
}

/// `Set-Cookie` that lets limits know the device again, for a year.
pub fn device_cookie(device: &str) -> (HeaderName, HeaderValue) {
    const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;
    let name = client::DEVICE_COOKIE;
    header(&format!("{name}={device}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age={YEAR_SECONDS}"))
}

fn header(cookie: &str) -> (HeaderName, HeaderValue) {
    (header::SET_COOKIE, HeaderValue::try_from(cookie).expect("names, base64url and digits are valid in a header"))
}
