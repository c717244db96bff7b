//! A session is opened, and gets its record and its answer once it is committed.

use axum::response::{AppendHeaders, IntoResponse};
use domain::{
    access::Grant,
    session::{SessionToken, expires_at},
};
use http::{HeaderMap, HeaderName, HeaderValue};
use store::{
    Conn, Tx, grants,
    kv::{SeenRecord, SessionRecord},
    persons::sessions::{self, NewSession},
    sign_in_locks,
};
use web::{Actor, Client, Env, Problem, Reply, audit, session, sha256};

use crate::{
    new_devices::{self, Letter},
    sessions::{self as present, SessionView},
};

/// The device's cookie: the one that came, or a new one.
pub(crate) struct Device(String);

impl Device {
    pub(crate) fn of(env: &Env, client: &Client) -> Self {
        Self(client.device.clone().unwrap_or_else(|| web::hex(&env.random::<16>())))
    }

    /// What the cookie says.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Under what the device is remembered: whoever reads it cannot pass for the device.
    pub(crate) fn hash(&self) -> String {
        sha256(&self.0)
    }
}

/// What sets the requests of a device apart that once signed the person in: strangers, who count together, cannot use
/// up its codes.
pub(crate) fn asker(conn: &Conn<'_>, device: &Device, person_id: Option<&str>) -> store::Result<String> {
    let device = device.hash();
    let is_known = sign_in_locks::is_known_device(conn, person_id.unwrap_or_default(), &device)?;
    Ok(if is_known { format!(" {device}") } else { String::new() })
}

/// Whom a session is opened for.
pub(crate) struct Person {
    pub(crate) person_id: String,
    pub(crate) name: String,
}

/// The cookies of a session and of its device.
pub(crate) type Cookies = AppendHeaders<[(HeaderName, HeaderValue); 2]>;

/// A session whose cookie nobody has yet.
#[must_use = "a session begins when it is answered"]
pub(crate) struct Opened {
    token: SessionToken,
    record: SessionRecord,
    grants: Vec<Grant>,
    name: String,
    letters: Vec<Letter>,
}

/// Opens a session in the registry, and remembers the device as one of this person's. Whoever ends all sessions misses
/// none that is about to begin; without its record nobody can use it yet. Of a device that was not used before the person
/// is told.
pub(crate) fn open(tx: &Tx<'_>, env: &Env, client: &Client, device: &Device, person: Person) -> store::Result<Opened> {
    let (token, now) = (SessionToken::from_random(env.random()), env.now());
    let Person { person_id, name } = person;
    let grants = grants::of_person(tx, &person_id)?;
    let record = SessionRecord { person_id, created_at: now, expires_at: expires_at(now) };
    let letters = new_devices::note(tx, env, client, device, &record.person_id)?;
    let opened = Opened { token, record, grants, name, letters };
    let actor = opened.actor();
    let new = NewSession {
        session_id: &actor.session_id,
        person_id: &actor.person_id,
        expires_at: actor.expires_at,
        user_agent: &client.user_agent,
        address: &client.address,
    };
    sessions::open(tx, now, &new)?;
    sign_in_locks::know_device(tx, now, &actor.person_id, &device.hash())?;
    audit::record(tx, env, &actor, client, "session.open", "session:own", &[("user_agent", &client.user_agent)])?;
    Ok(opened)
}

/// A session that goes on under another name, which its browser does not have yet.
#[must_use = "the browser has to get the new name"]
pub(crate) struct Reissued {
    token: SessionToken,
    session_id: String,
}

/// The rights of the session rise: whoever knew its name of before gets none of them. It ends when it would have ended.
pub(crate) fn reissue(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<Reissued, Problem> {
    let token = SessionToken::from_random(env.random());
    let is_open = sessions::rename(tx, env.now(), &actor.session_id, &token.session_id())?;
    if is_open { Ok(Reissued { token, session_id: actor.session_id.clone() }) } else { Err(Problem::unauthenticated()) }
}

impl Reissued {
    /// Hands the new name over, once it is committed.
    pub(crate) fn cookie(self, env: &Env) -> Result<AppendHeaders<[(HeaderName, HeaderValue); 1]>, Problem> {
        let record = env.kv().session(&self.session_id)?.ok_or_else(Problem::unauthenticated)?;
        let (new_id, expires_at) = (self.token.session_id(), record.expires_at);
        env.kv().put_session(&new_id, &record)?;
        env.kv().put_seen(&new_id, &SeenRecord { at: env.now(), expires_at })?;
        Ok(AppendHeaders([session::set_cookie(&self.token)]))
    }
}

impl Opened {
    pub(crate) fn actor(&self) -> Actor {
        Actor::new(self.record.clone(), self.token.session_id(), self.grants.clone())
    }

    /// Hands the session over as JSON.
    pub(crate) async fn answer(
        self,
        env: &Env,
        client: &Client,
        device: &Device,
        headers: &HeaderMap,
    ) -> Result<impl IntoResponse + use<>, Problem> {
        let (cookies, view) = self.hand_over(env, client, device, headers).await?;
        Ok((cookies, Reply::ok(view)))
    }

    /// Hands the session over, with its record: the one before it in this browser ends, the cookies of both go out, and
    /// the person is told of a new device. The key-value store may be slow: no transaction waits for it.
    pub(crate) async fn hand_over(
        mut self,
        env: &Env,
        client: &Client,
        device: &Device,
        headers: &HeaderMap,
    ) -> Result<(Cookies, SessionView), Problem> {
        for letter in std::mem::take(&mut self.letters) {
            letter.send(env).await?;
        }
        let actor = self.actor();
        env.kv().put_session(&actor.session_id, &self.record)?;
        if let Some(earlier) = session::session_id(headers) {
            present::end(env, client, &earlier, Some(&actor.person_id))?;
        }
        let view = SessionView::of(env, &actor, self.name)?;
        // Appended: headers of one name that are merely set replace one another.
        let cookies = AppendHeaders([session::set_cookie(&self.token), session::device_cookie(device.as_str())]);
        Ok((cookies, view))
    }
}
