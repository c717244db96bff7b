//! What a house is charged for, and by what: its services with their ways, its areas, who lives in it, what its own
//! meters told. Rows are put by their natural keys, many by one statement; putting one twice changes nothing.

use domain::{period::Period, service::Service};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;

use crate::{
    Conn, Result, Tx,
    homes::{put::Put, register::Changes},
    params,
    value::json_text,
};

/// A way in which a service of a house is charged, for some time.
#[derive(Debug)]
pub struct NewService<'a> {
    /// A fresh id.
    pub house_service_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// The service, by its name in `domain::service`.
    pub service: &'a str,
    /// The way, by its name in `domain::billing`.
    pub way: &'a str,
    /// From this day on.
    pub since: Date,
    /// To this day; none until the next one begins.
    pub until: Option<Date>,
}

const SERVICE: Put = Put {
    insert: "insert into house_service (house_service_id, house_id, service, way, since, until)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
             from json_each(?1) where true
             on conflict (house_id, service, since)",
    known: "house_service k on k.house_id = n.value ->> 1 and k.service = n.value ->> 2 and k.since = n.value ->> 4",
    mutable: &[("way", 3), ("until", 5)],
};

/// Puts ways in which services of houses are charged.
///
/// # Errors
/// A failing database.
pub fn put_services(tx: &Tx<'_>, new: &[NewService<'_>]) -> Result<Changes> {
    let row = |one: &NewService<'_>| {
        serde_json::json!([one.house_service_id, one.house_id, one.service, one.way, one.since, one.until])
    };
    SERVICE.run(tx, params![json_text(&new.iter().map(row).collect::<Vec<_>>())?], &[])
}

/// Areas of a house, for some time.
#[derive(Debug)]
pub struct NewArea<'a> {
    /// A fresh id.
    pub house_area_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// Of its premises, m² × 100.
    pub premises_hundredths: i64,
    /// In common, m² × 100.
    pub common_hundredths: i64,
    /// From this day on.
    pub since: Date,
    /// To this day; none until the next one begins.
    pub until: Option<Date>,
}

const AREA: Put = Put {
    insert: "insert into house_area (house_area_id, house_id, premises_hundredths, common_hundredths, since, until)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
             from json_each(?1) where true
             on conflict (house_id, since)",
    known: "house_area k on k.house_id = n.value ->> 1 and k.since = n.value ->> 4",
    mutable: &[("premises_hundredths", 2), ("common_hundredths", 3), ("until", 5)],
};

/// Puts areas of houses.
///
/// # Errors
/// A failing database.
pub fn put_areas(tx: &Tx<'_>, new: &[NewArea<'_>]) -> Result<Changes> {
    let row = |one: &NewArea<'_>| {
        let NewArea { house_area_id, house_id, premises_hundredths, common_hundredths, since, until } = one;
        serde_json::json!([house_area_id, house_id, premises_hundredths, common_hundredths, since, until])
    };
    AREA.run(tx, params![json_text(&new.iter().map(row).collect::<Vec<_>>())?], &[])
}

/// Who lives in premises, for some time.
#[derive(Debug)]
pub struct NewHousehold<'a> {
    /// A fresh id.
    pub household_id: &'a str,
    /// Where.
    pub premises_id: &'a str,
    /// How many are registered there.
    pub registered: u32,
    /// How many live there for a time.
    pub temporary: u32,
    /// How many owners stand in where nobody lives.
    pub owners: u32,
    /// From this day on.
    pub since: Date,
    /// To this day; none until the next one begins.
    pub until: Option<Date>,
}

const HOUSEHOLD: Put = Put {
    insert: "insert into household (household_id, premises_id, registered, temporary, owners, since, until)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
             from json_each(?1) where true
             on conflict (premises_id, since)",
    known: "household k on k.premises_id = n.value ->> 1 and k.since = n.value ->> 5",
    mutable: &[("registered", 2), ("temporary", 3), ("owners", 4), ("until", 6)],
};

