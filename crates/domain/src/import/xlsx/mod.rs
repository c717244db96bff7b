//! XLSX workbooks: the form «Сведения о ПУ» of ГИС ЖКХ, and plain sheets with the columns of the CSV files.
//!
//! A form is known by its hidden sheet `conf` with TYPE and VERSION; both are checked, its columns are found by their
//! titles, and those that the portal holds nothing of are left out. A workbook without `conf` is read as a CSV file
//! would be: the first row of its first sheet names the columns. Formulas are refused: their values are whatever the
//! last program that saved the file thought.

mod form;
mod sheet;
mod values;
mod xml;
mod zip;

use csv::StringRecord;

use self::{
    form::Column,
    sheet::{Cell, CellValue, Rows},
    xml::{Document, Piece},
    zip::{Archive, EntryError},
};
use super::{BadLine, BadLines, ImportFile, alone, table::Record, table::Table};

/// What an XLSX file begins with; no header of ours does.
const SIGNATURE: &[u8] = b"PK";
/// What a file of the old Excel begins with.
const OLD_SIGNATURE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
/// The form's sheet.
const METERS: &str = "Сведения о ПУ";
/// The sheet that tells which form it is.
const CONF: &str = "conf";
/// TYPE of the form of meters, whatever follows.
const METERS_TYPE: &str = "ImpMDData";
/// TYPE of the form of readings.
const READINGS_TYPE: &str = "PU";
/// The first number of the VERSIONs whose columns are known.
const VERSIONS: std::ops::RangeInclusive<u32> = 10..=15;

/// Unpacked sizes: what lists the sheets, the shared texts, one sheet. A hundred thousand rows of the form are 150 MB.
const SMALL_BYTES_MAX: u64 = 4 << 20;
const STRINGS_BYTES_MAX: u64 = 48 << 20;
const SHEET_BYTES_MAX: u64 = 400 << 20;

const NOT_READ: &str =
    "файл Excel повреждён или не читается: откройте его в табличной программе, сохраните заново как .xlsx и загрузите";
const TOO_LARGE: &str = "внутри файл слишком велик: разделите его на несколько";

/// Whether the file is a workbook, new or old, or says so by its name: one that was damaged on its way is no text.
pub(super) fn is_workbook(name: &str, bytes: &[u8]) -> bool {
    let is_named = name.to_ascii_lowercase().ends_with(".xlsx");
    is_named || bytes.starts_with(SIGNATURE) || bytes.starts_with(OLD_SIGNATURE)
}

/// Reads a workbook.
pub(super) fn parse(name: &str, bytes: &[u8], lines_max: usize) -> Result<ImportFile, BadLines> {
    let bad = |reason: String| alone(BadLine { file: name.to_owned(), line: 1, column: None, reason });
    if bytes.starts_with(OLD_SIGNATURE) {
        return Err(bad("это файл старого Excel (.xls): сохраните его как .xlsx".to_owned()));
    }
    let book = Book::open(bytes).map_err(bad)?;
    let is_form = book.is_form().map_err(bad)?;
    let sheet = if is_form { book.sheet(METERS) } else { book.sheets.first() };
    let sheet = sheet.ok_or_else(|| bad(format!("в файле нет листа «{METERS}»")))?;
    let mut rows = book.rows(sheet).map_err(bad)?;
    let header = rows.next_row().map_err(|_| bad(NOT_READ.to_owned()))?;
    let (header_line, header) =
        header.ok_or_else(|| bad("лист пуст: в первой строке должны быть названия столбцов".to_owned()))?;
    let columns = if is_form { form::of_form(&header) } else { form::of_sheet(&header) };
    let names = columns.iter().map(|column| column.name.clone()).collect();
    let titles = columns.iter().map(|column| column.title.clone()).collect();
    let records = Records { rows, columns, is_1904: book.is_1904, is_over: false };
    let table = Table::new(name, header_line, names, records).with_titles(titles).up_to(lines_max);
    if is_form { ImportFile::read_form(table, form::title) } else { ImportFile::read(table) }
}

