//! How one line of each kind of file is read: every column by itself, so that every fault is found.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cells::Cells;
use super::form;
use super::rows::{Account, Company, House, Meter, MeterAt, Owner, Premises, PremisesKind, Reading, ReadingSource};
use super::values::{area_hundredths, date, text, time_zone, whole, yes};
use crate::bill::BankDetails;
use crate::contact::{Email, Phone};
use crate::identifier::{
    AccountNumber, BankAccount, Bik, CadastralNumber, CorrespondentAccount, IdentifierError, Inn, Kpp, Ogrn, Ogrnip,
    PremisesNumber, UnifiedAccountNumber,
};
use crate::meter::MeterKind;
use crate::period::Period;
use crate::reading::{Dial, parse_value};
use crate::share::Share;

/// Where a company is paid.
const BANK_COLUMNS: [&str; 4] = ["bank_account", "bank", "bik", "correspondent_account"];
/// ГОСТ Р 56042-2014 has no more.
const BANK_CHARACTERS_MAX: usize = 45;
/// ГИС ЖКХ takes no more.
const SERIAL_CHARACTERS_MAX: usize = 50;

pub(super) fn company(cells: &mut Cells<'_>) -> Option<Company> {
    let inn = cells.required("inn", Inn::parse);
    let name = cells.required("name", text);
    let ogrn = cells.optional("ogrn", registration_number);
    let phone = cells.optional("phone", Phone::parse);
    let email = cells.optional("email", Email::parse);
    let address = cells.optional("address", text);
    let kpp = cells.optional("kpp", Kpp::parse);
    let bank = bank(cells);
    Some(Company {
        inn: inn?,
        name: name?,
        ogrn: ogrn?,
        phone: phone?,
        email: email?,
        address: address?,
        kpp: kpp?,
        bank: bank?,
    })
}

/// Where a company is paid. An account is known with its bank or not at all: keys of accounts are those of the bank.
fn bank(cells: &mut Cells<'_>) -> Option<Option<BankDetails>> {
    let has_some = BANK_COLUMNS.iter().any(|column| cells.has(column));
    if let Some(missing) = BANK_COLUMNS.into_iter().find(|column| has_some && !cells.has(column)) {
        cells.refuse(missing, "такой колонки нет, а реквизиты банка меняются только вместе");
        return None;
    }
    if BANK_COLUMNS.iter().all(|column| cells.is_empty(column)) {
        return Some(None);
    }
    let bik = cells.required("bik", Bik::parse);
    let bank = cells.required("bank", bank_name);
    let bik = bik?;
    let account = cells.required("bank_account", |cell| BankAccount::parse(cell, &bik));
    let correspondent = cells.optional("correspondent_account", |cell| CorrespondentAccount::parse(cell, &bik));
    Some(Some(BankDetails {
        account: account?.as_str().to_owned(),
        bank: bank?,
        bik: bik.to_string(),
        correspondent: correspondent?.map(|account| account.as_str().to_owned()),
    }))
}

/// The code for banks on a bill takes no more, and parts its fields by a bar.
fn bank_name(cell: &str) -> Result<String, &'static str> {
    let fits = cell.chars().count() <= BANK_CHARACTERS_MAX && !cell.contains('|');
    fits.then(|| cell.to_owned()).ok_or("название банка — до 45 знаков, без «|»")
}

pub(super) fn house(cells: &mut Cells<'_>) -> Option<House> {
    let code = cells.required("code", text);
    let company_inn = cells.required("company_inn", Inn::parse);
    let municipality = cells.required("municipality", text);
    let address = cells.required("address", text);
    let cadastral_number = cells.optional("cadastral_number", CadastralNumber::parse);
    let time_zone = cells.required("time_zone", time_zone);
    let window_from_day = cells.required("window_from_day", whole(1, 31));
    let window_to_day = cells.required("window_to_day", whole(1, 31));
    Some(House {
        code: code?,
        company_inn: company_inn?,
        municipality: municipality?,
        address: address?,
        cadastral_number: cadastral_number?,
        time_zone: time_zone?,
        window_from_day: window_from_day?,
        window_to_day: window_to_day?,
    })
}

pub(super) fn premises(cells: &mut Cells<'_>) -> Option<Premises> {
    let house_code = cells.required("house_code", text);
    let number = cells.required("number", PremisesNumber::parse);
    let kind = cells.required("kind", |cell| one_of(&PremisesKind::ALL, PremisesKind::as_str, cell));
    let area_hundredths = cells.required("area", area_hundredths);
    let area_since = cells.optional("area_since", date);
    let cadastral_number = cells.optional("cadastral_number", CadastralNumber::parse);
    Some(Premises {
        house_code: house_code?,
        number: number?,
        kind: kind?,
        area_hundredths: area_hundredths?,
        area_since: area_since?,
        cadastral_number: cadastral_number?,
    })
}

pub(super) fn owner(cells: &mut Cells<'_>) -> Option<Owner> {
    let house_code = cells.required("house_code", text);
    let premises = cells.required("premises", PremisesNumber::parse);
    let name = cells.required("name", text);
    let share = cells.required("share", Share::parse);
    let (since, until) = term(cells, "since", "until")?;
    Some(Owner { house_code: house_code?, premises: premises?, name: name?, share: share?, since, until })
}

pub(super) fn account(cells: &mut Cells<'_>) -> Option<Account> {
    let number = cells.required("number", AccountNumber::parse);
    let unified_number = cells.optional("unified_number", UnifiedAccountNumber::parse);
    let house_code = cells.required("house_code", text);
    let premises = cells.required("premises", PremisesNumber::parse);
    let holder = cells.required("holder", text);
    let contact_phone = cells.optional("contact_phone", Phone::parse);
    let contact_email = cells.optional("contact_email", Email::parse);
    let (opened_on, closed_on) = term(cells, "opened_on", "closed_on")?;
    Some(Account {
        number: number?,
        unified_number: unified_number?,
        house_code: house_code?,
        premises: premises?,
        holder: holder?,
        contact_phone: contact_phone?,
        contact_email: contact_email?,
        opened_on,
        closed_on,
    })
}

