//! The kinds of files: their columns, and how a file of the kind is read and held against itself.

use super::accounting::{self, Opening};
use super::acknowledgements::{self, Acknowledgement};
use super::charging::{self, NotSupplied};
use super::cross::{refuse_above_whole, refuse_repeated};
use super::prices::{self, Benefit, Norm, Tariff};
use super::rows::{Owner, Reading};
use super::table::Table;
use super::{ImportFile, lines};

/// A kind of file.
pub(super) struct Kind {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    /// Reads every line under a header of this kind.
    pub(super) read: fn(&mut Table<'_>) -> ImportFile,
}

const KINDS: [Kind; 18] = [
    Kind {
        name: "companies",
        required: &["inn", "name"],
        optional: &["ogrn", "phone", "email", "address", "kpp", "bank_account", "bank", "bik", "correspondent_account"],
        read: companies,
    },
    Kind {
        name: "houses",
        required: &["code", "company_inn", "municipality", "address", "time_zone", "window_from_day", "window_to_day"],
        optional: &["cadastral_number"],
        read: houses,
    },
    Kind {
        name: "premises",
        required: &["house_code", "number", "kind", "area"],
        optional: &["area_since", "cadastral_number"],
        read: premises,
    },
    Kind {
        name: "owners",
        required: &["house_code", "premises", "name", "share", "since"],
        optional: &["until"],
        read: owners,
    },
    Kind {
        name: "accounts",
        required: &["number", "house_code", "premises", "holder", "opened_on"],
        optional: &["unified_number", "contact_phone", "contact_email", "closed_on"],
        read: accounts,
    },
    Kind {
        name: "meters",
        required: &[
            "kind",
            "serial",
            "house_code",
            "premises",
            "rates",
            "digits_integer",
            "digits_fraction",
            "installed_on",
        ],
        optional: &["place", "verified_on", "verification_interval_years", "removed_on"],
        read: meters,
    },
    Kind {
        name: "readings",
        required: &["meter_kind", "meter_serial", "source", "period", "taken_on", "value_1"],
        optional: &["value_2", "value_3", "rolled_over"],
        read: readings,
    },
    Kind {
        name: "tariffs",
        required: &[
            "house_code",
            "service",
            "supplier_inn",
            "supplier",
            "price_1",
            "act",
            "act_number",
            "act_date",
            "since",
        ],
        optional: &[
            "offer",
            "price_2",
            "price_3",
            "above_norm_1",
            "above_norm_2",
            "above_norm_3",
            "fixed",
            "surcharge",
            "act_link",
            "until",
        ],
        read: tariffs,
    },
    Kind {
        name: "norms",
        required: &["house_code", "service", "per", "dwelling", "value", "act", "act_number", "act_date", "since"],
        optional: &["act_link", "until"],
        read: norms,
    },
    Kind {
        name: "benefits",
        required: &["house_code", "benefit", "service", "percent", "act", "act_number", "act_date", "since"],
        optional: &["limit", "act_link", "until"],
        read: benefits,
    },
    Kind { name: "production_days", required: &["day", "work", "name", "act"], optional: &[], read: production_days },
    Kind {
        name: "openings",
        required: &["account", "period", "amount", "on"],
        optional: &["fund", "penalty"],
        read: openings,
    },
    Kind {
        name: "house_services",
        required: &["house_code", "service", "way", "since"],
        optional: &["until"],
        read: house_services,
    },
    Kind {
        name: "house_areas",
        required: &["house_code", "premises_area", "common_area", "since"],
        optional: &["until"],
        read: house_areas,
    },
    Kind {
        name: "households",
        required: &["house_code", "premises", "registered", "since"],
        optional: &["temporary", "owners", "until"],
        read: households,
    },
    Kind {
        name: "not_supplied",
        required: &["house_code", "premises", "service", "since"],
        optional: &["until"],
        read: not_supplied,
    },
    Kind {
        name: "house_volumes",
        required: &["house_code", "service", "period", "volume"],
        optional: &["direct_volume"],
        read: house_volumes,
    },
    Kind {
        name: "acknowledgements",
        required: &["meter_kind", "meter_serial", "period", "value_1", "supplier_inn", "on", "is_accepted"],
        optional: &["value_2", "value_3", "reason"],
        read: acknowledgements,
    },
];

impl Kind {
    fn has(&self, column: &str) -> bool {
        self.required.contains(&column) || self.optional.contains(&column)
    }

