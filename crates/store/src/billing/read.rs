//! Bills as they are read: a page of them, one of them, its lines.

use domain::billing::Oddities;
use domain::charge::Acts;
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::Act;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::{Conn, Error, Result, Row, params, value::json_text};

/// An issued bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillRow {
    /// Its id.
    pub bill_id: i64,
    /// The account.
    pub account_id: String,
    /// The month.
    pub period: Period,
    /// Its number.
    pub number: String,
    /// What the lines of the month come to.
    pub charged: Kopecks,
    /// What corrections of earlier months come to.
    pub corrected: Kopecks,
    /// What was owed when the bill before was issued.
    pub balance_before: Kopecks,
    /// What was paid since.
    pub paid: Kopecks,
    /// The penalty.
    pub penalty: Kopecks,
    /// What is to be paid; below zero it is paid ahead.
    pub balance: Kopecks,
    /// Until when.
    pub due_on: Date,
    /// When it was issued, RFC 3339.
    pub issued_at: String,
}

/// A line of a bill.
#[derive(Debug, Clone, PartialEq)]
pub struct LineRow {
    /// The month that it is of: an earlier one than that of the bill if it corrects.
    pub of_period: Period,
    /// The service.
    pub service: Service,
    /// `N` norm, `M` meter, `O` other.
    pub method: String,
    /// How much, at most seven places.
    pub volume: Decimal,
    /// What a unit costs; none where several prices are in the line.
    pub price: Option<Decimal>,
    /// The charge without a multiplier.
    pub charged: Kopecks,
    /// What the multiplier adds.
    pub excess: Kopecks,
    /// Recalculations, signed.
    pub recalculated: Kopecks,
    /// What benefits take away.
    pub discount: Kopecks,
    /// What is to be paid.
    pub payable: Kopecks,
    /// What is worth a look.
    pub oddities: Oddities,
    /// Why it corrects.
    pub reason: Option<String>,
    /// The explanations as they are kept.
    pub explanation: Json,
}

/// The lines of a bill with the acts that their explanations name.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The lines: those of the month, then corrections.
    pub lines: Vec<LineRow>,
    /// Acts by version.
    pub acts: Acts,
}

macro_rules! bill_columns {
    () => {
        "b.bill_id, b.account_id, b.period, b.number, b.charged, b.corrected, b.balance_before, b.paid, b.penalty,
         b.balance, b.due_on, b.issued_at"
    };
}

fn read(row: &Row) -> Result<BillRow> {
    let kopecks = |index| row.get(index).map(Kopecks);
    Ok(BillRow {
        bill_id: row.get(0)?,
        account_id: row.get(1)?,
        period: row.get(2)?,
        number: row.get(3)?,
        charged: kopecks(4)?,
        corrected: kopecks(5)?,
        balance_before: kopecks(6)?,
        paid: kopecks(7)?,
        penalty: kopecks(8)?,
        balance: kopecks(9)?,
        due_on: row.get(10)?,
        issued_at: row.get(11)?,
    })
}

/// The issued bills of these accounts, the latest first, from before a month, at most `count`.
///
/// # Errors
/// A failing database.
pub fn bills_of(conn: &Conn<'_>, accounts: &[&str], before: Option<Period>, count: u32) -> Result<Vec<BillRow>> {
    let sql = concat!(
        "select ",
        bill_columns!(),
        " from json_each(?1) a join bill b on b.account_id = a.value
          where b.issued_at is not null and (?2 is null or b.period < ?2)
          order by b.period desc, b.number limit ?3"
    );
    let before = before.map(|period| period.to_string());
    conn.query(sql, params![json_text(&accounts)?, before, i64::from(count)])?.iter().map(read).collect()
}

/// The issued bill of this number.
///
/// # Errors
/// A failing database.
pub fn bill(conn: &Conn<'_>, number: &str) -> Result<Option<BillRow>> {
    let sql = concat!("select ", bill_columns!(), " from bill b where b.number = ?1");
    conn.query_first(sql, params![number])?.as_ref().map(read).transpose()
}

/// The issued bill of an account for a month.
///
/// # Errors
/// A failing database.
pub fn bill_of(conn: &Conn<'_>, account_id: &str, period: Period) -> Result<Option<BillRow>> {
    let sql = concat!(
        "select ",
        bill_columns!(),
        " from bill b where b.account_id = ?1 and b.period = ?2 and b.issued_at is not null"
    );
    conn.query_first(sql, params![account_id, period.to_string()])?.as_ref().map(read).transpose()
}

