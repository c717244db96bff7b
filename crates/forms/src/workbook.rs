//! A list as a workbook of one sheet (ECMA-376).

use domain::money::Kopecks;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::{Cell, FormError, Table};

/// The most letters a sheet's name has.
const NAME_MAX: usize = 31;
const MONEY: &str = "#,##0.00";
const DATE: &str = "dd.mm.yyyy";
/// How many letters a column is wide: narrower it is no good to read, wider it hides its neighbours.
const WIDTH: std::ops::RangeInclusive<usize> = 10..=48;

/// The list as XLSX: numbers are numbers and days are days. Text never is a formula.
///
/// # Errors
/// A list that no sheet holds.
pub fn xlsx(table: &Table) -> Result<Vec<u8>, FormError> {
    write(table).map_err(|error| FormError::Drawing(error.to_string()))
}

fn write(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same list gives the same bytes.
    let properties = DocProperties::new().set_title(&table.title);
    workbook.set_properties(&properties.set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let sheet = workbook.add_worksheet();
    sheet.set_name(name(&table.title))?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, title) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, *title, &bold)?;
        sheet.set_column_width(column, width(table, usize::from(column)))?;
    }
    let formats = [MONEY, DATE].map(|format| Format::new().set_num_format(format));
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            put(sheet, (row, column), cell, &formats)?;
        }
    }
    workbook.save_to_buffer()
}

/// As wide as what stands in it, with the thousands of sums apart.
fn width(table: &Table, column: usize) -> u32 {
    let title = table.columns.get(column).map_or(0, |title| title.chars().count());
    let cells = table.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.to_text().chars().count());
    let widest = cells.chain([title]).max().unwrap_or(0) + 2;
    u32::try_from(widest.clamp(*WIDTH.start(), *WIDTH.end())).unwrap_or(u32::MAX)
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    [money, day]: &[Format; 2],
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Number(value) => sheet.write_number(row, column, nearest(*value))?,
        Cell::Money(Kopecks(amount)) => {
            sheet.write_number_with_format(row, column, nearest(Decimal::new(*amount, 2)), money)?
        }
        Cell::Date(date) => {
            let date = ExcelDateTime::from_ymd(
                date.year().unsigned_abs(),
                date.month().unsigned_abs(),
                date.day().unsigned_abs(),
            )?;
            sheet.write_datetime_with_format(row, column, &date, day)?
        }
        Cell::Empty => return Ok(()),
    };
    Ok(())
}

/// Spreadsheets know no decimals: the number nearest to one, which they print as the decimal.
fn nearest(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}

/// The title without what a sheet's name must not have.
fn name(title: &str) -> String {
    let is_allowed = |letter: &char| !['[', ']', ':', '*', '?', '/', '\\', '\''].contains(letter);
    let name: String = title.chars().filter(is_allowed).take(NAME_MAX).collect();
    if name.is_empty() { "Список".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_what_stands_in_it() {
        let row = ["б", "Содержание жилого помещения", &"в".repeat(200)].map(|text| Cell::Text(text.to_owned()));
        let table = Table { title: "Список".to_owned(), columns: vec!["а", "б", "в"], rows: vec![row.into()] };
        assert_eq!([0, 1, 2].map(|column| width(&table, column)), [10, 29, 48]);
    }
}
