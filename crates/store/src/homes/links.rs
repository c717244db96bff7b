//! Linking an account to a person: a request with a code, its attempts, the link.

use jiff::{Timestamp, civil::Date};

use crate::{Conn, Result, Row, Tx, homes::full_address, params, value::json_text};

/// By what right an account is a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Owns the premises.
    Owner,
    /// Rents them.
    Tenant,
    /// Looks after them for somebody.
    Trusted,
}

impl Right {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Tenant => "tenant",
            Self::Trusted => "trusted",
        }
    }
}

/// An open account that somebody asks to link.
#[derive(Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The account.
    pub account_id: String,
    /// What it is for.
    pub premises_id: String,
    /// Where the company may send the code.
    pub contact_phone: Option<String>,
    /// Where else.
    pub contact_email: Option<String>,
    /// The phone of the company that keeps the account.
    pub company_phone: Option<String>,
    /// Whether it is linked to this person already.
    pub is_linked: bool,
}

/// The account of this number, as `person_id` may link it; one that is not open on `today` is not there.
///
/// # Errors
/// A failing database.
pub fn candidate(conn: &Conn<'_>, person_id: &str, number: &str, today: Date) -> Result<Option<Candidate>> {
    let sql = concat!(
        "select a.account_id, a.premises_id, a.contact_phone, a.contact_email, c.phone,
                      exists (select 1 from account_link l
                              where l.person_id = ?1 and l.account_id = a.account_id and l.ended_at is null)
               from account a
               join premises p using (premises_id)
               join house h using (house_id)
               join company c using (company_id)
               where a.number = ?2 and ",
        account_is_open!("?3")
    );
    let row = conn.query_first(sql, params![person_id, number, today])?;
    row.map(|row| {
        Ok(Candidate {
            account_id: row.get(0)?,
            premises_id: row.get(1)?,
            contact_phone: row.get(2)?,
            contact_email: row.get(3)?,
            company_phone: row.get(4)?,
            is_linked: row.get(5)?,
        })
    })
    .transpose()
}

/// A request to link, to be kept.
#[derive(Debug)]
pub struct NewLinkRequest<'a> {
    /// A fresh id.
    pub link_request_id: &'a str,
    /// Who asks.
    pub person_id: &'a str,
    /// For which account.
    pub account_id: &'a str,
    /// `sms` or `email`.
    pub channel: &'a str,
    /// Hex SHA-256 of the request's id and the code.
    pub code_hash: &'a str,
    /// How often a code may be tried.
    pub attempts: u32,
    /// When the code is over.
    pub expires_at: Timestamp,
}

/// Keeps a request.
///
/// # Errors
/// A failing database.
pub fn add_request(tx: &Tx<'_>, now: Timestamp, new: &NewLinkRequest<'_>) -> Result<()> {
    tx.execute(
        "insert into link_request (link_request_id, person_id, account_id, channel, code_hash, attempts_left,
                                   created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.link_request_id,
            new.person_id,
            new.account_id,
            new.channel,
            new.code_hash,
            i64::from(new.attempts),
            now,
            new.expires_at
        ],
    )
}

/// Takes all attempts from the person's earlier requests for this account: only the last code counts.
///
/// # Errors
/// A failing database.
pub fn spend_earlier(tx: &Tx<'_>, person_id: &str, account_id: &str) -> Result<()> {
    tx.execute(
        "update link_request set attempts_left = 0
         where person_id = ?1 and account_id = ?2 and used_at is null and attempts_left > 0",
        params![person_id, account_id],
    )
}

/// A request to link, as it was kept.
#[derive(Debug)]
pub struct LinkRequest {
    /// For which account.
    pub account_id: String,
    /// The account's number.
    pub number: String,
    /// House and flat.
    pub address: String,
    /// Whether the account is closed by now.
    pub is_closed: bool,
    /// Hex SHA-256 of the request's id and the code.
    pub code_hash: String,
    /// How often a code may still be tried.
    pub attempts_left: u32,
    /// When the code is over.
    pub expires_at: Timestamp,
    /// Whether the code has linked the account.
    pub is_used: bool,
}

