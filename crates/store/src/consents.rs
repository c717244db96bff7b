//! Consents to the processing of personal data: the texts by version, and what each person gave and withdrew.
//!
//! Consent is an act of its own, one per purpose (ФЗ-152, ст. 9; 156-ФЗ). Neither texts nor acts ever change: another
//! text is another version, a withdrawal another act.

use domain::hex::hex;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::{Conn, Result, Row, Tx, params};

/// The purpose without which no login can be kept.
pub const PORTAL: &str = "portal";
/// The e-mail of the profile as the address for legally meaningful messages.
pub const ELECTRONIC_ADDRESS: &str = "electronic-address";
/// Documents by which the company confirms who somebody is.
pub const PROOF: &str = "proof";

/// What a person is asked to agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// For what.
    pub purpose: String,
    /// Counted from 1 for each purpose.
    pub version: u32,
    /// A few words, Russian.
    pub title: String,
    /// The text, Russian; an empty line between paragraphs.
    pub body: String,
    /// Hex SHA-256 of the body.
    pub sha256: String,
}

/// The texts that hold at the moment `now`, on its day in UTC: of each purpose the latest, that of the login first.
///
/// # Errors
/// A failing database.
pub fn in_force(conn: &Conn<'_>, now: Timestamp) -> Result<Vec<Text>> {
    let day = now.to_zoned(TimeZone::UTC).date();
    let sql = "select purpose, version, title, body, sha256 from consent_text t
               where version = (select max(version) from consent_text
                                where purpose = t.purpose and valid_from <= ?1)
               order by purpose <> ?2, purpose";
    conn.query(sql, params![day, PORTAL])?.iter().map(read_text).collect()
}

fn read_text(row: &Row) -> Result<Text> {
    Ok(Text { purpose: row.get(0)?, version: row.get(1)?, title: row.get(2)?, body: row.get(3)?, sha256: row.get(4)? })
}

/// A text to be published.
#[derive(Debug)]
pub struct NewText<'a> {
    /// For what.
    pub purpose: &'a str,
    /// From which day it holds.
    pub valid_from: Date,
    /// A few words, Russian.
    pub title: &'a str,
    /// The text, Russian; an empty line between paragraphs.
    pub body: &'a str,
}

/// Publishes a text as the next version of its purpose; answers which that is.
///
/// # Errors
/// A failing database.
pub fn publish(tx: &Tx<'_>, now: Timestamp, text: &NewText<'_>) -> Result<u32> {
    let sql = "insert into consent_text (purpose, version, valid_from, title, body, sha256, created_at)
               values (?1, (select coalesce(max(version), 0) + 1 from consent_text where purpose = ?1),
                       ?2, ?3, ?4, ?5, ?6)
               returning version";
    let sha256 = hex(&Sha256::digest(text.body));
    let row = tx.query_first(sql, params![text.purpose, text.valid_from, text.title, text.body, sha256, now])?;
    row.map_or(Ok(1), |row| row.get(0))
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Agreed.
    Given,
    /// Took it back.
    Withdrawn,
}

impl Act {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Records what a person did about a text, from which network address.
///
/// # Errors
/// A failing database.
pub fn record(tx: &Tx<'_>, now: Timestamp, person_id: &str, text: &Text, act: Act, address: &str) -> Result<()> {
    tx.execute(
        "insert into consent_act (person_id, purpose, version, sha256, act, at, address)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![person_id, &text.purpose, i64::from(text.version), &text.sha256, act.as_str(), now, address],
    )
}

/// The last act of a person for a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAct {
    /// The text that it was about.
    pub text: Text,
    /// Whether it took the consent back.
    pub is_withdrawal: bool,
    /// When, RFC 3339.
    pub at: String,
}

/// The last act of a person for each purpose.
///
/// # Errors
/// A failing database.
pub fn last_acts(conn: &Conn<'_>, person_id: &str) -> Result<Vec<LastAct>> {
    let sql = "select t.purpose, t.version, t.title, t.body, t.sha256, a.act = 'withdrawn', a.at
               from consent_act a join consent_text t using (purpose, version)
               where a.consent_seq in (select max(consent_seq) from consent_act where person_id = ?1 group by purpose)
               order by t.purpose";
    let rows = conn.query(sql, params![person_id])?;
    rows.iter().map(|row| Ok(LastAct { text: read_text(row)?, is_withdrawal: row.get(5)?, at: row.get(6)? })).collect()
}

/// Whether a person took the consent for this purpose back and did not give it again. Who never gave one has taken
/// none back: staff is asked for none.
///
/// # Errors
/// A failing database.
pub fn is_withdrawn(conn: &Conn<'_>, person_id: &str, purpose: &str) -> Result<bool> {
    let sql = "select act = 'withdrawn' from consent_act where person_id = ?1 and purpose = ?2
               order by consent_seq desc limit 1";
    conn.query_first(sql, params![person_id, purpose])?.map_or(Ok(false), |row| row.get(0))
}

/// Erases where a person's acts came from, of at most `count` of them; answers of how many. That they were done stays.
///
/// # Errors
/// A failing database.
pub fn forget_addresses(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "update consent_act set address = '' where consent_seq in
               (select consent_seq from consent_act where person_id = ?1 and address <> '' limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