/// A workbook's sheets and shared texts.
struct Book<'a> {
    archive: Archive<'a>,
    sheets: Vec<Sheet>,
    strings: Strings,
    is_1904: bool,
}

struct Sheet {
    name: String,
    path: String,
}

/// The texts that cells share, in one piece: a hundred thousand small ones would cost more than they hold.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn get(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(index)?)
    }
}

impl<'a> Book<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let archive = Archive::open(bytes).ok_or(NOT_READ)?;
        let mut book = Self { archive, sheets: Vec::new(), strings: Strings::default(), is_1904: false };
        let paths = book.relations()?;
        book.list_sheets(&paths)?;
        book.read_strings()?;
        Ok(book)
    }

    fn part(&self, name: &str, bytes_max: u64) -> Result<Option<Document<impl std::io::BufRead + use<'a>>>, String> {
        match self.archive.entry(name, bytes_max) {
            Ok(entry) => Ok(Some(Document::new(entry))),
            Err(EntryError::Missing) => Ok(None),
            Err(EntryError::TooLarge) => Err(TOO_LARGE.to_owned()),
            Err(EntryError::Unreadable) => Err(NOT_READ.to_owned()),
        }
    }

    /// Ids and paths of the sheets' files.
    fn relations(&self) -> Result<Vec<(String, String)>, String> {
        let mut document = self.part("xl/_rels/workbook.xml.rels", SMALL_BYTES_MAX)?.ok_or(NOT_READ)?;
        let mut paths = Vec::new();
        loop {
            match document.next().map_err(|_| NOT_READ)? {
                Piece::Start(element) if element.name == "Relationship" => {
                    let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target")) else {
                        continue;
                    };
                    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
                    paths.push((id.to_owned(), path));
                }
                Piece::Over => return Ok(paths),
                _ => {}
            }
        }
    }

    fn list_sheets(&mut self, paths: &[(String, String)]) -> Result<(), String> {
        let mut document = self.part("xl/workbook.xml", SMALL_BYTES_MAX)?.ok_or(NOT_READ)?;
        loop {
            match document.next().map_err(|_| NOT_READ)? {
                Piece::Start(element) if element.name == "workbookPr" => {
                    self.is_1904 = matches!(element.attribute("date1904"), Some("1" | "true"));
                }
                Piece::Start(element) if element.name == "sheet" => {
                    let id = element.attribute("id").unwrap_or_default();
                    let path = paths.iter().find(|(known, _)| known == id).map(|(_, path)| path.clone());
                    let name = element.attribute("name").unwrap_or_default().to_owned();
                    self.sheets.extend(path.map(|path| Sheet { name, path }));
                }
                Piece::Over => return Ok(()),
                _ => {}
            }
        }
    }

    fn read_strings(&mut self) -> Result<(), String> {
        let Some(mut document) = self.part("xl/sharedStrings.xml", STRINGS_BYTES_MAX)? else { return Ok(()) };
        let (mut text, mut is_text, mut is_hint) = (String::new(), false, false);
        loop {
            match document.next().map_err(|_| NOT_READ)? {
                Piece::Start(element) => match element.name.as_str() {
                    "t" => is_text = !is_hint,
                    "rPh" => is_hint = true,
                    _ => {}
                },
                Piece::End(name) => match name.as_str() {
                    "t" => is_text = false,
                    "rPh" => is_hint = false,
                    "si" => self.strings.push(&std::mem::take(&mut text)),
                    _ => {}
                },
                Piece::Text(piece) if is_text => text.push_str(&piece),
                Piece::Text(_) => {}
                Piece::Over => return Ok(()),
            }
        }
    }

    fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name.trim() == name)
    }

    fn rows(&self, sheet: &Sheet) -> Result<Rows<'_, impl std::io::BufRead + use<'a>>, String> {
        match self.archive.entry(&sheet.path, SHEET_BYTES_MAX) {
            Ok(entry) => Ok(Rows::new(entry, &self.strings)),
            Err(EntryError::TooLarge) => Err(TOO_LARGE.to_owned()),
            Err(_) => Err(NOT_READ.to_owned()),
        }
    }

    /// Whether this is the form of meters; a sentence where it is another form, or of an unknown version.
    fn is_form(&self) -> Result<bool, String> {
        let Some(conf) = self.sheet(CONF) else { return Ok(false) };
        let mut rows = self.rows(conf)?;
        let mut told = [("TYPE", String::new()), ("VERSION", String::new())];
        while let Some((_, cells)) = rows.next_row().map_err(|_| NOT_READ)? {
            let mut texts = cells.into_iter().filter_map(|cell| match cell.value {
                CellValue::Text(text) | CellValue::Number(text) => Some(text),
                CellValue::Formula | CellValue::Error => None,
            });
            let name = texts.next().unwrap_or_default();
            if let Some((_, value)) = told.iter_mut().find(|(known, _)| *known == name) {
                *value = texts.next().unwrap_or_default();
            }
        }
        let [(_, kind), (_, version)] = told;
        check_form(&kind, &version).map(|()| true)
    }
}

