//! Passkeys: the public halves of keys that people's devices sign in by, and what the browsers are asked to sign.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Row, Tx, Value, params};

/// A question to be kept.
#[derive(Debug)]
pub struct NewChallenge<'a> {
    /// A fresh id.
    pub challenge_id: &'a str,
    /// Random bytes, base64url.
    pub challenge: &'a str,
    /// Hex SHA-256 of the device's cookie.
    pub device: &'a str,
    /// Who makes a passkey; nobody where one signs in.
    pub person_id: Option<&'a str>,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Keeps a question.
///
/// # Errors
/// A failing database.
pub fn ask(tx: &Tx<'_>, now: Timestamp, new: &NewChallenge<'_>) -> Result<()> {
    let sql = "insert into passkey_challenge (challenge_id, challenge, device, person_id, created_at, expires_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.execute(sql, params![new.challenge_id, new.challenge, new.device, new.person_id, now, new.expires_at])
}

/// Uses a question up; answers its challenge, where it was asked of this device and person and nobody answered yet.
///
/// # Errors
/// A failing database.
pub fn take(
    tx: &Tx<'_>,
    now: Timestamp,
    challenge_id: &str,
    device: &str,
    person_id: Option<&str>,
) -> Result<Option<String>> {
    let sql = "update passkey_challenge set used_at = ?4
               where challenge_id = ?1 and device = ?2 and person_id is ?3 and used_at is null and expires_at >= ?4
               returning challenge";
    tx.query_first(sql, params![challenge_id, device, person_id, now])?.map(|row| row.get(0)).transpose()
}

/// A passkey to be added.
#[derive(Debug)]
pub struct NewPasskey<'a> {
    /// A fresh id.
    pub passkey_id: &'a str,
    /// Whose it is.
    pub person_id: &'a str,
    /// The device's own name for it, base64url.
    pub credential_id: &'a str,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: &'a [u8],
    /// The number in the registry of COSE.
    pub algorithm: i32,
    /// How often it signed.
    pub sign_count: u32,
    /// Whether its maker keeps it too.
    pub is_backed_up: bool,
    /// What the person calls it.
    pub name: &'a str,
}

/// Adds a passkey.
///
/// # Errors
/// [`crate::Error::Constraint`] where it is somebody's already.
pub fn add(tx: &Tx<'_>, now: Timestamp, new: &NewPasskey<'_>) -> Result<()> {
    let sql =
        "insert into passkey (passkey_id, person_id, credential_id, public_key, algorithm, sign_count, is_backed_up,
                                    name, created_at, used_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)";
    tx.execute(
        sql,
        params![
            new.passkey_id,
            new.person_id,
            new.credential_id,
            Value::Blob(new.public_key.to_vec()),
            i64::from(new.algorithm),
            i64::from(new.sign_count),
            new.is_backed_up,
            new.name,
            now
        ],
    )
}

/// A passkey.
#[derive(Debug)]
pub struct Passkey {
    /// Its id here.
    pub passkey_id: String,
    /// Whose it is.
    pub person_id: String,
    /// The device's own name for it, base64url.
    pub credential_id: String,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// The number in the registry of COSE.
    pub algorithm: i64,
    /// How often it signed, as it said the last time.
    pub sign_count: u32,
    /// Whether its maker keeps it too.
    pub is_backed_up: bool,
    /// What the person calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// The last sign-in, or the moment it was made.
    pub used_at: Timestamp,
}

const COLUMNS: &str = "passkey_id, person_id, credential_id, public_key, algorithm, sign_count, is_backed_up, name,
                       created_at, used_at";

fn read(row: &Row) -> Result<Passkey> {
    Ok(Passkey {
        passkey_id: row.get(0)?,
        person_id: row.get(1)?,
        credential_id: row.get(2)?,
        public_key: row.get(3)?,
        algorithm: row.get(4)?,
        sign_count: row.get(5)?,
        is_backed_up: row.get(6)?,
        name: row.get(7)?,
        created_at: row.get(8)?,
        used_at: row.get(9)?,
    })
}

/// The passkey that a device calls this.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, credential_id: &str) -> Result<Option<Passkey>> {
    let sql = format!("select {COLUMNS} from passkey where credential_id = ?1");
    conn.query_first(&sql, params![credential_id])?.as_ref().map(read).transpose()
}

/// The passkeys of a person, the last used first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str, count: u32) -> Result<Vec<Passkey>> {
    let sql = format!("select {COLUMNS} from passkey where person_id = ?1 order by used_at desc, passkey_id limit ?2");
    conn.query(&sql, params![person_id, i64::from(count)])?.iter().map(read).collect()
}

/// Notes that a passkey signed, and how often it says it did.
///
/// # Errors
/// A failing database.
pub fn note_use(tx: &Tx<'_>, now: Timestamp, passkey_id: &str, sign_count: u32) -> Result<()> {
    let sql = "update passkey set sign_count = ?2, used_at = ?3 where passkey_id = ?1";
    tx.execute(sql, params![passkey_id, i64::from(sign_count), now])
}

/// Takes one of the person's passkeys away; answers whether there was one.
///
/// # Errors
/// A failing database.
pub fn remove(tx: &Tx<'_>, person_id: &str, passkey_id: &str) -> Result<bool> {
    let sql = "delete from passkey where person_id = ?1 and passkey_id = ?2 returning passkey_id";
    Ok(tx.query_first(sql, params![person_id, passkey_id])?.is_some())
}

/// Takes all passkeys of a person away.
///
/// # Errors
/// A failing database.
pub fn remove_all(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("delete from passkey where person_id = ?1", params![person_id])
}

/// Forgets questions asked more than `keep` ago, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from passkey_challenge where challenge_id in
               (select challenge_id from passkey_challenge where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    ["passkey", "passkey_challenge"].iter().try_fold(0, |rows, table| {
        let sql = format!("delete from {table} where person_id = ?1 returning 1");
        Ok(rows + tx.query(&sql, params![person_id])?.len())
    })
}
