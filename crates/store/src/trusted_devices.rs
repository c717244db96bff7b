//! Devices on which a person is not asked for the second factor.

use jiff::Timestamp;

use crate::{Conn, Result, Row, Tx, params};

/// A device to be trusted.
#[derive(Debug)]
pub struct NewTrusted<'a> {
    /// A fresh id.
    pub trusted_device_id: &'a str,
    /// Who trusts it.
    pub person_id: &'a str,
    /// Hex SHA-256 of the device's cookie.
    pub device: &'a str,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// When the trust is over.
    pub expires_at: Timestamp,
}

/// Trusts a device, in the place of an earlier trust in it.
///
/// # Errors
/// A failing database.
pub fn trust(tx: &Tx<'_>, now: Timestamp, new: &NewTrusted<'_>) -> Result<()> {
    tx.execute("delete from trusted_device where person_id = ?1 and device = ?2", params![new.person_id, new.device])?;
    tx.execute(
        "insert into trusted_device (trusted_device_id, person_id, device, user_agent, trusted_at, used_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
        params![new.trusted_device_id, new.person_id, new.device, new.user_agent, now, new.expires_at],
    )
}

/// Notes a sign-in on the device (hex SHA-256 of its cookie); answers whether the person trusts it.
///
/// # Errors
/// A failing database.
pub fn note_use(tx: &Tx<'_>, now: Timestamp, person_id: &str, device: &str) -> Result<bool> {
    let sql = "update trusted_device set used_at = ?3 where person_id = ?1 and device = ?2 and expires_at >= ?3
               returning trusted_device_id";
    Ok(tx.query_first(sql, params![person_id, device, now])?.is_some())
}

/// A device that a person trusts.
#[derive(Debug)]
pub struct Trusted {
    /// Its id.
    pub trusted_device_id: String,
    /// Hex SHA-256 of the device's cookie.
    pub device: String,
    /// What the browser called itself.
    pub user_agent: String,
    /// Since when.
    pub trusted_at: Timestamp,
    /// The last sign-in there, or the moment of trust.
    pub used_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The devices that a person trusts, the last used first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, now: Timestamp, person_id: &str, count: u32) -> Result<Vec<Trusted>> {
    let sql = "select trusted_device_id, device, user_agent, trusted_at, used_at, expires_at from trusted_device
               where person_id = ?1 and expires_at >= ?2 order by used_at desc, trusted_device_id limit ?3";
    conn.query(sql, params![person_id, now, i64::from(count)])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Trusted> {
    Ok(Trusted {
        trusted_device_id: row.get(0)?,
        device: row.get(1)?,
        user_agent: row.get(2)?,
        trusted_at: row.get(3)?,
        used_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}

/// Ends the trust in one of the person's devices; answers whether there was any.
///
/// # Errors
/// A failing database.
pub fn end_one(tx: &Tx<'_>, person_id: &str, trusted_device_id: &str) -> Result<bool> {
    let sql = "delete from trusted_device where person_id = ?1 and trusted_device_id = ?2 returning trusted_device_id";
    Ok(tx.query_first(sql, params![person_id, trusted_device_id])?.is_some())
}

/// Ends the trust in all devices of a person.
///
/// # Errors
/// A failing database.
pub fn end_all(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from trusted_device where person_id = ?1", params![person_id])
}

/// Forgets what is over, at most `count` of it.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, count: u32) -> Result<()> {
    let sql = "delete from trusted_device where trusted_device_id in
               (select trusted_device_id from trusted_device where expires_at < ?1 order by expires_at limit ?2)";
    tx.execute(sql, params![now, i64::from(count)])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from trusted_device where person_id = ?1 returning 1", params![person_id])?.len())
}
