//! What a company's files say of its houses: rows put by their natural keys.
//!
//! Putting the same row twice changes nothing; a row that says something new replaces what may change. What may not
//! (the premises of an account, the dial of a meter that was read) is for the caller to hold against what is
//! [known](super::known).

use std::collections::HashSet;

use domain::{reading::Dial, share::Share};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::addresses;
use crate::{Result, Tx, Value, params, value::json_text};

/// What putting a row did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There was none of this key.
    Added,
    /// It said something else before.
    Changed,
    /// It said the same.
    Unchanged,
}

/// Each statement returns whether the row that it wrote is the new one, and nothing where it wrote none.
fn put(tx: &Tx<'_>, sql: &str, parameters: &[Value]) -> Result<Change> {
    match tx.query_first(sql, parameters)? {
        None => Ok(Change::Unchanged),
        Some(row) if row.get(0)? => Ok(Change::Added),
        Some(_) => Ok(Change::Changed),
    }
}

/// How many rows putting many did what to; the rest said the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// There was none of their key.
    pub added: u64,
    /// They said something else before.
    pub changed: u64,
}

impl From<Changes> for Change {
    /// What putting a single row did.
    fn from(changes: Changes) -> Self {
        match changes {
            Changes { added: 1.., .. } => Self::Added,
            Changes { changed: 1.., .. } => Self::Changed,
            Changes { .. } => Self::Unchanged,
        }
    }
}

/// Puts rows of different keys by one statement, `?1` being their values as JSON and `?2` the moment: a call of the
/// host for each would take most of the time of a large import. The statement returns the ids that it wrote, among which
/// `new_ids` are those of rows that were not there.
fn put_many<'n>(
    tx: &Tx<'_>,
    now: Timestamp,
    sql: &str,
    rows: &[impl Serialize],
    new_ids: impl Iterator<Item = &'n str>,
) -> Result<Changes> {
    let written = tx.query(sql, params![json_text(&rows)?, now])?;
    let new_ids: HashSet<&str> = new_ids.collect();
    let mut changes = Changes::default();
    for row in &written {
        let is_new = new_ids.contains(row.get::<String>(0)?.as_str());
        *(if is_new { &mut changes.added } else { &mut changes.changed }) += 1;
    }
    Ok(changes)
}

/// A management company; its key is the ИНН.
#[derive(Debug)]
pub struct NewCompany<'a> {
    /// The id, if it is new.
    pub company_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// ИНН.
    pub inn: &'a str,
    /// ОГРН.
    pub ogrn: Option<&'a str>,
    /// `+7XXXXXXXXXX`.
    pub phone: Option<&'a str>,
    /// E-mail.
    pub email: Option<&'a str>,
    /// Where it sits.
    pub address: Option<&'a str>,
}

/// Puts a company.
///
/// # Errors
/// A failing database.
pub fn put_company(tx: &Tx<'_>, now: Timestamp, new: &NewCompany<'_>) -> Result<Change> {
    let sql = "insert into company (company_id, name, inn, ogrn, phone, email, address, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               on conflict (inn) do update set
                   name = excluded.name, ogrn = excluded.ogrn, phone = excluded.phone, email = excluded.email,
                   address = excluded.address
               where (name, ogrn, phone, email, address)
                   is not (excluded.name, excluded.ogrn, excluded.phone, excluded.email, excluded.address)
               returning company_id = ?1";
    let values = params![new.company_id, new.name, new.inn, new.ogrn, new.phone, new.email, new.address, now];
    put(tx, sql, values)
}

/// A house; its key is the company's code of it.
#[derive(Debug)]
pub struct NewHouse<'a> {
    /// The id, if it is new.
    pub house_id: &'a str,
    /// The company's own key of the house.
    pub code: &'a str,
    /// Who manages it.
    pub company_id: &'a str,
    /// Город или район.
    pub municipality: &'a str,
    /// Without the flat.
    pub address: &'a str,
    /// Кадастровый номер.
    pub cadastral_number: Option<&'a str>,
    /// IANA name.
    pub time_zone: &'a str,
    /// The first day of the window for readings.
    pub window_from_day: u8,
    /// The last day; below the first one: in the next month.
    pub window_to_day: u8,
}

