//! The tokens by which a provider ended sessions here: each is used once.

use jiff::Timestamp;

use crate::{Result, Tx, params};

/// Uses a token up, by one statement; answers whether nobody did before.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, token_hash: &str) -> Result<bool> {
    let sql = "insert into logout_token (token_hash, created_at) values (?1, ?2) on conflict do nothing returning 1";
    Ok(tx.query_first(sql, params![token_hash, now])?.is_some())
}
