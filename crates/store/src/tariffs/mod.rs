//! Prices, norms and benefits of houses: dated rows, each with the act behind it.
//!
//! Rows that follow each other make a series: the prices of a service for so many rate zones, the offers of one supplier,
//! a norm, a benefit. Within a series no day is told twice and none is missing; [`faults`] says where one is. An end that
//! is not told is the day before the next row, so a new price needs nothing but its first day.

mod coming;
mod load;
mod put;
mod series;

pub use coming::{Account, Coming, Untold, accounts, coming, told, untold};
pub use load::{Prices, Sheet, SheetBenefit, SheetMultiplier, SheetNorm, SheetTariff, prices, sheet};
pub use put::{NewBenefit, NewNorm, NewTariff, put_benefits, put_norms, put_tariffs, suppliers};
pub use series::{Fault, faults};
