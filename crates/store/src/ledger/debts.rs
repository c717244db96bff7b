//! What is owed for which month, and what was paid of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::allocation::{Claim, Obligation, allocate};
use domain::money::Kopecks;
use domain::penalty::{Debt as Owed, KeptStep, Payment, PenaltyRules, penalty};
use domain::period::Period;
use jiff::civil::Date;

use crate::{Conn, Error, Result, Tx, params, value::json_text};

/// Where money for a debt goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fund {
    /// To those who supply.
    Services,
    /// Into the fund of the house.
    CapitalRepair,
}

impl Fund {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::CapitalRepair => "capital_repair",
        }
    }

    /// The one that is stored under a name.
    pub(crate) fn parse(name: &str) -> Self {
        if name == Self::Services.as_str() { Self::Services } else { Self::CapitalRepair }
    }
}

/// What is owed for a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// The month.
    pub period: Period,
    /// For what.
    pub fund: Fund,
    /// How much was charged.
    pub amount: Kopecks,
    /// How much of it is paid.
    pub paid: Kopecks,
    /// The penalty that was posted.
    pub penalty: Kopecks,
    /// How much of that is paid.
    pub penalty_paid: Kopecks,
    /// Until when it was to be paid.
    pub due_on: Date,
    /// How much of it is in dispute: no penalty accrues on that.
    pub disputed: Kopecks,
    /// Of a debt from before the portal: the penalty that was charged then, and until which day.
    pub opened: Option<Opened>,
    /// Payments that went to it, and the entry of the ledger by which each came.
    pub payments: Vec<Payment>,
    /// The numbers of those entries.
    pub entries: Vec<i64>,
}

/// The penalty on a debt that whoever billed before the portal charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// How much of it was not paid.
    pub penalty: Kopecks,
    /// Until which day it was counted.
    pub counted_until: Date,
}

impl Debt {
    /// What is left of the charge.
    pub const fn rest(&self) -> Kopecks {
        Kopecks(self.amount.0 - self.paid.0)
    }

    const fn penalty_rest(&self) -> Kopecks {
        Kopecks(self.penalty.0 - self.penalty_paid.0)
    }

    /// As penalties are computed from it.
    pub fn owed<'a>(&'a self, id: &'a str) -> Owed<'a> {
        let (amount, due_on, payments) = (self.amount, self.due_on, self.payments.as_slice());
        let counted_until = self.opened.map(|opened| opened.counted_until);
        Owed { id, amount, disputed: self.disputed.min(amount), due_on, counted_until, payments }
    }
}

/// The debts of these accounts that may still cost something, the oldest first.
///
/// # Errors
/// A failing database.
pub fn open_debts(conn: &Conn<'_>, accounts: &[&str]) -> Result<HashMap<String, Vec<Debt>>> {
    debts_before(conn, accounts, &[])
}

