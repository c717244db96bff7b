//! Lines about what a house is charged for and by what: its services, areas and own meters, who lives where.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cells::Cells;
use super::lines::{one_of, term};
use super::prices::service;
use super::values::{area_hundredths, text, whole};
use crate::billing::Way;
use crate::identifier::PremisesNumber;
use crate::period::Period;
use crate::reading::{ValueError, parse_value};
use crate::service::Service;

/// How a service of a house is charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseService {
    /// The house's code.
    pub house_code: String,
    /// The service.
    pub service: Service,
    /// How.
    pub way: Way,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next line of the service.
    pub until: Option<Date>,
}

/// The areas of a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseArea {
    /// The house's code.
    pub house_code: String,
    /// Of all premises, m² × 100.
    pub premises_hundredths: u32,
    /// What they have in common, m² × 100.
    pub common_hundredths: u32,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next line of the house.
    pub until: Option<Date>,
}

/// How many live in premises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// The house's code.
    pub house_code: String,
    /// The premises.
    pub premises: PremisesNumber,
    /// How many are registered there.
    pub registered: u8,
    /// How many live there for a time.
    pub temporary: u8,
    /// How many owners stand in where nobody lives.
    pub owners: u8,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next line of the premises.
    pub until: Option<Date>,
}

/// A service of the house that does not reach premises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSupplied {
    /// The house's code.
    pub house_code: String,
    /// The premises.
    pub premises: PremisesNumber,
    /// The service.
    pub service: Service,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next line of the service there.
    pub until: Option<Date>,
}

/// What a meter of a house told of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseVolume {
    /// The house's code.
    pub house_code: String,
    /// The service.
    pub service: Service,
    /// The month.
    pub period: Period,
    /// How much, in the unit of the service.
    pub volume: Decimal,
    /// How much of it was used by those who pay the supplier directly.
    pub direct_volume: Option<Decimal>,
}

/// No more live in any premises.
const PERSONS_MAX: u8 = 99;

pub(super) fn house_service(cells: &mut Cells<'_>) -> Option<HouseService> {
    let house_code = cells.required("house_code", text);
    let service = cells.required("service", service);
    let way = cells.required("way", |cell| one_of(&Way::ALL, Way::as_str, cell));
    let (since, until) = term(cells, "since", "until")?;
    let (service, way) = (service?, way?);
    if !way.fits(service) {
        let names: Vec<_> = Way::ALL.into_iter().filter(|way| way.fits(service)).map(Way::as_str).collect();
        cells.refuse("way", &format!("эта услуга считается одним из способов: {}", names.join(", ")));
        return None;
    }
    Some(HouseService { house_code: house_code?, service, way, since, until })
}

pub(super) fn house_area(cells: &mut Cells<'_>) -> Option<HouseArea> {
    let house_code = cells.required("house_code", text);
    let premises = cells.required("premises_area", area_hundredths);
    let common = cells.required("common_area", area_or_none);
    let (since, until) = term(cells, "since", "until")?;
    Some(HouseArea {
        house_code: house_code?,
        premises_hundredths: premises?,
        common_hundredths: common?,
        since,
        until,
    })
}

pub(super) fn household(cells: &mut Cells<'_>) -> Option<Household> {
    let house_code = cells.required("house_code", text);
    let premises = cells.required("premises", PremisesNumber::parse);
    let registered = cells.required("registered", whole(0, PERSONS_MAX));
    let temporary = cells.optional("temporary", whole(0, PERSONS_MAX));
    let owners = cells.optional("owners", whole(1, PERSONS_MAX));
    let (since, until) = term(cells, "since", "until")?;
    Some(Household {
        house_code: house_code?,
        premises: premises?,
        registered: registered?,
        temporary: temporary?.unwrap_or(0),
        owners: owners?.unwrap_or(1),
        since,
        until,
    })
}

pub(super) fn not_supplied(cells: &mut Cells<'_>) -> Option<NotSupplied> {
    let house_code = cells.required("house_code", text);
    let premises = cells.required("premises", PremisesNumber::parse);
    let service = cells.required("service", service);
    let (since, until) = term(cells, "since", "until")?;
    Some(NotSupplied { house_code: house_code?, premises: premises?, service: service?, since, until })
}

pub(super) fn house_volume(cells: &mut Cells<'_>) -> Option<HouseVolume> {
    let house_code = cells.required("house_code", text);
    let service = cells.required("service", service);
    let period = cells.required("period", Period::parse);
    let number = |cell: &str| parse_value(cell).map_err(|error: ValueError| error.to_string());
    let volume = cells.required("volume", number);
    let direct_volume = cells.optional("direct_volume", number);
    let (volume, direct_volume) = (volume?, direct_volume?);
    if direct_volume.is_some_and(|direct| direct > volume) {
        cells.refuse("direct_volume", "больше, чем показал счётчик дома");
        return None;
    }
    Some(HouseVolume { house_code: house_code?, service: service?, period: period?, volume, direct_volume })
}

/// A house may have nothing in common.
fn area_or_none(cell: &str) -> Result<u32, &'static str> {
    if cell == "0" { Ok(0) } else { area_hundredths(cell) }
}
