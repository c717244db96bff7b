//! Lines about days without work, and about what was owed before.

use jiff::civil::Date;

use super::cells::Cells;
use super::values::{date, money, text, yes_or_no};
use crate::identifier::AccountNumber;
use crate::money::Kopecks;
use crate::period::Period;

/// A day that differs from Monday to Friday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductionDay {
    /// The day.
    pub day: Date,
    /// Whether it is worked on.
    pub is_working: bool,
    /// Why.
    pub name: String,
    /// What decides it.
    pub act: String,
}

/// What an account owed for a month when the portal took it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The account.
    pub account: AccountNumber,
    /// The month.
    pub period: Period,
    /// Whether it is owed to the fund of capital repair of the house; otherwise to those who supply.
    pub is_capital_repair: bool,
    /// How much, without penalties; below zero it was paid ahead.
    pub amount: Kopecks,
    /// The penalty on it that was charged and is not paid.
    pub penalty: Kopecks,
    /// The day by whose end this is so.
    pub on: Date,
}

pub(super) fn production_day(cells: &mut Cells<'_>) -> Option<ProductionDay> {
    let day = cells.required("day", date);
    let is_working = cells.required("work", yes_or_no);
    let name = cells.required("name", text);
    let act = cells.required("act", text);
    Some(ProductionDay { day: day?, is_working: is_working?, name: name?, act: act? })
}

pub(super) fn opening(cells: &mut Cells<'_>) -> Option<Opening> {
    let account = cells.required("account", AccountNumber::parse);
    let period = cells.required("period", Period::parse);
    let is_capital_repair = cells.optional("fund", is_capital_repair);
    let amount = cells.required("amount", money);
    let penalty = cells.optional("penalty", money);
    let on = cells.required("on", date);
    let (period, amount, on) = (period?, amount?, on?);
    let penalty = penalty?.unwrap_or(Kopecks::ZERO);
    if on < period.first_day() {
        cells.refuse("on", "остаток не может быть раньше месяца, за который он");
        return None;
    }
    if penalty < Kopecks::ZERO || penalty > Kopecks::ZERO && amount < Kopecks::ZERO {
        cells.refuse("penalty", "пени не меньше нуля, и у переплаты их нет");
        return None;
    }
    Some(Opening {
        account: account?,
        period,
        is_capital_repair: is_capital_repair? == Some(true),
        amount,
        penalty,
        on,
    })
}

fn is_capital_repair(cell: &str) -> Result<bool, &'static str> {
    match cell {
        "capital_repair" => Ok(true),
        "services" => Ok(false),
        _ => Err("нужно services или capital_repair"),
    }
}
