//! Files that people take away: an attachment, a table for a spreadsheet, and what somebody else attached.

use axum::response::{IntoResponse, Response};
use http::header;

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

/// A spreadsheet runs what begins like a formula: an apostrophe before it makes it text.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
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
}
