//! Parts of debts that are in dispute: no penalty accrues on them (ЖК РФ ст. 155 ч. 14 asks for one of an obligation,
//! and whether there is one is what the dispute is about).

use domain::money::Kopecks;
use domain::period::Period;
use jiff::Timestamp;

use super::Fund;
use crate::{Conn, Result, Row, Tx, params};

/// A dispute that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewDispute<'a> {
    /// A fresh id.
    pub dispute_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// The month of the debt.
    pub period: Period,
    /// For what it is owed.
    pub fund: Fund,
    /// How much of it is in dispute: above zero.
    pub amount: Kopecks,
    /// What it is about, in words.
    pub reason: &'a str,
}

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its place in the order of recording.
    pub seq: i64,
    /// Its id.
    pub dispute_id: String,
    /// The account.
    pub account_id: String,
    /// The company's number of the account.
    pub account_number: String,
    /// The month of the debt.
    pub period: Period,
    /// For what it is owed.
    pub fund: Fund,
    /// How much of it is in dispute.
    pub amount: Kopecks,
    /// What it is about, in words.
    pub reason: String,
    /// When it began, RFC 3339.
    pub opened_at: String,
    /// When it was settled, RFC 3339.
    pub settled_at: Option<String>,
    /// How it was settled, in words.
    pub outcome: Option<String>,
}

/// How a dispute was not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDispute {
    /// The account has no such debt, or nothing is left of it.
    NothingOwed,
    /// More than was charged: so much may be disputed.
    TooMuch(Kopecks),
    /// The debt is in dispute already.
    Disputed,
}

/// Records a dispute.
///
/// # Errors
/// A failing database.
pub fn dispute(tx: &Tx<'_>, now: Timestamp, new: &NewDispute<'_>) -> Result<std::result::Result<(), NoDispute>> {
    let (period, fund) = (new.period.to_string(), new.fund.as_str());
    let sql = "select amount, exists (select 1 from debt_dispute s
                                      where s.account_id = d.account_id and s.period = d.period and s.fund = d.fund
                                        and s.settled_at is null)
               from debt d where account_id = ?1 and period = ?2 and fund = ?3 and is_open = 1";
    let Some(row) = tx.query_first(sql, params![new.account_id, &period, fund])? else {
        return Ok(Err(NoDispute::NothingOwed));
    };
    if row.get::<bool>(1)? {
        return Ok(Err(NoDispute::Disputed));
    }
    let charged = Kopecks(row.get(0)?);
    if new.amount > charged {
        return Ok(Err(NoDispute::TooMuch(charged)));
    }
    let sql = "insert into debt_dispute (debt_dispute_id, account_id, period, fund, amount, reason, opened_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    tx.execute(sql, params![new.dispute_id, new.account_id, period, fund, new.amount.0, new.reason, now])?;
    Ok(Ok(()))
}

/// Settles a dispute: the next bill counts the penalty on the whole debt again, for all days. Answers whether it was
/// open.
///
/// # Errors
/// A failing database.
pub fn settle(tx: &Tx<'_>, now: Timestamp, dispute_id: &str, outcome: &str) -> Result<bool> {
    let sql = "update debt_dispute set settled_at = ?2, outcome = ?3
               where debt_dispute_id = ?1 and settled_at is null returning account_id, period, fund";
    let Some(row) = tx.query_first(sql, params![dispute_id, now, outcome])? else { return Ok(false) };
    let (account_id, period, fund): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    // What was paid meanwhile may have closed it.
    let sql = "update debt set is_open = 1 where account_id = ?1 and period = ?2 and fund = ?3";
    tx.execute(sql, params![account_id, period, fund])?;
    Ok(true)
}

macro_rules! disputes {
    ($where:literal) => {
        concat!(
            "select s.debt_dispute_seq, s.debt_dispute_id, s.account_id, a.number, s.period, s.fund, s.amount, s.reason,
                    s.opened_at, s.settled_at, s.outcome
             from debt_dispute s join account a using (account_id) join premises p using (premises_id)
             where p.house_id = ?1 and ",
            $where
        )
    };
}

/// The disputes of a house, the latest first, from before one of them, at most `count`.
///
/// # Errors
/// A failing database.
pub fn disputes_of(conn: &Conn<'_>, house_id: &str, before: i64, count: u32) -> Result<Vec<Dispute>> {
    let sql = disputes!("s.debt_dispute_seq < ?2 order by s.debt_dispute_seq desc limit ?3");
    conn.query(sql, params![house_id, before, i64::from(count)])?.iter().map(read).collect()
}

/// The dispute of this id in a house.
///
/// # Errors
/// A failing database.
pub fn dispute_in(conn: &Conn<'_>, house_id: &str, dispute_id: &str) -> Result<Option<Dispute>> {
    conn.query_first(disputes!("s.debt_dispute_id = ?2"), params![house_id, dispute_id])?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Dispute> {
    Ok(Dispute {
        seq: row.get(0)?,
        dispute_id: row.get(1)?,
        account_id: row.get(2)?,
        account_number: row.get(3)?,
        period: row.get(4)?,
        fund: Fund::parse(&row.get::<String>(5)?),
        amount: Kopecks(row.get(6)?),
        reason: row.get(7)?,
        opened_at: row.get(8)?,
        settled_at: row.get(9)?,
        outcome: row.get(10)?,
    })
}
