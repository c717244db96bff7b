//! Second factors: the app of one-time codes, codes to the person's own contact, recovery codes on paper.
//!
//! What is used once is used by one statement: of any number of requests at once one wins.

use domain::{recovery_code::RecoveryCode, totp::Secret};
use jiff::Timestamp;

use crate::{Conn, Error, MasterKeys, Result, Tx, params, seal::NONCE_BYTES, sealed::Sealed};

/// The secrets of apps.
pub const SECRETS: Sealed =
    Sealed { table: "totp", column: "sealed_secret", domain: b"moydom totp secret v1", hash: None };

/// What second factors a person has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolled {
    /// Since when an app gives codes.
    pub totp_since: Option<Timestamp>,
    /// Since when codes are sent to the person's own contact.
    pub contact_since: Option<Timestamp>,
    /// How many of the person's devices sign in by a key of their own.
    pub passkeys: u32,
    /// How many codes on paper are left.
    pub recovery_codes_left: u32,
}

impl Enrolled {
    /// Whether the password alone opens nothing. Codes on paper stand in for a factor, they are none.
    pub const fn is_on(&self) -> bool {
        self.totp_since.is_some() || self.contact_since.is_some() || self.passkeys > 0
    }
}

/// What second factors a person has.
///
/// # Errors
/// A failing database.
pub fn enrolled(conn: &Conn<'_>, person_id: &str) -> Result<Enrolled> {
    let sql = "select (select confirmed_at from totp where person_id = ?1),
                      (select confirmed_at from second_factor_contact where person_id = ?1),
                      (select count(*) from passkey where person_id = ?1),
                      (select count(*) from recovery_code where person_id = ?1 and used_at is null)";
    let row = conn.query_first(sql, params![person_id])?;
    row.map_or(Ok(Enrolled::default()), |row| {
        Ok(Enrolled {
            totp_since: row.get(0)?,
            contact_since: row.get(1)?,
            passkeys: row.get(2)?,
            recovery_codes_left: row.get(3)?,
        })
    })
}

/// Keeps the secret of an app that has not given its first code yet, in the place of an earlier such one; answers whether
/// it was kept: an app that is in use stays. `nonce` are 24 fresh random bytes.
///
/// # Errors
/// A failing database.
pub fn begin_totp(
    tx: &Tx<'_>,
    now: Timestamp,
    keys: &MasterKeys,
    nonce: [u8; NONCE_BYTES],
    person_id: &str,
    secret: &Secret,
) -> Result<bool> {
    let (sealed, master_key_id) = SECRETS.seal(keys, nonce, person_id, secret.expose());
    let sql = "insert into totp (person_id, sealed_secret, master_key_id, created_at) values (?1, ?2, ?3, ?4)
               on conflict (person_id) do update set sealed_secret = ?2, master_key_id = ?3, created_at = ?4
                   where confirmed_at is null
               returning person_id";
    Ok(tx.query_first(sql, params![person_id, sealed, master_key_id, now])?.is_some())
}

/// The secret of a person's app, and whether the app has given its first code.
#[derive(Debug)]
pub struct Totp {
    /// What the app and the portal share.
    pub secret: Secret,
    /// Whether it is in use.
    pub is_confirmed: bool,
}

/// The app of a person, if there is one.
///
/// # Errors
/// A failing database, or [`Error::BadData`] where none of the master keys opens the secret.
pub fn totp(conn: &Conn<'_>, keys: &MasterKeys, person_id: &str) -> Result<Option<Totp>> {
    let sql = "select sealed_secret, master_key_id, confirmed_at is not null from totp where person_id = ?1";
    let Some(row) = conn.query_first(sql, params![person_id])? else { return Ok(None) };
    let secret = SECRETS.open(keys, &row.get::<String>(1)?, person_id, &row.get::<Vec<u8>>(0)?)?;
    let secret = secret.try_into().map_err(|_| Error::BadData("a totp secret of another length".to_owned()))?;
    Ok(Some(Totp { secret: Secret::new(secret), is_confirmed: row.get(2)? }))
}

