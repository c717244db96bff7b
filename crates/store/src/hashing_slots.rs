//! The queue of those who hash a password, one for all instances and hosts that share the database.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, params};

/// Takes a slot for the time of `lease` under a fresh id, unless `most` are taken; answers whether it got one. A stranger
/// takes one of `most_of_strangers` among them, so that whoever guesses leaves places to those who are known. The
/// slot of whoever stopped without giving it back is free once its lease is over, and so is one that is leased for
/// longer than anybody leases, by a clock that was set back since; hosts whose clocks differ a little end none.
///
/// # Errors
/// A failing database.
pub fn take(
    tx: &Tx<'_>,
    now: Timestamp,
    slot_id: &str,
    lease: SignedDuration,
    most: u32,
    most_of_strangers: Option<u32>,
) -> Result<bool> {
    let sql = "delete from hashing_slot where leased_until < ?1 or leased_until > ?2";
    tx.execute(sql, params![now, now + lease + lease])?;
    let sql = "insert into hashing_slot (slot_id, leased_until, is_strangers)
               select ?1, ?2, ?4 is not null
               where (select count(*) from hashing_slot) < ?3
                   and (?4 is null or (select count(*) from hashing_slot where is_strangers = 1) < ?4)
               returning slot_id";
    let of_strangers = most_of_strangers.map(i64::from);
    Ok(tx.query_first(sql, params![slot_id, now + lease, i64::from(most), of_strangers])?.is_some())
}

/// Whether [`take`] would get a slot now. A look takes no place in the queue of those who write: who waits for a slot
/// holds nobody up.
///
/// # Errors
/// A failing database.
pub fn is_free(
    conn: &Conn<'_>,
    now: Timestamp,
    lease: SignedDuration,
    most: u32,
    most_of_strangers: Option<u32>,
) -> Result<bool> {
    let sql = "select count(*) < ?3 and (?4 is null or coalesce(sum(is_strangers), 0) < ?4)
               from hashing_slot where leased_until between ?1 and ?2";
    let of_strangers = most_of_strangers.map(i64::from);
    let row = conn.query_first(sql, params![now, now + lease + lease, i64::from(most), of_strangers])?;
    row.map_or(Ok(true), |row| row.get(0))
}

/// Gives a slot back.
///
/// # Errors
/// A failing database.
pub fn free(tx: &Tx<'_>, slot_id: &str) -> Result<()> {
    tx.execute("delete from hashing_slot where slot_id = ?1", params![slot_id])
}
