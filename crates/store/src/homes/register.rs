//! What a company's files say of its houses: rows put by their natural keys.
//!
//! Putting the same row twice changes nothing; a row that says something new replaces what may change, but for the
//! columns that the caller tells to be `kept`. What may not change (the premises of an account, the dial of a meter that
//! was read) is for the caller to hold against what is [`known`].

use domain::{bill::BankDetails, reading::Dial, share::Share};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

pub use super::put::{Changed, Changes};
use super::{addresses, known, put::Put};
use crate::{Result, Tx, params, value::json_text};

/// A management company; its key is the ИНН.
#[derive(Debug)]
pub struct NewCompany<'a> {
    /// The id, if it is new.
    pub company_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// ИНН.
    pub inn: &'a str,
    /// ОГРН.
    pub ogrn: Option<&'a str>,
    /// `+7XXXXXXXXXX`.
    pub phone: Option<&'a str>,
    /// E-mail.
    pub email: Option<&'a str>,
    /// Where it sits.
    pub address: Option<&'a str>,
    /// КПП.
    pub kpp: Option<&'a str>,
    /// Where it is paid, with keys that were checked.
    pub bank: Option<&'a BankDetails>,
}

const COMPANY: Put = Put {
    insert: "insert into company (company_id, name, inn, ogrn, phone, email, address, kpp, bank_account, bank, bik,
                                  correspondent_account, created_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                    value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, ?2
             from json_each(?1) where true
             on conflict (inn)",
    known: "company k on k.inn = n.value ->> 2",
    mutable: &[
        ("name", 1),
        ("ogrn", 3),
        ("phone", 4),
        ("email", 5),
        ("address", 6),
        ("kpp", 7),
        ("bank_account", 8),
        ("bank", 9),
        ("bik", 10),
        ("correspondent_account", 11),
    ],
};

/// Puts a company.
///
/// # Errors
/// A failing database.
pub fn put_company(tx: &Tx<'_>, now: Timestamp, new: &NewCompany<'_>, kept: &[&str]) -> Result<Changes> {
    let bank = new.bank.map(|bank| (&bank.account, &bank.bank, &bank.bik));
    let row = (
        new.company_id,
        new.name,
        new.inn,
        new.ogrn,
        new.phone,
        new.email,
        new.address,
        new.kpp,
        bank.map(|(account, ..)| account),
        bank.map(|(_, bank, _)| bank),
        bank.map(|(.., bik)| bik),
        new.bank.and_then(|bank| bank.correspondent.as_ref()),
    );
    COMPANY.run(tx, params![json_text(&[row])?, now], kept)
}

/// A house; its key is the company's code of it.
#[derive(Debug)]
pub struct NewHouse<'a> {
    /// The id, if it is new.
    pub house_id: &'a str,
    /// The company's own key of the house.
    pub code: &'a str,
    /// Who manages it.
    pub company_id: &'a str,
    /// Город или район.
    pub municipality: &'a str,
    /// Without the flat.
    pub address: &'a str,
    /// Кадастровый номер.
    pub cadastral_number: Option<&'a str>,
    /// IANA name.
    pub time_zone: &'a str,
    /// The first day of the window for readings.
    pub window_from_day: u8,
    /// The last day; below the first one: in the next month.
    pub window_to_day: u8,
}

const HOUSE: Put = Put {
    insert: "insert into house (house_id, code, company_id, municipality, address, cadastral_number, time_zone,
                                window_from_day, window_to_day, created_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                    value ->> 7, value ->> 8, ?2
             from json_each(?1) where true
             on conflict (code)",
    known: "house k on k.code = n.value ->> 1",
    mutable: &[
        ("company_id", 2),
        ("municipality", 3),
        ("address", 4),
        ("cadastral_number", 5),
        ("time_zone", 6),
        ("window_from_day", 7),
        ("window_to_day", 8),
    ],
};

/// Puts a house. Another company may take it over. Its address can be searched for at once.
///
/// # Errors
/// A failing database.
pub fn put_house(tx: &Tx<'_>, now: Timestamp, new: &NewHouse<'_>, kept: &[&str]) -> Result<Changes> {
    let row = (
        new.house_id,
        new.code,
        new.company_id,
        new.municipality,
        new.address,
        new.cadastral_number,
        new.time_zone,
        new.window_from_day,
        new.window_to_day,
    );
    let changes = HOUSE.run(tx, params![json_text(&[row])?, now], kept)?;
    if changes.is_any() {
        let house_id = known::house_id(tx, new.code)?.unwrap_or_else(|| new.house_id.to_owned());
        addresses::index(tx, &house_id, new.municipality, new.address)?;
    }
    Ok(changes)
}

