//! What a house is charged for, and by what: its services with their ways, its areas, who lives in it.

use jiff::civil::Date;

use crate::{Result, Tx, params, value::json_text};

/// A way in which a service of a house is charged, for some time.
#[derive(Debug)]
pub struct NewService<'a> {
    /// A fresh id.
    pub house_service_id: String,
    /// The service, by its name in `domain::service`.
    pub service: &'a str,
    /// The way, by its name in the table.
    pub way: &'a str,
    /// From this day on.
    pub since: Date,
    /// To this day; none where no end is known.
    pub until: Option<Date>,
}

/// Adds ways in which services of a house are charged.
///
/// # Errors
/// A failing database.
pub fn add_services(tx: &Tx<'_>, house_id: &str, new: &[NewService<'_>]) -> Result<()> {
    let rows = new.iter().map(|one| (&one.house_service_id, one.service, one.way, one.since, one.until));
    let sql = "insert into house_service (house_service_id, house_id, service, way, since, until)
               select value ->> 0, ?1, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?2)";
    tx.execute(sql, params![house_id, json_text(&rows.collect::<Vec<_>>())?])
}

/// From a day on a house has these areas: of its premises and in common, m² × 100.
///
/// # Errors
/// A failing database.
pub fn add_area(
    tx: &Tx<'_>,
    house_area_id: String,
    house_id: &str,
    premises_hundredths: i64,
    common_hundredths: i64,
    since: Date,
) -> Result<()> {
    let sql = "insert into house_area (house_area_id, house_id, premises_hundredths, common_hundredths, since)
               values (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, params![house_area_id, house_id, premises_hundredths, common_hundredths, since])
}

/// Who lives in premises, with one owner and nobody for a time.
#[derive(Debug)]
pub struct NewHousehold<'a> {
    /// A fresh id.
    pub household_id: String,
    /// Where.
    pub premises_id: &'a str,
    /// How many are registered there.
    pub registered: u32,
}

/// From a day on these live in their premises.
///
/// # Errors
/// A failing database.
pub fn add_households(tx: &Tx<'_>, new: &[NewHousehold<'_>], since: Date) -> Result<()> {
    let rows = new.iter().map(|one| (&one.household_id, one.premises_id, one.registered));
    let sql = "insert into household (household_id, premises_id, registered, temporary, owners, since)
               select value ->> 0, value ->> 1, value ->> 2, 0, 1, ?2 from json_each(?1)";
    tx.execute(sql, params![json_text(&rows.collect::<Vec<_>>())?, since])
}

/// From a day on a service of the house does not reach these premises.
///
/// # Errors
/// A failing database.
pub fn add_not_supplied(tx: &Tx<'_>, service: &str, premises_ids: &[&str], since: Date) -> Result<()> {
    let sql = "insert into service_not_supplied (premises_id, service, since)
               select value, ?2, ?3 from json_each(?1)";
    tx.execute(sql, params![json_text(&premises_ids)?, service, since])
}
