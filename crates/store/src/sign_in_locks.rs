//! Failed sign-ins in a row, and the devices that a person is known by.
//!
//! A device that once signed the person in counts its own failures; those of all other devices count together, by what
//! was typed. So whoever guesses locks out whoever guesses, and the person's own phone stays open.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, params};

/// Whose failures, on which device.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// For a known device a `person_id`; for the unknown ones `typed:` and the SHA-256 of what was typed.
    pub subject: &'a str,
    /// Hex SHA-256 of a known device's cookie; none for the unknown devices together.
    pub device: Option<&'a str>,
}

impl<'a> Counter<'a> {
    fn device(&self) -> &'a str {
        self.device.unwrap_or_default()
    }
}

/// Counts one more failure in a row, and answers how many there are; none where `most` had locked already, and then
/// nothing is written: since when it is locked stays true. Failures older than `keep` are forgotten.
///
/// # Errors
/// A failing database.
pub fn count(
    tx: &Tx<'_>,
    now: Timestamp,
    counter: Counter<'_>,
    most: u32,
    keep: SignedDuration,
) -> Result<Option<u32>> {
    let sql = "insert into sign_in_failure (subject, device, failures, last_failed_at) values (?1, ?2, 1, ?3)
               on conflict (subject, device) do update set
                   failures = case when last_failed_at < ?4 then 1 else failures + 1 end,
                   last_failed_at = ?3
                   where failures < ?5 or last_failed_at < ?4
               returning failures";
    let row = tx.query_first(sql, params![counter.subject, counter.device(), now, now - keep, i64::from(most)])?;
    row.map(|row| row.get(0)).transpose()
}

/// The row of failures is over: somebody signed in.
///
/// # Errors
/// A failing database.
pub fn reset(tx: &Tx<'_>, counter: Counter<'_>) -> Result<()> {
    let sql = "delete from sign_in_failure where subject = ?1 and device = ?2";
    tx.execute(sql, params![counter.subject, counter.device()])
}

/// Forgets all failures of a subject, on whatever device.
///
/// # Errors
/// A failing database.
pub fn clear(tx: &Tx<'_>, subject: &str) -> Result<()> {
    tx.execute("delete from sign_in_failure where subject = ?1", params![subject])
}

/// Since when a subject is locked out on some device: after `most` failures in a row, none older than `keep`.
///
/// # Errors
/// A failing database.
pub fn locked_since(
    conn: &Conn<'_>,
    now: Timestamp,
    subject: &str,
    most: u32,
    keep: SignedDuration,
) -> Result<Option<Timestamp>> {
    let sql = "select min(last_failed_at) from sign_in_failure
               where subject = ?1 and failures >= ?2 and last_failed_at >= ?3";
    let row = conn.query_first(sql, params![subject, i64::from(most), now - keep])?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// Whether the device (hex SHA-256 of its cookie) once signed this person in. Nobody is asked for by an empty id.
///
/// # Errors
/// A failing database.
pub fn is_known_device(conn: &Conn<'_>, person_id: &str, device: &str) -> Result<bool> {
    let sql = "select 1 from known_device where person_id = ?1 and device = ?2";
    Ok(conn.query_first(sql, params![person_id, device])?.is_some())
}

/// Whether the person signed in before, and never on this device (hex SHA-256 of its cookie).
///
/// # Errors
/// A failing database.
pub fn is_new_device(conn: &Conn<'_>, person_id: &str, device: &str) -> Result<bool> {
    let sql = "select sum(device = ?2) from known_device where person_id = ?1";
    let uses: Option<i64> = conn.query_first(sql, params![person_id, device])?.map_or(Ok(None), |row| row.get(0))?;
    Ok(uses == Some(0))
}

/// No device of the person is known any more; that there were some is: whichever comes next is new.
///
/// # Errors
/// A failing database.
pub fn renounce_devices(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    if forget_devices(tx, person_id)? > 0 {
        know_device(tx, now, person_id, RENOUNCED)?;
    }
    Ok(())
}

/// What stands for the devices that were renounced: the digest of no cookie.
const RENOUNCED: &str = "";

/// Notes that the device (hex SHA-256 of its cookie) signed this person in.
///
/// # Errors
/// A failing database.
pub fn know_device(tx: &Tx<'_>, now: Timestamp, person_id: &str, device: &str) -> Result<()> {
    let sql = "insert into known_device (person_id, device, signed_in_at) values (?1, ?2, ?3)
               on conflict (person_id, device) do update set signed_in_at = ?3";
    tx.execute(sql, params![person_id, device, now])
}

/// Forgets failures and devices older than these, at most `count` of each.
///
/// # Errors
/// A failing database.
pub fn sweep(
    tx: &Tx<'_>,
    now: Timestamp,
    keep_failures: SignedDuration,
    keep_devices: SignedDuration,
    count: u32,
) -> Result<()> {
    let sql = "delete from sign_in_failure where (subject, device) in
               (select subject, device from sign_in_failure where last_failed_at < ?1
                order by last_failed_at limit ?2)";
    tx.execute(sql, params![now - keep_failures, i64::from(count)])?;
    let sql = "delete from known_device where (person_id, device) in
               (select person_id, device from known_device where signed_in_at < ?1 order by signed_in_at limit ?2)";
    tx.execute(sql, params![now - keep_devices, i64::from(count)])
}

/// Destroys what is known of a person's devices; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget_devices(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from known_device where person_id = ?1 returning 1", params![person_id])?.len())
}

/// Destroys the failures that stand beside a person; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget_failures(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from sign_in_failure where subject = ?1 returning 1", params![person_id])?.len())
}