/// Puts a house. Another company may take it over. Its address can be searched for at once.
///
/// # Errors
/// A failing database.
pub fn put_house(tx: &Tx<'_>, now: Timestamp, new: &NewHouse<'_>) -> Result<Change> {
    let sql = "insert into house (house_id, code, company_id, municipality, address, cadastral_number, time_zone,
                                  window_from_day, window_to_day, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
               on conflict (code) do update set
                   company_id = excluded.company_id, municipality = excluded.municipality,
                   address = excluded.address, cadastral_number = excluded.cadastral_number,
                   time_zone = excluded.time_zone, window_from_day = excluded.window_from_day,
                   window_to_day = excluded.window_to_day
               where (company_id, municipality, address, cadastral_number, time_zone, window_from_day, window_to_day)
                   is not (excluded.company_id, excluded.municipality, excluded.address, excluded.cadastral_number,
                           excluded.time_zone, excluded.window_from_day, excluded.window_to_day)
               returning house_id = ?1, house_id";
    let values = params![
        new.house_id,
        new.code,
        new.company_id,
        new.municipality,
        new.address,
        new.cadastral_number,
        new.time_zone,
        i64::from(new.window_from_day),
        i64::from(new.window_to_day),
        now
    ];
    let Some(row) = tx.query_first(sql, values)? else { return Ok(Change::Unchanged) };
    addresses::index(tx, &row.get::<String>(1)?, new.municipality, new.address)?;
    Ok(if row.get(0)? { Change::Added } else { Change::Changed })
}

/// A flat or another room of a house; its key is the house and the number.
#[derive(Debug)]
pub struct NewPremises<'a> {
    /// The id, if it is new.
    pub premises_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// «15», «12А».
    pub number: &'a str,
    /// `residential` or `non_residential`.
    pub kind: &'a str,
    /// m² × 100.
    pub area_hundredths: i64,
    /// Кадастровый номер.
    pub cadastral_number: Option<&'a str>,
}

/// Puts premises of different keys.
///
/// # Errors
/// A failing database.
pub fn put_premises(tx: &Tx<'_>, now: Timestamp, new: &[NewPremises<'_>]) -> Result<Changes> {
    // `where true` parts the `on` of the conflict from that of a join.
    let sql = "insert into premises (premises_id, house_id, number, kind, area_hundredths, cadastral_number,
                                     created_at)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?2
               from json_each(?1) where true
               on conflict (house_id, number) do update set
                   kind = excluded.kind, area_hundredths = excluded.area_hundredths,
                   cadastral_number = excluded.cadastral_number
               where (kind, area_hundredths, cadastral_number)
                   is not (excluded.kind, excluded.area_hundredths, excluded.cadastral_number)
               returning premises_id";
    let rows: Vec<_> = new.iter().map(premises_values).collect();
    put_many(tx, now, sql, &rows, new.iter().map(|premises| premises.premises_id))
}

fn premises_values<'a>(new: &'a NewPremises<'a>) -> impl Serialize + 'a {
    (new.premises_id, new.house_id, new.number, new.kind, new.area_hundredths, new.cadastral_number)
}

/// Somebody's share of premises; its key is the premises, the name and the day it began.
#[derive(Debug)]
pub struct NewOwner<'a> {
    /// The id, if it is new.
    pub owner_id: &'a str,
    /// The premises.
    pub premises_id: &'a str,
    /// Who.
    pub name: &'a str,
    /// How much.
    pub share: Share,
    /// The day it began.
    pub since: Date,
    /// The day it ended.
    pub until: Option<Date>,
}

/// Puts a share. Its past is never rewritten: only its end may be told later.
///
/// # Errors
/// A failing database.
pub fn put_owner(tx: &Tx<'_>, new: &NewOwner<'_>) -> Result<Change> {
    let sql = "insert into owner (owner_id, premises_id, name, share_numerator, share_denominator, since, until)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (premises_id, name, since) do update set until = excluded.until
               where until is not excluded.until
               returning owner_id = ?1";
    let values = params![
        new.owner_id,
        new.premises_id,
        new.name,
        i64::from(new.share.numerator()),
        i64::from(new.share.denominator()),
        new.since,
        new.until
    ];
    put(tx, sql, values)
}

/// A personal account; its key is the company's number of it.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// The id, if it is new.
    pub account_id: &'a str,
    /// Upper case.
    pub number: &'a str,
    /// ЕЛС.
    pub unified_number: Option<&'a str>,
    /// What is paid for.
    pub premises_id: &'a str,
    /// In whose name.
    pub holder: &'a str,
    /// `+7XXXXXXXXXX`.
    pub contact_phone: Option<&'a str>,
    /// E-mail.
    pub contact_email: Option<&'a str>,
    /// The day it was opened.
    pub opened_on: Date,
    /// The day it was closed.
    pub closed_on: Option<Date>,
}

