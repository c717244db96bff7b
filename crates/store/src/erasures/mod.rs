//! The right to be forgotten: a request, a time to change one's mind, the destruction, its act.
//!
//! The destruction itself is `destroy`: in batches, each a transaction of its own, so that no writer waits long. Whoever
//! stops in between goes on at the next run. What the law keeps stays ([`crate::personal::catalog`] names it).

mod destroy;

use jiff::Timestamp;

use crate::{Conn, Error, Result, Row, Tx, params};
pub use destroy::{Step, step};

/// What the audit log says was done when nothing is left.
pub const ACTION: &str = "person.erase";

/// Why somebody is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The person asked for it.
    Request,
    /// The person withdrew the consent to the login.
    Withdrawal,
}

impl Reason {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Withdrawal => "withdrawal",
        }
    }
}

/// A request to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its id.
    pub erasure_id: String,
    /// Who.
    pub person_id: String,
    /// `request` or `withdrawal`.
    pub reason: String,
    /// When, RFC 3339.
    pub requested_at: String,
    /// From when on it is done, RFC 3339.
    pub due_at: String,
    /// When it was done, RFC 3339.
    pub done_at: Option<String>,
    /// JSON object: table and how many rows were destroyed.
    pub counts: String,
}

const COLUMNS: &str = "erasure_id, person_id, reason, requested_at, due_at, done_at, counts";

fn read(row: &Row) -> Result<Erasure> {
    Ok(Erasure {
        erasure_id: row.get(0)?,
        person_id: row.get(1)?,
        reason: row.get(2)?,
        requested_at: row.get(3)?,
        due_at: row.get(4)?,
        done_at: row.get(5)?,
        counts: row.get(6)?,
    })
}

/// The request of a person that is neither cancelled nor done.
///
/// # Errors
/// A failing database.
pub fn open(conn: &Conn<'_>, person_id: &str) -> Result<Option<Erasure>> {
    let sql =
        format!("select {COLUMNS} from erasure where person_id = ?1 and cancelled_at is null and done_at is null");
    conn.query_first(&sql, params![person_id])?.as_ref().map(read).transpose()
}

/// Keeps a request; answers whether there was none before, which stays as it was.
///
/// # Errors
/// A failing database.
pub fn request(
    tx: &Tx<'_>,
    now: Timestamp,
    erasure_id: &str,
    person_id: &str,
    reason: Reason,
    due_at: Timestamp,
) -> Result<bool> {
    let sql = "insert into erasure (erasure_id, person_id, reason, requested_at, due_at) values (?1, ?2, ?3, ?4, ?5)
               on conflict (person_id) where cancelled_at is null and done_at is null do nothing returning 1";
    Ok(tx.query_first(sql, params![erasure_id, person_id, reason.as_str(), now, due_at])?.is_some())
}

/// Takes a person's request back, by one statement; only one for this reason where it is given. Answers whether there was
/// one that had not begun.
///
/// # Errors
/// A failing database.
pub fn cancel(tx: &Tx<'_>, now: Timestamp, person_id: &str, reason: Option<Reason>) -> Result<bool> {
    let sql = "update erasure set cancelled_at = ?2
               where person_id = ?1 and cancelled_at is null and begun_at is null and (?3 is null or reason = ?3)
               returning 1";
    Ok(tx.query_first(sql, params![person_id, now, reason.map(Reason::as_str)])?.is_some())
}

/// Requests whose time has come, the oldest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn due(conn: &Conn<'_>, now: Timestamp, count: u32) -> Result<Vec<Erasure>> {
    due_between(conn, Timestamp::MIN, now, count)
}

/// Requests that come due after one moment and not after the other, the oldest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn due_between(conn: &Conn<'_>, after: Timestamp, until: Timestamp, count: u32) -> Result<Vec<Erasure>> {
    let sql = format!(
        "select {COLUMNS} from erasure
         where cancelled_at is null and done_at is null and due_at > ?1 and due_at <= ?2 order by due_at limit ?3"
    );
    conn.query(&sql, params![after, until, i64::from(count)])?.iter().map(read).collect()
}

/// Notes that the destruction begins, by one statement; answers whether it may: the request was not cancelled.
///
/// # Errors
/// A failing database.
pub fn begin(tx: &Tx<'_>, now: Timestamp, erasure_id: &str) -> Result<bool> {
    let sql = "update erasure set begun_at = coalesce(begun_at, ?2)
               where erasure_id = ?1 and cancelled_at is null and done_at is null returning 1";
    Ok(tx.query_first(sql, params![erasure_id, now])?.is_some())
}

/// Adds to how many rows of a table were destroyed.
fn add_count(tx: &Tx<'_>, erasure_id: &str, table: &str, rows: usize) -> Result<()> {
    let rows = i64::try_from(rows).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = "update erasure
               set counts = json_set(counts, '$.' || ?2, coalesce(json_extract(counts, '$.' || ?2), 0) + ?3)
               where erasure_id = ?1";
    tx.execute(sql, params![erasure_id, table, rows])
}

/// Notes that nothing is left to destroy, by one statement; answers whether it was not noted before.
///
/// # Errors
/// A failing database.
pub fn finish(tx: &Tx<'_>, now: Timestamp, erasure_id: &str) -> Result<bool> {
    let sql = "update erasure set done_at = ?2 where erasure_id = ?1 and begun_at is not null and done_at is null
               returning 1";
    Ok(tx.query_first(sql, params![erasure_id, now])?.is_some())
}

/// Where a page of acts ends: `done_at` and `erasure_id` of its last one.
pub type Place = (String, String);

/// Acts of destruction, the newest first, at most `count`; those after `place` where it is given.
///
/// # Errors
/// A failing database.
pub fn acts(conn: &Conn<'_>, place: Option<&Place>, count: u32) -> Result<Vec<Erasure>> {
    // Every moment sorts before a tilde.
    let (done_at, erasure_id) = place.map_or(("~", ""), |(done_at, erasure_id)| (done_at, erasure_id));
    let sql = format!(
        "select {COLUMNS} from erasure where done_at is not null and (done_at, erasure_id) < (?1, ?2)
         order by done_at desc, erasure_id desc limit ?3"
    );
    conn.query(&sql, params![done_at, erasure_id, i64::from(count)])?.iter().map(read).collect()
}

/// The act of destruction of this id.
///
/// # Errors
/// A failing database.
pub fn act(conn: &Conn<'_>, erasure_id: &str) -> Result<Option<Erasure>> {
    let sql = format!("select {COLUMNS} from erasure where erasure_id = ?1 and done_at is not null");
    conn.query_first(&sql, params![erasure_id])?.as_ref().map(read).transpose()
}

/// Forgets acts that were done before `until`, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, until: Timestamp, count: u32) -> Result<()> {
    let sql = "delete from erasure where erasure_id in
               (select erasure_id from erasure where done_at < ?1 order by done_at limit ?2)";
    tx.execute(sql, params![until, i64::from(count)])
}