/// The debts of these accounts that may still cost something, and those of these months of accounts though they are
/// paid; the oldest first.
pub(crate) fn debts_before(
    conn: &Conn<'_>,
    accounts: &[&str],
    months: &[(&str, Period)],
) -> Result<HashMap<String, Vec<Debt>>> {
    let sql = "with wanted as (select d.account_id, d.period, d.fund from (select distinct value from json_each(?1)) a
                               join debt d on d.account_id = a.value and d.is_open = 1
                               union
                               select d.account_id, d.period, d.fund from json_each(?2) m
                               cross join debt d on d.account_id = m.value ->> 0 and d.period = m.value ->> 1)
               select d.account_id, d.period, d.fund, d.amount, d.paid, d.penalty, d.penalty_paid, d.due_on,
                      d.opened_penalty, d.counted_until, p.on_day, p.amount,
                      (select s.amount from debt_dispute s
                       where s.account_id = d.account_id and s.period = d.period and s.fund = d.fund
                         and s.settled_at is null),
                      p.no
               from wanted w
               cross join debt d using (account_id, period, fund)
               left join debt_payment p using (account_id, period, fund)
               order by d.account_id, d.period, d.fund, p.no";
    let months: Vec<_> = months.iter().map(|(account_id, period)| (account_id, period.to_string())).collect();
    let rows = conn.query(sql, params![json_text(&accounts)?, json_text(&months)?])?;
    let mut debts: HashMap<String, Vec<Debt>> = HashMap::new();
    for row in rows {
        let kopecks = |index| row.get(index).map(Kopecks);
        let of_account = debts.entry(row.get(0)?).or_default();
        let (period, fund): (Period, String) = (row.get(1)?, row.get(2)?);
        let fund = Fund::parse(&fund);
        if of_account.last().is_none_or(|last| (last.period, last.fund) != (period, fund)) {
            of_account.push(Debt {
                period,
                fund,
                amount: kopecks(3)?,
                paid: kopecks(4)?,
                penalty: kopecks(5)?,
                penalty_paid: kopecks(6)?,
                due_on: row.get(7)?,
                disputed: Kopecks(row.get::<Option<i64>>(12)?.unwrap_or_default()),
                opened: row
                    .get::<Option<Date>>(9)?
                    .map(|counted_until| Ok::<_, Error>(Opened { penalty: kopecks(8)?, counted_until }))
                    .transpose()?,
                payments: Vec::new(),
                entries: Vec::new(),
            });
        }
        if let (Some(debt), Some(on)) = (of_account.last_mut(), row.get::<Option<Date>>(10)?) {
            debt.payments.push(Payment { on, amount: kopecks(11)? });
            debt.entries.push(row.get(13)?);
        }
    }
    Ok(debts)
}

/// The account of one person or another, while a step changes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    pub(crate) debts: Vec<Debt>,
    /// What of payments went where: to be put down.
    allotted: Vec<(Period, Fund, i64, Date, Kopecks)>,
    /// The debts of months of which less is owed than was billed: what of payments went there is put down anew.
    lowered: BTreeSet<(Period, Fund)>,
    /// What had gone to them and is free again: the number and the day of the payment, and how much.
    free: Vec<(i64, Date, Kopecks)>,
}

impl Book {
    pub(crate) fn of(debts: Vec<Debt>) -> Self {
        Self { debts, ..Self::default() }
    }

    /// What was paid ahead, by what the ledger says.
    pub(crate) fn advance(&self, balance: Kopecks) -> Kopecks {
        let owed: i64 = self.debts.iter().map(|debt| debt.rest().0 + debt.penalty_rest().0).sum();
        Kopecks((owed - balance.0).max(0))
    }

    /// Lowers a debt to what should have been billed, as if it had been from the first: what was paid of that month is
    /// free again ([`Self::allot_free`]). Answers what there is no debt for.
    pub(crate) fn lower(&mut self, period: Period, fund: Fund, amount: Kopecks) -> Kopecks {
        let Some(debt) = self.debts.iter_mut().find(|debt| (debt.period, debt.fund) == (period, fund)) else {
            return amount;
        };
        let lowered = amount.min(debt.amount);
        debt.amount.0 -= lowered.0;
        for debt in self.debts.iter_mut().filter(|debt| debt.period == period) {
            debt.paid = Kopecks::ZERO;
            let payments = debt.payments.drain(..).zip(debt.entries.drain(..));
            self.free.extend(payments.map(|(payment, no)| (no, payment.on, payment.amount)));
            self.lowered.insert((debt.period, debt.fund));
        }
        Kopecks(amount.0 - lowered.0)
    }

    /// Divides what is free again among the debts, from the days of its payments on.
    pub(crate) fn allot_free(&mut self) -> Result<()> {
        let mut payments: BTreeMap<(i64, Date), i64> = BTreeMap::new();
        for (no, on, amount) in self.free.drain(..) {
            *payments.entry((no, on)).or_default() += amount.0;
        }
        payments.into_iter().try_for_each(|((no, on), amount)| self.pay(no, on, Kopecks(amount)))
    }

