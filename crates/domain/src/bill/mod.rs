//! A bill as a document: what the form of 26.01.2018 № 43/пр and `PDServiceChargeType` of ГИС ЖКХ ask for, in five
//! sections. Totals are not stored but computed, so that no form of a bill can contradict another.

mod basis;
mod change;
mod compare;
mod status;
#[cfg(test)]
pub(crate) mod tests;
mod zones;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::charge::{Method, Node};
use crate::exact::ArithmeticError;
use crate::identifier::{PaymentDocumentId, UnifiedAccountNumber};
use crate::money::Kopecks;
use crate::period::Period;
use crate::service::Service;

pub use basis::Basis;
pub use change::what_changed;
pub use compare::{Comparison, Deviation, MARKED_WHEN, Month, ZoneChange, compare};
pub use status::Status;
pub use zones::{Zone, zones};

/// A bill of an account for a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    /// Its number.
    pub number: String,
    /// ИПД, once ГИС ЖКХ has given one.
    pub payment_document_id: Option<PaymentDocumentId>,
    /// The month.
    pub period: Period,
    /// The day on which it was issued.
    pub issued_on: Date,
    /// Until when it is to be paid.
    pub due_on: Date,
    /// Section 1: who pays, and for which premises.
    pub payer: Payer,
    /// Section 1: who is paid.
    pub payee: Payee,
    /// Section 2: the meters of the premises.
    pub meters: Vec<MeterRow>,
    /// Section 3: the lines of the month in the order of services, then corrections of earlier months.
    pub lines: Vec<BillLine>,
    /// Section 3: what was owed and paid before, and the penalty.
    pub balance: Balance,
    /// Section 4: what stands behind the lines.
    pub reference: Vec<Reference>,
    /// Section 5: what is paid in parts.
    pub instalments: Vec<Instalment>,
}

/// Who pays, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// Family name, name and patronymic; none where a bill is printed without.
    pub name: Option<String>,
    /// The provider's number of the account.
    pub account: String,
    /// ЕЛС, once ГИС ЖКХ has given one.
    pub unified_account: Option<UnifiedAccountNumber>,
    /// The address of the premises, with the flat.
    pub address: String,
    /// The area of the premises in square metres, where it is known.
    pub area: Option<Decimal>,
    /// How many live there, where it is known.
    pub residents: Option<u32>,
}

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// The name as banks have it.
    pub name: String,
    /// Where to ask: telephone, hours, address.
    pub contacts: Option<String>,
    /// ИНН.
    pub inn: Option<String>,
    /// КПП.
    pub kpp: Option<String>,
    /// Where to pay to; without it a bill carries no code for banks.
    pub bank: Option<BankDetails>,
}

/// An account in a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankDetails {
    /// The account: twenty digits.
    pub account: String,
    /// The name of the bank.
    pub bank: String,
    /// БИК.
    pub bik: String,
    /// The correspondent account, if the bank has one.
    pub correspondent: Option<String>,
}

/// A rate of a meter of the premises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterRow {
    /// What it measures.
    pub service: Service,
    /// The number on it.
    pub serial: String,
    /// The rate («день», «ночь»), if it has several.
    pub rate: Option<String>,
    /// Until when its verification holds, where it is known.
    pub verified_until: Option<Date>,
    /// What it showed before.
    pub before: Option<Decimal>,
    /// What it shows now; none if the month was charged by what it used before.
    pub now: Option<Decimal>,
    /// How many digits its dial has after the point.
    pub places: u8,
}

/// A line: a service of the month, or a correction of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillLine {
    /// What it is for.
    pub service: Service,
    /// The month that it is of: earlier than that of the bill if it corrects.
    pub of_period: Period,
    /// How the volume was found.
    pub method: Method,
    /// How much, in the unit of the service.
    pub volume: Decimal,
    /// What a unit costs; none where several prices are in the line.
    pub price: Option<Decimal>,
    /// The zones of a meter with several rates: see [`zones()`].
    pub zones: Vec<Zone>,
    /// The charge without a multiplier.
    pub charged: Kopecks,
    /// The multiplier, if one was applied.
    pub multiplier: Option<Decimal>,
    /// What the multiplier adds.
    pub excess: Kopecks,
    /// Recalculations, signed.
    pub recalculated: Kopecks,
    /// What benefits take away.
    pub discount: Kopecks,
    /// Why it corrects, or why it was recalculated.
    pub reason: Option<String>,
    /// How it comes about, a sentence for each figure: see [`sentence`].
    pub explanation: Vec<String>,
}

