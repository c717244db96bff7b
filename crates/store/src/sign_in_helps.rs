//! People whom two of those who may help let in again: one asks, another one agrees, a link is made for the person.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Row, Tx, params};

/// How far the help for a person has come.
#[derive(Debug)]
pub struct Help {
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Whether another one agreed: then there is a link.
    pub is_agreed: bool,
}

/// The help that somebody asked for a person after `over`, until the person took it.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, over: Timestamp, person_id: &str) -> Result<Option<Help>> {
    let sql = "select asked_by, asked_at, agreed_at is not null from sign_in_help
               where person_id = ?1 and (asked_at >= ?2 or agreed_at >= ?2)";
    let row = conn.query_first(sql, params![person_id, over])?;
    row.map(|row| Ok(Help { asked_by: row.get(0)?, asked_at: row.get(1)?, is_agreed: row.get(2)? })).transpose()
}

/// The persons for whom somebody asked after `over` and nobody agreed, with the question, the oldest first; at most `count`.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, over: Timestamp, count: u32) -> Result<Vec<(String, Help)>> {
    let sql = "select person_id, asked_by, asked_at from sign_in_help where agreed_at is null and asked_at >= ?1
               order by asked_at, person_id limit ?2";
    let help = |row: &Row| Ok(Help { asked_by: row.get(1)?, asked_at: row.get(2)?, is_agreed: false });
    let rows = conn.query(sql, params![over, i64::from(count)])?;
    rows.iter().map(|row| Ok((row.get(0)?, help(row)?))).collect()
}

/// Asks to let a person in again; answers whether nobody else's question was waiting. A question older than `keep` is
/// forgotten, and one that was agreed to begins anew: the link may be lost.
///
/// # Errors
/// A failing database.
pub fn ask(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, person_id: &str, by: &str) -> Result<bool> {
    let sql = "insert into sign_in_help (person_id, asked_by, asked_at) values (?1, ?2, ?3)
               on conflict (person_id) do update set
                   asked_by = ?2, asked_at = ?3, agreed_by = null, agreed_at = null, invitation_id = null
                   where agreed_at is not null or asked_at < ?4
               returning person_id";
    Ok(tx.query_first(sql, params![person_id, by, now, now - keep])?.is_some())
}

/// Another one agrees, with the link that is made for the person then; answers whether there was somebody else's question
/// to agree to.
///
/// # Errors
/// A failing database.
pub fn agree(
    tx: &Tx<'_>,
    now: Timestamp,
    keep: SignedDuration,
    person_id: &str,
    by: &str,
    invitation_id: &str,
) -> Result<bool> {
    let sql = "update sign_in_help set agreed_by = ?2, agreed_at = ?3, invitation_id = ?4
               where person_id = ?1 and agreed_at is null and asked_by <> ?2 and asked_at >= ?5
               returning person_id";
    Ok(tx.query_first(sql, params![person_id, by, now, invitation_id, now - keep])?.is_some())
}

/// Whether this very link is the one by which two let the person in.
///
/// # Errors
/// A failing database.
pub fn is_by(conn: &Conn<'_>, person_id: &str, invitation_id: &str) -> Result<bool> {
    let sql = "select 1 from sign_in_help where person_id = ?1 and invitation_id = ?2";
    Ok(conn.query_first(sql, params![person_id, invitation_id])?.is_some())
}

/// The person is in: whatever was asked and agreed for it is over.
///
/// # Errors
/// A failing database.
pub fn end(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from sign_in_help where person_id = ?1", params![person_id])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from sign_in_help where person_id = ?1 returning 1", params![person_id])?.len())
}
