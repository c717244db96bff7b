//! What one line of each kind of file says.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::bill::BankDetails;
use crate::contact::{Email, Phone};
use crate::identifier::{AccountNumber, CadastralNumber, Inn, Kpp, PremisesNumber, UnifiedAccountNumber};
use crate::meter::MeterKind;
use crate::period::Period;
use crate::reading::Dial;
use crate::share::Share;

/// A management company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// ИНН, by which houses name it.
    pub inn: Inn,
    /// Its name as people know it.
    pub name: String,
    /// ОГРН of a company or ОГРНИП of an entrepreneur.
    pub ogrn: Option<String>,
    /// Where it can be called.
    pub phone: Option<Phone>,
    /// Where it can be written to.
    pub email: Option<Email>,
    /// Where it sits.
    pub address: Option<String>,
    /// КПП.
    pub kpp: Option<Kpp>,
    /// Where it is paid.
    pub bank: Option<BankDetails>,
}

/// A house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct House {
    /// The company's own key of it.
    pub code: String,
    /// The company that manages it.
    pub company_inn: Inn,
    /// The municipality.
    pub municipality: String,
    /// The address without the flat.
    pub address: String,
    /// Its cadastral number.
    pub cadastral_number: Option<CadastralNumber>,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// The first day of its window of readings.
    pub window_from_day: u8,
    /// The last day; below the first, of the next month.
    pub window_to_day: u8,
}

/// A flat or another room of a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Premises {
    /// The house's code.
    pub house_code: String,
    /// Its number in the house.
    pub number: PremisesNumber,
    /// Whether people live in it.
    pub kind: PremisesKind,
    /// Its area, m² × 100.
    pub area_hundredths: u32,
    /// The day from which on a new area holds; none: from the month in which it is told.
    pub area_since: Option<Date>,
    /// Its cadastral number.
    pub cadastral_number: Option<CadastralNumber>,
}

/// What premises are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PremisesKind {
    /// To live in.
    Residential,
    /// For anything else.
    NonResidential,
}

/// An owner's share of premises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The house's code.
    pub house_code: String,
    /// The number of the premises.
    pub premises: PremisesNumber,
    /// The owner's full name.
    pub name: String,
    /// The share.
    pub share: Share,
    /// The first day of ownership.
    pub since: Date,
    /// The day on which it is another's already.
    pub until: Option<Date>,
}

/// A personal account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The company's own number.
    pub number: AccountNumber,
    /// ЕЛС.
    pub unified_number: Option<UnifiedAccountNumber>,
    /// The house's code.
    pub house_code: String,
    /// The number of the premises.
    pub premises: PremisesNumber,
    /// In whose name it is kept.
    pub holder: String,
    /// Where a code that links it is sent.
    pub contact_phone: Option<Phone>,
    /// Where it is sent if there is no phone.
    pub contact_email: Option<Email>,
    /// The first day.
    pub opened_on: Date,
    /// The day on which it is closed already.
    pub closed_on: Option<Date>,
}

/// A meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// What it measures.
    pub kind: MeterKind,
    /// Its serial number.
    pub serial: String,
    /// Which premises it counts for.
    pub at: MeterAt,
    /// Where it hangs.
    pub place: Option<String>,
    /// How many values it shows, 1 to 3; nothing where a form leaves it empty.
    pub rates: Option<u8>,
    /// Its digits; nothing where the file has no column for them.
    pub dial: Option<Dial>,
    /// The first day.
    pub installed_on: Date,
    /// The day of the last verification.
    pub verified_on: Option<Date>,
    /// For how many years it holds.
    pub verification_interval_years: Option<u8>,
    /// The day on which it is removed already.
    pub removed_on: Option<Date>,
    /// Whether the file is a form of another system: what it leaves empty, it does not know, and it stays as it was.
    pub is_partial: bool,
}

/// How a file names the premises of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeterAt {
    /// By house and number.
    Premises {
        /// The house's code.
        house_code: String,
        /// The number of the premises.
        number: PremisesNumber,
    },
    /// By their personal account: the company's number of it, or the ЕЛС.
    Account {
        /// As it is written.
        number: AccountNumber,
        /// The same, if it can be an ЕЛС.
        unified_number: Option<UnifiedAccountNumber>,
    },
}

/// A reading of an earlier month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What the meter measures.
    pub meter_kind: MeterKind,
    /// The meter's serial number.
    pub meter_serial: String,
    /// Who took it.
    pub source: ReadingSource,
    /// The month that it belongs to.
    pub period: Period,
    /// The day of the dial.
    pub taken_on: Date,
    /// One to three values. Whether the dial can show them is checked when the meter is known.
    pub values: Vec<Decimal>,
    /// Whether the company confirms that the dial passed through zero since the reading before.
    pub rolled_over: bool,
}

/// Who took a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadingSource {
    /// A resident.
    Resident,
    /// The company.
    Company,
    /// The company, to check a resident's.
    Control,
    /// The verifier.
    Verification,
}

impl PremisesKind {
    pub(super) const ALL: [Self; 2] = [Self::Residential, Self::NonResidential];

    /// The name under which it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Residential => "residential",
            Self::NonResidential => "non_residential",
        }
    }
}

impl ReadingSource {
    pub(super) const ALL: [Self; 4] = [Self::Resident, Self::Company, Self::Control, Self::Verification];

    /// The name under which it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Company => "company",
            Self::Control => "control",
            Self::Verification => "verification",
        }
    }
}