fn check_form(kind: &str, version: &str) -> Result<(), String> {
    if kind == READINGS_TYPE {
        return Err("это форма показаний: приборы в ней названы номерами ГИС ЖКХ, которых портал не знает. \
                    Загрузите показания файлом readings"
            .to_owned());
    }
    if !kind.starts_with(METERS_TYPE) {
        return Err(format!(
            "на листе conf указан вид «{kind}»: загрузить можно только форму «{METERS}» ({METERS_TYPE})"
        ));
    }
    let first = version.split('.').next().and_then(|number| number.parse().ok());
    if first.is_some_and(|number: u32| VERSIONS.contains(&number)) {
        return Ok(());
    }
    let (from, to) = (VERSIONS.start(), VERSIONS.end());
    Err(format!("на листе conf указана версия «{version}», а известны версии с {from} по {to}: возьмите другую форму"))
}

/// The rows of a sheet as records of the columns that are read. Rows with nothing in them are none.
struct Records<'a, R> {
    rows: Rows<'a, R>,
    columns: Vec<Column>,
    is_1904: bool,
    is_over: bool,
}

impl<R: std::io::BufRead> Iterator for Records<'_, R> {
    type Item = Result<Record, (u64, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            match self.rows.next_row() {
                Ok(Some((number, cells))) => {
                    let record = self.record(number, cells);
                    if record.cells.iter().any(|cell| !cell.is_empty()) || !record.faults.is_empty() {
                        return Some(Ok(record));
                    }
                }
                Ok(None) => self.is_over = true,
                Err(_) => {
                    self.is_over = true;
                    return Some(Err((self.rows.number(), NOT_READ.to_owned())));
                }
            }
        }
        None
    }
}

impl<R> Records<'_, R> {
    fn record(&self, number: u64, cells: Vec<Cell>) -> Record {
        let (mut texts, mut faults) = (vec![String::new(); self.columns.len()], Vec::new());
        for cell in cells {
            let Some(index) = self.columns.iter().position(|column| column.at == cell.column) else { continue };
            match text(cell.value, self.columns[index].is_date(), self.is_1904) {
                Ok(text) => texts[index] = text,
                Err(reason) => faults.push((index, reason)),
            }
        }
        Record { number, cells: StringRecord::from(texts), faults }
    }
}

/// What a CSV file would say in place of the cell.
fn text(value: CellValue, is_date: bool, is_1904: bool) -> Result<String, &'static str> {
    match value {
        CellValue::Text(text) => Ok(text),
        CellValue::Number(number) if is_date => {
            values::day(&number, is_1904).ok_or("это не день: впишите дату как 25.07.2026")
        }
        CellValue::Number(number) => values::number(&number)
            .ok_or("в числе больше 15 цифр, Excel теряет последние: задайте ячейке вид «Текст» и впишите заново"),
        CellValue::Formula => Err("в ячейке формула: вставьте вместо неё значение"),
        CellValue::Error => Err("в ячейке ошибка Excel: впишите значение"),
    }
}

#[cfg(test)]
mod tests;
