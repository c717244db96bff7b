//! The register follows what happens to a meter: what it says of today moves along with each event.

use jiff::{Timestamp, civil::Date};

use super::register::{NewMeter, meter_values};
use crate::{Result, Tx, params, value::json_text};

/// Adds a meter that took the place of another.
///
/// # Errors
/// A duplicate of `meter.kind, meter.serial` where one of this kind and number is known.
pub fn hang_meter(tx: &Tx<'_>, now: Timestamp, new: &NewMeter<'_>) -> Result<()> {
    tx.execute(
        "insert into meter (meter_id, premises_id, kind, serial, place, rates, digits_integer, digits_fraction,
                            installed_on, verified_on, verification_interval_years, removed_on, created_at)
         select ?1 ->> 0, ?1 ->> 1, ?1 ->> 2, ?1 ->> 3, ?1 ->> 4, ?1 ->> 5, ?1 ->> 6, ?1 ->> 7, ?1 ->> 8, ?1 ->> 9,
                ?1 ->> 10, ?1 ->> 11, ?2",
        params![json_text(&meter_values(new))?, now],
    )
}

/// The meter counts no more from this day on.
///
/// # Errors
/// A failing database.
pub fn take_meter_down(tx: &Tx<'_>, meter_id: &str, removed_on: Date) -> Result<()> {
    tx.execute("update meter set removed_on = ?2 where meter_id = ?1", params![meter_id, removed_on])
}

/// The meter was verified; an earlier verification than the known one changes nothing of today.
///
/// # Errors
/// A failing database.
pub fn verify_meter(tx: &Tx<'_>, meter_id: &str, verified_on: Date, interval_years: u8) -> Result<()> {
    tx.execute(
        "update meter set verified_on = ?2, verification_interval_years = ?3
         where meter_id = ?1 and (verified_on is null or verified_on <= ?2)",
        params![meter_id, verified_on, i64::from(interval_years)],
    )
}
