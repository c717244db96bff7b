//! Lists for spreadsheets: cells that know what they are.

use domain::bill::{Bill, BillLine};
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

/// The lines of a bill as a list.
///
/// # Errors
/// An amount that no account can owe.
pub fn lines(bill: &Bill) -> Result<Table, ArithmeticError> {
    let columns = vec![
        "Месяц",
        "Услуга",
        "Единица",
        "Объём",
        "Цена, ₽",
        "Начислено, ₽",
        "Превышение, ₽",
        "Пересчёт, ₽",
        "Льгота, ₽",
        "К оплате, ₽",
        "Причина",
    ];
    let row = |line: &BillLine| {
        Ok(vec![
            Cell::Text(line.of_period.to_string()),
            Cell::Text(line.service.title().to_owned()),
            Cell::Text(line.service.unit().symbol().to_owned()),
            Cell::Number(line.volume),
            line.price.map_or(Cell::Empty, Cell::Number),
            Cell::Money(line.charged),
            Cell::Money(line.excess),
            Cell::Money(line.recalculated),
            Cell::Money(line.discount),
            Cell::Money(line.payable()?),
            line.reason.clone().map_or(Cell::Empty, Cell::Text),
        ])
    };
    let rows = bill.lines.iter().map(row).collect::<Result<_, ArithmeticError>>()?;
    Ok(Table { title: format!("Счёт {}", bill.number), columns, rows })
}
