//! What the status page shows: announced works on the portal, and when jobs ran last.

use domain::maintenance::Window;
use jiff::Timestamp;

use crate::{Conn, Result, Row, Tx, params};

/// An announced window of works.
#[derive(Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Its id.
    pub maintenance_id: String,
    /// When it begins, RFC 3339.
    pub starts_at: String,
    /// When it ends, RFC 3339.
    pub ends_at: String,
    /// What will not work, Russian.
    pub words: String,
}

const COLUMNS: &str = "select maintenance_id, starts_at, ends_at, words from maintenance";

fn maintenance(row: &Row) -> Result<Maintenance> {
    Ok(Maintenance { maintenance_id: row.get(0)?, starts_at: row.get(1)?, ends_at: row.get(2)?, words: row.get(3)? })
}

/// The windows that are not over and not withdrawn, the nearest first; at most `count`.
///
/// # Errors
/// A failing database.
pub fn coming(conn: &Conn<'_>, now: Timestamp, count: u32) -> Result<Vec<Maintenance>> {
    let sql =
        format!("{COLUMNS} where ends_at > ?1 and withdrawn_at is null order by starts_at, maintenance_id limit ?2");
    conn.query(&sql, params![now, i64::from(count)])?.iter().map(maintenance).collect()
}

/// Announces works.
///
/// # Errors
/// A failing database.
pub fn announce(tx: &Tx<'_>, now: Timestamp, maintenance_id: &str, window: &Window, words: &str) -> Result<()> {
    let sql = "insert into maintenance (maintenance_id, starts_at, ends_at, words, announced_at)
               values (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, params![maintenance_id, window.starts_at(), window.ends_at(), words, now])
}

/// Changes announced works; false when there are none of this id that still could come.
///
/// # Errors
/// A failing database.
pub fn change(tx: &Tx<'_>, now: Timestamp, maintenance_id: &str, window: &Window, words: &str) -> Result<bool> {
    let sql = "update maintenance set starts_at = ?3, ends_at = ?4, words = ?5
               where maintenance_id = ?2 and ends_at > ?1 and withdrawn_at is null returning maintenance_id";
    let changed = tx.query_first(sql, params![now, maintenance_id, window.starts_at(), window.ends_at(), words])?;
    Ok(changed.is_some())
}

/// Withdraws announced works; false when there are none of this id that still could come.
///
/// # Errors
/// A failing database.
pub fn withdraw(tx: &Tx<'_>, now: Timestamp, maintenance_id: &str) -> Result<bool> {
    let sql = "update maintenance set withdrawn_at = ?1
               where maintenance_id = ?2 and ends_at > ?1 and withdrawn_at is null returning maintenance_id";
    Ok(tx.query_first(sql, params![now, maintenance_id])?.is_some())
}

/// The last run of a job.
#[derive(Debug, PartialEq, Eq)]
pub struct JobRun {
    /// When it began, RFC 3339.
    pub started_at: String,
    /// Whether every part of it went well.
    pub is_ok: bool,
}

/// Notes that a job ran. Of two runs at once, the one that began later is kept.
///
/// # Errors
/// A failing database.
pub fn note_run(tx: &Tx<'_>, job: &str, started_at: Timestamp, is_ok: bool) -> Result<()> {
    let sql = "insert into job_run (job, started_at, is_ok) values (?1, ?2, ?3)
               on conflict (job) do update set started_at = excluded.started_at, is_ok = excluded.is_ok
               where excluded.started_at >= job_run.started_at";
    tx.execute(sql, params![job, started_at, i64::from(is_ok)])
}

/// The last run of a job, if it ever ran.
///
/// # Errors
/// A failing database.
pub fn last_run(conn: &Conn<'_>, job: &str) -> Result<Option<JobRun>> {
    let row = conn.query_first("select started_at, is_ok from job_run where job = ?1", params![job])?;
    row.map(|row| Ok(JobRun { started_at: row.get(0)?, is_ok: row.get::<i64>(1)? != 0 })).transpose()
}
