//! What is known already of the rows that a company's files name.

use std::collections::{BTreeMap, HashMap};

use domain::{access::Scope, reading::Dial, share::Share};
use jiff::{civil::Date, tz::TimeZone};

use crate::{Conn, Error, Result, Row, Value, params, value::json_text};

/// The company of this ИНН.
///
/// # Errors
/// A failing database.
pub fn company_id(conn: &Conn<'_>, inn: &str) -> Result<Option<String>> {
    id(conn, "select company_id from company where inn = ?1", params![inn])
}

/// The house of this code.
///
/// # Errors
/// A failing database.
pub fn house_id(conn: &Conn<'_>, code: &str) -> Result<Option<String>> {
    id(conn, "select house_id from house where code = ?1", params![code])
}

/// The house of this code, with the company that manages it now.
///
/// # Errors
/// A failing database.
pub fn house(conn: &Conn<'_>, code: &str) -> Result<Option<Scope>> {
    let row = conn.query_first("select house_id, company_id from house where code = ?1", params![code])?;
    row.map(|row| house_at(&row, 0)).transpose()
}

fn house_at(row: &Row, at: usize) -> Result<Scope> {
    Ok(Scope::House { house_id: row.get(at)?, company_id: row.get(at + 1)? })
}

/// The premises of a house by their numbers; nothing where there is no such house.
///
/// # Errors
/// A failing database.
pub fn premises_of_house(conn: &Conn<'_>, house_code: &str) -> Result<Option<HashMap<String, String>>> {
    let Some(house_id) = house_id(conn, house_code)? else { return Ok(None) };
    let rows = conn.query("select number, premises_id from premises where house_id = ?1", params![house_id])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>().map(Some)
}

/// An account, and whom it is kept for.
#[derive(Debug)]
pub struct KnownAccount {
    /// Its id.
    pub account_id: String,
    /// What is paid for.
    pub premises_id: String,
    /// Where that is.
    pub house: Scope,
    /// In whose name.
    pub holder: String,
    /// `+7XXXXXXXXXX`.
    pub contact_phone: Option<String>,
    /// E-mail.
    pub contact_email: Option<String>,
    /// Since when it is charged.
    pub opened_on: Date,
    /// Since when it is not charged any more.
    pub closed_on: Option<Date>,
}

/// The accounts of these numbers that there are, by their numbers.
///
/// # Errors
/// A failing database.
pub fn accounts(conn: &Conn<'_>, numbers: &[&str]) -> Result<HashMap<String, KnownAccount>> {
    let sql = "select a.number, a.account_id, a.premises_id, a.holder, a.contact_phone, a.contact_email,
                      h.house_id, h.company_id, a.opened_on, a.closed_on
               from json_each(?1) n cross join account a on a.number = n.value
               join premises p using (premises_id) join house h using (house_id)";
    let rows = conn.query(sql, params![json_text(&numbers)?])?;
    rows.iter().map(|row| Ok((row.get(0)?, known_account(row)?))).collect()
}

fn known_account(row: &Row) -> Result<KnownAccount> {
    Ok(KnownAccount {
        account_id: row.get(1)?,
        premises_id: row.get(2)?,
        holder: row.get(3)?,
        contact_phone: row.get(4)?,
        contact_email: row.get(5)?,
        house: house_at(row, 6)?,
        opened_on: row.get(8)?,
        closed_on: row.get(9)?,
    })
}

