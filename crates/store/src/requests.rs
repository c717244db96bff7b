//! What makes a repeated or an excessive request harmless: the answers kept under idempotency keys, and counters.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, params};

/// The answer that was given under an idempotency key.
#[derive(Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What the request was: hex SHA-256 of its method, path and body.
    pub request_hash: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The body of the answer, JSON.
    pub body: String,
}

/// The answer kept for `key` of `scope`, if there is one.
///
/// # Errors
/// A failing database.
pub fn kept_answer(conn: &Conn<'_>, scope: &str, key: &str) -> Result<Option<KeptAnswer>> {
    let sql = "select request_hash, status, body from idempotency where scope = ?1 and key = ?2";
    let row = conn.query_first(sql, params![scope, key])?;
    row.map(|row| Ok(KeptAnswer { request_hash: row.get(0)?, status: row.get(1)?, body: row.get(2)? })).transpose()
}

/// Keeps the answer, in the transaction of the change that it tells of.
///
/// # Errors
/// A failing database.
pub fn keep_answer(tx: &Tx<'_>, now: Timestamp, scope: &str, key: &str, answer: &KeptAnswer) -> Result<()> {
    tx.execute(
        "insert into idempotency (scope, key, request_hash, status, body, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![scope, key, &answer.request_hash, i64::from(answer.status), &answer.body, now],
    )
}

/// Forgets answers older than `keep`, at most `count` of them, and counters of long past windows.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from idempotency where (scope, key) in
               (select scope, key from idempotency where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])?;
    let sql = "delete from rate_limit where bucket in
               (select bucket from rate_limit where window_started_at < ?1 order by window_started_at limit ?2)";
    tx.execute(sql, params![(now - keep).as_second(), i64::from(count)])
}

/// A counter: at most `most` in each `window`.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// How many are let through.
    pub most: u32,
    /// In what time.
    pub window: SignedDuration,
}

/// Counts one more in `bucket`; answers how long to wait where that is too many. A window that begins in the future is
/// that of a clock which was set back since: it is over, or somebody would wait for as long as the clock was wrong.
///
/// # Errors
/// A failing database.
pub fn count(tx: &Tx<'_>, now: Timestamp, bucket: &str, limit: Limit) -> Result<Option<SignedDuration>> {
    let sql = "insert into rate_limit (bucket, window_started_at, count) values (?1, ?2, 1)
               on conflict (bucket) do update set
                   count = case when window_started_at > ?3 and window_started_at <= ?2 then count + 1 else 1 end,
                   window_started_at =
                       case when window_started_at > ?3 and window_started_at <= ?2 then window_started_at else ?2 end
               returning window_started_at, count";
    let over = (now - limit.window).as_second();
    let rows = tx.query(sql, params![bucket, now.as_second(), over])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (started, count): (i64, u32) = (row.get(0)?, row.get(1)?);
    let wait = SignedDuration::from_secs(started - over);
    Ok((count > limit.most).then_some(wait))
}

/// How long to wait where one more in `bucket` would be too many; counts nothing.
///
/// # Errors
/// A failing database.
pub fn wait(conn: &Conn<'_>, now: Timestamp, bucket: &str, limit: Limit) -> Result<Option<SignedDuration>> {
    let sql = "select window_started_at from rate_limit
               where bucket = ?1 and window_started_at > ?3 and window_started_at <= ?2 and count >= ?4";
    let over = (now - limit.window).as_second();
    let row = conn.query_first(sql, params![bucket, now.as_second(), over, i64::from(limit.most)])?;
    row.map(|row| Ok(SignedDuration::from_secs(row.get::<i64>(0)? - over))).transpose()
}

/// Takes one back that [`count`] counted: it was none of those that the limit is for.
///
/// # Errors
/// A failing database.
pub fn take_back(tx: &Tx<'_>, bucket: &str) -> Result<()> {
    tx.execute("update rate_limit set count = count - 1 where bucket = ?1 and count > 0", params![bucket])
}

/// Destroys the answers that were kept for a person, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from idempotency where (scope, key) in
               (select scope, key from idempotency where scope = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
