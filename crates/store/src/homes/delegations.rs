//! What persons let others do for their accounts, and the one question by which an account is within reach.

use domain::{access::Action, delegation::Power};
use jiff::{Timestamp, civil::Date};

use crate::{Conn, Result, Row, Tx, Value, homes::full_address, params, value::json_text};

/// Who asks for accounts, to do what: own ones are within reach for everything, delegated ones for what their powers
/// cover. Asked at each use, so that what is over or taken back is refused at once.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// Who.
    pub person_id: &'a str,
    /// To do what.
    pub action: Action,
    /// The day in UTC.
    pub today: Date,
}

impl Reach<'_> {
    /// The parameters of `accounts_within_reach!`, `second` between them.
    pub(crate) fn params(&self, second: impl Into<Value>) -> Result<[Value; 4]> {
        let powers = json_text(&Power::names_for(self.action))?;
        Ok([self.person_id.into(), second.into(), self.today.into(), powers.into()])
    }
}

/// A delegation to be kept.
#[derive(Debug)]
pub struct NewDelegation<'a> {
    /// A fresh id.
    pub delegation_id: &'a str,
    /// Whose accounts they are.
    pub granted_by: &'a str,
    /// Hex SHA-256 of the token in the link.
    pub token_hash: &'a str,
    /// What the granter calls the delegate.
    pub name: &'a str,
    /// What is let.
    pub powers: &'a [Power],
    /// The last day.
    pub until: Date,
    /// When the link is over.
    pub take_by: Timestamp,
    /// The accounts.
    pub account_ids: &'a [String],
}

/// Keeps a delegation; answers of how many accounts, which is fewer than asked where some are not linked to the granter.
///
/// # Errors
/// A failing database.
pub fn add_delegation(tx: &Tx<'_>, now: Timestamp, new: &NewDelegation<'_>) -> Result<usize> {
    let powers: Vec<_> = new.powers.iter().map(|power| power.as_str()).collect();
    tx.execute(
        "insert into delegation (delegation_id, granted_by, token_hash, name, powers, until, created_at, take_by)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.delegation_id,
            new.granted_by,
            new.token_hash,
            new.name,
            json_text(&powers)?,
            new.until,
            now,
            new.take_by
        ],
    )?;
    let sql = "insert into delegation_account (delegation_id, account_link_id)
               select ?1, account_link_id from account_link
               where person_id = ?2 and ended_at is null and account_id in (select value from json_each(?3))
               returning 1";
    Ok(tx.query(sql, params![new.delegation_id, new.granted_by, json_text(&new.account_ids)?])?.len())
}

/// A delegation.
#[derive(Debug)]
pub struct Delegation {
    /// Its id.
    pub delegation_id: String,
    /// Whose accounts they are.
    pub granted_by: String,
    /// The granter's name to greet with.
    pub granter_name: String,
    /// The delegate; nobody until the link is taken.
    pub person_id: Option<String>,
    /// What the delegate is called on the portal, and when the link was taken.
    pub taken_by: Option<(String, Timestamp)>,
    /// What the granter calls the delegate.
    pub name: String,
    /// What is let, by name.
    pub powers: Vec<String>,
    /// The last day.
    pub until: Date,
    /// When the link is over.
    pub take_by: Timestamp,
    /// House and flat of each account that is still the granter's.
    pub addresses: Vec<String>,
    /// The last day on which the delegate looked; none while there was no such day.
    pub looked_on: Option<Date>,
}

const COLUMNS: &str = "d.delegation_id, d.granted_by, g.name, d.person_id, d.name, d.powers, d.until, d.take_by,
    (select json_group_array(json_array(h.address, p.kind, p.number))
     from delegation_account x join account_link l on l.account_link_id = x.account_link_id and l.ended_at is null
          join account a using (account_id) join premises p using (premises_id) join house h using (house_id)
     where x.delegation_id = d.delegation_id),
    (select name from person where person_id = d.person_id), d.taken_at, d.looked_on";

fn read(row: &Row) -> Result<Delegation> {
    let places: Vec<(String, String, String)> = json(&row.get::<String>(8)?)?;
    let taken_by: Option<String> = row.get(9)?;
    let taken_at: Option<Timestamp> = row.get(10)?;
    Ok(Delegation {
        delegation_id: row.get(0)?,
        granted_by: row.get(1)?,
        granter_name: row.get(2)?,
        person_id: row.get(3)?,
        taken_by: taken_by.zip(taken_at),
        name: row.get(4)?,
        powers: json(&row.get::<String>(5)?)?,
        until: row.get(6)?,
        take_by: row.get(7)?,
        addresses: places.iter().map(|(house, kind, number)| full_address(house, kind, number)).collect(),
        looked_on: row.get(11)?,
    })
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| crate::Error::BadData(error.to_string()))
}

