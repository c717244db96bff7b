//! Step-up: what a person was asked to confirm once more, the answers, and the one use of a confirmation.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, Value, params, persons::ContactKind};

/// What is confirmed: one request of one session, word for word.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Whose request it is.
    pub person_id: &'a str,
    /// The session that it came by.
    pub session_id: &'a str,
    /// As `domain::confirmation::Operation` names it.
    pub operation: &'a str,
    /// Hex SHA-256 of method, path and body.
    pub request_hash: &'a str,
}

/// Asks for a confirmation; an earlier one of the same operation that nobody has given yet is over.
///
/// # Errors
/// A failing database.
pub fn ask(
    tx: &Tx<'_>,
    now: Timestamp,
    confirmation_id: &str,
    request: &Request<'_>,
    attempts: u32,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "update confirmation set attempts_left = 0
         where session_id = ?1 and operation = ?2 and used_at is null and confirmed_at is null",
        params![request.session_id, request.operation],
    )?;
    tx.execute(
        "insert into confirmation (confirmation_id, person_id, session_id, operation, request_hash, attempts_left,
                                   created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            confirmation_id,
            request.person_id,
            request.session_id,
            request.operation,
            request.request_hash,
            i64::from(attempts),
            now,
            expires_at
        ],
    )
}

/// A confirmation that was asked for.
#[derive(Debug)]
pub struct Asked {
    /// As `domain::confirmation::Operation` names it.
    pub operation: String,
    /// Hex SHA-256 of the id and the last code; empty where none was sent: none fits.
    pub code_hash: String,
    /// When that code is over.
    pub code_expires_at: Option<Timestamp>,
    /// How many answers are still taken.
    pub attempts_left: u32,
    /// When all of it is over.
    pub expires_at: Timestamp,
    /// Whether it was given already.
    pub is_confirmed: bool,
}

/// What this session was asked to confirm under this id.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, session_id: &str, confirmation_id: &str) -> Result<Option<Asked>> {
    let sql = "select operation, code_hash, code_expires_at, attempts_left, expires_at, confirmed_at is not null
               from confirmation where confirmation_id = ?1 and session_id = ?2";
    let row = conn.query_first(sql, params![confirmation_id, session_id])?;
    row.map(|row| {
        Ok(Asked {
            operation: row.get(0)?,
            code_hash: row.get(1)?,
            code_expires_at: row.get(2)?,
            attempts_left: row.get(3)?,
            expires_at: row.get(4)?,
            is_confirmed: row.get(5)?,
        })
    })
    .transpose()
}

/// Keeps the code that was sent last; the one before it fits no more.
///
/// # Errors
/// A failing database.
pub fn keep_code(tx: &Tx<'_>, confirmation_id: &str, code_hash: &str, expires_at: Timestamp) -> Result<()> {
    let sql = "update confirmation set code_hash = ?2, code_expires_at = ?3 where confirmation_id = ?1";
    tx.execute(sql, params![confirmation_id, code_hash, expires_at])
}

/// Takes one answer from those that are left, by one statement; no is the answer where none was left, the time is over
/// or it was confirmed already.
///
/// # Errors
/// A failing database.
pub fn spend_attempt(tx: &Tx<'_>, now: Timestamp, confirmation_id: &str) -> Result<bool> {
    let sql = "update confirmation set attempts_left = attempts_left - 1
               where confirmation_id = ?1 and attempts_left > 0 and confirmed_at is null and expires_at >= ?2
               returning 1";
    Ok(tx.query_first(sql, params![confirmation_id, now])?.is_some())
}

/// The person confirmed.
///
/// # Errors
/// A failing database.
pub fn confirm(tx: &Tx<'_>, now: Timestamp, confirmation_id: &str) -> Result<()> {
    let sql = "update confirmation set confirmed_at = ?2 where confirmation_id = ?1 and confirmed_at is null";
    tx.execute(sql, params![confirmation_id, now])
}

/// Notes whose code confirmed: that of the person's phone or e-mail.
///
/// # Errors
/// A failing database.
pub fn note_proved(tx: &Tx<'_>, confirmation_id: &str, kind: ContactKind) -> Result<()> {
    let sql = "update confirmation set proved = ?2 where confirmation_id = ?1";
    tx.execute(sql, params![confirmation_id, kind.as_str()])
}

/// Whether a code to the person's contact of this kind confirmed.
///
/// # Errors
/// A failing database.
pub fn has_proved(conn: &Conn<'_>, confirmation_id: &str, kind: ContactKind) -> Result<bool> {
    let sql = "select 1 from confirmation where confirmation_id = ?1 and proved = ?2";
    Ok(conn.query_first(sql, params![confirmation_id, kind.as_str()])?.is_some())
}

/// Given for this very request, and neither used nor over.
const IS_GIVEN: &str = "confirmation_id = ?1 and person_id = ?3 and session_id = ?4 and operation = ?5
                        and request_hash = ?6 and confirmed_at is not null and used_at is null and expires_at >= ?2";

/// Whether a confirmation was given for this very request and may be taken; it stays as it is.
///
/// # Errors
/// A failing database.
pub fn is_given(conn: &Conn<'_>, now: Timestamp, confirmation_id: &str, request: &Request<'_>) -> Result<bool> {
    let sql = format!("select 1 from confirmation where {IS_GIVEN}");
    Ok(conn.query_first(&sql, &parameters(now, confirmation_id, request))?.is_some())
}

fn parameters(now: Timestamp, confirmation_id: &str, request: &Request<'_>) -> [Value; 6] {
    let Request { person_id, session_id, operation, request_hash } = *request;
    [confirmation_id.into(), now.into(), person_id.into(), session_id.into(), operation.into(), request_hash.into()]
}

/// Uses a confirmation up for the very request that it was asked for, by one statement: of many requests a single one
/// finds it.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, confirmation_id: &str, request: &Request<'_>) -> Result<bool> {
    let sql = format!("update confirmation set used_at = ?2 where {IS_GIVEN} returning 1");
    Ok(tx.query_first(&sql, &parameters(now, confirmation_id, request))?.is_some())
}

/// Forgets what was asked more than `keep` ago, at most `count` of it.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from confirmation where confirmation_id in
               (select confirmation_id from confirmation where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}

/// Destroys what a person was asked to confirm, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from confirmation where confirmation_id in (select confirmation_id from confirmation where person_id = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
