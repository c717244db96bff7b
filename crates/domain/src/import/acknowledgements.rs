//! Lines about what suppliers answered to readings.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cells::Cells;
use super::lines::{one_of, rate_values};
use super::values::{date, text, yes_or_no};
use crate::identifier::Inn;
use crate::meter::MeterKind;
use crate::period::Period;

/// What a supplier answered to the reading of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What the meter measures.
    pub meter_kind: MeterKind,
    /// Its number.
    pub meter_serial: String,
    /// The month of the reading.
    pub period: Period,
    /// Its values, rate by rate: what was answered to.
    pub values: Vec<Decimal>,
    /// Who answered.
    pub supplier_inn: Inn,
    /// When.
    pub on: Date,
    /// Whether it is accepted.
    pub is_accepted: bool,
    /// Why it is not.
    pub reason: Option<String>,
}

pub(super) fn acknowledgement(cells: &mut Cells<'_>) -> Option<Acknowledgement> {
    let meter_kind = cells.required("meter_kind", |cell| one_of(&MeterKind::ALL, MeterKind::as_str, cell));
    let meter_serial = cells.required("meter_serial", text);
    let period = cells.required("period", Period::parse);
    let values = rate_values(cells);
    let supplier_inn = cells.required("supplier_inn", Inn::parse);
    let on = cells.required("on", date);
    let is_accepted = cells.required("is_accepted", yes_or_no);
    let reason = cells.optional("reason", text);
    let (is_accepted, reason) = (is_accepted?, reason?);
    if !is_accepted && reason.is_none() {
        cells.refuse("reason", "показание не принято, а почему — не сказано: это прочтут жильцы");
        return None;
    }
    Some(Acknowledgement {
        meter_kind: meter_kind?,
        meter_serial: meter_serial?,
        period: period?,
        values: values?,
        supplier_inn: supplier_inn?,
        on: on?,
        is_accepted,
        // Of what is accepted there is nothing to say.
        reason: reason.filter(|_| !is_accepted),
    })
}