fn select(conn: &Conn<'_>, condition: &str, parameters: &[Value]) -> Result<Vec<Delegation>> {
    let sql = format!(
        "select {COLUMNS} from delegation d join person g on g.person_id = d.granted_by
         where d.ended_at is null and {condition} order by d.created_at desc, d.delegation_id"
    );
    conn.query(&sql, parameters)?.iter().map(read).collect()
}

/// What a person lets others do today, the newest first. People trust few: there is no page.
///
/// # Errors
/// A failing database.
pub fn granted(conn: &Conn<'_>, person_id: &str, today: Date) -> Result<Vec<Delegation>> {
    select(conn, "d.granted_by = ?1 and d.until >= ?2", params![person_id, today])
}

/// What others let a person do today, the newest first.
///
/// # Errors
/// A failing database.
pub fn held(conn: &Conn<'_>, person_id: &str, today: Date) -> Result<Vec<Delegation>> {
    select(conn, "d.person_id = ?1 and d.until >= ?2", params![person_id, today])
}

/// The delegation whose link ends in the token of this hash, while nobody has taken it and the link holds.
///
/// # Errors
/// A failing database.
pub fn offered(conn: &Conn<'_>, now: Timestamp, token_hash: &str) -> Result<Option<Delegation>> {
    let condition = "d.token_hash = ?1 and d.person_id is null and d.take_by >= ?2";
    Ok(select(conn, condition, params![token_hash, now])?.into_iter().next())
}

/// Takes a delegation, by one statement: of many persons with the link a single one gets it.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, token_hash: &str, person_id: &str) -> Result<bool> {
    let sql = "update delegation set person_id = ?2, taken_at = ?3
               where token_hash = ?1 and person_id is null and ended_at is null and take_by >= ?3 and granted_by <> ?2
               returning 1";
    Ok(tx.query_first(sql, params![token_hash, person_id, now])?.is_some())
}

/// Keeps that the delegate looks today, by one statement; answers the accounts where nobody kept that before.
///
/// # Errors
/// A failing database.
pub fn first_look(tx: &Tx<'_>, today: Date, delegation_id: &str) -> Result<Vec<String>> {
    let sql = "update delegation set looked_on = ?2
               where delegation_id = ?1 and (looked_on is null or looked_on < ?2) returning 1";
    if tx.query_first(sql, params![delegation_id, today])?.is_none() {
        return Ok(Vec::new());
    }
    let sql = "select l.account_id from delegation_account join account_link l using (account_link_id)
               where delegation_id = ?1 and l.ended_at is null";
    tx.query(sql, params![delegation_id])?.iter().map(|row| row.get(0)).collect()
}

/// A delegation that was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Who let it.
    pub granted_by: String,
    /// Who took it; none if nobody did.
    pub delegate: Option<String>,
    /// What the granter calls the delegate.
    pub name: String,
}

/// Ends a delegation, at the word of the granter or of the delegate, by one statement; answers whose it was.
///
/// # Errors
/// A failing database.
pub fn end_delegation(tx: &Tx<'_>, now: Timestamp, delegation_id: &str, person_id: &str) -> Result<Option<Ended>> {
    let sql = "update delegation set ended_at = ?3
               where delegation_id = ?1 and ended_at is null and (granted_by = ?2 or person_id = ?2)
               returning granted_by, person_id, name";
    let row = tx.query_first(sql, params![delegation_id, person_id, now])?;
    row.map(|row| Ok(Ended { granted_by: row.get(0)?, delegate: row.get(1)?, name: row.get(2)? })).transpose()
}

/// Delegations in use whose last day comes after `today` and not after `until`, at most `count`.
///
/// # Errors
/// A failing database.
pub fn ending(conn: &Conn<'_>, today: Date, until: Date, count: u32) -> Result<Vec<Delegation>> {
    let mut ending = select(
        conn,
        "d.person_id is not null and d.until >= ?1 and d.until <= ?2 and not exists
             (select 1 from notice n where n.person_id = d.granted_by
                                       and n.subject = 'delegation-near:' || d.delegation_id)",
        params![today, until],
    )?;
    ending.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    Ok(ending)
}

/// Ends all that a person let others do or others let the person, and forgets the names; answers how many.
///
/// # Errors
/// A failing database.
pub fn forget_delegations(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<usize> {
    let sql = "update delegation set ended_at = coalesce(ended_at, ?2), name = ''
               where (granted_by = ?1 or person_id = ?1) and (ended_at is null or name <> '')
               returning 1";
    Ok(tx.query(sql, params![person_id, now])?.len())
}