pub(super) fn meter(cells: &mut Cells<'_>) -> Option<Meter> {
    let kind = cells.required("kind", meter_kind);
    let serial = cells.required("serial", serial);
    let house_code = cells.required("house_code", text);
    let premises = cells.required("premises", PremisesNumber::parse);
    let place = cells.optional("place", text);
    let rates = cells.required("rates", whole(1, 3));
    let digits_integer = cells.required("digits_integer", whole(1, 15));
    let digits_fraction = cells.required("digits_fraction", whole(0, 7));
    let verified_on = cells.optional("verified_on", date);
    let verification_interval_years = cells.optional("verification_interval_years", whole(1, 20));
    let (installed_on, removed_on) = term(cells, "installed_on", "removed_on")?;
    Some(Meter {
        kind: kind?,
        serial: serial?,
        at: MeterAt::Premises { house_code: house_code?, number: premises? },
        place: place?,
        rates: Some(rates?),
        dial: Some(Dial::new(digits_integer?, digits_fraction?).ok()?),
        installed_on,
        verified_on: verified_on?,
        verification_interval_years: verification_interval_years?,
        removed_on,
        is_partial: false,
    })
}

/// A line of the form «Сведения о ПУ» of ГИС ЖКХ. It tells no digits, no place and no removal.
pub(super) fn form_meter(cells: &mut Cells<'_>) -> Option<Meter> {
    let serial = cells.required("serial", serial);
    let scope = cells.required("scope", form::scope);
    let account = cells.required("account", form::account);
    let kind = cells.required("kind", form::resource);
    let rates = cells.optional("rates", form::rates);
    let installed_on = cells.optional("installed_on", date);
    let commissioned_on = cells.optional("commissioned_on", date);
    let verified_on = cells.optional("verified_on", date);
    let verification_interval_years = cells.optional("verification_interval", form::years);
    let first_day = installed_on?.or(commissioned_on?);
    if first_day.is_none() {
        cells.refuse("installed_on", "не заполнено, и даты ввода в эксплуатацию тоже нет");
    }
    scope?;
    Some(Meter {
        kind: kind?,
        serial: serial?,
        at: account?,
        place: None,
        rates: rates?,
        dial: None,
        installed_on: first_day?,
        verified_on: verified_on?,
        verification_interval_years: verification_interval_years?,
        removed_on: None,
        is_partial: true,
    })
}

pub(super) fn reading(cells: &mut Cells<'_>) -> Option<Reading> {
    let meter_kind = cells.required("meter_kind", meter_kind);
    let meter_serial = cells.required("meter_serial", serial);
    let source = cells.required("source", |cell| one_of(&ReadingSource::ALL, ReadingSource::as_str, cell));
    let period = cells.required("period", Period::parse);
    let taken_on = cells.required("taken_on", date);
    let values = rate_values(cells);
    let rolled_over = cells.optional("rolled_over", yes);
    let (period, taken_on) = (period?, taken_on?);
    if period.months_since(Period::of(taken_on)).abs() > 1 {
        cells.refuse("period", "показание снято в другом месяце: между period и taken_on не больше месяца");
    }
    Some(Reading {
        meter_kind: meter_kind?,
        meter_serial: meter_serial?,
        source: source?,
        period,
        taken_on,
        values: values?,
        rolled_over: rolled_over?.is_some(),
    })
}

/// What a meter showed, rate by rate.
pub(super) fn rate_values(cells: &mut Cells<'_>) -> Option<Vec<Decimal>> {
    let first = cells.required("value_1", parse_value);
    let second = cells.optional("value_2", parse_value);
    let third = cells.optional("value_3", parse_value);
    if matches!((second, third), (Some(None), Some(Some(_)))) {
        cells.refuse("value_2", "не заполнено, а value_3 заполнено");
    }
    Some([Some(first?), second?, third?].into_iter().flatten().collect())
}

/// A first day, and perhaps a day that ends it.
pub(super) fn term(cells: &mut Cells<'_>, from: &'static str, to: &'static str) -> Option<(Date, Option<Date>)> {
    let (first, over) = (cells.required(from, date), cells.optional(to, date));
    let (first, over) = (first?, over?);
    if over.is_some_and(|over| over < first) {
        cells.refuse(to, &format!("раньше, чем {from}"));
    }
    Some((first, over))
}

fn registration_number(cell: &str) -> Result<String, IdentifierError> {
    if cell.len() == 15 { Ogrnip::parse(cell).map(String::from) } else { Ogrn::parse(cell).map(String::from) }
}

fn serial(cell: &str) -> Result<String, &'static str> {
    let fits = cell.chars().count() <= SERIAL_CHARACTERS_MAX && cell.chars().any(char::is_alphanumeric);
    fits.then(|| cell.to_owned()).ok_or("заводской номер — до 50 знаков, среди них буква или цифра")
}

fn meter_kind(cell: &str) -> Result<MeterKind, String> {
    one_of(&MeterKind::ALL, MeterKind::as_str, cell)
}

/// The value of this name; otherwise a sentence with the names there are.
pub(super) fn one_of<T: Copy>(all: &[T], name: fn(T) -> &'static str, cell: &str) -> Result<T, String> {
    all.iter().copied().find(|value| name(*value) == cell).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|value| name(*value)).collect();
        format!("нужно одно из: {}", names.join(", "))
    })
}
