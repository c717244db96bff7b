//! Links of two that were denied: somebody who was told of one said that it was for another person.

use jiff::Timestamp;

use crate::{Conn, Result, Row, Tx, params};

/// A word against a link of two.
#[derive(Debug)]
pub struct Denial {
    /// The contact that the message had gone to, masked; none where that is not known.
    pub denied_by: Option<String>,
    /// When.
    pub denied_at: Timestamp,
    /// When somebody first came in by the link; none: nobody did.
    pub used_at: Option<Timestamp>,
}

/// The links that were made for the person of this one after it: whoever asked for it may have asked for them too.
const SINCE: &str = "resets = (select resets from invitation where invitation_id = ?1)
                     and created_at >= (select created_at from invitation where invitation_id = ?1)";

/// When somebody first came in by this link, or by one for the same person that was made after it.
///
/// # Errors
/// A failing database.
pub fn first_use(conn: &Conn<'_>, invitation_id: &str) -> Result<Option<Timestamp>> {
    let sql = format!("select min(used_at) from invitation where {SINCE}");
    conn.query_first(&sql, params![invitation_id])?.map_or(Ok(None), |row| row.get(0))
}

/// Notes the word against one link and no other.
///
/// # Errors
/// A failing database.
pub fn deny(tx: &Tx<'_>, now: Timestamp, invitation_id: &str, by: Option<&str>) -> Result<()> {
    note(tx, now, invitation_id, by, "invitation_id = ?1")
}

/// Notes the word against a link and those that were made for the same person after it.
///
/// # Errors
/// A failing database.
pub fn deny_since(tx: &Tx<'_>, now: Timestamp, invitation_id: &str, by: Option<&str>) -> Result<()> {
    note(tx, now, invitation_id, by, SINCE)
}

fn note(tx: &Tx<'_>, now: Timestamp, invitation_id: &str, by: Option<&str>, which: &str) -> Result<()> {
    let sql = format!("update invitation set denied_at = ?2, denied_by = ?3 where denied_at is null and {which}");
    tx.execute(&sql, params![invitation_id, now, by])
}

/// The last word against a link for this person since `over`.
///
/// # Errors
/// A failing database.
pub fn last(conn: &Conn<'_>, over: Timestamp, person_id: &str) -> Result<Option<Denial>> {
    let sql = "select max(denied_by), denied_at, min(used_at) from invitation
               where resets = ?1 and denied_at >= ?2 group by denied_at order by denied_at desc limit 1";
    conn.query_first(sql, params![person_id, over])?.map(|row| denial(&row, 0)).transpose()
}

fn denial(row: &Row, at: usize) -> Result<Denial> {
    Ok(Denial { denied_by: row.get(at)?, denied_at: row.get(at + 1)?, used_at: row.get(at + 2)? })
}

/// For whom a link was denied since `over`, the last one first; at most `count`.
///
/// # Errors
/// A failing database.
pub fn persons(conn: &Conn<'_>, over: Timestamp, count: u32) -> Result<Vec<String>> {
    let sql = "select resets from invitation where denied_at >= ?1 and resets is not null
               group by resets order by max(denied_at) desc, resets limit ?2";
    conn.query(sql, params![over, i64::from(count)])?.iter().map(|row| row.get(0)).collect()
}
