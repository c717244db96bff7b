//! A company's files: houses, premises, owners, accounts, meters and readings, checked before anything is kept.
//!
//! A CSV file is UTF-8 (a byte order mark is tolerated) or Windows-1251, and refused if it reads as neither; its first
//! line names the columns, `;` or `,` parts them (the header tells which), values may stand in double quotes. The header
//! also tells what the file holds; columns may stand in any order, and those marked `?` may be absent or empty: an empty
//! cell says that there is no value, an absent column says nothing. An XLSX file is either the same table on its first
//! sheet, or the form «Сведения о ПУ» of ГИС ЖКХ. One bad line refuses the whole file, and every line that is bad in
//! itself is named with its number, its column and the reason.
//!
//! | kind | columns | one line is known by |
//! |---|---|---|
//! | `companies` | `inn`, `name`, `ogrn?`, `phone?`, `email?`, `address?`, `kpp?`, `bank_account?`, `bank?`, `bik?`, `correspondent_account?` | `inn` |
//! | `houses` | `code`, `company_inn`, `municipality`, `address`, `cadastral_number?`, `time_zone`, `window_from_day`, `window_to_day` | `code` |
//! | `premises` | `house_code`, `number`, `kind`, `area`, `area_since?`, `cadastral_number?` | `house_code`, `number` |
//! | `owners` | `house_code`, `premises`, `name`, `share`, `since`, `until?` | `house_code`, `premises`, `name`, `since` |
//! | `accounts` | `number`, `unified_number?`, `house_code`, `premises`, `holder`, `contact_phone?`, `contact_email?`, `opened_on`, `closed_on?` | `number`; `unified_number` |
//! | `meters` | `kind`, `serial`, `house_code`, `premises`, `place?`, `rates`, `digits_integer`, `digits_fraction`, `installed_on`, `verified_on?`, `verification_interval_years?`, `removed_on?` | `kind`, `serial` |
//! | `readings` | `meter_kind`, `meter_serial`, `source`, `period`, `taken_on`, `value_1`, `value_2?`, `value_3?`, `rolled_over?` | `meter_kind`, `meter_serial`, `source`, `period`, `taken_on` |
//! | `tariffs` | `house_code`, `service`, `supplier_inn`, `supplier`, `offer?`, `price_1`, `price_2?`, `price_3?`, `above_norm_1?`, `above_norm_2?`, `above_norm_3?`, `fixed?`, `surcharge?`, `act`, `act_number`, `act_date`, `act_link?`, `since`, `until?` | `house_code`, `service`, number of prices, `offer`, `supplier_inn`, `since` |
//! | `norms` | `house_code`, `service`, `per`, `dwelling`, `value`, `act`, `act_number`, `act_date`, `act_link?`, `since`, `until?` | `house_code`, `service`, `per`, `since` |
//! | `benefits` | `house_code`, `benefit`, `service`, `percent`, `limit?`, `act`, `act_number`, `act_date`, `act_link?`, `since`, `until?` | `house_code`, `benefit`, `service`, `since` |
//! | `production_days` | `day`, `work`, `name`, `act` | `day` |
//! | `openings` | `account`, `period`, `fund?`, `amount`, `penalty?`, `on` | `account`, `period`, `fund` |
//! | `house_services` | `house_code`, `service`, `way`, `since`, `until?` | `house_code`, `service`, `since` |
//! | `house_areas` | `house_code`, `premises_area`, `common_area`, `since`, `until?` | `house_code`, `since` |
//! | `households` | `house_code`, `premises`, `registered`, `temporary?`, `owners?`, `since`, `until?` | `house_code`, `premises`, `since` |
//! | `not_supplied` | `house_code`, `premises`, `service`, `since`, `until?` | `house_code`, `premises`, `service`, `since` |
//! | `house_volumes` | `house_code`, `service`, `period`, `volume`, `direct_volume?` | `house_code`, `service`, `period` |
//! | `acknowledgements` | `meter_kind`, `meter_serial`, `period`, `value_1`, `supplier_inn`, `on`, `is_accepted`, `reason?` | `meter_kind`, `meter_serial`, `period`, `supplier_inn` |
//!
//! Dates are `2026-07-25` or `25.07.2026`, months `2026-07`, shares `1/2`, areas and readings have a comma or a dot.
//! `house_code` is the company's own code of a house, `premises` the number of the flat. Kinds of premises are
//! `residential` and `non_residential`, kinds of meters `cold_water`, `hot_water`, `electricity`, `gas`, `heat`,
//! sources of readings `resident`, `company`, `control`, `verification`. An account needs no contact, but only one
//! with a phone or an e-mail address can be linked. `rolled_over` is `yes`, `да` or `1` where the dial passed through zero
//! since the reading before, and otherwise empty; `period` is at most a month from `taken_on`.
//!
//! `service` is a name of [`Service`](crate::service::Service), `per` one of [`NormBasis`](crate::norm::NormBasis), prices
//! are rubles with at most six decimals. `until` is the last day; where it is empty, a price holds until the next one
//! begins. An `offer` (`yes`, `да` or `1`) is what a supplier would take: nothing is charged by it. A production day says
//! by `work` (`да` or `нет`) whether it is worked on, where that differs from Monday to Friday.
//!
//! A new `area` of premises holds from the day `area_since` on, without one from the month in which the file is taken in:
//! what was billed before stays, or is corrected.
//!
//! An opening is what an account owed for a month (`fund`: `services`, or `capital_repair`) by the end of the day `on`:
//! `amount` without penalties, below zero what was paid ahead; `penalty` what was charged on it until then and not paid.
//!
//! `way` is one of [`Way`](crate::billing::Way) that fits the service: by it a service of a house is charged. Where `until`
//! is empty, a line holds until the next one of the same begins. Where nobody is `registered` or lives for a time
//! (`temporary`), as many `owners` are charged for, 1 where the cell is empty.
//!
//! What a file names must exist: a line's house in an earlier file, its premises too. That is checked against the
//! state by whoever takes the file in, in the order of [`ImportFile::rank`].