/// The app gave its first code, that of this step: from now on it is in use. Answers whether it was not before.
///
/// # Errors
/// A failing database.
pub fn confirm_totp(tx: &Tx<'_>, now: Timestamp, person_id: &str, step: i64) -> Result<bool> {
    let sql = "update totp set confirmed_at = ?2, last_step = ?3 where person_id = ?1 and confirmed_at is null
               returning person_id";
    Ok(tx.query_first(sql, params![person_id, now, step])?.is_some())
}

/// Takes the code of this step; answers whether it was still good: each step counts once, and none before the last.
///
/// # Errors
/// A failing database.
pub fn take_step(tx: &Tx<'_>, person_id: &str, step: i64) -> Result<bool> {
    let sql = "update totp set last_step = ?2 where person_id = ?1 and last_step < ?2 and confirmed_at is not null
               returning person_id";
    Ok(tx.query_first(sql, params![person_id, step])?.is_some())
}

/// Takes the app away; answers whether it was in use.
///
/// # Errors
/// A failing database.
pub fn remove_totp(tx: &Tx<'_>, person_id: &str) -> Result<bool> {
    let sql = "delete from totp where person_id = ?1 returning confirmed_at is not null";
    tx.query_first(sql, params![person_id])?.map_or(Ok(false), |row| row.get(0))
}

/// Lets codes go to the person's own contact at sign-in; answers whether they did not before.
///
/// # Errors
/// A failing database.
pub fn add_contact(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<bool> {
    let sql = "insert into second_factor_contact (person_id, confirmed_at) values (?1, ?2)
               on conflict (person_id) do nothing returning person_id";
    Ok(tx.query_first(sql, params![person_id, now])?.is_some())
}

/// No more codes go to the person's own contact at sign-in; answers whether they did.
///
/// # Errors
/// A failing database.
pub fn remove_contact(tx: &Tx<'_>, person_id: &str) -> Result<bool> {
    let sql = "delete from second_factor_contact where person_id = ?1 returning person_id";
    Ok(tx.query_first(sql, params![person_id])?.is_some())
}

/// Gives the person these codes on paper, and no others any more.
///
/// # Errors
/// A failing database.
pub fn replace_recovery_codes(tx: &Tx<'_>, now: Timestamp, person_id: &str, codes: &[RecoveryCode]) -> Result<()> {
    remove_recovery_codes(tx, person_id)?;
    let sql = "insert into recovery_code (person_id, code_hash, created_at) values (?1, ?2, ?3)";
    codes.iter().try_for_each(|code| tx.execute(sql, params![person_id, code.hash(person_id), now]))
}

/// The person's codes on paper mean nothing any more.
///
/// # Errors
/// A failing database.
pub fn remove_recovery_codes(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from recovery_code where person_id = ?1", params![person_id])
}

/// Takes a code on paper; answers whether it was still good.
///
/// # Errors
/// A failing database.
pub fn take_recovery_code(tx: &Tx<'_>, now: Timestamp, person_id: &str, code: &RecoveryCode) -> Result<bool> {
    let sql = "update recovery_code set used_at = ?3 where person_id = ?1 and code_hash = ?2 and used_at is null
               returning person_id";
    Ok(tx.query_first(sql, params![person_id, code.hash(person_id), now])?.is_some())
}

/// Takes all second factors of a person away: two of the support made sure who it is.
///
/// # Errors
/// A failing database.
pub fn remove_all(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    remove_totp(tx, person_id)?;
    remove_contact(tx, person_id)?;
    remove_recovery_codes(tx, person_id)
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    ["totp", "second_factor_contact", "recovery_code"].iter().try_fold(0, |rows, table| {
        let sql = format!("delete from {table} where person_id = ?1 returning 1");
        Ok(rows + tx.query(&sql, params![person_id])?.len())
    })
}
