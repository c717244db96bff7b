//! The cells of a sheet, row by row.

use std::io::BufRead;

use super::Strings;
use super::xml::{Broken, Document, Element, Piece};

/// As many as Excel has.
const COLUMNS_MAX: usize = 16_384;
/// Longer text in one cell is no value of ours.
const CELL_BYTES_MAX: usize = 64 << 10;
/// A row may name one long shared text in each of its cells: a megabyte is far above any row of ours.
const ROW_BYTES_MAX: usize = 1 << 20;

/// A cell that is not empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// 0 for A.
    pub(super) column: usize,
    /// What it holds.
    pub(super) value: CellValue,
}

/// What a cell holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CellValue {
    /// Text.
    Text(String),
    /// A number as the file writes it; a date is one too.
    Number(String),
    /// A formula, whose value nobody but its author's program knows.
    Formula,
    /// `#N/A` and the like, or something else that is no value.
    Error,
}

impl Cell {
    /// How much memory it takes, itself and its text.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match &self.value {
                CellValue::Text(text) | CellValue::Number(text) => text.len(),
                CellValue::Formula | CellValue::Error => 0,
            }
    }
}

/// Rows of a sheet.
pub(super) struct Rows<'a, R> {
    document: Document<R>,
    strings: &'a Strings,
    number: u64,
}

/// A row's number, counted from 1, and its cells.
pub(super) type Row = (u64, Vec<Cell>);

impl<'a, R: BufRead> Rows<'a, R> {
    pub(super) fn new(source: R, strings: &'a Strings) -> Self {
        Self { document: Document::new(source), strings, number: 0 }
    }

    /// The next row; nothing at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, Broken> {
        loop {
            match self.document.next()? {
                Piece::Start(element) if element.name == "row" => return self.row(&element).map(Some),
                Piece::Over => return Ok(None),
                _ => {}
            }
        }
    }

    /// The number of the row that was read last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn row(&mut self, row: &Element) -> Result<Row, Broken> {
        let told = row.attribute("r").and_then(|number| number.parse().ok());
        self.number = told.unwrap_or(self.number + 1);
        let (mut cells, mut next, mut left) = (Vec::new(), 0, ROW_BYTES_MAX);
        loop {
            match self.document.next()? {
                Piece::Start(element) if element.name == "c" => {
                    let column = element.attribute("r").map_or(Some(next), column).ok_or(Broken)?;
                    next = column + 1;
                    let Some(value) = self.cell(&element)? else { continue };
                    let cell = Cell { column, value };
                    left = left.checked_sub(cell.bytes()).ok_or(Broken)?;
                    cells.push(cell);
                }
                Piece::End(name) if name == "row" => return Ok((self.number, cells)),
                Piece::Over => return Err(Broken),
                _ => {}
            }
        }
    }

    /// The value of a cell: text stands in `t`, phonetic hints in `rPh` are none of it.
    fn cell(&mut self, cell: &Element) -> Result<Option<CellValue>, Broken> {
        let (mut text, mut is_value, mut is_hint, mut is_formula) = (String::new(), false, false, false);
        loop {
            match self.document.next()? {
                Piece::Start(element) => match element.name.as_str() {
                    "v" | "t" => is_value = !is_hint,
                    "rPh" => is_hint = true,
                    "f" => is_formula = true,
                    _ => {}
                },
                Piece::End(name) => match name.as_str() {
                    "v" | "t" => is_value = false,
                    "rPh" => is_hint = false,
                    "c" => break,
                    _ => {}
                },
                Piece::Text(piece) if is_value => {
                    text.push_str(&piece);
                    if text.len() > CELL_BYTES_MAX {
                        return Err(Broken);
                    }
                }
                Piece::Text(_) => {}
                Piece::Over => return Err(Broken),
            }
        }
        if is_formula {
            return Ok(Some(CellValue::Formula));
        }
        self.value(cell.attribute("t").unwrap_or("n"), &text)
    }

    fn value(&self, kind: &str, text: &str) -> Result<Option<CellValue>, Broken> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        Ok(match kind {
            "s" => {
                let shared = text.parse().ok().and_then(|index| self.strings.get(index)).ok_or(Broken)?.trim();
                // Checked where it is copied: another sheet may hold whatever it likes.
                if shared.len() > CELL_BYTES_MAX {
                    return Err(Broken);
                }
                (!shared.is_empty()).then(|| CellValue::Text(shared.to_owned()))
            }
            "n" => Some(CellValue::Number(text.to_owned())),
            "e" => Some(CellValue::Error),
            _ => Some(CellValue::Text(text.to_owned())),
        })
    }
}