mod accounting;
mod acknowledgements;
mod bad_lines;
mod cells;
mod charging;
mod cross;
mod encoding;
mod form;
mod kinds;
mod lines;
mod prices;
mod rows;
mod table;
mod values;
mod xlsx;

use std::ops::{Deref, DerefMut};

pub use accounting::{Opening, ProductionDay};
pub use acknowledgements::Acknowledgement;
pub use bad_lines::{BadLine, BadLines};
pub use charging::{HouseArea, HouseService, HouseVolume, Household, NotSupplied};
pub use encoding::{NoText, text};
pub use prices::{Benefit, Norm, Tariff};
pub use rows::{Account, Company, House, Meter, MeterAt, Owner, Premises, PremisesKind, Reading, ReadingSource};
use table::{Table, line_at};

/// A file that was read and holds no bad line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportFile {
    /// Management companies.
    Companies(Lines<Company>),
    /// Houses.
    Houses(Lines<House>),
    /// Flats and other rooms.
    Premises(Lines<Premises>),
    /// Owners and their shares.
    Owners(Lines<Owner>),
    /// Personal accounts.
    Accounts(Lines<Account>),
    /// Meters.
    Meters(Lines<Meter>),
    /// Readings of earlier months.
    Readings(Lines<Reading>),
    /// Prices.
    Tariffs(Lines<Tariff>),
    /// Norms.
    Norms(Lines<Norm>),
    /// Rates of benefits.
    Benefits(Lines<Benefit>),
    /// Days that differ from Monday to Friday.
    ProductionDays(Lines<ProductionDay>),
    /// What accounts owed before.
    Openings(Lines<Opening>),
    /// How services of houses are charged.
    HouseServices(Lines<HouseService>),
    /// Areas of houses.
    HouseAreas(Lines<HouseArea>),
    /// How many live where.
    Households(Lines<Household>),
    /// Services that do not reach some premises.
    NotSupplied(Lines<NotSupplied>),
    /// What meters of houses told.
    HouseVolumes(Lines<HouseVolume>),
    /// What suppliers answered to readings.
    Acknowledgements(Lines<Acknowledgement>),
}

/// The lines of a file; as a slice, each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines<T> {
    lines: Vec<Line<T>>,
    absent: Vec<&'static str>,
}

impl<T> Lines<T> {
    /// The columns that the file may have and has not: of these it says nothing, while an empty cell says that there is
    /// no value.
    pub fn absent(&self) -> &[&'static str] {
        &self.absent
    }
}

impl<T> Deref for Lines<T> {
    type Target = [Line<T>];

    fn deref(&self) -> &[Line<T>] {
        &self.lines
    }
}

impl<T> DerefMut for Lines<T> {
    fn deref_mut(&mut self) -> &mut [Line<T>] {
        &mut self.lines
    }
}

/// One line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<T> {
    /// Its number in the file, the header being 1.
    pub number: u64,
    /// What it says.
    pub row: T,
}

