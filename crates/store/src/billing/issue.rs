//! One step of an issue: drafts of some premises become bills with numbers, and entries of the ledger.

use std::collections::HashMap;

use domain::calendar::date_at;
use domain::exact::ArithmeticError;
use domain::money::Kopecks;
use domain::period::Period;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Run, Step, facts, medians, penalties};
use crate::events::{self, Event};
use crate::homes;
use crate::ledger::{self, Accrual, Book, Debt, Fund, Kind, NewEntry, Rules, Standing};
use crate::{Conn, Db, Error, Result, Tx, params, value::json_text};

/// A draft that is to be issued.
struct Draft {
    bill_id: i64,
    account_id: String,
    number: String,
    charged: i64,
    corrected: i64,
    /// What of both goes into the fund of the house.
    capital_repair: i64,
}

pub(super) fn step(db: &Db, now: Timestamp, run: &Run) -> Result<Step> {
    let found = db.read(|conn| facts::places(conn, &run.house_id, &run.cursor))?;
    let Some((places, cursor)) = found else {
        return db.write(|tx| {
            let sql = "update billing_run set state = 'issued', cursor = '', issued_at = ?3
                       where billing_run_id = ?1 and state = 'approved' and cursor = ?2 returning 1";
            let row = tx.query_first(sql, params![run.run_id, &run.cursor, now])?;
            if row.is_none() {
                return Ok(Step::Lost);
            }
            medians::put(tx, run)?;
            Ok(Step::Done)
        });
    };
    db.write(|tx| {
        let sql = "update billing_run set cursor = ?3
                   where billing_run_id = ?1 and state = 'approved' and cursor = ?2 returning 1";
        if tx.query_first(sql, params![run.run_id, &run.cursor, cursor])?.is_none() {
            return Ok(Step::Lost);
        }
        let drafts = drafts(tx, run, &places)?;
        let rules = ledger::rules(tx, run.period.last_day())?;
        let mut accounts = ledger_of(tx, run, &drafts, &rules)?;
        let rows = post(tx, now, run, &drafts, &mut accounts)?;
        let sql = "update bill set number = j.value ->> 1, balance_before = j.value ->> 2, paid = j.value ->> 3,
                                   penalty = j.value ->> 4, balance = j.value ->> 5, due_on = ?2, issued_at = ?3
                   from json_each(?1) j where bill_id = j.value ->> 0";
        let due_on = ledger::due_day(tx, run.period)?;
        tx.execute(sql, params![json_text(&rows)?, due_on, now])?;
        let accruals = drafts.iter().zip(&accounts).map(|(draft, account)| (draft.bill_id, &*account.accruals));
        penalties::put(tx, &rules, accruals)?;
        tell(tx, now, run, due_on, &drafts, &rows)?;
        Ok(Step::Issued(drafts.len()))
    })
}

/// An account before its bill: where it stands, what it owes, and the change of its penalties until the month's end.
struct Account {
    standing: Standing,
    book: Book,
    accruals: Vec<Accrual>,
    accrued: Kopecks,
}

fn ledger_of(tx: &Tx<'_>, run: &Run, drafts: &[Draft], rules: &Rules) -> Result<Vec<Account>> {
    let accounts: Vec<_> = drafts.iter().map(|draft| draft.account_id.as_str()).collect();
    let standings = ledger::standings(tx, &accounts)?;
    let mut debts = ledger::open_debts(tx, &accounts)?;
    let account = |account_id: &&str| {
        let mut book = Book::of(debts.remove(*account_id).unwrap_or_default());
        let accruals = book.accrue(rules, run.period.last_day())?;
        let accrued = Kopecks::total(accruals.iter().map(|accrual| accrual.amount)).map_err(too_large)?;
        Ok(Account { standing: standings.get(*account_id).copied().unwrap_or_default(), book, accruals, accrued })
    };
    accounts.iter().map(account).collect()
}

/// What is put down of an issued bill.
type Issued<'a> = (i64, &'a str, i64, i64, i64, i64);

