//! Messages that the gateway brings: each is taken once, and a question that one is answered with can be confirmed.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, params};

/// Takes a message, by one statement: of many times that the gateway brings it a single one counts.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, message_hash: &str) -> Result<bool> {
    let sql = "insert into incoming_sms (message_hash, received_at) values (?1, ?2) on conflict do nothing returning 1";
    Ok(tx.query_first(sql, params![message_hash, now])?.is_some())
}

/// Notes what the message was answered with: a question.
///
/// # Errors
/// A failing database.
pub fn ask(tx: &Tx<'_>, message_hash: &str, asked_hash: &str) -> Result<()> {
    let sql = "update incoming_sms set asked_hash = ?2 where message_hash = ?1";
    tx.execute(sql, params![message_hash, asked_hash])
}

/// Whether this very question was asked since then.
///
/// # Errors
/// A failing database.
pub fn was_asked(conn: &Conn<'_>, asked_hash: &str, since: Timestamp) -> Result<bool> {
    let sql = "select 1 from incoming_sms where asked_hash = ?1 and received_at >= ?2";
    Ok(conn.query_first(sql, params![asked_hash, since])?.is_some())
}

/// Forgets at most `count` messages that came longer ago than `keep`.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from incoming_sms where message_hash in
               (select message_hash from incoming_sms where received_at < ?1 order by received_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}
