//! One-time codes that prove a phone or a mailbox: to register, to get back in, to sign in by another one.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, params};

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new person proves that the contact is in hand.
    Registration,
    /// A known person proves it, to set another password.
    Recovery,
    /// A signed-in person proves that another contact is in hand too.
    Change,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Recovery => "recovery",
            Self::Change => "change",
        }
    }
}

/// A code to be kept.
#[derive(Debug)]
pub struct NewContactCode<'a> {
    /// A fresh id.
    pub contact_code_id: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// Hex SHA-256 of the device that asks and of what was typed, in its canonical form.
    pub subject: &'a str,
    /// Hex SHA-256 of the cookie of the device that asks.
    pub device: &'a str,
    /// The phone or e-mail that it proves.
    pub contact: Option<&'a str>,
    /// Whose password or contact it may change.
    pub person_id: Option<&'a str>,
    /// Hex SHA-256 of the id and the code; empty where no code was sent: then none fits.
    pub code_hash: &'a str,
    /// How often a code may be tried.
    pub attempts: u32,
    /// When the code is over.
    pub expires_at: Timestamp,
}

/// Keeps a code, and takes all attempts from the earlier ones of the same purpose and subject: of those that one device
/// asks for only the last counts, and nobody else can end it.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, now: Timestamp, new: &NewContactCode<'_>) -> Result<()> {
    tx.execute(
        "update contact_code set attempts_left = 0
         where purpose = ?1 and subject = ?2 and used_at is null and attempts_left > 0",
        params![new.purpose.as_str(), new.subject],
    )?;
    tx.execute(
        "insert into contact_code (contact_code_id, purpose, subject, contact, person_id, code_hash, attempts_left,
                                   created_at, expires_at, device)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            new.contact_code_id,
            new.purpose.as_str(),
            new.subject,
            new.contact,
            new.person_id,
            new.code_hash,
            i64::from(new.attempts),
            now,
            new.expires_at,
            new.device
        ],
    )
}

/// Notes that with this code the person gives up the contact of before willingly.
///
/// # Errors
/// A failing database.
pub fn give_up(tx: &Tx<'_>, contact_code_id: &str) -> Result<()> {
    tx.execute("update contact_code set gives_up = 1 where contact_code_id = ?1", params![contact_code_id])
}

/// A code as it was kept.
#[derive(Debug)]
pub struct ContactCode {
    /// The phone or e-mail that it proves.
    pub contact: Option<String>,
    /// Whose password or contact it may change.
    pub person_id: Option<String>,
    /// Hex SHA-256 of the id and the code; empty where none fits.
    pub code_hash: String,
    /// How often a code may still be tried.
    pub attempts_left: u32,
    /// When the code is over.
    pub expires_at: Timestamp,
    /// Whether it has done its work.
    pub is_used: bool,
    /// Whether the person gives up the contact of before willingly.
    pub gives_up: bool,
}

/// The code of this id and purpose that this device asked for.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, purpose: Purpose, contact_code_id: &str, device: &str) -> Result<Option<ContactCode>> {
    let sql = "select contact, person_id, code_hash, attempts_left, expires_at, used_at is not null, gives_up
               from contact_code where contact_code_id = ?1 and purpose = ?2 and device = ?3";
    let row = conn.query_first(sql, params![contact_code_id, purpose.as_str(), device])?;
    row.map(|row| {
        Ok(ContactCode {
            contact: row.get(0)?,
            person_id: row.get(1)?,
            code_hash: row.get(2)?,
            attempts_left: row.get(3)?,
            expires_at: row.get(4)?,
            is_used: row.get(5)?,
            gives_up: row.get(6)?,
        })
    })
    .transpose()
}

/// Takes one attempt from a code.
///
/// # Errors
/// A failing database.
pub fn spend_attempt(tx: &Tx<'_>, contact_code_id: &str) -> Result<()> {
    tx.execute(
        "update contact_code set attempts_left = attempts_left - 1 where contact_code_id = ?1",
        params![contact_code_id],
    )
}

/// Notes that a code has done its work.
///
/// # Errors
/// A failing database.
pub fn mark_used(tx: &Tx<'_>, now: Timestamp, contact_code_id: &str) -> Result<()> {
    tx.execute("update contact_code set used_at = ?2 where contact_code_id = ?1", params![contact_code_id, now])
}

/// Takes all attempts from the codes that could still change this person's password.
///
/// # Errors
/// A failing database.
pub fn spend_all(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    let sql = "update contact_code set attempts_left = 0 where person_id = ?1 and used_at is null";
    tx.execute(sql, params![person_id])
}

/// Forgets codes asked for more than `keep` ago, at most `count` of them: who never finished leaves nothing behind.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from contact_code where contact_code_id in
               (select contact_code_id from contact_code where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}

/// Destroys the codes of a person, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from contact_code where contact_code_id in (select contact_code_id from contact_code where person_id = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
