//! What is known already of the rows that a company's files name.

use domain::{reading::Dial, share::Share};
use jiff::civil::Date;

use crate::{Conn, Error, Result, Value, params};

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

/// The premises of this number in the house of this code.
///
/// # Errors
/// A failing database.
pub fn premises_id(conn: &Conn<'_>, house_code: &str, number: &str) -> Result<Option<String>> {
    let sql = "select p.premises_id from premises p join house h using (house_id) where h.code = ?1 and p.number = ?2";
    id(conn, sql, params![house_code, number])
}

/// The premises that the account of this number is for.
///
/// # Errors
/// A failing database.
pub fn premises_of_account(conn: &Conn<'_>, number: &str) -> Result<Option<String>> {
    id(conn, "select premises_id from account where number = ?1", params![number])
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

/// All shares of premises, ended ones too.
///
/// # Errors
/// A failing database.
pub fn shares(conn: &Conn<'_>, premises_id: &str) -> Result<Vec<KnownShare>> {
    let sql = "select name, share_numerator, share_denominator, since, until from owner
               where premises_id = ?1 order by since, name";
    let rows = conn.query(sql, params![premises_id])?;
    rows.iter()
        .map(|row| {
            let share = Share::new(row.get(1)?, row.get(2)?).map_err(|error| Error::BadData(error.to_string()))?;
            Ok(KnownShare { name: row.get(0)?, share, since: row.get(3)?, until: row.get(4)? })
        })
        .collect()
}

/// A meter.
#[derive(Debug)]
pub struct KnownMeter {
    /// Its id.
    pub meter_id: String,
    /// Where it counts.
    pub premises_id: String,
    /// How many values it shows.
    pub rates: u8,
    /// Its digits.
    pub dial: Dial,
    /// Since when it counts.
    pub installed_on: Date,
    /// The day it was taken away.
    pub removed_on: Option<Date>,
}

/// The meter of this kind and serial number.
///
/// # Errors
/// A failing database.
pub fn meter(conn: &Conn<'_>, kind: &str, serial: &str) -> Result<Option<KnownMeter>> {
    let sql = "select meter_id, premises_id, rates, digits_integer, digits_fraction, installed_on, removed_on
               from meter where kind = ?1 and serial = ?2";
    let row = conn.query_first(sql, params![kind, serial])?;
    row.map(|row| {
        let dial = Dial::new(row.get(3)?, row.get(4)?).map_err(|error| Error::BadData(error.to_string()))?;
        Ok(KnownMeter {
            meter_id: row.get(0)?,
            premises_id: row.get(1)?,
            rates: row.get(2)?,
            dial,
            installed_on: row.get(5)?,
            removed_on: row.get(6)?,
        })
    })
    .transpose()
}