/// A flat or another room of a house; its key is the house and the number.
#[derive(Debug)]
pub struct NewPremises<'a> {
    /// The id, if it is new.
    pub premises_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// «15», «12А».
    pub number: &'a str,
    /// `residential` or `non_residential`.
    pub kind: &'a str,
    /// m² × 100.
    pub area_hundredths: i64,
    /// The day from which on it holds, where it is another than before.
    pub area_since: Option<Date>,
    /// Кадастровый номер.
    pub cadastral_number: Option<&'a str>,
}

// `where true` parts the `on` of the conflict from that of a join.
const PREMISES: Put = Put {
    insert: "insert into premises (premises_id, house_id, number, kind, area_hundredths, cadastral_number, created_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?2
             from json_each(?1) where true
             on conflict (house_id, number)",
    known: "premises k on k.house_id = n.value ->> 1 and k.number = n.value ->> 2",
    mutable: &[("kind", 3), ("area_hundredths", 4), ("cadastral_number", 5)],
};

/// Puts premises of different keys.
///
/// # Errors
/// A failing database.
pub fn put_premises(tx: &Tx<'_>, now: Timestamp, new: &[NewPremises<'_>], kept: &[&str]) -> Result<Changes> {
    let rows: Vec<_> = new.iter().map(premises_values).collect();
    PREMISES.run(tx, params![json_text(&rows)?, now], kept)
}

fn premises_values<'a>(new: &'a NewPremises<'a>) -> impl Serialize + 'a {
    (new.premises_id, new.house_id, new.number, new.kind, new.area_hundredths, new.cadastral_number)
}

/// Notes since when areas of known premises hold, where they are others than before; call it before [`put_premises`].
/// Without a day of its own an area holds from `otherwise` on. Answers the accounts of those premises, each with its
/// house and that day.
///
/// # Errors
/// A failing database.
pub fn put_areas(tx: &Tx<'_>, otherwise: Date, new: &[NewPremises<'_>]) -> Result<Vec<(String, String, Date)>> {
    let rows = new.iter().map(|one| (one.house_id, one.number, one.area_hundredths, one.area_since));
    let rows = json_text(&rows.collect::<Vec<_>>())?;
    let first = "insert or ignore into premises_area (premises_id, since, area_hundredths)
                 select p.premises_id, '0001-01-01', p.area_hundredths
                 from json_each(?1) n cross join premises p on p.house_id = n.value ->> 0 and p.number = n.value ->> 1
                 where p.area_hundredths <> n.value ->> 2";
    tx.execute(first, params![&rows])?;
    let next = "insert into premises_area (premises_id, since, area_hundredths)
                select p.premises_id, coalesce(n.value ->> 3, ?2), n.value ->> 2
                from json_each(?1) n cross join premises p on p.house_id = n.value ->> 0 and p.number = n.value ->> 1
                where p.area_hundredths <> n.value ->> 2
                on conflict do update set area_hundredths = excluded.area_hundredths
                returning premises_id, since";
    let put = tx.query(next, params![rows, otherwise])?;
    if put.is_empty() {
        return Ok(Vec::new());
    }
    let put = put.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(String, Date)>>>()?;
    // An area of a later day that was told before is that of no day any more.
    let later = "delete from premises_area where (premises_id, since) in (
                     select a.premises_id, a.since from json_each(?1) n
                     join premises_area a on a.premises_id = n.value ->> 0 and a.since > n.value ->> 1)";
    tx.execute(later, params![json_text(&put)?])?;
    let put: Vec<_> = put.iter().map(|(premises_id, since)| (premises_id.as_str(), *since)).collect();
    known::accounts_since(tx, &put)
}

/// Somebody's share of premises; its key is the premises, the name and the day it began.
#[derive(Debug)]
pub struct NewOwner<'a> {
    /// The id, if it is new.
    pub owner_id: &'a str,
    /// The premises.
    pub premises_id: &'a str,
    /// Who.
    pub name: &'a str,
    /// How much.
    pub share: Share,
    /// The day it began.
    pub since: Date,
    /// The day it ended.
    pub until: Option<Date>,
}

const OWNER: Put = Put {
    insert: "insert into owner (owner_id, premises_id, name, share_numerator, share_denominator, since, until)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
             from json_each(?1) where true
             on conflict (premises_id, name, since)",
    known: "owner k on k.premises_id = n.value ->> 1 and k.name = n.value ->> 2 and k.since = n.value ->> 5",
    mutable: &[("until", 6)],
};

/// Puts shares of different keys. Their past is never rewritten: only its end may be told later.
///
/// # Errors
/// A failing database.
pub fn put_owners(tx: &Tx<'_>, new: &[NewOwner<'_>], kept: &[&str]) -> Result<Changes> {
    let rows: Vec<_> = new.iter().map(owner_values).collect();
    OWNER.run(tx, params![json_text(&rows)?], kept)
}