    fn columns(&self) -> String {
        [self.required, self.optional].concat().join(", ")
    }
}

const UNKNOWN: &str = "по первой строке не понять, что в файле: столбцы названы не так, как нужно; их названия есть на \
                       странице загрузки и в docs/operations.md";
const TABS: &str = "столбцы разделены табуляцией, а нужна «;» или «,»: сохраните файл как «CSV UTF-8»";

/// The kind whose columns the header names. If it names them wrongly, the header is refused by the nearest kind, or in
/// one sentence where none is near.
pub(super) fn recognise(table: &mut Table<'_>) -> Option<&'static Kind> {
    let header = table.header().to_vec();
    let shared = |kind: &&Kind| header.iter().filter(|column| kind.has(column)).count();
    let is_near = |kind: &&Kind| shared(kind) * 2 >= header.len().min(kind.required.len());
    let Some(kind) = KINDS.iter().max_by_key(shared).filter(is_near) else {
        let is_tabbed = header.iter().any(|column| column.contains('\t'));
        table.refuse_header(None, if is_tabbed { TABS } else { UNKNOWN });
        return None;
    };
    let faults = header_faults(kind, &header);
    let is_good = faults.is_empty();
    for (column, reason) in faults {
        table.refuse_header(Some(&column), reason);
    }
    table.note_absent(kind.optional);
    is_good.then_some(kind)
}

fn header_faults(kind: &Kind, header: &[String]) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    for (index, column) in header.iter().enumerate() {
        if !kind.has(column) {
            let columns = kind.columns();
            faults.push((column.clone(), format!("такого столбца в файле {} нет, а есть: {columns}", kind.name)));
        }
        if header[..index].contains(column) {
            faults.push((column.clone(), "столбец назван дважды".to_owned()));
        }
    }
    let missing = kind.required.iter().filter(|required| !header.iter().any(|column| column == *required));
    faults.extend(missing.map(|column| ((*column).to_owned(), format!("в файле {} нет этого столбца", kind.name))));
    faults
}

fn companies(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::company);
    refuse_repeated(table, &rows, "inn", |row| Some(row.inn.clone()));
    ImportFile::Companies(rows)
}

fn houses(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::house);
    refuse_repeated(table, &rows, "code", |row| Some(row.code.clone()));
    ImportFile::Houses(rows)
}

fn premises(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::premises);
    refuse_repeated(table, &rows, "number", |row| Some((row.house_code.clone(), row.number.clone())));
    ImportFile::Premises(rows)
}

fn owners(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::owner);
    let key = |row: &Owner| (row.house_code.clone(), row.premises.clone(), row.name.clone(), row.since);
    refuse_repeated(table, &rows, "name", |row| Some(key(row)));
    refuse_above_whole(table, &rows);
    ImportFile::Owners(rows)
}

fn accounts(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::account);
    refuse_repeated(table, &rows, "number", |row| Some(row.number.clone()));
    refuse_repeated(table, &rows, "unified_number", |row| row.unified_number.clone());
    ImportFile::Accounts(rows)
}

fn meters(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::meter);
    refuse_repeated(table, &rows, "serial", |row| Some((row.kind, row.serial.clone())));
    ImportFile::Meters(rows)
}

fn readings(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(lines::reading);
    let key = |row: &Reading| (row.meter_kind, row.meter_serial.clone(), row.source, row.period, row.taken_on);
    refuse_repeated(table, &rows, "taken_on", |row| Some(key(row)));
    ImportFile::Readings(rows)
}