/// What there was before the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// What was owed when the bill before was issued; below zero it was paid ahead.
    pub before: Kopecks,
    /// What was paid since.
    pub paid: Kopecks,
    /// Payments are counted up to this day.
    pub paid_through: Date,
    /// The day of the last payment, if there was one.
    pub last_paid_on: Option<Date>,
    /// The penalty, with court costs.
    pub penalty: Kopecks,
    /// What the penalty is for, in words.
    pub penalty_cause: Option<String>,
}

/// A number behind the lines of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The service; none if it is about the whole house.
    pub service: Option<Service>,
    /// What it is: «норматив», «площадь всех помещений дома».
    pub title: String,
    /// The number with its unit, as people read it.
    pub value: String,
    /// The act that it comes from, as it is cited.
    pub act: Option<String>,
}

/// A charge that is paid in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    /// The service.
    pub service: Service,
    /// The part of this month.
    pub amount: Kopecks,
    /// What is left of earlier months.
    pub past: Kopecks,
    /// The percent a year.
    pub percent: Decimal,
    /// What the percent comes to.
    pub percent_amount: Kopecks,
}

/// The totals of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// All charges of the month, with what multipliers add, recalculations and benefits.
    pub of_month: Kopecks,
    /// All corrections of earlier months.
    pub corrected: Kopecks,
    /// What benefits took away.
    pub discount: Kopecks,
    /// What was owed before, less what was paid since, if it is a debt.
    pub debt: Kopecks,
    /// The same, if it was paid ahead.
    pub advance: Kopecks,
    /// The penalty.
    pub penalty: Kopecks,
    /// What is to be paid; below zero it is paid ahead.
    pub payable: Kopecks,
}

impl BillLine {
    /// What is to be paid for it: below zero if more is returned than charged.
    ///
    /// # Errors
    /// An amount that no account can owe.
    pub fn payable(&self) -> Result<Kopecks, ArithmeticError> {
        self.charged.plus(self.excess)?.plus(self.recalculated)?.minus(self.discount)
    }

    /// Whether it is about what the house has in common: such volumes stand in a column of their own.
    pub const fn is_common(&self) -> bool {
        matches!(
            self.service,
            Service::CommonColdWater | Service::CommonHotWater | Service::CommonElectricity | Service::CommonSewage
        )
    }
}

impl Bill {
    /// The lines of the month itself.
    pub fn lines_of_month(&self) -> impl Iterator<Item = &BillLine> {
        self.lines.iter().filter(|line| line.of_period == self.period)
    }

    /// The lines that correct earlier months.
    pub fn corrections(&self) -> impl Iterator<Item = &BillLine> {
        self.lines.iter().filter(|line| line.of_period != self.period)
    }

    /// The totals.
    ///
    /// # Errors
    /// An amount that no account can owe.
    pub fn totals(&self) -> Result<Totals, ArithmeticError> {
        let (of_month, corrected) = (sum(self.lines_of_month())?, sum(self.corrections())?);
        let left = self.balance.before.minus(self.balance.paid)?;
        Ok(Totals {
            of_month,
            corrected,
            discount: Kopecks::total(self.lines.iter().map(|line| line.discount))?,
            debt: left.max(Kopecks::ZERO),
            advance: Kopecks::ZERO.minus(left.min(Kopecks::ZERO))?,
            penalty: self.balance.penalty,
            payable: Kopecks::total([of_month, corrected, left, self.balance.penalty])?,
        })
    }
}

fn sum<'l>(mut lines: impl Iterator<Item = &'l BillLine>) -> Result<Kopecks, ArithmeticError> {
    lines.try_fold(Kopecks::ZERO, |sum, line| sum.plus(line.payable()?))
}

/// How an amount of a line comes about: «было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽».
///
/// # Errors
/// A tree whose value no account can owe.
pub fn sentence(tree: &Node<'_>) -> Result<String, ArithmeticError> {
    Ok(tree.sentence(Kopecks::round(tree.value)?))
}
