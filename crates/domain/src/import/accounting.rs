//! Lines about days without work.

use jiff::civil::Date;

use super::cells::Cells;
use super::values::{date, text};

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

pub(super) fn production_day(cells: &mut Cells<'_>) -> Option<ProductionDay> {
    let day = cells.required("day", date);
    let is_working = cells.required("work", yes_or_no);
    let name = cells.required("name", text);
    let act = cells.required("act", text);
    Some(ProductionDay { day: day?, is_working: is_working?, name: name?, act: act? })
}

fn yes_or_no(cell: &str) -> Result<bool, &'static str> {
    match cell.to_lowercase().as_str() {
        "yes" | "да" | "1" => Ok(true),
        "no" | "нет" | "0" => Ok(false),
        _ => Err("нужно да, если в этот день работают, или нет"),
    }
}
