//! One step of an issue: drafts of some premises become bills with numbers, and entries of the ledger.

use std::collections::HashMap;

use domain::calendar::date_at;
use domain::dated::Dated;
use domain::money::Kopecks;
use domain::penalty::due_on;
use domain::working_days::WorkingDays;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Run, Step, facts};
use crate::ledger::{self, Kind, NewEntry, Standing};
use crate::{Conn, Db, Error, Result, params, settings, value::json_text};

/// A draft that is to be issued.
struct Draft {
    bill_id: i64,
    account_id: String,
    number: String,
    charged: i64,
    corrected: i64,
}

pub(super) fn step(db: &Db, now: Timestamp, run: &Run) -> Result<Step> {
    let found = db.read(|conn| facts::places(conn, &run.house_id, &run.cursor))?;
    let Some((places, cursor)) = found else {
        return db.write(|tx| {
            let sql = "update billing_run set state = 'issued', cursor = '', issued_at = ?3
                       where billing_run_id = ?1 and state = 'approved' and cursor = ?2 returning 1";
            let row = tx.query_first(sql, params![run.run_id, &run.cursor, now])?;
            Ok(row.map_or(Step::Lost, |_| Step::Done))
        });
    };
    let today = date_at(now, &run.time_zone).map_err(|error| Error::BadData(error.to_string()))?;
    db.write(|tx| {
        let sql = "update billing_run set cursor = ?3
                   where billing_run_id = ?1 and state = 'approved' and cursor = ?2 returning 1";
        if tx.query_first(sql, params![run.run_id, &run.cursor, cursor])?.is_none() {
            return Ok(Step::Lost);
        }
        let due_on = due_day(tx, run)?;
        let drafts = drafts(tx, run, &places)?;
        let accounts: Vec<_> = drafts.iter().map(|draft| draft.account_id.as_str()).collect();
        let standings = ledger::standings(tx, &accounts)?;
        let standing = |draft: &Draft| standings.get(&draft.account_id).copied().unwrap_or_default();
        let entries: Vec<_> = drafts.iter().flat_map(|draft| entries(draft, today)).collect();
        ledger::post(tx, now, &entries)?;
        let rows: Vec<_> = drafts.iter().map(|draft| issued(draft, standing(draft))).collect();
        let sql = "update bill set number = j.value ->> 1, balance_before = j.value ->> 2, paid = j.value ->> 3,
                                   penalty = 0, balance = j.value ->> 4, due_on = ?2, issued_at = ?3
                   from json_each(?1) j where bill_id = j.value ->> 0";
        tx.execute(sql, params![json_text(&rows)?, due_on, now])?;
        Ok(Step::Issued(drafts.len()))
    })
}

/// Until when the month is paid.
fn due_day(conn: &Conn<'_>, run: &Run) -> Result<Date> {
    let day: i8 = settings::on(conn, "billing.due_day", run.period.first_day())?;
    let due = due_on(run.period, &Dated::always(day), &WorkingDays::default());
    due.map_err(|error| Error::BadData(error.to_string()))
}

fn drafts(conn: &Conn<'_>, run: &Run, places: &[facts::Place]) -> Result<Vec<Draft>> {
    let numbers: HashMap<_, _> = places.iter().map(|place| (place.account_id.as_str(), &place.number)).collect();
    let accounts: Vec<_> = numbers.keys().collect();
    let sql = "select bill_id, account_id, charged, corrected from bill
               where period = ?1 and account_id in (select value from json_each(?2)) and billing_run_id = ?3
               order by bill_id";
    let rows = conn.query(sql, params![run.period.to_string(), json_text(&accounts)?, run.run_id])?;
    rows.iter()
        .map(|row| {
            let account_id: String = row.get(1)?;
            let of_account = numbers.get(account_id.as_str()).map_or("", |number| number);
            // One account has one bill of a month, so its number says both.
            let number = format!("{}{:02}-{of_account}", run.period.year(), run.period.month());
            Ok(Draft { bill_id: row.get(0)?, account_id, number, charged: row.get(2)?, corrected: row.get(3)? })
        })
        .collect()
}

fn entries(draft: &Draft, today: Date) -> impl Iterator<Item = NewEntry<'_>> {
    let entry = move |kind, amount| NewEntry {
        account_id: &draft.account_id,
        kind,
        subject: &draft.number,
        on: today,
        amount: Kopecks(amount),
    };
    let corrected = (draft.corrected != 0).then(|| entry(Kind::Correction, draft.corrected));
    [entry(Kind::Charge, draft.charged)].into_iter().chain(corrected)
}

fn issued(draft: &Draft, Standing { balance, paid }: Standing) -> (i64, &str, i64, i64, i64) {
    (draft.bill_id, &draft.number, balance + paid, paid, balance + draft.charged + draft.corrected)
}
