//! A file as lines of cells: its header, its records one by one, and the bad lines found so far.

use csv::{ReaderBuilder, StringRecord, StringRecordsIntoIter, Trim};

use super::cells::Cells;
use super::{BadLine, BadLines, Lines};

/// One line of cells.
pub(super) struct Record {
    /// Its number.
    pub(super) number: u64,
    /// What its cells say.
    pub(super) cells: StringRecord,
    /// Cells that say nothing that could be read, by their places, and why.
    pub(super) faults: Vec<(usize, &'static str)>,
}

/// A line, or the number of the one from which on nothing can be read, and why.
pub(super) type Readable = Result<Record, (u64, String)>;

/// The lines of a file under its header. They are read as they are asked for: a large file is never in memory twice.
pub(super) struct Table<'a> {
    file: String,
    header_line: u64,
    header: Vec<String>,
    /// What the file itself calls the columns, where that is something else.
    titles: Vec<String>,
    /// What its kind of file may have and it has not.
    absent: Vec<&'static str>,
    lines_max: usize,
    records: Box<dyn Iterator<Item = Readable> + 'a>,
    bad_lines: BadLines,
}

impl<'a> Table<'a> {
    /// The table of these records under this header, which stands in the line of this number.
    pub(super) fn new(
        file: &str,
        header_line: u64,
        header: Vec<String>,
        records: impl Iterator<Item = Readable> + 'a,
    ) -> Self {
        let (file, records) = (file.to_owned(), Box::new(records));
        let (titles, absent, bad_lines) = (Vec::new(), Vec::new(), BadLines::default());
        Self { file, header_line, header, titles, absent, lines_max: usize::MAX, records, bad_lines }
    }

    /// The same table, whose columns the file calls so.
    pub(super) fn with_titles(self, titles: Vec<String>) -> Self {
        Self { titles, ..self }
    }

    /// The same table, of which no more good lines are read than these and one more.
    pub(super) fn up_to(self, lines_max: usize) -> Self {
        Self { lines_max, ..self }
    }

    /// The table that a CSV text holds. What has no header has one bad line.
    pub(super) fn csv(file: &str, text: &'a str) -> Result<Self, BadLine> {
        let bad = |line, reason| BadLine { file: file.to_owned(), line, column: None, reason };
        let mut records = CsvRecords::new(text);
        let header = records.next().transpose().map_err(|(line, reason)| bad(line, reason))?;
        let empty = || bad(1, "файл пуст: в первой строке должны быть названия столбцов".to_owned());
        let header = header.ok_or_else(empty)?;
        Ok(Self::new(file, header.number, header.cells.iter().map(str::to_lowercase).collect(), records))
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Notes which of the columns that a file of its kind may have it has not.
    pub(super) fn note_absent(&mut self, optional: &[&'static str]) {
        let is_absent = |name: &&&'static str| !self.header.iter().any(|column| column == **name);
        self.absent = optional.iter().filter(is_absent).copied().collect();
    }

    /// Notes what is wrong with the header.
    pub(super) fn refuse_header(&mut self, column: Option<&str>, reason: impl ToString) {
        self.refuse(self.header_line, column, reason);
    }

    /// Notes a bad line.
    pub(super) fn refuse(&mut self, line: u64, column: Option<&str>, reason: impl ToString) {
        let (file, column) = (self.file.clone(), column.map(|column| self.title(column).to_owned()));
        self.bad_lines.push(BadLine { file, line, column, reason: reason.to_string() });
    }

    fn title<'t>(&'t self, column: &'t str) -> &'t str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.titles.get(at)).map_or(column, String::as_str)
    }

    /// Reads each line by this function; what it could not read is noted.
    pub(super) fn read_rows<T>(&mut self, read: impl Fn(&mut Cells<'_>) -> Option<T>) -> Lines<T> {
        let mut lines = Vec::new();
        while lines.len() <= self.lines_max
            && let Some(record) = self.records.next()
        {
            match record {
                Ok(record) => {
                    let number = record.number;
                    lines.extend(self.read_row(&record, &read).map(|row| super::Line { number, row }));
                }
                Err((number, reason)) => {
                    self.refuse(number, None, reason);
                    break;
                }
            }
        }
        Lines { lines, absent: self.absent.clone() }
    }

    fn read_row<T>(&mut self, record: &Record, read: impl Fn(&mut Cells<'_>) -> Option<T>) -> Option<T> {
        let (found, asked) = (record.cells.len(), self.header.len());
        if found != asked {
            let reason = format!("значений {found}, а столбцов {asked}: проверьте кавычки и разделители");
            self.refuse(record.number, None, reason);
            return None;
        }
        if !record.faults.is_empty() {
            for (at, reason) in &record.faults {
                let column = self.header[*at].clone();
                self.refuse(record.number, Some(&column), *reason);
            }
            return None;
        }
        let mut cells = Cells::new(&self.header, &record.cells);
        let row = read(&mut cells);
        for (column, reason) in cells.into_faults() {
            self.refuse(record.number, Some(column), reason);
        }
        row
    }

    /// The bad lines in their order.
    pub(super) fn into_bad_lines(mut self) -> BadLines {
        self.bad_lines.sort_from(0);
        self.bad_lines
    }
}

/// The records of a CSV text with the numbers of their lines.
///
/// Lines of empty cells, as spreadsheets leave them at the end, are no records.
struct CsvRecords<'a> {
    records: StringRecordsIntoIter<&'a [u8]>,
    lines: LineCounter<'a>,
}

impl<'a> CsvRecords<'a> {
    fn new(text: &'a str) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let lines = LineCounter { text: text.as_bytes(), at: 0, line: 1 };
        Self { records: reader.into_records(), lines }
    }
}

impl Iterator for CsvRecords<'_> {
    type Item = Readable;

    fn next(&mut self) -> Option<Readable> {
        loop {
            let Ok(record) = self.records.next()? else {
                return Some(Err((self.lines.line, "строку не удалось прочесть".to_owned())));
            };
            let start = record.position().map_or(0, csv::Position::byte);
            let number = self.lines.line_of_record(usize::try_from(start).unwrap_or(usize::MAX));
            if record.iter().any(|cell| !cell.is_empty()) {
                return Some(Ok(Record { number, cells: record, faults: Vec::new() }));
            }
        }
    }
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
pub(super) fn line_at(bytes: &[u8], at: usize) -> u64 {
    1 + newlines(&bytes[..at])
}
