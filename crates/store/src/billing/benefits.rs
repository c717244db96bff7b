//! Benefits of those who live in premises: recorded by a document, withdrawn when they end or were wrong. Each change
//! has the months that it is about computed anew.

use std::collections::HashMap;

use domain::billing::HeldBenefit;
use domain::dated::Row as DatedRow;
use domain::period::Period;
use domain::russian::full_date;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::runs::{NewRecalculation, became_known};
use crate::{Conn, Result, Row, Tx, params, value::json_text};

/// A benefit as it is recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewBenefit<'a> {
    /// A fresh id.
    pub account_benefit_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// What it is called among the rates of the house.
    pub benefit: &'a str,
    /// How many have it; none if all who live there.
    pub persons: Option<u32>,
    /// Their social norm in square metres, of at most two places; none if the limit of the rate holds.
    pub norm_area: Option<Decimal>,
    /// The document behind it, in words.
    pub document: &'a str,
    /// The first day.
    pub since: Date,
    /// The last day, if it is known.
    pub until: Option<Date>,
}

/// A benefit that is recorded and not withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBenefit {
    /// Its place in the order of recording.
    pub seq: i64,
    /// Its id.
    pub account_benefit_id: String,
    /// The account.
    pub account_id: String,
    /// The company's number of the account.
    pub account_number: String,
    /// What it is called among the rates of the house.
    pub benefit: String,
    /// How many have it; none if all who live there.
    pub persons: Option<u32>,
    /// Their social norm in square metres; none if the limit of the rate holds.
    pub norm_area: Option<Decimal>,
    /// The document behind it.
    pub document: String,
    /// The first day.
    pub since: Date,
    /// The last day, if it is known.
    pub until: Option<Date>,
}

/// Where the months that a change is about are computed anew.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The house.
    pub house_id: &'a str,
    /// A fresh id, for the request to do so.
    pub recalculation_id: &'a str,
}

/// Records a benefit.
///
/// # Errors
/// A failing database.
pub fn record(tx: &Tx<'_>, now: Timestamp, change: Change<'_>, new: &NewBenefit<'_>) -> Result<()> {
    insert(tx, now, new)?;
    let reason = format!("Льгота «{}» с {}", new.benefit, full_date(new.since));
    let known = NewRecalculation {
        recalculation_id: change.recalculation_id,
        house_id: change.house_id,
        account_id: Some(new.account_id),
        from: Period::of(new.since),
        reason: &reason,
    };
    became_known(tx, now, &known)
}

fn insert(tx: &Tx<'_>, now: Timestamp, new: &NewBenefit<'_>) -> Result<()> {
    let sql = "insert into account_benefit (account_benefit_id, account_id, benefit, persons, norm_area_hundredths,
                                            document, since, until, recorded_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let hundredths = new.norm_area.map(|area| (area * Decimal::ONE_HUNDRED).normalize().mantissa());
    let parameters = params![
        new.account_benefit_id,
        new.account_id,
        new.benefit,
        new.persons.map(i64::from),
        hundredths.and_then(|hundredths| i64::try_from(hundredths).ok()),
        new.document,
        new.since,
        new.until,
        now
    ];
    tx.execute(sql, parameters)
}

/// How a benefit ends.
#[derive(Debug, Clone, Copy)]
pub enum End<'a> {
    /// With this day, which is not before its first one; the rest of it stands in a record with this fresh id.
    On(Date, &'a str),
    /// It never was: the record is wrong.
    NeverWas,
}

/// Ends a benefit; answers whether it was in force. The reason is for residents.
///
/// # Errors
/// A failing database.
pub fn end(
    tx: &Tx<'_>,
    now: Timestamp,
    change: Change<'_>,
    held: &AccountBenefit,
    end: End<'_>,
    reason: &str,
) -> Result<bool> {
    let sql = "update account_benefit set withdrawn_at = ?2
               where account_benefit_id = ?1 and withdrawn_at is null returning 1";
    if tx.query_first(sql, params![&held.account_benefit_id, now])?.is_none() {
        return Ok(false);
    }
    let changed_on = match end {
        End::NeverWas => held.since,
        End::On(until, account_benefit_id) => {
            let rest = NewBenefit {
                account_benefit_id,
                account_id: &held.account_id,
                benefit: &held.benefit,
                persons: held.persons,
                norm_area: held.norm_area,
                document: &held.document,
                since: held.since,
                until: Some(until),
            };
            insert(tx, now, &rest)?;
            // An end that was too early is put off by the same way.
            held.until.map_or(until, |before| before.min(until))
        }
    };
    let reason = format!("Льгота «{}»: {reason}", held.benefit);
    let known = NewRecalculation {
        recalculation_id: change.recalculation_id,
        house_id: change.house_id,
        account_id: Some(&held.account_id),
        from: Period::of(changed_on),
        reason: &reason,
    };
    became_known(tx, now, &known)?;
    Ok(true)
}

