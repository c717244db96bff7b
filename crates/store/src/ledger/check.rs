//! Whether ledgers are what bills and payments make them.

use jiff::{SignedDuration, Timestamp};

use super::payments::OF_PENALTY;
use crate::{Conn, Result, Tx, params};

/// An account whose ledger is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The account's number.
    pub number: String,
    /// What of it.
    pub what: &'static str,
    /// What should stand there, in kopecks.
    pub expected: i64,
    /// What stands there.
    pub found: i64,
}

impl std::fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { number, what, expected, found } = self;
        write!(f, "account {number}: {what} are {found} kopecks and should be {expected}")
    }
}

/// Some accounts, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many there were: fewer than asked for at the end.
    pub accounts: usize,
    /// The last of them: where to go on.
    pub last: Option<String>,
    /// What is wrong.
    pub discrepancies: Vec<Discrepancy>,
}

/// Checks at most `count` accounts after the one of this id: the balance is the sum of the entries, the entries of each
/// kind are the figures of issued bills, and those are the sums of their lines.
///
/// # Errors
/// A failing database.
pub fn check(conn: &Conn<'_>, after: &str, count: u32) -> Result<Checked> {
    let sql =
        "with page as (select account_id, number from account where account_id > ?1 order by account_id limit ?2),
                    entries as (select account_id, sum(amount) total,
                                       sum(case kind when 'charge' then amount else 0 end) charged,
                                       sum(case kind when 'correction' then amount else 0 end) corrected,
                                       sum(case kind when 'penalty' then amount else 0 end) penalty,
                                       sum(case when kind = 'opening' and subject like '%' || ?3 then amount else 0 end)
                                           opened_penalty
                                from ledger_entry where account_id in (select account_id from page) group by 1),
                    bills as (select account_id, sum(charged) charged, sum(corrected) corrected, sum(penalty) penalty
                              from bill where issued_at is not null and account_id in (select account_id from page)
                              group by 1),
                    lines as (select b.account_id,
                                     sum(case when l.of_period = b.period then l.payable else 0 end) charged,
                                     sum(case when l.of_period < b.period then l.payable else 0 end) corrected
                              from bill b join charge_line l using (bill_id)
                              where b.issued_at is not null and b.account_id in (select account_id from page)
                              group by 1),
                    debts as (select account_id, sum(penalty) penalty, sum(paid) paid,
                                     sum(amount - paid + penalty - penalty_paid) owed
                              from debt where account_id in (select account_id from page) group by 1),
                    paid as (select account_id, sum(amount) paid from debt_payment
                             where account_id in (select account_id from page) group by 1)
               select p.account_id, p.number,
                      coalesce((select balance from ledger_entry l where l.account_id = p.account_id
                                order by no desc limit 1), 0),
                      coalesce(e.total, 0), coalesce(e.charged, 0), coalesce(b.charged, 0), coalesce(l.charged, 0),
                      coalesce(e.corrected, 0), coalesce(b.corrected, 0), coalesce(l.corrected, 0),
                      coalesce(e.penalty, 0), coalesce(b.penalty, 0), coalesce(d.penalty, 0),
                      coalesce(e.penalty + e.opened_penalty, 0),
                      coalesce(d.paid, 0), coalesce(paid.paid, 0), coalesce(d.owed, 0), iif(e.total > 0, e.total, min(coalesce(d.owed, 0), 0))
               from page p left join entries e using (account_id) left join bills b using (account_id)
               left join lines l using (account_id) left join debts d using (account_id) left join paid using (account_id)
               order by p.account_id";
    let rows = conn.query(sql, params![after, i64::from(count), OF_PENALTY])?;
    let mut checked = Checked { accounts: rows.len(), ..Checked::default() };
    for row in &rows {
        checked.last = Some(row.get(0)?);
        let number: String = row.get(1)?;
        let mut compare = |what, expected: usize, found: usize| -> Result<()> {
            let (expected, found): (i64, i64) = (row.get(expected)?, row.get(found)?);
            if expected != found {
                let number = number.clone();
                checked.discrepancies.push(Discrepancy { number, what, expected, found });
            }
            Ok(())
        };
        compare("balance", 3, 2)?;
        compare("charges", 5, 4)?;
        compare("lines", 6, 5)?;
        compare("corrections", 8, 7)?;
        compare("corrected lines", 9, 8)?;
        compare("penalties", 11, 10)?;
        compare("penalties of debts", 13, 12)?;
        compare("paid debts", 15, 14)?;
        compare("debts", 17, 16)?;
    }
    Ok(checked)
}

/// How often all ledgers are checked.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// The next piece of the nightly check: at most `count` accounts, none until a day after it last began.
///
/// # Errors
/// A failing database.
pub fn check_next(tx: &Tx<'_>, now: Timestamp, count: u32) -> Result<Vec<Discrepancy>> {
    let sql = "select cursor, began_at, finished_at is not null from ledger_check";
    let after = match tx.query_first(sql, &[])? {
        Some(row) if !row.get::<bool>(2)? => row.get::<String>(0)?,
        Some(row) if row.get::<Timestamp>(1)? + EVERY > now => return Ok(Vec::new()),
        _ => {
            let sql = "insert or replace into ledger_check (ledger_check_id, cursor, began_at, accounts, discrepancies)
                       values (1, '', ?1, 0, 0)";
            tx.execute(sql, params![now])?;
            String::new()
        }
    };
    let checked = check(tx, &after, count)?;
    let is_last = u32::try_from(checked.accounts).unwrap_or(u32::MAX) < count;
    let (accounts, found) = (count_of(checked.accounts), count_of(checked.discrepancies.len()));
    let sql = "update ledger_check set cursor = ?1, accounts = accounts + ?2, discrepancies = discrepancies + ?3,
                                       finished_at = ?4";
    tx.execute(sql, params![checked.last.unwrap_or(after), accounts, found, is_last.then_some(now)])?;
    Ok(checked.discrepancies)
}

fn count_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
