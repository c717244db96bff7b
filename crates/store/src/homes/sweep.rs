//! What is only kept for a while.

use jiff::{SignedDuration, Timestamp};

use crate::{Result, Tx, params};

/// Forgets requests for codes, to link an account or about a linked one, that were made more than `keep` ago, at
/// most `count` of each.
///
/// # Errors
/// A failing database.
pub fn forget_requests(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from link_request where link_request_id in
               (select link_request_id from link_request where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])?;
    let sql = "delete from account_code where account_code_id in
               (select account_code_id from account_code where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}