/// The accounts of premises for which something holds since a day, each with its house and the first such day.
///
/// # Errors
/// A failing database.
pub fn accounts_since(conn: &Conn<'_>, premises: &[(&str, Date)]) -> Result<Vec<(String, String, Date)>> {
    let sql = "select p.house_id, a.account_id, min(n.value ->> 1)
               from json_each(?1) n cross join premises p on p.premises_id = n.value ->> 0
               join account a using (premises_id) group by 1, 2";
    let rows = conn.query(sql, params![json_text(&premises)?])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The premises of the accounts of these ЕЛС that there are, each with its house.
///
/// # Errors
/// A failing database.
pub fn premises_of_unified(conn: &Conn<'_>, numbers: &[&str]) -> Result<HashMap<String, (String, Scope)>> {
    let sql = "select a.unified_number, a.premises_id, h.house_id, h.company_id
               from json_each(?1) n cross join account a on a.unified_number = n.value
               join premises p using (premises_id) join house h using (house_id)";
    let rows = conn.query(sql, params![json_text(&numbers)?])?;
    rows.iter().map(|row| Ok((row.get(0)?, (row.get(1)?, house_at(row, 2)?)))).collect()
}

fn id(conn: &Conn<'_>, sql: &str, parameters: &[Value]) -> Result<Option<String>> {
    conn.query_first(sql, parameters)?.map(|row| row.get(0)).transpose()
}

/// A share of premises.
#[derive(Debug)]
pub struct KnownShare {
    /// Whose it is.
    pub name: String,
    /// How much.
    pub share: Share,
    /// The day it began.
    pub since: Date,
    /// The day it ended.
    pub until: Option<Date>,
}

/// All shares of these premises, each named once, by the premises; ended ones too.
///
/// # Errors
/// A failing database.
pub fn shares(conn: &Conn<'_>, premises: &[&str]) -> Result<BTreeMap<String, Vec<KnownShare>>> {
    let sql = "select o.premises_id, o.name, o.share_numerator, o.share_denominator, o.since, o.until
               from json_each(?1) p cross join owner o on o.premises_id = p.value order by o.since, o.name";
    let mut shares: BTreeMap<String, Vec<KnownShare>> = BTreeMap::new();
    for row in conn.query(sql, params![json_text(&premises)?])? {
        let share = Share::new(row.get(2)?, row.get(3)?).map_err(|error| Error::BadData(error.to_string()))?;
        let known = KnownShare { name: row.get(1)?, share, since: row.get(4)?, until: row.get(5)? };
        shares.entry(row.get(0)?).or_default().push(known);
    }
    Ok(shares)
}

/// A meter.
#[derive(Debug)]
pub struct KnownMeter {
    /// Its id.
    pub meter_id: String,
    /// Where it counts.
    pub premises_id: String,
    /// In which house.
    pub house: Scope,
    /// The time zone of the house.
    pub time_zone: TimeZone,
    /// How many values it shows.
    pub rates: u8,
    /// Its digits.
    pub dial: Dial,
    /// Since when it counts.
    pub installed_on: Date,
    /// The day it was taken away.
    pub removed_on: Option<Date>,
    /// «кухня».
    pub place: Option<String>,
    /// Its last verification.
    pub verified_on: Option<Date>,
    /// How long that holds.
    pub verification_interval_years: Option<u8>,
}

/// The meters of these kinds and serial numbers that there are, by both.
///
/// # Errors
/// A failing database.
pub fn meters(conn: &Conn<'_>, keys: &[(&str, &str)]) -> Result<HashMap<(String, String), KnownMeter>> {
    // A cross join keeps the order: each key is looked up, the table is never walked.
    let sql = "select m.kind, m.serial, m.meter_id, m.premises_id, m.rates, m.digits_integer, m.digits_fraction,
                      m.installed_on, m.removed_on, m.place, m.verified_on, m.verification_interval_years,
                      h.time_zone, h.house_id, h.company_id
               from json_each(?1) k cross join meter m on m.kind = k.value ->> 0 and m.serial = k.value ->> 1
               join premises p using (premises_id) join house h using (house_id)";
    let rows = conn.query(sql, params![json_text(&keys)?])?;
    rows.iter().map(|row| Ok(((row.get(0)?, row.get(1)?), known_meter(row)?))).collect()
}

fn known_meter(row: &Row) -> Result<KnownMeter> {
    let dial = Dial::new(row.get(5)?, row.get(6)?).map_err(|error| Error::BadData(error.to_string()))?;
    let zone: String = row.get(12)?;
    Ok(KnownMeter {
        meter_id: row.get(2)?,
        premises_id: row.get(3)?,
        house: house_at(row, 13)?,
        time_zone: TimeZone::get(&zone).map_err(|error| Error::BadData(error.to_string()))?,
        rates: row.get(4)?,
        dial,
        installed_on: row.get(7)?,
        removed_on: row.get(8)?,
        place: row.get(9)?,
        verified_on: row.get(10)?,
        verification_interval_years: row.get(11)?,
    })
}