/// Posts the entries, makes the debts of the month, and lets what was paid ahead go to them.
fn post<'a>(
    tx: &Tx<'_>,
    now: Timestamp,
    run: &Run,
    drafts: &'a [Draft],
    accounts: &mut [Account],
) -> Result<Vec<Issued<'a>>> {
    let today = date_at(now, &run.time_zone).map_err(|error| Error::BadData(error.to_string()))?;
    let due_on = ledger::due_day(tx, run.period)?;
    let entries = drafts.iter().zip(&*accounts).flat_map(|(draft, account)| entries(draft, account.accrued, today));
    let entries: Vec<_> = entries.collect();
    let posted = ledger::post(tx, now, &entries)?;
    // The last entry of each account has its balance.
    let last = entries.iter().zip(posted).map(|(entry, (no, balance))| (entry.account_id, (no, balance)));
    let last: HashMap<&str, (i64, Kopecks)> = last.collect();
    let mut rows = Vec::with_capacity(drafts.len());
    for (draft, account) in drafts.iter().zip(accounts.iter_mut()) {
        let (no, balance) = last.get(draft.account_id.as_str()).copied().unwrap_or_default();
        let Standing { balance: before, paid } = account.standing;
        // Before this month's debts: they are what an advance goes to.
        let advance = account.book.advance(Kopecks(before).plus(account.accrued).map_err(too_large)?);
        let (repair, services) = (draft.capital_repair, draft.charged + draft.corrected - draft.capital_repair);
        let mut returned = 0;
        for (fund, amount) in [(Fund::CapitalRepair, repair), (Fund::Services, services)] {
            if amount > 0 {
                account.book.debts.push(debt(run.period, fund, amount, due_on));
            } else {
                returned -= amount;
            }
        }
        let ahead = Kopecks(advance.0 + returned);
        if ahead > Kopecks::ZERO {
            account.book.pay(no, today, ahead)?;
        }
        rows.push((draft.bill_id, draft.number.as_str(), before + paid, paid, account.accrued.0, balance.0));
    }
    let books = drafts.iter().zip(&*accounts).map(|(draft, account)| (draft.account_id.as_str(), &account.book));
    ledger::put(tx, books, Some(run.period.last_day()))?;
    Ok(rows)
}

/// Everybody to whom an account is linked hears of its bill.
fn tell(tx: &Tx<'_>, now: Timestamp, run: &Run, due_on: Date, drafts: &[Draft], issued: &[Issued<'_>]) -> Result<()> {
    let accounts: Vec<_> = drafts.iter().map(|draft| draft.account_id.as_str()).collect();
    let payable: HashMap<_, _> = issued.iter().map(|&(_, number, .., balance)| (number, balance)).collect();
    for linked in homes::linked_persons(tx, &accounts)? {
        let number = bill_number(run.period, &linked.number);
        let Some(&payable) = payable.get(number.as_str()) else { continue };
        let (period, due_on, address) = (run.period.to_string(), due_on.to_string(), linked.address);
        let event = Event::BillIssued { number, period, address, payable, due_on };
        events::emit(tx, now, &linked.person_id, &event)?;
    }
    Ok(())
}

/// One account has one bill of a month, so its number says both.
fn bill_number(period: Period, account_number: &str) -> String {
    format!("{}{:02}-{account_number}", period.year(), period.month())
}

const fn debt(period: Period, fund: Fund, amount: i64, due_on: Date) -> Debt {
    let (amount, none) = (Kopecks(amount), Kopecks::ZERO);
    Debt {
        period,
        fund,
        amount,
        paid: none,
        penalty: none,
        penalty_paid: none,
        due_on,
        disputed: none,
        opened: None,
        payments: Vec::new(),
    }
}

fn too_large(error: ArithmeticError) -> Error {
    Error::BadData(error.to_string())
}

fn drafts(conn: &Conn<'_>, run: &Run, places: &[facts::Place]) -> Result<Vec<Draft>> {
    let numbers: HashMap<_, _> = places.iter().map(|place| (place.account_id.as_str(), &place.number)).collect();
    let accounts: Vec<_> = numbers.keys().collect();
    let sql = "select bill_id, account_id, charged, corrected,
                      (select coalesce(sum(payable), 0) from charge_line l
                       where l.bill_id = bill.bill_id and l.service = 'capital_repair')
               from bill
               where period = ?1 and account_id in (select value from json_each(?2)) and billing_run_id = ?3
               order by bill_id";
    let rows = conn.query(sql, params![run.period.to_string(), json_text(&accounts)?, run.run_id])?;
    rows.iter()
        .map(|row| {
            let account_id: String = row.get(1)?;
            let of_account = numbers.get(account_id.as_str()).map_or("", |number| number);
            let number = bill_number(run.period, of_account);
            Ok(Draft {
                bill_id: row.get(0)?,
                account_id,
                number,
                charged: row.get(2)?,
                corrected: row.get(3)?,
                capital_repair: row.get(4)?,
            })
        })
        .collect()
}

fn entries(draft: &Draft, accrued: Kopecks, today: Date) -> impl Iterator<Item = NewEntry<'_>> {
    let entry = move |kind, amount| NewEntry {
        account_id: &draft.account_id,
        kind,
        subject: &draft.number,
        on: today,
        amount: Kopecks(amount),
    };
    let others = [(Kind::Correction, draft.corrected), (Kind::Penalty, accrued.0)];
    let others = others.into_iter().filter(|(_, amount)| *amount != 0).map(move |(kind, amount)| entry(kind, amount));
    [entry(Kind::Charge, draft.charged)].into_iter().chain(others)
}
