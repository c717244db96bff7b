//! What of the penalty of a bill each debt adds, as it is kept and read.

use domain::charge::Acts;
use domain::money::Kopecks;
use domain::penalty::KeptStep;
use domain::period::Period;
use domain::tariff::Act;
use serde::Serialize;

use super::preview::{Cited, cite, note};
use crate::ledger::{Accrual, Fund, Rules};
use crate::{Conn, Error, Result, Row, Tx, params, value::json_text};

/// What a debt adds to the penalty of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillPenalty {
    /// The month of the debt.
    pub of_period: Period,
    /// For what it is owed.
    pub fund: Fund,
    /// How much of it was in dispute: it cost nothing.
    pub disputed: Kopecks,
    /// What earlier bills charged.
    pub before: Kopecks,
    /// What this one adds; below zero it takes back.
    pub amount: Kopecks,
    /// The days of the whole penalty.
    pub steps: Vec<KeptStep>,
}

/// A row as it is put down. Its days go as JSON within JSON, and are not escaped.
#[derive(Serialize)]
struct NewPenalty<'a>(i64, String, &'static str, [Kopecks; 3], &'a [KeptStep]);

/// Keeps what the penalties of some bills are made of.
pub(super) fn put<'a>(tx: &Tx<'_>, rules: &Rules, bills: impl Iterator<Item = (i64, &'a [Accrual])>) -> Result<()> {
    let mut cited = Cited::new();
    let mut rows = Vec::new();
    for (bill_id, accruals) in bills {
        for accrual in accruals {
            let rules = rules.of(accrual.fund);
            let rates = accrual.steps.iter().filter_map(|step| rules.rate(&step.rate));
            rates.for_each(|rate| note(&mut cited, &rate.id, &rate.act));
            let Accrual { disputed, before, amount, .. } = *accrual;
            let amounts = [disputed, before, amount];
            rows.push(NewPenalty(bill_id, accrual.period.to_string(), accrual.fund.as_str(), amounts, &accrual.steps));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "insert into bill_penalty (bill_id, of_period, fund, disputed, before, amount, steps)
               select value ->> 0, value ->> 1, value ->> 2, value ->> '$[3][0]', value ->> '$[3][1]',
                      value ->> '$[3][2]', value -> 4
               from json_each(?1)";
    tx.execute(sql, params![json_text(&rows)?])?;
    cite(tx, &cited)
}

/// What the penalty of a bill is made of, the oldest debt first, with the acts behind its rates.
///
/// # Errors
/// A failing database.
pub fn penalties_of(conn: &Conn<'_>, bill_id: i64) -> Result<(Vec<BillPenalty>, Acts)> {
    let sql = "select of_period, fund, disputed, before, amount, steps from bill_penalty where bill_id = ?1
               order by of_period, fund desc";
    let penalties = conn.query(sql, params![bill_id])?.iter().map(read).collect::<Result<Vec<_>>>()?;
    let rates: Vec<_> = penalties.iter().flat_map(|penalty| &penalty.steps).map(|step| &step.rate).collect();
    if rates.is_empty() {
        return Ok((penalties, Acts::new()));
    }
    let sql = "select version_id, name, number, date, link from cited_act
               where version_id in (select value from json_each(?1))";
    let rows = conn.query(sql, params![json_text(&rates)?])?;
    let acts = rows.iter().map(|row| {
        let act = Act { name: row.get(1)?, number: row.get(2)?, date: row.get(3)?, link: row.get(4)? };
        Ok((row.get(0)?, act))
    });
    Ok((penalties, acts.collect::<Result<_>>()?))
}

fn read(row: &Row) -> Result<BillPenalty> {
    let kopecks = |index| row.get(index).map(Kopecks);
    let steps: String = row.get(5)?;
    Ok(BillPenalty {
        of_period: row.get(0)?,
        fund: Fund::parse(&row.get::<String>(1)?),
        disputed: kopecks(2)?,
        before: kopecks(3)?,
        amount: kopecks(4)?,
        steps: serde_json::from_str(&steps).map_err(|error| Error::BadData(error.to_string()))?,
    })
}
