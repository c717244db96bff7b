//! Sign-ins that wait for their second factor.

use domain::one_time_code::OneTimeCode;
use jiff::{SignedDuration, Timestamp};

use crate::{
    Conn, Result, Row, Tx, params,
    persons::sessions::{ProviderSession, SignedOut},
};

/// A sign-in to be kept.
#[derive(Debug)]
pub struct NewPending<'a> {
    /// A fresh id.
    pub sign_in_id: &'a str,
    /// Whose first step it was.
    pub person_id: &'a str,
    /// Hex SHA-256 of the device's cookie.
    pub device: &'a str,
    /// How many answers are taken.
    pub attempts: u32,
    /// When it is over.
    pub expires_at: Timestamp,
    /// The PHC string that becomes the password's with the second step, where the first one was a code to the person's own
    /// contact.
    pub new_password_hash: Option<&'a str>,
    /// Where the first step was a sign-in at a provider.
    pub provider: Option<ProviderSession<'a>>,
}

/// Keeps a sign-in, and ends those that the device began before.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, now: Timestamp, new: &NewPending<'_>) -> Result<()> {
    tx.execute(
        "update pending_sign_in set attempts_left = 0 where device = ?1 and used_at is null",
        params![new.device],
    )?;
    tx.execute(
        "insert into pending_sign_in (sign_in_id, person_id, device, attempts_left, created_at, expires_at, new_password_hash,
                                      provider, provider_subject, provider_sid, provider_authenticated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            new.sign_in_id,
            new.person_id,
            new.device,
            i64::from(new.attempts),
            now,
            new.expires_at,
            new.new_password_hash,
            new.provider.map(|by| by.provider),
            new.provider.map(|by| by.subject),
            new.provider.and_then(|by| by.sid),
            new.provider.and_then(|by| by.authenticated_at)
        ],
    )
}

/// A sign-in that waits.
#[derive(Debug)]
pub struct Pending {
    /// Its id.
    pub sign_in_id: String,
    /// Whose first step it was.
    pub person_id: String,
    /// Hex SHA-256 of the id and the code that was sent last; empty where none was.
    pub code_hash: String,
    /// How many answers are still taken: at least one.
    pub attempts_left: u32,
    /// When it is over.
    pub expires_at: Timestamp,
    /// The PHC string that becomes the password's with the second step.
    pub new_password_hash: Option<String>,
    provider: Option<String>,
    provider_subject: Option<String>,
    provider_sid: Option<String>,
    provider_authenticated_at: Option<Timestamp>,
}

impl Pending {
    /// Whether the first step was a code to the person's own contact: another one proves nothing more.
    pub fn is_by_contact(&self) -> bool {
        self.new_password_hash.is_some()
    }

    /// By which sign-in at a provider the first step was made.
    pub fn provider(&self) -> Option<ProviderSession<'_>> {
        let (provider, subject) = self.provider.as_deref().zip(self.provider_subject.as_deref())?;
        let authenticated_at = self.provider_authenticated_at;
        Some(ProviderSession { provider, subject, sid: self.provider_sid.as_deref(), authenticated_at })
    }
}

const COLUMNS: &str = "sign_in_id, person_id, code_hash, attempts_left, expires_at, new_password_hash, provider,
                       provider_subject, provider_sid, provider_authenticated_at";

fn read(row: &Row) -> Result<Pending> {
    Ok(Pending {
        sign_in_id: row.get(0)?,
        person_id: row.get(1)?,
        code_hash: row.get(2)?,
        attempts_left: row.get(3)?,
        expires_at: row.get(4)?,
        new_password_hash: row.get(5)?,
        provider: row.get(6)?,
        provider_subject: row.get(7)?,
        provider_sid: row.get(8)?,
        provider_authenticated_at: row.get(9)?,
    })
}

/// The sign-in of this id that still waits on this device.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, now: Timestamp, sign_in_id: &str, device: &str) -> Result<Option<Pending>> {
    let sql = format!(
        "select {COLUMNS} from pending_sign_in
         where sign_in_id = ?1 and device = ?2 and expires_at >= ?3 and used_at is null and attempts_left > 0"
    );
    conn.query_first(&sql, params![sign_in_id, device, now])?.as_ref().map(read).transpose()
}

/// The last sign-in that still waits on this device.
///
/// # Errors
/// A failing database.
pub fn of_device(conn: &Conn<'_>, now: Timestamp, device: &str) -> Result<Option<Pending>> {
    let sql = format!(
        "select {COLUMNS} from pending_sign_in
         where device = ?1 and expires_at >= ?2 and used_at is null and attempts_left > 0
         order by created_at desc limit 1"
    );
    conn.query_first(&sql, params![device, now])?.as_ref().map(read).transpose()
}

/// From now on this code answers, and no other that was sent before.
///
/// # Errors
/// A failing database.
pub fn set_code(tx: &Tx<'_>, sign_in_id: &str, code: &OneTimeCode) -> Result<()> {
    let sql = "update pending_sign_in set code_hash = ?2 where sign_in_id = ?1";
    tx.execute(sql, params![sign_in_id, code.hash(sign_in_id)])
}

/// Takes one attempt; answers how many are left.
///
/// # Errors
/// A failing database.
pub fn spend_attempt(tx: &Tx<'_>, sign_in_id: &str) -> Result<u32> {
    let sql = "update pending_sign_in set attempts_left = attempts_left - 1 where sign_in_id = ?1 and attempts_left > 0
               returning attempts_left";
    tx.query_first(sql, params![sign_in_id])?.map_or(Ok(0), |row| row.get(0))
}

/// Uses the sign-in up; answers whether nobody did before.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, sign_in_id: &str) -> Result<bool> {
    let sql = "update pending_sign_in set used_at = ?2
               where sign_in_id = ?1 and used_at is null and attempts_left > 0 and expires_at >= ?2
               returning sign_in_id";
    Ok(tx.query_first(sql, params![sign_in_id, now])?.is_some())
}

/// None of the person's sign-ins waits any more: another password was set, or another factor.
///
/// # Errors
/// A failing database.
pub fn end_all(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    let sql = "update pending_sign_in set attempts_left = 0 where person_id = ?1 and used_at is null";
    tx.execute(sql, params![person_id])
}

/// None of the sign-ins waits any more that began by what a provider says is over.
///
/// # Errors
/// A failing database.
pub fn end_of_provider(tx: &Tx<'_>, over: SignedOut<'_>) -> Result<()> {
    let sql = "update pending_sign_in set attempts_left = 0
               where used_at is null and provider = ?1 and (?2 is not null or ?3 is not null)
                 and (?2 is null or provider_subject = ?2) and (?3 is null or provider_sid = ?3)";
    tx.execute(sql, params![over.provider, over.subject, over.sid])
}

/// Forgets sign-ins begun more than `keep` ago, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from pending_sign_in where sign_in_id in
               (select sign_in_id from pending_sign_in where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from pending_sign_in where person_id = ?1 returning 1", params![person_id])?.len())
}