fn tariffs(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(prices::tariff);
    let key = |row: &Tariff| {
        let what = (row.house_code.clone(), row.service, row.prices.count());
        (what, row.is_offer, row.supplier_inn.as_str().to_owned(), row.since)
    };
    refuse_repeated(table, &rows, "since", |row| Some(key(row)));
    ImportFile::Tariffs(rows)
}

fn norms(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(prices::norm);
    let key = |row: &Norm| (row.house_code.clone(), row.service, row.per, row.since);
    refuse_repeated(table, &rows, "since", |row| Some(key(row)));
    ImportFile::Norms(rows)
}

fn benefits(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(prices::benefit);
    let key = |row: &Benefit| (row.house_code.clone(), row.benefit.clone(), row.service, row.since);
    refuse_repeated(table, &rows, "since", |row| Some(key(row)));
    ImportFile::Benefits(rows)
}

fn production_days(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(accounting::production_day);
    refuse_repeated(table, &rows, "day", |row| Some(row.day));
    ImportFile::ProductionDays(rows)
}

fn openings(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(accounting::opening);
    let key = |row: &Opening| (row.account.clone(), row.period, row.is_capital_repair);
    refuse_repeated(table, &rows, "period", |row| Some(key(row)));
    ImportFile::Openings(rows)
}

fn house_services(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(charging::house_service);
    refuse_repeated(table, &rows, "since", |row| Some((row.house_code.clone(), row.service, row.since)));
    ImportFile::HouseServices(rows)
}

fn house_areas(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(charging::house_area);
    refuse_repeated(table, &rows, "since", |row| Some((row.house_code.clone(), row.since)));
    ImportFile::HouseAreas(rows)
}

fn households(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(charging::household);
    refuse_repeated(table, &rows, "since", |row| Some((row.house_code.clone(), row.premises.clone(), row.since)));
    ImportFile::Households(rows)
}

fn not_supplied(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(charging::not_supplied);
    let key = |row: &NotSupplied| (row.house_code.clone(), row.premises.clone(), row.service, row.since);
    refuse_repeated(table, &rows, "since", |row| Some(key(row)));
    ImportFile::NotSupplied(rows)
}

fn house_volumes(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(charging::house_volume);
    refuse_repeated(table, &rows, "period", |row| Some((row.house_code.clone(), row.service, row.period)));
    ImportFile::HouseVolumes(rows)
}

fn acknowledgements(table: &mut Table<'_>) -> ImportFile {
    let rows = table.read_rows(acknowledgements::acknowledgement);
    let key = |row: &Acknowledgement| (row.meter_kind, row.meter_serial.clone(), row.period, row.supplier_inn.clone());
    refuse_repeated(table, &rows, "period", |row| Some(key(row)));
    ImportFile::Acknowledgements(rows)
}

/// The columns without which the form of meters says nothing; of the days either.
const FORM_REQUIRED: [&[&str]; 5] =
    [&["serial"], &["scope"], &["account"], &["kind"], &["installed_on", "commissioned_on"]];

/// Reads the form of meters of ГИС ЖКХ; nothing where its header lacks a column.
pub(super) fn form(table: &mut Table<'_>, title: fn(&str) -> &'static str) -> Option<ImportFile> {
    let has_any = |names: &&[&str]| table.header().iter().any(|column| names.contains(&column.as_str()));
    let missing: Vec<_> = FORM_REQUIRED.into_iter().filter(|names| !has_any(names)).collect();
    for names in &missing {
        let titles: Vec<_> = names.iter().map(|name| title(name)).collect();
        let reason = "в форме нет этого столбца: возьмите чистую форму и перенесите данные";
        table.refuse_header(Some(&titles.join(" или ")), reason);
    }
    missing.is_empty().then(|| {
        let rows = table.read_rows(lines::form_meter);
        refuse_repeated(table, &rows, "serial", |row| Some((row.kind, row.serial.clone())));
        ImportFile::Meters(rows)
    })
}
