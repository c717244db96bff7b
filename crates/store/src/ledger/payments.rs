//! Money that comes in, and what was owed before the portal took an account over.

use std::collections::{BTreeMap, HashMap, btree_map::Entry};

use domain::dated::Dated;
use domain::money::Kopecks;
use domain::penalty::due_on;
use domain::period::Period;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::debts::Opened;
use super::{Book, Debt, Fund, Kind, NewEntry, open_debts, post, put};
use crate::{Conn, Error, Result, Tx, production_calendar, settings};

/// A payment.
#[derive(Debug, Clone, Copy)]
pub struct NewPayment<'a> {
    /// Its id: it is posted once.
    pub payment_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// The day on which it was made.
    pub on: Date,
    /// How much: above zero.
    pub amount: Kopecks,
}

/// What an account owed for a month when the portal took it over.
#[derive(Debug, Clone, Copy)]
pub struct NewOpening<'a> {
    /// The account.
    pub account_id: &'a str,
    /// The month, billed elsewhere; an account has one opening of it and a fund.
    pub period: Period,
    /// For what.
    pub fund: Fund,
    /// How much, without penalties: below zero it was paid ahead.
    pub amount: Kopecks,
    /// The penalty on it that was charged and is not paid.
    pub penalty: Kopecks,
    /// The day by whose end all this is so: penalties are the portal's from the next day on.
    pub on: Date,
}

impl NewOpening<'_> {
    /// What its entries of the ledger come from: the principal, then the penalty.
    pub(crate) fn subjects(&self) -> [String; 2] {
        let of_fund = match self.fund {
            Fund::Services => String::new(),
            Fund::CapitalRepair => format!("/{}", Fund::CapitalRepair.as_str()),
        };
        [format!("{}{of_fund}", self.period), format!("{}{of_fund}{OF_PENALTY}", self.period)]
    }
}

/// How the subject of an opening that is a penalty ends.
pub(super) const OF_PENALTY: &str = "/penalty";

/// Posts payments, and divides each among what is owed.
///
/// # Errors
/// A duplicate of `ledger_entry.subject` where one was posted before: nothing is posted then.
pub fn pay(tx: &Tx<'_>, now: Timestamp, payments: &[NewPayment<'_>]) -> Result<()> {
    let accounts: Vec<_> = payments.iter().map(|payment| payment.account_id).collect();
    let mut books = books(tx, &accounts)?;
    let entries: Vec<_> = payments
        .iter()
        .map(|payment| NewEntry {
            account_id: payment.account_id,
            kind: Kind::Payment,
            subject: payment.payment_id,
            on: payment.on,
            amount: Kopecks(-payment.amount.0),
        })
        .collect();
    for (payment, (no, _)) in payments.iter().zip(post(tx, now, &entries)?) {
        books.entry(payment.account_id.to_owned()).or_default().pay(no, payment.on, payment.amount)?;
    }
    put(tx, books.iter().map(|(account_id, book)| (account_id.as_str(), book)), None)
}

fn books(conn: &Conn<'_>, accounts: &[&str]) -> Result<HashMap<String, Book>> {
    Ok(open_debts(conn, accounts)?.into_iter().map(|(account_id, debts)| (account_id, Book::of(debts))).collect())
}

/// Posts what accounts owed before, each as a debt of its month.
///
/// # Errors
/// A duplicate of `ledger_entry.subject` where one was posted before: nothing is posted then.
pub fn open(tx: &Tx<'_>, now: Timestamp, openings: &[NewOpening<'_>]) -> Result<()> {
    let subjects: Vec<_> = openings.iter().map(NewOpening::subjects).collect();
    let entries = openings.iter().zip(&subjects).flat_map(|(opening, subjects)| {
        let entry =
            |(subject, amount): (&'_ String, Kopecks)| (opening.account_id, subject.clone(), opening.on, amount);
        [(&subjects[0], opening.amount), (&subjects[1], opening.penalty)].map(entry)
    });
    let entries: Vec<_> = entries.filter(|(.., amount)| *amount != Kopecks::ZERO).collect();
    let entries: Vec<_> = entries
        .iter()
        .map(|(account_id, subject, on, amount)| NewEntry {
            account_id,
            kind: Kind::Opening,
            subject,
            on: *on,
            amount: *amount,
        })
        .collect();
    post(tx, now, &entries)?;
    let mut due_days = BTreeMap::new();
    let mut books = Vec::new();
    for opening in openings.iter().filter(|opening| opening.amount > Kopecks::ZERO || opening.penalty > Kopecks::ZERO) {
        let due_on = match due_days.entry(opening.period) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(due_day(tx, opening.period)?),
        };
        let debt = Debt {
            period: opening.period,
            fund: opening.fund,
            amount: opening.amount.max(Kopecks::ZERO),
            paid: Kopecks::ZERO,
            penalty: opening.penalty,
            penalty_paid: Kopecks::ZERO,
            due_on,
            disputed: Kopecks::ZERO,
            opened: Some(Opened { penalty: opening.penalty, counted_until: opening.on }),
            payments: Vec::new(),
            entries: Vec::new(),
        };
        books.push((opening.account_id, Book::of(vec![debt])));
    }
    put(tx, books.iter().map(|(account_id, book)| (*account_id, book)), None)
}

/// How far behind the day by which a month is paid the next working day may lie: beyond the longest holidays.
const HOLIDAYS_MAX: i32 = 31;

/// Until when a month is paid.
///
/// # Errors
/// A failing database.
pub(crate) fn due_day(conn: &Conn<'_>, period: Period) -> Result<Date> {
    let day: i8 = settings::on(conn, "billing.due_day", period.first_day())?;
    let next = period.next();
    let last = next.last_day().saturating_add(HOLIDAYS_MAX.days());
    let working_days = production_calendar::working_days(conn, (next.first_day(), last))?;
    let due = due_on(period, &Dated::always(day), &working_days);
    due.map_err(|error| Error::BadData(error.to_string()))
}
