//! Files that people take away: an attachment, a table for a spreadsheet, and what somebody else attached.

use axum::response::{IntoResponse, Response};
use forms::{Cell, Table};
use http::header;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Problem;

/// A file to be kept under this name (ASCII), of this media type.
pub fn attachment(name: &str, media_type: &'static str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

/// In which form a list is taken away.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// For any program.
    #[default]
    Csv,
    /// For a table program.
    Xlsx,
}

/// A list as a file of this name (ASCII, without its ending).
///
/// # Errors
/// An internal problem, where the list is too large for a workbook.
pub fn table(name: &str, table: &Table, format: TableFormat) -> Result<Response, Problem> {
    Ok(match format {
        TableFormat::Csv => {
            let mut csv = Csv::new(&table.columns);
            for row in &table.rows {
                let cells: Vec<_> = row.iter().map(Cell::to_text).collect();
                csv.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
            }
            attachment(&format!("{name}.csv"), "text/csv; charset=utf-8", String::from(csv).into_bytes())
        }
        TableFormat::Xlsx => {
            let file = forms::xlsx(table).map_err(Problem::internal)?;
            let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            attachment(&format!("{name}.xlsx"), media_type, file)
        }
    })
}

/// What a policy lets a file do that somebody else attached: be seen, and nothing else.
const SANDBOX: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// A file that somebody else attached, of the media type that its first bytes told. Pictures are shown, anything else is
/// saved: a browser's viewer of documents runs no code under our name.
pub fn untrusted(name: &str, content_type: &str, body: Vec<u8>) -> Response {
    let (disposition, ending) = match content_type {
        "image/jpeg" => ("inline", "jpg"),
        "image/png" => ("inline", "png"),
        "application/pdf" => ("attachment", "pdf"),
        _ => ("attachment", "bin"),
    };
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{name}.{ending}\"")),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

/// A table as spreadsheets set to Russian read it: UTF-8 with its mark, a semicolon between cells.
#[derive(Debug)]
pub struct Csv(String);

impl Csv {
    /// A table with these columns.
    pub fn new(columns: &[&str]) -> Self {
        let mut csv = Self("\u{feff}".to_owned());
        csv.row(columns);
        csv
    }

    /// The rest of a table whose beginning is elsewhere: without the mark and the names of columns.
    pub const fn continued() -> Self {
        Self(String::new())
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[&str]) {
        let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
        self.0.push_str(&cells.join(";"));
        self.0.push_str("\r\n");
    }
}

impl From<Csv> for String {
    fn from(csv: Csv) -> Self {
        csv.0
    }
}

/// What a spreadsheet may take for the beginning of a formula (OWASP, «CSV Injection»), with the wide forms and the minus
/// that Russian and East Asian spreadsheets take for the same.
const BEGIN_FORMULAS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '−', '＝', '＋', '－', '＠'];

/// A spreadsheet runs what begins like a formula: an apostrophe before it makes it text. A number below zero is none.
fn quoted(cell: &str) -> String {
    let is_safe = !cell.starts_with(BEGIN_FORMULAS) || is_below_zero(cell);
    format!("\"{}{}\"", if is_safe { "" } else { "'" }, cell.replace('"', "\"\""))
}

/// Digits with a comma or a point among them, after a minus.
fn is_below_zero(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix(['-', '−']) else { return false };
    let (whole, fraction) = number.split_once([',', '.']).unwrap_or((number, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_neither_a_formula_nor_the_end_of_its_row() {
        let mut csv = Csv::new(&["Кто", "Что"]);
        csv.row(&["=HYPERLINK(\"http://x\")", "а;б\r\n\"в\""]);
        let expected = "\u{feff}\"Кто\";\"Что\"\r\n\"'=HYPERLINK(\"\"http://x\"\")\";\"а;б\r\n\"\"в\"\"\"\r\n";
        assert_eq!(String::from(csv), expected);
    }

    #[test]
    fn whatever_a_spreadsheet_takes_for_a_formula_is_text_and_a_number_stays_one() {
        for begin in BEGIN_FORMULAS {
            let cell = format!("{begin}1+cmd|' /C calc'!A0");
            assert_eq!(quoted(&cell), format!("\"'{cell}\""));
        }
        for number in ["-1", "−12,50", "-0.001"] {
            assert_eq!(quoted(number), format!("\"{number}\""));
        }
        for formula in ["-", "−", "-1-1", "−1;2", "--1", "-1,", "-,5", "-1,2,3", "-A1", "+79161234567"] {
            assert_eq!(quoted(formula), format!("\"'{formula}\""));
        }
    }
}