/// Puts accounts of different keys. Their premises stay what they were.
///
/// # Errors
/// A duplicate of `account.unified_number` where another account has it: then none of them is put.
pub fn put_accounts(tx: &Tx<'_>, now: Timestamp, new: &[NewAccount<'_>]) -> Result<Changes> {
    let sql = "insert into account (account_id, number, unified_number, premises_id, holder, contact_phone,
                                    contact_email, opened_on, closed_on, created_at)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, ?2
               from json_each(?1) where true
               on conflict (number) do update set
                   unified_number = excluded.unified_number, holder = excluded.holder,
                   contact_phone = excluded.contact_phone, contact_email = excluded.contact_email,
                   opened_on = excluded.opened_on, closed_on = excluded.closed_on
               where (unified_number, holder, contact_phone, contact_email, opened_on, closed_on)
                   is not (excluded.unified_number, excluded.holder, excluded.contact_phone,
                           excluded.contact_email, excluded.opened_on, excluded.closed_on)
               returning account_id";
    let rows: Vec<_> = new.iter().map(account_values).collect();
    put_many(tx, now, sql, &rows, new.iter().map(|account| account.account_id))
}

fn account_values<'a>(new: &'a NewAccount<'a>) -> impl Serialize + 'a {
    (
        new.account_id,
        new.number,
        new.unified_number,
        new.premises_id,
        new.holder,
        new.contact_phone,
        new.contact_email,
        new.opened_on,
        new.closed_on,
    )
}

/// A meter; its key is the kind and the serial number.
#[derive(Debug)]
pub struct NewMeter<'a> {
    /// The id, if it is new.
    pub meter_id: &'a str,
    /// Where it counts.
    pub premises_id: &'a str,
    /// As `domain::meter::MeterKind`.
    pub kind: &'a str,
    /// The number on its face.
    pub serial: &'a str,
    /// «кухня».
    pub place: Option<&'a str>,
    /// How many values it shows, 1 to 3.
    pub rates: u8,
    /// Its digits.
    pub dial: Dial,
    /// Since when it counts.
    pub installed_on: Date,
    /// Its last verification.
    pub verified_on: Option<Date>,
    /// How long that holds.
    pub verification_interval_years: Option<u8>,
    /// The day it was taken away.
    pub removed_on: Option<Date>,
}

/// Puts meters of different keys. Their premises stay what they were.
///
/// # Errors
/// A failing database.
pub fn put_meters(tx: &Tx<'_>, now: Timestamp, new: &[NewMeter<'_>]) -> Result<Changes> {
    let sql = "insert into meter (meter_id, premises_id, kind, serial, place, rates, digits_integer,
                                  digits_fraction, installed_on, verified_on, verification_interval_years,
                                  removed_on, created_at)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, ?2
               from json_each(?1) where true
               on conflict (kind, serial) do update set
                   place = excluded.place, rates = excluded.rates, digits_integer = excluded.digits_integer,
                   digits_fraction = excluded.digits_fraction, installed_on = excluded.installed_on,
                   verified_on = excluded.verified_on,
                   verification_interval_years = excluded.verification_interval_years,
                   removed_on = excluded.removed_on
               where (place, rates, digits_integer, digits_fraction, installed_on, verified_on,
                      verification_interval_years, removed_on)
                   is not (excluded.place, excluded.rates, excluded.digits_integer, excluded.digits_fraction,
                           excluded.installed_on, excluded.verified_on, excluded.verification_interval_years,
                           excluded.removed_on)
               returning meter_id";
    let rows: Vec<_> = new.iter().map(meter_values).collect();
    put_many(tx, now, sql, &rows, new.iter().map(|meter| meter.meter_id))
}

fn meter_values<'a>(new: &'a NewMeter<'a>) -> impl Serialize + 'a {
    (
        new.meter_id,
        new.premises_id,
        new.kind,
        new.serial,
        new.place,
        new.rates,
        new.dial.digits_integer(),
        new.dial.digits_fraction(),
        new.installed_on,
        new.verified_on,
        new.verification_interval_years,
        new.removed_on,
    )
}
