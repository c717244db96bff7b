//! Certificates of electronic signatures that persons connected, and the texts that they are asked to sign for it.

use domain::signing_certificate::SigningCertificate;
use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Row, Tx, params};

/// A text to be signed.
#[derive(Debug)]
pub struct NewChallenge<'a> {
    /// A fresh id.
    pub challenge_id: &'a str,
    /// Who is to sign it.
    pub person_id: &'a str,
    /// In which session.
    pub session_id: &'a str,
    /// The text.
    pub text: &'a str,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Keeps a text until its signature comes.
///
/// # Errors
/// A failing database.
pub fn ask(tx: &Tx<'_>, now: Timestamp, new: &NewChallenge<'_>) -> Result<()> {
    let sql = "insert into certificate_challenge (challenge_id, person_id, session_id, text, created_at, expires_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.execute(sql, params![new.challenge_id, new.person_id, new.session_id, new.text, now, new.expires_at])
}

/// The text that waits for its signature in this session; none where it is over, used, or of another one.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, now: Timestamp, challenge_id: &str, session_id: &str) -> Result<Option<String>> {
    let sql = "select text from certificate_challenge
               where challenge_id = ?1 and session_id = ?2 and used_at is null and expires_at >= ?3";
    conn.query_first(sql, params![challenge_id, session_id, now])?.map(|row| row.get(0)).transpose()
}

/// Uses a text up, by one statement; answers whether it waited: of many signatures under it one counts.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, challenge_id: &str, session_id: &str) -> Result<bool> {
    let sql = "update certificate_challenge set used_at = ?3
               where challenge_id = ?1 and session_id = ?2 and used_at is null and expires_at >= ?3 returning 1";
    Ok(tx.query_first(sql, params![challenge_id, session_id, now])?.is_some())
}

/// Whose certificate this is already.
///
/// # Errors
/// A failing database.
pub fn person(conn: &Conn<'_>, fingerprint: &str) -> Result<Option<String>> {
    let sql = "select person_id from signing_certificate where fingerprint = ?1";
    conn.query_first(sql, params![fingerprint])?.map(|row| row.get(0)).transpose()
}

/// Connects a certificate to a person. `certificate_id` is a fresh id.
///
/// # Errors
/// [`crate::Error::Constraint`] where it is somebody's already.
pub fn connect(
    tx: &Tx<'_>,
    now: Timestamp,
    certificate_id: &str,
    person_id: &str,
    certificate: &SigningCertificate,
) -> Result<()> {
    let SigningCertificate { fingerprint, owner, issuer, serial, not_after, .. } = certificate;
    let sql =
        "insert into signing_certificate (certificate_id, person_id, fingerprint, owner, issuer, serial, not_after,
                                                connected_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    tx.execute(sql, params![certificate_id, person_id, fingerprint, owner, issuer, serial, *not_after, now])
}

/// A certificate that a person connected.
#[derive(Debug)]
pub struct Connected {
    /// Its id here.
    pub certificate_id: String,
    /// The name in it.
    pub owner: String,
    /// Who made it.
    pub issuer: String,
    /// Its number there, hex.
    pub serial: String,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// Since when it is connected.
    pub connected_at: Timestamp,
}

const COLUMNS: &str = "certificate_id, owner, issuer, serial, not_after, connected_at";

fn read(row: &Row) -> Result<Connected> {
    Ok(Connected {
        certificate_id: row.get(0)?,
        owner: row.get(1)?,
        issuer: row.get(2)?,
        serial: row.get(3)?,
        not_after: row.get(4)?,
        connected_at: row.get(5)?,
    })
}

/// The certificates of a person, the one that holds longest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str, count: u32) -> Result<Vec<Connected>> {
    let sql = format!(
        "select {COLUMNS} from signing_certificate where person_id = ?1 order by not_after desc, certificate_id limit ?2"
    );
    conn.query(&sql, params![person_id, i64::from(count)])?.iter().map(read).collect()
}

/// One of the certificates of a person.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, person_id: &str, certificate_id: &str) -> Result<Option<Connected>> {
    let sql = format!("select {COLUMNS} from signing_certificate where person_id = ?1 and certificate_id = ?2");
    conn.query_first(&sql, params![person_id, certificate_id])?.as_ref().map(read).transpose()
}

/// Takes one of the person's certificates away; answers whether there was one.
///
/// # Errors
/// A failing database.
pub fn remove(tx: &Tx<'_>, person_id: &str, certificate_id: &str) -> Result<bool> {
    let sql = "delete from signing_certificate where person_id = ?1 and certificate_id = ?2 returning 1";
    Ok(tx.query_first(sql, params![person_id, certificate_id])?.is_some())
}

/// Forgets texts asked for more than `keep` ago, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from certificate_challenge where challenge_id in
               (select challenge_id from certificate_challenge where created_at < ?1 order by created_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    ["signing_certificate", "certificate_challenge"].iter().try_fold(0, |rows, table| {
        let sql = format!("delete from {table} where person_id = ?1 returning 1");
        Ok(rows + tx.query(&sql, params![person_id])?.len())
    })
}