impl ImportFile {
    /// Reads a file; `name` is only what bad lines call it.
    ///
    /// # Errors
    /// Every bad line, where there is one.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, BadLines> {
        Self::parse_up_to(name, bytes, usize::MAX)
    }

    /// As [`parse`](Self::parse), but reads no further than one good line beyond `lines_max`: what has that one is too
    /// long for whoever asks.
    ///
    /// # Errors
    /// Every bad line among those that were read, where there is one.
    pub fn parse_up_to(name: &str, bytes: &[u8], lines_max: usize) -> Result<Self, BadLines> {
        if xlsx::is_workbook(name, bytes) {
            return xlsx::parse(name, bytes, lines_max);
        }
        let text = encoding::text(bytes).map_err(|no_text| {
            let line = line_at(bytes, no_text.at);
            alone(BadLine { file: name.to_owned(), line, column: None, reason: no_text.reason })
        })?;
        Self::read(Table::csv(name, &text).map_err(alone)?.up_to(lines_max))
    }

    fn read(mut table: Table<'_>) -> Result<Self, BadLines> {
        let file = kinds::recognise(&mut table).map(|kind| (kind.read)(&mut table));
        Self::unless_bad(file, table)
    }

    /// Reads the form of meters of ГИС ЖКХ; `title` tells what it calls a column of ours.
    fn read_form(mut table: Table<'_>, title: fn(&str) -> &'static str) -> Result<Self, BadLines> {
        let file = kinds::form(&mut table, title);
        Self::unless_bad(file, table)
    }

    fn unless_bad(file: Option<Self>, table: Table<'_>) -> Result<Self, BadLines> {
        let bad_lines = table.into_bad_lines();
        file.filter(|_| bad_lines.is_empty()).ok_or(bad_lines)
    }

    /// What the file holds, as the table of columns names it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Companies(_) => "companies",
            Self::Houses(_) => "houses",
            Self::Premises(_) => "premises",
            Self::Owners(_) => "owners",
            Self::Accounts(_) => "accounts",
            Self::Meters(_) => "meters",
            Self::Readings(_) => "readings",
            Self::Tariffs(_) => "tariffs",
            Self::Norms(_) => "norms",
            Self::Benefits(_) => "benefits",
            Self::ProductionDays(_) => "production_days",
            Self::Openings(_) => "openings",
            Self::HouseServices(_) => "house_services",
            Self::HouseAreas(_) => "house_areas",
            Self::Households(_) => "households",
            Self::NotSupplied(_) => "not_supplied",
            Self::HouseVolumes(_) => "house_volumes",
            Self::Acknowledgements(_) => "acknowledgements",
        }
    }

    /// The order in which files are taken in: what is named comes before what names it.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Companies(_) => 0,
            Self::Houses(_) => 1,
            Self::Premises(_) => 2,
            Self::Owners(_) => 3,
            Self::Accounts(_) => 4,
            Self::Meters(_) => 5,
            Self::Readings(_) => 6,
            Self::Tariffs(_) => 7,
            Self::Norms(_) => 8,
            Self::Benefits(_) => 9,
            Self::ProductionDays(_) => 10,
            Self::Openings(_) => 11,
            Self::HouseServices(_) => 12,
            Self::HouseAreas(_) => 13,
            Self::Households(_) => 14,
            Self::NotSupplied(_) => 15,
            Self::HouseVolumes(_) => 16,
            Self::Acknowledgements(_) => 17,
        }
    }

    /// How many lines it holds besides the header.
    pub fn len(&self) -> usize {
        match self {
            Self::Companies(lines) => lines.len(),
            Self::Houses(lines) => lines.len(),
            Self::Premises(lines) => lines.len(),
            Self::Owners(lines) => lines.len(),
            Self::Accounts(lines) => lines.len(),
            Self::Meters(lines) => lines.len(),
            Self::Readings(lines) => lines.len(),
            Self::Tariffs(lines) => lines.len(),
            Self::Norms(lines) => lines.len(),
            Self::Benefits(lines) => lines.len(),
            Self::ProductionDays(lines) => lines.len(),
            Self::Openings(lines) => lines.len(),
            Self::HouseServices(lines) => lines.len(),
            Self::HouseAreas(lines) => lines.len(),
            Self::Households(lines) => lines.len(),
            Self::NotSupplied(lines) => lines.len(),
            Self::HouseVolumes(lines) => lines.len(),
            Self::Acknowledgements(lines) => lines.len(),
        }
    }

    /// Whether it holds nothing but the header.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn alone(bad: BadLine) -> BadLines {
    let mut bad_lines = BadLines::default();
    bad_lines.push(bad);
    bad_lines
}

#[cfg(test)]
mod tests;