/// Puts who lives in premises.
///
/// # Errors
/// A failing database.
pub fn put_households(tx: &Tx<'_>, new: &[NewHousehold<'_>]) -> Result<Changes> {
    let row = |one: &NewHousehold<'_>| {
        let NewHousehold { household_id, premises_id, registered, temporary, owners, since, until } = one;
        serde_json::json!([household_id, premises_id, registered, temporary, owners, since, until])
    };
    HOUSEHOLD.run(tx, params![json_text(&new.iter().map(row).collect::<Vec<_>>())?], &[])
}

/// A service of the house that does not reach premises, for some time.
#[derive(Debug)]
pub struct NewNotSupplied<'a> {
    /// Where.
    pub premises_id: &'a str,
    /// The service, by its name in `domain::service`.
    pub service: &'a str,
    /// From this day on.
    pub since: Date,
    /// To this day; none until the next one begins.
    pub until: Option<Date>,
}

const NOT_SUPPLIED: Put = Put {
    insert: "insert into service_not_supplied (premises_id, service, since, until)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?1) where true
             on conflict (premises_id, service, since)",
    known: "service_not_supplied k
            on k.premises_id = n.value ->> 0 and k.service = n.value ->> 1 and k.since = n.value ->> 2",
    mutable: &[("until", 3)],
};

/// Puts services that do not reach premises.
///
/// # Errors
/// A failing database.
pub fn put_not_supplied(tx: &Tx<'_>, new: &[NewNotSupplied<'_>]) -> Result<Changes> {
    let rows: Vec<_> = new.iter().map(|one| (one.premises_id, one.service, one.since, one.until)).collect();
    NOT_SUPPLIED.run(tx, params![json_text(&rows)?], &[])
}

/// What a meter of a house told of a month.
#[derive(Debug)]
pub struct NewVolume<'a> {
    /// A fresh id.
    pub house_volume_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// The service.
    pub service: Service,
    /// The month.
    pub period: Period,
    /// How much, in the unit of the service.
    pub volume: Decimal,
    /// How much of it was used by those who pay the supplier directly.
    pub direct_volume: Option<Decimal>,
}

const VOLUME: Put = Put {
    insert: "insert into house_volume (house_volume_id, house_id, service, period, volume, direct_volume, recorded_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?2
             from json_each(?1) where true
             on conflict (house_id, period, service)",
    known: "house_volume k on k.house_id = n.value ->> 1 and k.service = n.value ->> 2 and k.period = n.value ->> 3",
    mutable: &[("volume", 4), ("direct_volume", 5)],
};

/// Puts what meters of houses told.
///
/// # Errors
/// A failing database.
pub fn put_volumes(tx: &Tx<'_>, now: Timestamp, new: &[NewVolume<'_>], kept: &[&str]) -> Result<Changes> {
    let row = |one: &NewVolume<'_>| {
        let (service, period) = (one.service.as_str(), one.period.to_string());
        let volume = one.volume.normalize().to_string();
        let direct = one.direct_volume.map(|volume| volume.normalize().to_string());
        serde_json::json!([one.house_volume_id, one.house_id, service, period, volume, direct])
    };
    VOLUME.run(tx, params![json_text(&new.iter().map(row).collect::<Vec<_>>())?, now], kept)
}

/// What rows hold for days.
#[derive(Debug, Clone, Copy)]
pub enum Series {
    /// Ways of services, of houses.
    Services,
    /// Areas, of houses.
    Areas,
    /// Households, of premises.
    Households,
    /// Services that do not reach them, of premises.
    NotSupplied,
}

/// Of these houses or premises those for which two rows hold on one day, and the day.
///
/// # Errors
/// A failing database.
pub fn overlaps(conn: &Conn<'_>, series: Series, ids: &[&str]) -> Result<Vec<(String, Date)>> {
    let (table, id, and_service) = match series {
        Series::Services => ("house_service", "house_id", "and n.service = s.service"),
        Series::Areas => ("house_area", "house_id", ""),
        Series::Households => ("household", "premises_id", ""),
        Series::NotSupplied => ("service_not_supplied", "premises_id", "and n.service = s.service"),
    };
    let sql = format!(
        "select s.{id}, n.since from {table} s join {table} n on n.{id} = s.{id} {and_service}
         where s.{id} in (select value from json_each(?1)) and n.since > s.since and s.until >= n.since
         order by n.since"
    );
    conn.query(&sql, params![json_text(&ids)?])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
