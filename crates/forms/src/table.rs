//! Lists for spreadsheets: cells that know what they are.

use domain::bill::{Bill, BillLine, Zone};
use domain::exact::ArithmeticError;
use domain::money::Kopecks;
use domain::russian::number;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A list.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it is.
    pub title: String,
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number(Decimal),
    /// Rubles.
    Money(Kopecks),
    /// A day.
    Date(Date),
    /// Nothing is known.
    Empty,
}

impl Cell {
    /// The cell as text, for CSV: a decimal comma, a minus that programs read, a day as 31.12.2026, money without its sign.
    pub fn to_text(&self) -> String {
        let plain = |text: String| text.replace(['\u{a0}', '₽'], "").replace('−', "-");
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) => plain(number(*value)),
            Self::Money(amount) => plain(amount.to_string()),
            Self::Date(date) => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
            Self::Empty => String::new(),
        }
    }
}

/// The lines of a bill as a list, and below them what else makes the sum. Every row names the bill: rows of many bills
/// can be put into one table.
///
/// # Errors
/// An amount that no account can owe.
pub fn lines(bill: &Bill) -> Result<Table, ArithmeticError> {
    let columns = vec![
        "Квитанция №",
        "Лицевой счёт",
        "Месяц квитанции",
        "За месяц",
        "Услуга",
        "Единица",
        "Объём",
        "Цена, ₽",
        "По зонам",
        "Начислено, ₽",
        "Превышение, ₽",
        "Пересчёт, ₽",
        "Льгота, ₽",
        "К оплате, ₽",
        "Причина",
    ];
    let begin = || {
        [bill.number.clone(), bill.payer.account.clone(), bill.period.to_string()].map(Cell::Text).into_iter().collect()
    };
    let row = |line: &BillLine| {
        let mut row: Vec<_> = begin();
        row.extend([
            Cell::Text(line.of_period.to_string()),
            Cell::Text(line.service.title().to_owned()),
            Cell::Text(line.service.unit().symbol().to_owned()),
            Cell::Number(line.volume),
            line.price.map_or(Cell::Empty, Cell::Number),
            zones(line),
            Cell::Money(line.charged),
            Cell::Money(line.excess),
            Cell::Money(line.recalculated),
            Cell::Money(line.discount),
            Cell::Money(line.payable()?),
            line.reason.clone().map_or(Cell::Empty, Cell::Text),
        ]);
        Ok(row)
    };
    let total = |(title, amount): (&str, Kopecks)| {
        let mut row: Vec<_> = begin();
        row.extend([Cell::Empty, Cell::Text(title.to_owned())]);
        row.resize(columns.len() - 2, Cell::Empty);
        row.extend([Cell::Money(amount), Cell::Empty]);
        row
    };
    let mut rows = bill.lines.iter().map(row).collect::<Result<Vec<_>, ArithmeticError>>()?;
    rows.extend(totals(bill)?.into_iter().map(total));
    Ok(Table { title: format!("Квитанция {}", bill.number), columns, rows })
}

/// What follows the lines: added to them they come to the last one.
fn totals(bill: &Bill) -> Result<[(&'static str, Kopecks); 5], ArithmeticError> {
    let totals = bill.totals()?;
    Ok([
        ("Всего по строкам", totals.of_month.plus(totals.corrected)?),
        ("Долг на начало месяца", bill.balance.before),
        ("Оплачено", Kopecks::ZERO.minus(bill.balance.paid)?),
        ("Пени", totals.penalty),
        ("Итого к оплате", totals.payable),
    ])
}

/// «день 123 × 8,09; ночь 58 × 3,87».
fn zones(line: &BillLine) -> Cell {
    let of_zone = |zone: &Zone| {
        let price = zone.price.map(|price| format!(" × {}", number(price))).unwrap_or_default();
        format!("{} {}{price}", zone.name, number(zone.volume))
    };
    let told: Vec<_> = line.zones.iter().map(of_zone).collect();
    if told.is_empty() { Cell::Empty } else { Cell::Text(told.join("; ")) }
}