/// The months before another one for which an account has a bill, the latest first.
///
/// # Errors
/// A failing database.
pub fn periods_before(conn: &Conn<'_>, account_id: &str, before: Period) -> Result<Vec<Period>> {
    let sql = "select period from bill where account_id = ?1 and period < ?2 and issued_at is not null
               order by period desc";
    conn.query(sql, params![account_id, before.to_string()])?.iter().map(|row| row.get(0)).collect()
}

/// Until when the last bills of these accounts are to be paid: the earliest day.
///
/// # Errors
/// A failing database.
pub fn last_due_on(conn: &Conn<'_>, accounts: &[&str]) -> Result<Option<Date>> {
    let sql = "select min((select due_on from bill where account_id = a.value and issued_at is not null
                           order by period desc limit 1))
               from json_each(?1) a";
    conn.query_first(sql, params![json_text(&accounts)?])?.map_or(Ok(None), |row| row.get(0))
}

/// The years in which these accounts have a bill, the latest first.
///
/// # Errors
/// A failing database.
pub fn years(conn: &Conn<'_>, accounts: &[&str]) -> Result<Vec<u16>> {
    let sql = "select distinct cast(substr(b.period, 1, 4) as integer) year
               from json_each(?1) a join bill b on b.account_id = a.value
               where b.issued_at is not null order by year desc";
    conn.query(sql, params![json_text(&accounts)?])?.iter().map(|row| row.get(0)).collect()
}

macro_rules! lines {
    ($explanation:literal) => {
        concat!(
            "select of_period, service, method, volume, price, charged, excess, recalculated, discount, payable,
                    oddities, reason, ",
            $explanation,
            " from charge_line where bill_id = ?1 order by of_period desc"
        )
    };
}

fn in_order(conn: &Conn<'_>, sql: &str, bill_id: i64) -> Result<Vec<LineRow>> {
    let mut lines = conn.query(sql, params![bill_id])?.iter().map(line).collect::<Result<Vec<_>>>()?;
    let place = |line: &LineRow| Service::ALL.iter().position(|service| *service == line.service);
    lines.sort_by_key(|line| (std::cmp::Reverse(line.of_period), place(line)));
    Ok(lines)
}

// The kept explanations are told their versions by place: `["=", name, value, 2, version]`.
macro_rules! acts {
    ($of:literal) => {
        concat!(
            "select distinct c.version_id, c.name, c.number, c.date, c.link
             from charge_line l, json_tree(l.explanation) t join cited_act c on c.version_id = t.atom
             where l.bill_id = ?1 and t.type = 'text'",
            $of
        )
    };
}

/// The lines of a bill with the explanations of those alone that have several prices: for whoever holds two months
/// beside each other, reading how each line came about would take longer than all the rest.
///
/// # Errors
/// A failing database.
pub fn figures_of(conn: &Conn<'_>, bill_id: i64) -> Result<Explained> {
    let lines = in_order(conn, lines!("case when price is null then explanation else '[]' end"), bill_id)?;
    Ok(Explained { lines, acts: acts(conn, acts!(" and l.price is null"), bill_id)? })
}

/// The lines of a bill.
///
/// # Errors
/// A failing database.
pub fn lines_of(conn: &Conn<'_>, bill_id: i64) -> Result<Explained> {
    let lines = in_order(conn, lines!("explanation"), bill_id)?;
    Ok(Explained { lines, acts: acts(conn, acts!(""), bill_id)? })
}

fn acts(conn: &Conn<'_>, sql: &str, bill_id: i64) -> Result<Acts> {
    let rows = conn.query(sql, params![bill_id])?;
    let acts = rows.iter().map(|row| {
        let act = Act { name: row.get(1)?, number: row.get(2)?, date: row.get(3)?, link: row.get(4)? };
        Ok((row.get(0)?, act))
    });
    acts.collect()
}

fn line(row: &Row) -> Result<LineRow> {
    let service: String = row.get(1)?;
    let explanation: String = row.get(12)?;
    let kopecks = |index| row.get(index).map(Kopecks);
    Ok(LineRow {
        of_period: row.get(0)?,
        service: Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?,
        method: row.get(2)?,
        volume: Decimal::new(row.get(3)?, 7).normalize(),
        price: row.get(4)?,
        charged: kopecks(5)?,
        excess: kopecks(6)?,
        recalculated: kopecks(7)?,
        discount: kopecks(8)?,
        payable: kopecks(9)?,
        oddities: Oddities(row.get(10)?),
        reason: row.get(11)?,
        explanation: serde_json::from_str(&explanation).map_err(|error| Error::BadData(error.to_string()))?,
    })
}
