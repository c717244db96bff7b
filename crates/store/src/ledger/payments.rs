//! Money that comes in, and what was owed before the portal took an account over.

use std::collections::HashMap;

use domain::dated::Dated;
use domain::money::Kopecks;
use domain::penalty::due_on;
use domain::period::Period;
use domain::working_days::WorkingDays;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Book, Debt, Fund, Kind, NewEntry, open_debts, post, put};
use crate::{Conn, Error, Result, Tx, settings};

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

/// What an account owed when the portal took it over.
#[derive(Debug, Clone, Copy)]
pub struct NewOpening<'a> {
    /// The account.
    pub account_id: &'a str,
    /// The last month that was billed elsewhere; an account has one opening of it.
    pub period: Period,
    /// How much: below zero it was paid ahead.
    pub amount: Kopecks,
}

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

/// Posts what accounts owed before, as a debt of the month.
///
/// # Errors
/// A duplicate of `ledger_entry.subject` where one was posted before: nothing is posted then.
pub fn open(tx: &Tx<'_>, now: Timestamp, openings: &[NewOpening<'_>]) -> Result<()> {
    let subjects: Vec<_> = openings.iter().map(|opening| opening.period.to_string()).collect();
    let entries: Vec<_> = openings
        .iter()
        .zip(&subjects)
        .map(|(opening, subject)| NewEntry {
            account_id: opening.account_id,
            kind: Kind::Opening,
            subject,
            on: opening.period.last_day(),
            amount: opening.amount,
        })
        .collect();
    post(tx, now, &entries)?;
    let mut books = Vec::new();
    for opening in openings.iter().filter(|opening| opening.amount > Kopecks::ZERO) {
        let debt = Debt {
            period: opening.period,
            fund: Fund::Services,
            amount: opening.amount,
            paid: Kopecks::ZERO,
            penalty: Kopecks::ZERO,
            penalty_paid: Kopecks::ZERO,
            due_on: due_day(tx, opening.period)?,
            payments: Vec::new(),
        };
        books.push((opening.account_id, Book::of(vec![debt])));
    }
    put(tx, books.iter().map(|(account_id, book)| (*account_id, book)), None)
}

/// Until when a month is paid.
///
/// # Errors
/// A failing database.
pub(crate) fn due_day(conn: &Conn<'_>, period: Period) -> Result<Date> {
    let day: i8 = settings::on(conn, "billing.due_day", period.first_day())?;
    let due = due_on(period, &Dated::always(day), &WorkingDays::default());
    due.map_err(|error| Error::BadData(error.to_string()))
}
