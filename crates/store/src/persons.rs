//! Login identities, their roles, and the registry of sessions.

use jiff::Timestamp;

use crate::{Conn, Result, Tx, params};

/// What sign-in needs to know of a person.
#[derive(Debug)]
pub struct Credentials {
    /// The person.
    pub person_id: String,
    /// The name to greet with.
    pub name: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// The roles that the person holds.
    pub roles: Vec<String>,
}

/// What a person can be found by at sign-in. The texts are already in their canonical form.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// Lower case.
    Login(&'a str),
    /// `+7XXXXXXXXXX`.
    Phone(&'a str),
    /// Lower case.
    Email(&'a str),
}

/// The credentials of the person with this login, phone or e-mail.
///
/// # Errors
/// A failing database.
pub fn credentials(conn: &Conn<'_>, key: Key<'_>) -> Result<Option<Credentials>> {
    let (column, text) = match key {
        Key::Login(text) => ("login", text),
        Key::Phone(text) => ("phone", text),
        Key::Email(text) => ("email", text),
    };
    let sql = format!(
        "select person_id, name, password_hash,
                (select group_concat(role, ' ') from person_role r where r.person_id = p.person_id)
         from person p where {column} = ?1"
    );
    let row = conn.query_first(&sql, params![text])?;
    row.map(|row| {
        let roles: Option<String> = row.get(3)?;
        let roles = roles.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        Ok(Credentials { person_id: row.get(0)?, name: row.get(1)?, password_hash: row.get(2)?, roles })
    })
    .transpose()
}

/// The name to greet a person with.
///
/// # Errors
/// A failing database.
pub fn name(conn: &Conn<'_>, person_id: &str) -> Result<Option<String>> {
    let row = conn.query_first("select name from person where person_id = ?1", params![person_id])?;
    row.map(|row| row.get(0)).transpose()
}

/// A person to be added.
#[derive(Debug)]
pub struct NewPerson<'a> {
    /// A fresh id.
    pub person_id: &'a str,
    /// Lower case.
    pub login: Option<&'a str>,
    /// `+7XXXXXXXXXX`.
    pub phone: Option<&'a str>,
    /// Lower case.
    pub email: Option<&'a str>,
    /// Argon2id, as a PHC string.
    pub password_hash: &'a str,
    /// The name to greet with.
    pub name: &'a str,
    /// What the person may be.
    pub roles: &'a [&'a str],
    /// A demo login: the database refuses it outside a demo state.
    pub is_demo: bool,
}

/// Adds a person with roles.
///
/// # Errors
/// [`crate::Error::Constraint`] where a login, phone or e-mail is taken, or a demo person is put into a live state.
pub fn add(tx: &Tx<'_>, now: Timestamp, person: &NewPerson<'_>) -> Result<()> {
    tx.execute(
        "insert into person (person_id, login, phone, email, password_hash, name, is_demo, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            person.person_id,
            person.login,
            person.phone,
            person.email,
            person.password_hash,
            person.name,
            person.is_demo,
            now
        ],
    )?;
    for role in person.roles {
        let sql = "insert into person_role (person_id, role, granted_at) values (?1, ?2, ?3)";
        tx.execute(sql, params![person.person_id, *role, now])?;
    }
    Ok(())
}

/// A session to be registered. The record that requests read is [`crate::kv::SessionRecord`].
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Hex SHA-256 of the token in the cookie.
    pub session_id: &'a str,
    /// Whose session it is.
    pub person_id: &'a str,
    /// When it ends however busy it is.
    pub expires_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// The client's network address.
    pub address: &'a str,
}

/// Registers a session.
///
/// # Errors
/// A failing database.
pub fn open_session(tx: &Tx<'_>, now: Timestamp, session: &NewSession<'_>) -> Result<()> {
    tx.execute(
        "insert into session (session_id, person_id, created_at, expires_at, user_agent, address)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![session.session_id, session.person_id, now, session.expires_at, session.user_agent, session.address],
    )
}

/// Marks a session as ended by its person. Its key-value records are swept once its time is over: a request that was
/// under way at the end may have left a `seen` stamp behind.
///
/// # Errors
/// A failing database.
pub fn end_session(tx: &Tx<'_>, now: Timestamp, session_id: &str) -> Result<()> {
    tx.execute("update session set ended_at = ?2 where session_id = ?1 and ended_at is null", params![session_id, now])
}

/// Sessions over by time whose key-value records still lie there, at most `count`.
///
/// # Errors
/// A failing database.
pub fn sessions_to_sweep(conn: &Conn<'_>, now: Timestamp, count: u32) -> Result<Vec<String>> {
    let sql = "select session_id from session where swept_at is null and expires_at < ?1 order by expires_at limit ?2";
    conn.query(sql, params![now, i64::from(count)])?.iter().map(|row| row.get(0)).collect()
}

/// Notes that the key-value records of a session are gone.
///
/// # Errors
/// A failing database.
pub fn mark_swept(tx: &Tx<'_>, now: Timestamp, session_id: &str) -> Result<()> {
    tx.execute("update session set swept_at = ?2 where session_id = ?1", params![session_id, now])
}