    /// Divides money among the debts (ГК ст. 319.1): within a month in proportion to what is left.
    pub(crate) fn pay(&mut self, no: i64, on: Date, amount: Kopecks) -> Result<()> {
        let mut obligations: Vec<Obligation> = Vec::new();
        for debt in &self.debts {
            let (principal, penalty) = (debt.rest(), debt.penalty_rest());
            match obligations.last_mut().filter(|last| last.period == debt.period) {
                Some(last) => {
                    last.principal.0 += principal.0;
                    last.penalty.0 += penalty.0;
                }
                None => obligations.push(Obligation {
                    period: debt.period,
                    due_on: debt.due_on,
                    is_time_barred: false,
                    principal,
                    penalty,
                }),
            }
        }
        for allotment in allocate(amount, None, &obligations).allotments {
            let of_month: Vec<usize> =
                (0..self.debts.len()).filter(|&index| self.debts[index].period == allotment.period).collect();
            let rest = |debt: &Debt| match allotment.of {
                Claim::Principal => debt.rest(),
                Claim::Penalty => debt.penalty_rest(),
            };
            let weights: Vec<u64> =
                of_month.iter().map(|&index| rest(&self.debts[index]).0.max(0).unsigned_abs()).collect();
            let parts = allotment.amount.split(&weights).map_err(|error| Error::BadData(error.to_string()))?;
            for (index, part) in of_month.into_iter().zip(parts).filter(|(_, part)| *part > Kopecks::ZERO) {
                let debt = &mut self.debts[index];
                match allotment.of {
                    Claim::Penalty => debt.penalty_paid.0 += part.0,
                    Claim::Principal => {
                        debt.paid.0 += part.0;
                        debt.payments.push(Payment { on, amount: part });
                        debt.entries.push(no);
                        self.allotted.push((debt.period, debt.fund, no, on, part));
                    }
                }
            }
        }
        Ok(())
    }

    /// What of payments went where, as far as it is not put down: of a lowered debt all of it.
    fn to_put_down(&self) -> impl Iterator<Item = (Period, Fund, i64, Date, Kopecks)> {
        let is_lowered = |period: &Period, fund: &Fund| self.lowered.contains(&(*period, *fund));
        let new = self.allotted.iter().filter(move |(period, fund, ..)| !is_lowered(period, fund)).copied();
        let anew = self.debts.iter().filter(move |debt| is_lowered(&debt.period, &debt.fund)).flat_map(|debt| {
            let payments = debt.payments.iter().zip(&debt.entries);
            payments.map(|(payment, no)| (debt.period, debt.fund, *no, payment.on, payment.amount))
        });
        new.chain(anew)
    }

    /// Brings the penalties up to a day; answers what that changes, debt by debt.
    pub(crate) fn accrue(&mut self, rules: &Rules, reported_on: Date) -> Result<Vec<Accrual>> {
        let mut accruals = Vec::new();
        for debt in &mut self.debts {
            let accrued = penalty(&debt.owed(""), rules.of(debt.fund), reported_on)
                .map_err(|error| Error::BadData(error.to_string()))?;
            let (accrued, steps) = (accrued.amount, accrued.kept());
            let opened = debt.opened.map_or(Kopecks::ZERO, |opened| opened.penalty);
            let before = Kopecks(debt.penalty.0 - opened.0);
            let amount = Kopecks(accrued.0 - before.0);
            debt.penalty = Kopecks(accrued.0 + opened.0);
            // A penalty that is taken back is no debt; what was paid of it is free again.
            debt.penalty_paid = debt.penalty_paid.min(debt.penalty);
            if amount != Kopecks::ZERO || debt.disputed > Kopecks::ZERO {
                accruals.push(Accrual {
                    period: debt.period,
                    fund: debt.fund,
                    disputed: debt.disputed,
                    before,
                    amount,
                    steps,
                });
            }
        }
        Ok(accruals)
    }
}

