//! One-time codes about a linked account: to confirm a contact for its notices, to unlink it.

use domain::contact::{Contact, Email, Phone};
use jiff::Timestamp;

use crate::{Conn, Error, Result, Row, Tx, params};

/// What a code is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// This contact may be told of the account.
    Contact(Contact),
    /// The account leaves the person's list.
    Unlink,
}

impl Purpose {
    /// The word in the database and in answers.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Unlink => "unlink",
        }
    }

    fn contact(&self) -> Option<&str> {
        match self {
            Self::Contact(Contact::Phone(phone)) => Some(phone.as_str()),
            Self::Contact(Contact::Email(email)) => Some(email.as_str()),
            Self::Unlink => None,
        }
    }

    fn read(word: &str, contact: Option<&str>) -> Option<Self> {
        match (word, contact) {
            ("unlink", None) => Some(Self::Unlink),
            ("contact", Some(text)) if text.contains('@') => {
                Email::parse(text).ok().map(Contact::Email).map(Self::Contact)
            }
            ("contact", Some(text)) => Phone::parse(text).ok().map(Contact::Phone).map(Self::Contact),
            _ => None,
        }
    }
}

/// A code to be kept.
#[derive(Debug)]
pub struct NewAccountCode<'a> {
    /// A fresh id.
    pub account_code_id: &'a str,
    /// The link that it is about.
    pub account_link_id: &'a str,
    /// What it is for.
    pub purpose: &'a Purpose,
    /// `sms` or `email`: how it goes out.
    pub channel: &'a str,
    /// Hex SHA-256 of the id and the code.
    pub code_hash: &'a str,
    /// How often it may be tried.
    pub attempts: u32,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Keeps a code; the earlier ones of the link for the same purpose are spent by it.
///
/// # Errors
/// A failing database.
pub fn add_code(tx: &Tx<'_>, now: Timestamp, new: &NewAccountCode<'_>) -> Result<()> {
    let sql = "update account_code set attempts_left = 0
               where account_link_id = ?1 and purpose = ?2 and used_at is null and attempts_left > 0";
    tx.execute(sql, params![new.account_link_id, new.purpose.as_str()])?;
    tx.execute(
        "insert into account_code (account_code_id, account_link_id, purpose, contact, channel, code_hash,
                                   attempts_left, created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            new.account_code_id,
            new.account_link_id,
            new.purpose.as_str(),
            new.purpose.contact(),
            new.channel,
            new.code_hash,
            i64::from(new.attempts),
            now,
            new.expires_at
        ],
    )
}

/// A code, as it was kept.
#[derive(Debug)]
pub struct AccountCode {
    /// The link that it is about.
    pub account_link_id: String,
    /// The link's account.
    pub account_id: String,
    /// Whether the link has ended.
    pub is_ended: bool,
    /// What it is for.
    pub purpose: Purpose,
    /// Hex SHA-256 of the id and the code.
    pub code_hash: String,
    /// How often it may still be tried.
    pub attempts_left: u32,
    /// When it is over.
    pub expires_at: Timestamp,
    /// Whether it was used.
    pub is_used: bool,
}

/// The person's code of this id.
///
/// # Errors
/// A failing database.
pub fn code(conn: &Conn<'_>, person_id: &str, account_code_id: &str) -> Result<Option<AccountCode>> {
    let sql = "select l.account_link_id, l.account_id, l.ended_at is not null, c.purpose, c.contact, c.code_hash,
                      c.attempts_left, c.expires_at, c.used_at is not null
               from account_code c join account_link l using (account_link_id)
               where c.account_code_id = ?1 and l.person_id = ?2";
    conn.query_first(sql, params![account_code_id, person_id])?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<AccountCode> {
    let (word, contact): (String, Option<String>) = (row.get(3)?, row.get(4)?);
    let purpose = Purpose::read(&word, contact.as_deref());
    Ok(AccountCode {
        account_link_id: row.get(0)?,
        account_id: row.get(1)?,
        is_ended: row.get(2)?,
        purpose: purpose.ok_or_else(|| Error::BadData("purpose of a code".to_owned()))?,
        code_hash: row.get(5)?,
        attempts_left: row.get(6)?,
        expires_at: row.get(7)?,
        is_used: row.get(8)?,
    })
}

/// Takes one attempt from a code.
///
/// # Errors
/// A failing database.
pub fn spend_code_attempt(tx: &Tx<'_>, account_code_id: &str) -> Result<()> {
    let sql = "update account_code set attempts_left = attempts_left - 1 where account_code_id = ?1";
    tx.execute(sql, params![account_code_id])
}

/// Notes that a code has done its work.
///
/// # Errors
/// A failing database.
pub fn mark_code_used(tx: &Tx<'_>, now: Timestamp, account_code_id: &str) -> Result<()> {
    tx.execute("update account_code set used_at = ?2 where account_code_id = ?1", params![account_code_id, now])
}