/// `AB12` → 27.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_usize, |number, letter| {
        number.saturating_mul(26).saturating_add(usize::from(letter.to_ascii_uppercase() - b'A' + 1))
    });
    number.checked_sub(1).filter(|column| *column < COLUMNS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_letters() {
        assert_eq!(
            [column("A1"), column("Z9"), column("AA1"), column("XFD1")],
            [Some(0), Some(25), Some(26), Some(16_383)]
        );
        assert_eq!([column("1"), column("XFE1"), column("AAAAAAAAAAAAAAAAAAAA1")], [None; 3]);
    }

    #[test]
    fn cells_of_every_kind_are_read() {
        let mut strings = Strings::default();
        strings.push("общая");
        let xml = "<worksheet><sheetData><row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"C3\"><v>1.5E1</v></c>\
                   <c r=\"D3\" t=\"inlineStr\"><is><r><t>а&amp;</t></r><rPh><t>нет</t></rPh><r><t>б&#49;</t></r></is></c>\
                   <c r=\"E3\"><f>A1+1</f><v>2</v></c><c r=\"F3\" t=\"e\"><v>#N/A</v></c><c r=\"G3\"/></row><row/></sheetData></worksheet>";
        let mut rows = Rows::new(xml.as_bytes(), &strings);
        let (number, cells) = rows.next_row().unwrap().unwrap();
        let values: Vec<_> = cells.into_iter().map(|cell| (cell.column, cell.value)).collect();
        let expected = [
            (0, CellValue::Text("общая".to_owned())),
            (2, CellValue::Number("1.5E1".to_owned())),
            (3, CellValue::Text("а&б1".to_owned())),
            (4, CellValue::Formula),
            (5, CellValue::Error),
        ];
        assert_eq!((number, values.as_slice()), (3, &expected[..]));
        assert_eq!(rows.next_row().unwrap(), Some((4, Vec::new())));
        assert_eq!(rows.next_row().unwrap(), None);
    }

    #[test]
    fn no_shared_text_makes_a_cell_or_a_row_larger_than_they_may_be() {
        let mut strings = Strings::default();
        strings.push(&"я".repeat(CELL_BYTES_MAX / 2));
        strings.push(&"я".repeat(CELL_BYTES_MAX / 2 + 1));
        let row = |index: usize, cells: usize| {
            let cells = format!("<c t=\"s\"><v>{index}</v></c>").repeat(cells);
            Rows::new(format!("<row>{cells}</row>").as_bytes(), &strings).next_row().map(drop)
        };
        assert_eq!(row(0, 1), Ok(()));
        assert_eq!(row(1, 1), Err(Broken));
        assert_eq!(row(0, ROW_BYTES_MAX / CELL_BYTES_MAX), Err(Broken));
    }

    #[test]
    fn a_row_of_every_column_that_excel_has_is_read() {
        let strings = Strings::default();
        let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(COLUMNS_MAX));
        assert_eq!(Rows::new(row.as_bytes(), &strings).next_row().unwrap().unwrap().1.len(), COLUMNS_MAX);
    }

    #[test]
    fn a_sheet_that_breaks_off_or_defines_entities_is_refused() {
        let strings = Strings::default();
        for xml in [
            "<row r=\"1\"><c r=\"A1\"><v>1",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><row/>",
            "<row><c t=\"s\"><v>7</v></c></row>",
        ] {
            assert!(Rows::new(xml.as_bytes(), &strings).next_row().is_err(), "{xml}");
        }
    }
}