macro_rules! benefit_columns {
    () => {
        "b.account_benefit_seq, b.account_benefit_id, b.account_id, a.number, b.benefit, b.persons,
         b.norm_area_hundredths, b.document, b.since, b.until
         from account_benefit b join account a using (account_id) join premises p using (premises_id)
         where b.withdrawn_at is null"
    };
}

fn read(row: &Row) -> Result<AccountBenefit> {
    Ok(AccountBenefit {
        seq: row.get(0)?,
        account_benefit_id: row.get(1)?,
        account_id: row.get(2)?,
        account_number: row.get(3)?,
        benefit: row.get(4)?,
        persons: row.get(5)?,
        norm_area: row.get::<Option<i64>>(6)?.map(|hundredths| Decimal::new(hundredths, 2)),
        document: row.get(7)?,
        since: row.get(8)?,
        until: row.get(9)?,
    })
}

/// The benefits of a house that are not withdrawn, the latest recorded first: those recorded before this one, at most
/// `count`.
///
/// # Errors
/// A failing database.
pub fn of_house(conn: &Conn<'_>, house_id: &str, before: i64, count: u32) -> Result<Vec<AccountBenefit>> {
    let sql = concat!(
        "select ",
        benefit_columns!(),
        " and p.house_id = ?1 and b.account_benefit_seq < ?2 order by b.account_benefit_seq desc limit ?3"
    );
    conn.query(sql, params![house_id, before, i64::from(count)])?.iter().map(read).collect()
}

/// A benefit of a house that is not withdrawn.
///
/// # Errors
/// A failing database.
pub fn one(conn: &Conn<'_>, house_id: &str, account_benefit_id: &str) -> Result<Option<AccountBenefit>> {
    let sql = concat!("select ", benefit_columns!(), " and p.house_id = ?1 and b.account_benefit_id = ?2");
    conn.query_first(sql, params![house_id, account_benefit_id])?.as_ref().map(read).transpose()
}

/// The same benefit of an account on one of these days, if one is recorded.
///
/// # Errors
/// A failing database.
pub fn same(
    conn: &Conn<'_>,
    account_id: &str,
    benefit: &str,
    (since, until): (Date, Option<Date>),
) -> Result<Option<AccountBenefit>> {
    let sql = concat!(
        "select ",
        benefit_columns!(),
        " and b.account_id = ?1 and b.benefit = ?2 and (?4 is null or b.since <= ?4) and (b.until is null or b.until >= ?3)
          limit 1"
    );
    conn.query_first(sql, params![account_id, benefit, since, until])?.as_ref().map(read).transpose()
}

/// What benefits of a house are called that have a rate on some day.
///
/// # Errors
/// A failing database.
pub fn kinds(conn: &Conn<'_>, house_id: &str) -> Result<Vec<String>> {
    let sql = "select distinct benefit from benefit_rate where house_id = ?1 and withdrawn_at is null order by benefit";
    conn.query(sql, params![house_id])?.iter().map(|row| row.get(0)).collect()
}

/// The benefits of these accounts in a month, in the order of their days.
pub(super) fn held(
    conn: &Conn<'_>,
    accounts: &[&str],
    (from, period): (Period, Period),
) -> Result<HashMap<String, Vec<DatedRow<HeldBenefit>>>> {
    let sql =
        "select b.account_id, b.account_benefit_id, b.benefit, b.persons, b.norm_area_hundredths, b.since, b.until
               from json_each(?1) a join account_benefit b on b.account_id = a.value
               where b.withdrawn_at is null and b.since <= ?3 and (b.until is null or b.until >= ?2)
               order by b.since, b.benefit";
    let mut held: HashMap<String, Vec<_>> = HashMap::new();
    for row in conn.query(sql, params![json_text(&accounts)?, from.first_day(), period.last_day()])? {
        let value = HeldBenefit {
            id: row.get(1)?,
            benefit: row.get(2)?,
            persons: row.get(3)?,
            norm_area: row.get::<Option<i64>>(4)?.map(|hundredths| Decimal::new(hundredths, 2)),
        };
        let of_account = held.entry(row.get(0)?).or_default();
        of_account.push(DatedRow { from: row.get(5)?, until: row.get(6)?, value });
    }
    Ok(held)
}
