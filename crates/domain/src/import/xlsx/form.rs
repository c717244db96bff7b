//! Which columns of a sheet are which of ours: the form «Сведения о ПУ» of ГИС ЖКХ by its titles, a plain sheet by
//! the names that the CSV files have.

use super::sheet::{Cell, CellValue};

/// Our name of a column, and what the form calls it: the beginning of its title, the more exact one first.
const TITLES: [(&str, &str); 9] = [
    ("serial", "заводской (серийный) номер"),
    ("rates", "вид пу по количеству тарифов"),
    ("scope", "вид пу"),
    ("account", "номер лицевого счета"),
    ("kind", "вид коммунального ресурса"),
    ("installed_on", "дата установки"),
    ("commissioned_on", "дата ввода в эксплуатацию"),
    ("verified_on", "дата последней поверки"),
    ("verification_interval", "межповерочный интервал"),
];

const DATES: [&str; 10] = [
    "since",
    "until",
    "opened_on",
    "closed_on",
    "installed_on",
    "commissioned_on",
    "verified_on",
    "removed_on",
    "taken_on",
    "valid_from",
];

/// A column that is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Where it stands in the sheet, 0 for A.
    pub(super) at: usize,
    /// Our name of it.
    pub(super) name: String,
    /// What the file calls it.
    pub(super) title: String,
}

impl Column {
    /// Whether its numbers are days.
    pub(super) fn is_date(&self) -> bool {
        DATES.contains(&self.name.as_str())
    }
}

/// The columns of the form that we hold, of whatever version; the others are left out.
pub(super) fn of_form(header: &[Cell]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (at, title) in titles(header) {
        let normal = normal(&title);
        let name = TITLES.iter().find(|(_, known)| normal.starts_with(known)).map(|(name, _)| *name);
        if let Some(name) = name.filter(|name| columns.iter().all(|column| column.name != *name)) {
            columns.push(Column { at, name: name.to_owned(), title });
        }
    }
    columns
}

/// What the form calls a column of ours.
pub(super) fn title(name: &str) -> &'static str {
    TITLES.iter().find(|(known, _)| *known == name).map_or("", |(_, title)| title)
}

/// Every column of a plain sheet.
pub(super) fn of_sheet(header: &[Cell]) -> Vec<Column> {
    titles(header).map(|(at, title)| Column { at, name: title.to_lowercase(), title }).collect()
}

fn titles(header: &[Cell]) -> impl Iterator<Item = (usize, String)> {
    header.iter().filter_map(|cell| match &cell.value {
        CellValue::Text(title) => Some((cell.column, title.clone())),
        _ => None,
    })
}

/// Titles differ between versions in line breaks, letter case and ё.
fn normal(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().replace('ё', "е")
}
