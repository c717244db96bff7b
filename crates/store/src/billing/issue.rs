//! One step of an issue: drafts of some premises become bills with numbers, and entries of the ledger.

use std::collections::{BTreeMap, HashMap};

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
    /// What its lines come to, by the month that they are of and the fund that they go to.
    amounts: BTreeMap<(Period, Fund), i64>,
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
    /// What the month adds to the debts of each fund; what is below zero is returned.
    added: BTreeMap<Fund, i64>,
}

fn ledger_of(tx: &Tx<'_>, run: &Run, drafts: &[Draft], rules: &Rules) -> Result<Vec<Account>> {
    let accounts: Vec<_> = drafts.iter().map(|draft| draft.account_id.as_str()).collect();
    let standings = ledger::standings(tx, &accounts)?;
    let lowered = drafts.iter().flat_map(|draft| {
        let below_zero = draft.amounts.iter().filter(|((period, _), amount)| *period < run.period && **amount < 0);
        below_zero.map(|((period, _), _)| (draft.account_id.as_str(), *period))
    });
    let mut debts = ledger::debts_before(tx, &accounts, &lowered.collect::<Vec<_>>())?;
    let account = |draft: &Draft| {
        let mut book = Book::of(debts.remove(&draft.account_id).unwrap_or_default());
        let mut added = BTreeMap::new();
        for (&(period, fund), &amount) in &draft.amounts {
            let is_lowered = period < run.period && amount < 0;
            // What was billed too much was never owed: no penalty on it, from its due day on.
            let amount = if is_lowered { -book.lower(period, fund, Kopecks(-amount)).0 } else { amount };
            *added.entry(fund).or_default() += amount;
        }
        book.allot_free()?;
        let accruals = book.accrue(rules, run.period.last_day())?;
        let accrued = Kopecks::total(accruals.iter().map(|accrual| accrual.amount)).map_err(too_large)?;
        let standing = standings.get(&draft.account_id).copied().unwrap_or_default();
        Ok(Account { standing, book, accruals, accrued, added })
    };
    drafts.iter().map(account).collect()
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
        for (&fund, &amount) in account.added.iter().filter(|(_, amount)| **amount > 0) {
            account.book.debts.push(debt(run.period, fund, amount, due_on));
        }
        // What was paid ahead, and what is returned.
        let ahead = account.book.advance(balance);
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
        entries: Vec::new(),
    }
}

fn too_large(error: ArithmeticError) -> Error {
    Error::BadData(error.to_string())
}

fn drafts(conn: &Conn<'_>, run: &Run, places: &[facts::Place]) -> Result<Vec<Draft>> {
    let numbers: HashMap<_, _> = places.iter().map(|place| (place.account_id.as_str(), &place.number)).collect();
    let accounts: Vec<_> = numbers.keys().collect();
    let sql = "select b.bill_id, b.account_id, b.charged, b.corrected, l.of_period,
                      iif(l.service = 'capital_repair', 'capital_repair', 'services'), sum(l.payable)
               from bill b left join charge_line l using (bill_id)
               where b.period = ?1 and b.account_id in (select value from json_each(?2)) and b.billing_run_id = ?3
               group by b.bill_id, 5, 6 order by b.bill_id";
    let rows = conn.query(sql, params![run.period.to_string(), json_text(&accounts)?, run.run_id])?;
    let mut drafts: Vec<Draft> = Vec::new();
    for row in &rows {
        let bill_id = row.get(0)?;
        if drafts.last().is_none_or(|last| last.bill_id != bill_id) {
            let account_id: String = row.get(1)?;
            let of_account = numbers.get(account_id.as_str()).map_or("", |number| number);
            let number = bill_number(run.period, of_account);
            let (charged, corrected) = (row.get(2)?, row.get(3)?);
            drafts.push(Draft { bill_id, account_id, number, charged, corrected, amounts: BTreeMap::new() });
        }
        if let (Some(draft), Some(of_period)) = (drafts.last_mut(), row.get::<Option<Period>>(4)?) {
            draft.amounts.insert((of_period, Fund::parse(&row.get::<String>(5)?)), row.get(6)?);
        }
    }
    Ok(drafts)
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