fn owner_values<'a>(new: &'a NewOwner<'a>) -> impl Serialize + 'a {
    let (numerator, denominator) = (new.share.numerator(), new.share.denominator());
    (new.owner_id, new.premises_id, new.name, numerator, denominator, new.since, new.until)
}

/// A personal account; its key is the company's number of it.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// The id, if it is new.
    pub account_id: &'a str,
    /// Upper case.
    pub number: &'a str,
    /// ЕЛС.
    pub unified_number: Option<&'a str>,
    /// What is paid for.
    pub premises_id: &'a str,
    /// In whose name.
    pub holder: &'a str,
    /// `+7XXXXXXXXXX`.
    pub contact_phone: Option<&'a str>,
    /// E-mail.
    pub contact_email: Option<&'a str>,
    /// The day it was opened.
    pub opened_on: Date,
    /// The day it was closed.
    pub closed_on: Option<Date>,
}

const ACCOUNT: Put = Put {
    insert: "insert into account (account_id, number, unified_number, premises_id, holder, contact_phone,
                                  contact_email, opened_on, closed_on, created_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                    value ->> 7, value ->> 8, ?2
             from json_each(?1) where true
             on conflict (number)",
    known: "account k on k.number = n.value ->> 1",
    mutable: &[
        ("unified_number", 2),
        ("holder", 4),
        ("contact_phone", 5),
        ("contact_email", 6),
        ("opened_on", 7),
        ("closed_on", 8),
    ],
};

/// Puts accounts of different keys. Their premises stay what they were.
///
/// # Errors
/// A duplicate of `account.unified_number` where another account has it: then none of them is put.
pub fn put_accounts(tx: &Tx<'_>, now: Timestamp, new: &[NewAccount<'_>], kept: &[&str]) -> Result<Changes> {
    let rows: Vec<_> = new.iter().map(account_values).collect();
    ACCOUNT.run(tx, params![json_text(&rows)?, now], kept)
}

fn account_values<'a>(new: &'a NewAccount<'a>) -> impl Serialize + 'a {
    (
        new.account_id,
        new.number,
        new.unified_number,
        new.premises_id,
        new.holder,
        new.contact_phone,
        new.contact_email,
        new.opened_on,
        new.closed_on,
    )
}

/// A meter; its key is the kind and the serial number.
#[derive(Debug)]
pub struct NewMeter<'a> {
    /// The id, if it is new.
    pub meter_id: &'a str,
    /// Where it counts.
    pub premises_id: &'a str,
    /// As `domain::meter::MeterKind`.
    pub kind: &'a str,
    /// The number on its face.
    pub serial: &'a str,
    /// «кухня».
    pub place: Option<&'a str>,
    /// How many values it shows, 1 to 3.
    pub rates: u8,
    /// Its digits.
    pub dial: Dial,
    /// Since when it counts.
    pub installed_on: Date,
    /// Its last verification.
    pub verified_on: Option<Date>,
    /// How long that holds.
    pub verification_interval_years: Option<u8>,
    /// The day it was taken away.
    pub removed_on: Option<Date>,
}

const METER: Put = Put {
    insert: "insert into meter (meter_id, premises_id, kind, serial, place, rates, digits_integer, digits_fraction,
                                installed_on, verified_on, verification_interval_years, removed_on, created_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                    value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, ?2
             from json_each(?1) where true
             on conflict (kind, serial)",
    known: "meter k on k.kind = n.value ->> 2 and k.serial = n.value ->> 3",
    mutable: &[
        ("place", 4),
        ("rates", 5),
        ("digits_integer", 6),
        ("digits_fraction", 7),
        ("installed_on", 8),
        ("verified_on", 9),
        ("verification_interval_years", 10),
        ("removed_on", 11),
    ],
};

/// Puts meters of different keys. Their premises stay what they were.
///
/// # Errors
/// A failing database.
pub fn put_meters(tx: &Tx<'_>, now: Timestamp, new: &[NewMeter<'_>], kept: &[&str]) -> Result<Changes> {
    let rows: Vec<_> = new.iter().map(meter_values).collect();
    METER.run(tx, params![json_text(&rows)?, now], kept)
}

pub(super) fn meter_values<'a>(new: &'a NewMeter<'a>) -> impl Serialize + 'a {
    (
        new.meter_id,
        new.premises_id,
        new.kind,
        new.serial,
        new.place,
        new.rates,
        new.dial.digits_integer(),
        new.dial.digits_fraction(),
        new.installed_on,
        new.verified_on,
        new.verification_interval_years,
        new.removed_on,
    )
}