/// The person's request of this id, as things are on `today`.
///
/// # Errors
/// A failing database.
pub fn request(conn: &Conn<'_>, person_id: &str, link_request_id: &str, today: Date) -> Result<Option<LinkRequest>> {
    let sql = concat!(
        "select r.account_id, a.number, h.address, p.kind, p.number, not ",
        account_is_open!("?3"),
        ", r.code_hash,
                      r.attempts_left, r.expires_at, r.used_at is not null
               from link_request r
               join account a using (account_id)
               join premises p using (premises_id)
               join house h using (house_id)
               where r.link_request_id = ?1 and r.person_id = ?2"
    );
    conn.query_first(sql, params![link_request_id, person_id, today])?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<LinkRequest> {
    Ok(LinkRequest {
        account_id: row.get(0)?,
        number: row.get(1)?,
        address: full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?),
        is_closed: row.get(5)?,
        code_hash: row.get(6)?,
        attempts_left: row.get(7)?,
        expires_at: row.get(8)?,
        is_used: row.get(9)?,
    })
}

/// Takes one attempt from a request.
///
/// # Errors
/// A failing database.
pub fn spend_attempt(tx: &Tx<'_>, link_request_id: &str) -> Result<()> {
    tx.execute(
        "update link_request set attempts_left = attempts_left - 1 where link_request_id = ?1",
        params![link_request_id],
    )
}

/// Notes that the code of a request has linked its account.
///
/// # Errors
/// A failing database.
pub fn mark_used(tx: &Tx<'_>, now: Timestamp, link_request_id: &str) -> Result<()> {
    tx.execute("update link_request set used_at = ?2 where link_request_id = ?1", params![link_request_id, now])
}

/// Links an account to a person; answers whether the link is new.
///
/// # Errors
/// A failing database.
pub fn add_link(
    tx: &Tx<'_>,
    now: Timestamp,
    account_link_id: &str,
    person_id: &str,
    account_id: &str,
    right: Right,
) -> Result<bool> {
    let sql = "insert into account_link (account_link_id, person_id, account_id, right, linked_at)
               values (?1, ?2, ?3, ?4, ?5)
               on conflict (person_id, account_id) where ended_at is null do nothing
               returning account_link_id";
    let rows = tx.query(sql, params![account_link_id, person_id, account_id, right.as_str(), now])?;
    Ok(!rows.is_empty())
}

/// Everybody else whom an account is linked to.
///
/// # Errors
/// A failing database.
pub fn linked_to_others(conn: &Conn<'_>, person_id: &str, account_id: &str) -> Result<Vec<String>> {
    let sql = "select person_id from account_link where account_id = ?2 and person_id <> ?1 and ended_at is null
               order by person_id";
    conn.query(sql, params![person_id, account_id])?.iter().map(|row| row.get(0)).collect()
}

/// Somebody to whom an account is linked.
#[derive(Debug)]
pub struct LinkedPerson {
    /// Who.
    pub person_id: String,
    /// The account's number.
    pub number: String,
    /// House and flat.
    pub address: String,
}

/// All to whom these accounts are linked.
///
/// # Errors
/// A failing database.
pub fn linked_persons(conn: &Conn<'_>, accounts: &[&str]) -> Result<Vec<LinkedPerson>> {
    let sql = "select l.person_id, a.number, h.address, p.kind, p.number
               from json_each(?1) i
               cross join account_link l on l.account_id = i.value and l.ended_at is null
               join account a using (account_id) join premises p using (premises_id) join house h using (house_id)
               order by l.person_id, a.number";
    let linked = conn.query(sql, params![json_text(&accounts)?])?;
    linked
        .iter()
        .map(|row| {
            let address = full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?);
            Ok(LinkedPerson { person_id: row.get(0)?, number: row.get(1)?, address })
        })
        .collect()
}
