//! The ledger of an account: entries that are added and never changed. A balance above zero is a debt.

mod check;
mod debts;
mod disputes;
mod payments;
mod rules;

use std::collections::HashMap;

use domain::money::Kopecks;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Conn, Error, Result, Tx, params, value::json_text};

pub use check::{Checked, Discrepancy, check, check_next};
pub(crate) use debts::{Accrual, Book, debts_before, put};
pub use debts::{Debt, Fund, Opened, Rules, open_debts};
pub use disputes::{Dispute, NewDispute, NoDispute, dispute, dispute_in, disputes_of, settle};
pub(crate) use payments::due_day;
pub use payments::{NewOpening, NewPayment, open, pay};
pub use rules::rules;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What was owed when the portal took the account over.
    Opening,
    /// The lines of a bill.
    Charge,
    /// The lines of a bill that correct earlier ones.
    Correction,
    /// The penalty of a bill.
    Penalty,
    /// A payment.
    Payment,
}

impl Kind {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Charge => "charge",
            Self::Correction => "correction",
            Self::Penalty => "penalty",
            Self::Payment => "payment",
        }
    }
}

/// An entry to be added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewEntry<'a> {
    /// The account.
    pub account_id: &'a str,
    /// What it is.
    pub kind: Kind,
    /// What it comes from: an account has one entry of a kind from it.
    pub subject: &'a str,
    /// Its day.
    pub on: Date,
    /// How much: below zero it lowers the debt.
    pub amount: Kopecks,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// What is owed, in kopecks; below zero it is paid ahead.
    pub balance: i64,
    /// What was paid since the last entry that is no payment.
    pub paid: i64,
}

/// Where these accounts stand; those without an entry are not among them.
///
/// # Errors
/// A failing database.
pub fn standings(conn: &Conn<'_>, accounts: &[&str]) -> Result<HashMap<String, Standing>> {
    let sql = "select l.account_id, l.balance,
                      (select coalesce(-sum(p.amount), 0) from ledger_entry p
                       where p.account_id = l.account_id and p.kind = 'payment'
                         and p.no > coalesce((select no from ledger_entry c
                                              where c.account_id = l.account_id and c.kind <> 'payment'
                                              order by no desc limit 1), 0))
               from json_each(?1) a
               join ledger_entry l on l.account_id = a.value
                and l.no = (select max(no) from ledger_entry where account_id = a.value)";
    let rows = conn.query(sql, params![json_text(&accounts)?])?;
    rows.iter().map(|row| Ok((row.get(0)?, Standing { balance: row.get(1)?, paid: row.get(2)? }))).collect()
}

/// What was posted to an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted {
    /// Its openings by what they come from.
    pub(crate) openings: HashMap<String, Kopecks>,
    /// Whether there is any other entry.
    pub(crate) has_others: bool,
}

/// What was posted to these accounts; those without an entry are not among them.
pub(crate) fn posted(conn: &Conn<'_>, accounts: &[&str]) -> Result<HashMap<String, Posted>> {
    let sql = "select l.account_id, iif(l.kind = ?2, l.subject, null), sum(l.amount) from json_each(?1) a
               join ledger_entry l on l.account_id = a.value group by 1, 2";
    let mut posted: HashMap<String, Posted> = HashMap::new();
    for row in conn.query(sql, params![json_text(&accounts)?, Kind::Opening.as_str()])? {
        let of_account = posted.entry(row.get(0)?).or_default();
        match row.get::<Option<String>>(1)? {
            Some(subject) => drop(of_account.openings.insert(subject, Kopecks(row.get(2)?))),
            None => of_account.has_others = true,
        }
    }
    Ok(posted)
}

/// Adds entries, in this order; answers the number of each within its account, and the balance after it.
///
/// # Errors
/// A duplicate of `ledger_entry.subject` where one was posted before: nothing is posted then.
pub(crate) fn post(tx: &Tx<'_>, now: Timestamp, entries: &[NewEntry<'_>]) -> Result<Vec<(i64, Kopecks)>> {
    let accounts: Vec<_> = entries.iter().map(|entry| entry.account_id).collect();
    let sql = "select l.account_id, l.no, l.balance from (select distinct value from json_each(?1)) a
               join ledger_entry l on l.account_id = a.value
                and l.no = (select max(no) from ledger_entry where account_id = a.value)";
    let rows = tx.query(sql, params![json_text(&accounts)?])?;
    let tails = rows.iter().map(|row| Ok((row.get(0)?, (row.get(1)?, Kopecks(row.get(2)?)))));
    let mut tails = tails.collect::<Result<HashMap<String, (i64, Kopecks)>>>()?;
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let (no, balance) = tails.entry(entry.account_id.to_owned()).or_default();
        *no += 1;
        *balance = balance.plus(entry.amount).map_err(|error| Error::BadData(error.to_string()))?;
        rows.push((entry.account_id, *no, entry.kind.as_str(), entry.subject, entry.on, entry.amount, *balance));
    }
    let sql = "insert into ledger_entry (account_id, no, kind, subject, on_day, amount, balance, recorded_at)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, ?2
               from json_each(?1) order by key";
    tx.execute(sql, params![json_text(&rows)?, now])?;
    Ok(rows.into_iter().map(|(_, no, _, _, _, _, balance)| (no, balance)).collect())
}
