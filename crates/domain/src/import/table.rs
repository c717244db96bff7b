//! A CSV file as lines of cells: its text, its delimiter, its header, and the bad lines found so far.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::BadLine;
use super::cells::Cells;

/// The lines of a file under its header.
pub(super) struct Table {
    file: String,
    header: Vec<String>,
    records: Vec<(u64, StringRecord)>,
    bad_lines: Vec<BadLine>,
}

impl Table {
    /// Parts a file into cells. What cannot be parted has one bad line.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Self, BadLine> {
        let bad = |line, reason: &str| BadLine { file: file.to_owned(), line, column: None, reason: reason.to_owned() };
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            bad(line_at(bytes, error.valid_up_to()), "файл не в кодировке UTF-8: сохраните его как «CSV UTF-8»")
        })?;
        let mut records = records(text).map_err(|line| bad(line, "строку не удалось прочесть"))?.into_iter();
        let (_, header) =
            records.next().ok_or_else(|| bad(1, "файл пуст: в первой строке должны быть названия столбцов"))?;
        let header = header.iter().map(str::to_lowercase).collect();
        Ok(Self { file: file.to_owned(), header, records: records.collect(), bad_lines: Vec::new() })
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Notes a bad line.
    pub(super) fn refuse(&mut self, line: u64, column: Option<&str>, reason: impl ToString) {
        let (file, column) = (self.file.clone(), column.map(str::to_owned));
        self.bad_lines.push(BadLine { file, line, column, reason: reason.to_string() });
    }

    /// Reads each line by this function; what it could not read is noted.
    pub(super) fn read_rows<T>(&mut self, read: impl Fn(&mut Cells<'_>) -> Option<T>) -> Vec<super::Line<T>> {
        let mut lines = Vec::with_capacity(self.records.len());
        for (number, record) in std::mem::take(&mut self.records) {
            if record.len() != self.header.len() {
                let (found, asked) = (record.len(), self.header.len());
                self.refuse(
                    number,
                    None,
                    format!("значений {found}, а столбцов {asked}: проверьте кавычки и разделители"),
                );
                continue;
            }
            let header = self.header.clone();
            let mut cells = Cells::new(&header, &record);
            let row = read(&mut cells);
            for (column, reason) in cells.into_faults() {
                self.refuse(number, Some(column), reason);
            }
            lines.extend(row.map(|row| super::Line { number, row }));
        }
        lines
    }

    /// The bad lines in their order.
    pub(super) fn into_bad_lines(mut self) -> Vec<BadLine> {
        self.bad_lines.sort_by_key(|bad| bad.line);
        self.bad_lines
    }
}

/// The records of a text with the numbers of their lines; the number of the line that is none, if one is not.
///
/// Lines of empty cells, as spreadsheets leave them at the end, are no records.
fn records(text: &str) -> Result<Vec<(u64, StringRecord)>, u64> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = LineCounter { text: text.as_bytes(), at: 0, line: 1 };
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| lines.line)?;
        let start = record.position().map_or(0, csv::Position::byte);
        let number = lines.line_of_record(usize::try_from(start).unwrap_or(usize::MAX));
        if record.iter().any(|cell| !cell.is_empty()) {
            records.push((number, record));
        }
    }
    Ok(records)
}

/// The header's own: names hold neither of the two.
fn delimiter(text: &str) -> u8 {
    let header = text.trim_start().lines().next().unwrap_or_default();
    if header.contains(';') { b';' } else { b',' }
}

/// Counts the lines before each record. The reader's own count stops at `\r` and at empty lines.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    fn line_of_record(&mut self, start: usize) -> u64 {
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let start = start.min(self.text.len());
        let breaks = self.text[start..].iter().take_while(|byte| is_break(byte)).count();
        self.line += newlines(&self.text[self.at..start + breaks]);
        self.at = start + breaks;
        self.line
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The number of the line in which a byte lies.
fn line_at(bytes: &[u8], at: usize) -> u64 {
    1 + newlines(&bytes[..at])
}
