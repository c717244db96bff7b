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

/// Destroys the requests of a person to link accounts, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget_requests_of(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from link_request where link_request_id in (select link_request_id from link_request where person_id = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}

/// Destroys the codes about accounts of a person, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget_codes_of(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from account_code where account_code_id in
               (select account_code_id from account_code join account_link using (account_link_id)
                where person_id = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