/// What a bill adds to the penalty on a debt.
#[derive(Debug, Clone)]
pub(crate) struct Accrual {
    /// The month of the debt.
    pub(crate) period: Period,
    /// For what it is owed.
    pub(crate) fund: Fund,
    /// How much of it is in dispute.
    pub(crate) disputed: Kopecks,
    /// What earlier bills charged.
    pub(crate) before: Kopecks,
    /// What this one adds; below zero it takes back.
    pub(crate) amount: Kopecks,
    /// The days of the whole penalty.
    pub(crate) steps: Vec<KeptStep>,
}

/// What penalties of each fund go by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Of what is supplied.
    pub services: PenaltyRules,
    /// Of contributions for capital repair.
    pub capital_repair: PenaltyRules,
}

impl Rules {
    /// Those of a fund.
    pub const fn of(&self, fund: Fund) -> &PenaltyRules {
        match fund {
            Fund::Services => &self.services,
            Fund::CapitalRepair => &self.capital_repair,
        }
    }
}

/// Puts the books of some accounts down. A debt is closed when nothing is left of it and its last payment is counted
/// in its penalty: on the day of the report or before.
pub(crate) fn put<'a>(
    tx: &Tx<'_>,
    books: impl Iterator<Item = (&'a str, &'a Book)> + Clone,
    reported_on: Option<Date>,
) -> Result<()> {
    let is_counted = |debt: &Debt| {
        reported_on
            .is_some_and(|day| debt.payments.iter().all(|payment| payment.on <= day || payment.on <= debt.due_on))
    };
    let is_open =
        |debt: &Debt| debt.rest() > Kopecks::ZERO || debt.penalty_rest() != Kopecks::ZERO || !is_counted(debt);
    let debts = books.clone().flat_map(|(account_id, book)| {
        book.debts.iter().map(move |debt| {
            (
                (account_id, debt.period.to_string(), debt.fund.as_str()),
                [debt.amount, debt.paid, debt.penalty, debt.penalty_paid],
                debt.due_on,
                is_open(debt),
                debt.opened.map_or(Kopecks::ZERO, |opened| opened.penalty),
                debt.opened.map(|opened| opened.counted_until),
            )
        })
    });
    let sql = "insert into debt (account_id, period, fund, amount, paid, penalty, penalty_paid, due_on, is_open,
                                 opened_penalty, counted_until)
               select value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[1][0]',
                      value ->> '$[1][1]', value ->> '$[1][2]', value ->> '$[1][3]', value ->> 2, value ->> 3,
                      value ->> 4, value ->> 5
               from json_each(?1) where true
               on conflict do update set amount = excluded.amount, paid = excluded.paid, penalty = excluded.penalty,
                                         penalty_paid = excluded.penalty_paid, is_open = excluded.is_open";
    tx.execute(sql, params![json_text(&debts.collect::<Vec<_>>())?])?;
    let lowered = books.clone().flat_map(|(account_id, book)| {
        book.lowered.iter().map(move |(period, fund)| (account_id, period.to_string(), fund.as_str()))
    });
    let lowered: Vec<_> = lowered.collect();
    if !lowered.is_empty() {
        let sql = "delete from debt_payment where (account_id, period, fund) in
                   (select value ->> 0, value ->> 1, value ->> 2 from json_each(?1))";
        tx.execute(sql, params![json_text(&lowered)?])?;
    }
    let allotted = books.flat_map(|(account_id, book)| {
        let of_account = move |(period, fund, no, on, amount): (Period, Fund, i64, Date, Kopecks)| {
            (account_id, period.to_string(), fund.as_str(), no, on, amount)
        };
        book.to_put_down().map(of_account)
    });
    let allotted: Vec<_> = allotted.collect();
    if allotted.is_empty() {
        return Ok(());
    }
    let sql = "insert into debt_payment (account_id, period, fund, no, on_day, amount)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 from json_each(?1)
               where true
               on conflict do update set amount = amount + excluded.amount";
    tx.execute(sql, params![json_text(&allotted)?])
}
