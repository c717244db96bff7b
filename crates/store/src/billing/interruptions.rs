//! Times without a service: recorded by an act, withdrawn when they were wrong. Each change has the months that it is
//! about computed anew.

use std::collections::HashMap;

use domain::billing::Interruption;
use domain::period::Period;
use domain::russian::full_date;
use domain::service::Service;
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::runs::{NewRecalculation, became_known};
use crate::{Conn, Error, Result, Row, Tx, params, value::json_text};

/// An interruption as it is recorded.
#[derive(Debug, Clone)]
pub struct NewInterruption<'a> {
    /// A fresh id.
    pub interruption_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// Whose premises; none if all of the house.
    pub account_id: Option<&'a str>,
    /// What was not there, when, and by which act.
    pub what: Interruption,
}

/// An interruption that is recorded and not withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the order of recording.
    pub seq: i64,
    /// Its id.
    pub interruption_id: String,
    /// Whose premises, and the company's number of the account; none if all of the house.
    pub account: Option<(String, String)>,
    /// What was not there, when, and by which act.
    pub what: Interruption,
}

/// A moment as it is kept: to the minute.
fn kept(moment: DateTime) -> String {
    moment.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Records an interruption; `recalculation_id` is a fresh id, for the request to compute its months anew.
///
/// # Errors
/// A failing database.
pub fn record(tx: &Tx<'_>, now: Timestamp, recalculation_id: &str, new: &NewInterruption<'_>) -> Result<()> {
    let NewInterruption { interruption_id, house_id, account_id, what } = new;
    let sql =
        "insert into interruption (interruption_id, house_id, account_id, service, since, until, act, recorded_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (since, until) = (kept(what.since), kept(what.until));
    tx.execute(
        sql,
        params![*interruption_id, *house_id, *account_id, what.service.as_str(), since, until, &what.act, now],
    )?;
    let reason = format!("{}: перерыв {}, {}", what.service.title(), full_date(what.since.date()), what.act);
    known(tx, now, recalculation_id, (house_id, *account_id), what, &reason)
}

fn known(
    tx: &Tx<'_>,
    now: Timestamp,
    recalculation_id: &str,
    (house_id, account_id): (&str, Option<&str>),
    what: &Interruption,
    reason: &str,
) -> Result<()> {
    let from = Period::of(what.since.date());
    became_known(tx, now, &NewRecalculation { recalculation_id, house_id, account_id, from, reason })
}

/// Withdraws an interruption that was wrong; answers whether it was in force. The reason is for residents.
///
/// # Errors
/// A failing database.
pub fn withdraw(
    tx: &Tx<'_>,
    now: Timestamp,
    recalculation_id: &str,
    house_id: &str,
    one: &Recorded,
    reason: &str,
) -> Result<bool> {
    let sql = "update interruption set withdrawn_at = ?2
               where interruption_id = ?1 and withdrawn_at is null returning 1";
    if tx.query_first(sql, params![&one.interruption_id, now])?.is_none() {
        return Ok(false);
    }
    let account_id = one.account.as_ref().map(|(account_id, _)| account_id.as_str());
    let reason = format!("{}, {}: {reason}", one.what.service.title(), one.what.act);
    known(tx, now, recalculation_id, (house_id, account_id), &one.what, &reason)?;
    Ok(true)
}

macro_rules! recorded {
    ($condition:literal) => {
        concat!(
            "select i.interruption_seq, i.interruption_id, i.account_id, a.number, i.service, i.since, i.until, i.act
             from interruption i left join account a using (account_id)
             where i.withdrawn_at is null and ",
            $condition
        )
    };
}

fn read(row: &Row) -> Result<Recorded> {
    let account_id: Option<String> = row.get(2)?;
    Ok(Recorded {
        seq: row.get(0)?,
        interruption_id: row.get(1)?,
        account: account_id.zip(row.get(3)?),
        what: what(row, 4)?,
    })
}

/// Service, beginning, end and act from this column on.
fn what(row: &Row, at: usize) -> Result<Interruption> {
    let (service, since, until): (String, String, String) = (row.get(at)?, row.get(at + 1)?, row.get(at + 2)?);
    let moment = |text: String| text.parse().map_err(|error: jiff::Error| Error::BadData(error.to_string()));
    Ok(Interruption {
        service: Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?,
        since: moment(since)?,
        until: moment(until)?,
        act: row.get(at + 3)?,
    })
}

/// The interruptions of a house that are not withdrawn, the latest recorded first: those recorded before this one, at
/// most `count`.
///
/// # Errors
/// A failing database.
pub fn of_house(conn: &Conn<'_>, house_id: &str, before: i64, count: u32) -> Result<Vec<Recorded>> {
    let sql = recorded!("i.house_id = ?1 and i.interruption_seq < ?2 order by i.interruption_seq desc limit ?3");
    conn.query(sql, params![house_id, before, i64::from(count)])?.iter().map(read).collect()
}

/// An interruption of a house that is not withdrawn.
///
/// # Errors
/// A failing database.
pub fn one(conn: &Conn<'_>, house_id: &str, interruption_id: &str) -> Result<Option<Recorded>> {
    let sql = recorded!("i.house_id = ?1 and i.interruption_id = ?2");
    conn.query_first(sql, params![house_id, interruption_id])?.as_ref().map(read).transpose()
}

/// Those of all of a house that fall to these months.
pub(super) fn of_all(conn: &Conn<'_>, house_id: &str, (from, until): (Period, Period)) -> Result<Vec<Interruption>> {
    let sql = "select service, since, until, act from interruption
               where house_id = ?1 and account_id is null and withdrawn_at is null and since < ?3 and until > ?2
               order by since, interruption_seq";
    let (first, end) = (from.first_day().to_string(), until.next().first_day().to_string());
    conn.query(sql, params![house_id, first, end])?.iter().map(|row| what(row, 0)).collect()
}

/// Those of these accounts alone that fall to a month.
pub(super) fn of_accounts(
    conn: &Conn<'_>,
    accounts: &[&str],
    period: Period,
) -> Result<HashMap<String, Vec<Interruption>>> {
    let sql = "select i.service, i.since, i.until, i.act, i.account_id
               from json_each(?1) a join interruption i on i.account_id = a.value
               where i.withdrawn_at is null and i.since < ?3 and i.until > ?2
               order by i.since, i.interruption_seq";
    let (first, end) = (period.first_day().to_string(), period.next().first_day().to_string());
    let mut found: HashMap<String, Vec<_>> = HashMap::new();
    for row in conn.query(sql, params![json_text(&accounts)?, first, end])? {
        found.entry(row.get(4)?).or_default().push(what(&row, 0)?);
    }
    Ok(found)
}
