//! Workbooks as offices save them, and as somebody with bad intentions would make them.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::import::MeterAt;
use crate::meter::MeterKind;

const HEADER: [&str; 8] = [
    "Ссылочный номер ПУ",
    "Заводской (серийный) номер ПУ",
    "Вид ПУ",
    "Марка ПУ",
    "Номер лицевого счёта/Единый лицевой счет/Идентификатор ЖКУ. Обязательно для всех типов ПУ",
    "Вид коммунального \nресурса",
    "Дата установки",
    "Межповерочный интервал",
];

/// An archive as any program would write it.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    archive_of(DEFLATED, parts)
}

const STORED: u8 = 0;
const DEFLATED: u8 = 8;

fn pack(method: u8, part: &[u8]) -> Vec<u8> {
    if method == STORED {
        return part.to_vec();
    }
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(part).unwrap();
    packer.finish().unwrap()
}

fn archive_of(method: u8, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in parts {
        let packed = pack(method, part);
        let mut crc = Crc::new();
        crc.update(part);
        let at = u32::try_from(bytes.len()).unwrap();
        let sizes = [packed.len(), part.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
        let name_bytes = u16::try_from(name.len()).unwrap().to_le_bytes();
        let head = [20, 0, 0, 0, method, 0, 0, 0, 0, 0];
        let shared = [&head, &crc.sum().to_le_bytes()[..], &sizes.concat(), &name_bytes, &[0, 0]].concat();
        bytes.extend([&b"PK\x03\x04"[..], &shared, name.as_bytes(), &packed].concat());
        directory.extend([&b"PK\x01\x02\x14\x00"[..], &shared, &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let [size, at] = [directory.len(), bytes.len()].map(|number| u32::try_from(number).unwrap().to_le_bytes());
    [&bytes[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &at, &[0, 0]].concat()
}

fn sheet(rows: &[&[&str]]) -> String {
    let cell = |text: &&str| match text.strip_prefix('#') {
        Some(number) => format!("<c><v>{number}</v></c>"),
        None if text.starts_with('=') => format!("<c><f>{}</f><v>1</v></c>", &text[1..]),
        None => format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"),
    };
    let rows: Vec<_> =
        rows.iter().map(|row| format!("<row>{}</row>", row.iter().map(cell).collect::<String>())).collect();
    format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.concat())
}

/// A workbook of these sheets.
fn book(sheets: &[(&str, &str)]) -> Vec<u8> {
    book_of(DEFLATED, sheets, &[])
}

/// A workbook of these sheets and other parts.
fn book_of(method: u8, sheets: &[(&str, &str)], others: &[(&str, &str)]) -> Vec<u8> {
    let ids = 1..=sheets.len();
    let list: String =
        ids.clone().zip(sheets).map(|(id, (name, _))| format!("<sheet name=\"{name}\" r:id=\"r{id}\"/>")).collect();
    let relations: String =
        ids.clone().map(|id| format!("<Relationship Id=\"r{id}\" Target=\"worksheets/sheet{id}.xml\"/>")).collect();
    let mut parts = vec![
        ("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{list}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>")),
    ];
    parts.extend(ids.zip(sheets).map(|(id, (_, sheet))| (format!("xl/worksheets/sheet{id}.xml"), (*sheet).to_owned())));
    let mut parts: Vec<_> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    parts.extend(others.iter().map(|(name, text)| (*name, text.as_bytes())));
    archive_of(method, &parts)
}

fn conf(kind: &str, version: &str) -> String {
    sheet(&[&["TYPE", kind], &["VERSION", version]])
}

fn form(rows: &[&[&str]]) -> Vec<u8> {
    let rows = [&[&HEADER[..]], rows].concat();
    book(&[(METERS, &sheet(&rows)), (CONF, &conf("ImpMDDatav2", "11.13.0.1"))])
}

fn faults(bytes: &[u8]) -> Vec<(u64, String, String)> {
    let bad_lines = ImportFile::parse("book.xlsx", bytes).unwrap_err();
    bad_lines.into_iter().map(|bad| (bad.line, bad.column.unwrap_or_default(), bad.reason)).collect()
}

const ROW: [&str; 8] = ["", "00123", "Индивидуальный", "СГВ", "Л/С 12-3", "Холодная вода", "25.07.2020", "6 лет"];

#[test]
fn the_form_of_meters_is_read_by_its_titles_and_the_rest_is_left_out() {
    let second = ["1", "#12345678", "Общий (квартирный)", "", "62тд000001", "Электрическая энергия", "#45000", "1 год"];
    let ImportFile::Meters(lines) = ImportFile::parse("f.xlsx", &form(&[&["", "", ""], &ROW, &second])).unwrap() else {
        panic!("not meters")
    };
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [3, 4]);
    let [first, second] = [&lines[0].row, &lines[1].row];
    assert_eq!((first.kind, first.serial.as_str(), first.rates), (MeterKind::ColdWater, "00123", None));
    assert_eq!((first.installed_on, first.verification_interval_years), (date(2020, 7, 25), Some(6)));
    assert_eq!((first.dial, first.is_partial), (None, true));
    assert_eq!((second.serial.as_str(), second.installed_on), ("12345678", date(2023, 3, 15)));
    let MeterAt::Account { number, unified_number } = &second.at else { panic!("no account") };
    assert_eq!((number.as_str().to_lowercase().as_str(), unified_number.is_some()), ("62тд000001", true));
}

#[test]
fn bad_cells_of_the_form_are_named_by_its_own_titles() {
    let mut wrong = ROW;
    (wrong[2], wrong[5], wrong[6], wrong[7]) = ("Коллективный (общедомовой)", "Сточные воды", "", "6 месяцев");
    let mut formula = ROW;
    formula[1] = "=A1&amp;\"7\"";
    let faults = faults(&form(&[&wrong, &formula, &ROW, &ROW]));
    let places: Vec<_> =
        faults.iter().map(|(line, column, _)| (*line, column.split_whitespace().next().unwrap())).collect();
    assert_eq!(places, [(2, "Вид"), (2, "Вид"), (2, "Межповерочный"), (2, "Дата"), (3, "Заводской"), (5, "Заводской")]);
    assert!(faults[4].2.contains("формула"), "{faults:?}");
    assert_eq!(faults[5].2, "повторяет строку 4");
}

#[test]
fn another_form_or_version_is_refused_in_words() {
    let with = |kind, version| faults(&book(&[(METERS, &sheet(&[&HEADER, &ROW])), (CONF, &conf(kind, version))]));
    assert!(with("PU", "11.0.0.1")[0].2.contains("форма показаний"));
    assert!(with("GF", "11.0.0.1")[0].2.contains("«GF»"));
    assert!(with("ImpMDDatav2", "9.1")[0].2.contains("«9.1»"));
    assert!(with("ImpMDDatav2", "")[0].2.contains("версия"));
    let without = book(&[("Лист1", &sheet(&[&HEADER])), (CONF, &conf("ImpMDDatav2", "11.1"))]);
    assert!(faults(&without)[0].2.contains(METERS));
    let short = book(&[(METERS, &sheet(&[&HEADER[..4]])), (CONF, &conf("ImpMDDatav2", "11.1"))]);
    let lacking: Vec<_> = faults(&short).into_iter().map(|(_, column, _)| column).collect();
    let days = "дата установки или дата ввода в эксплуатацию";
    assert_eq!(lacking, ["номер лицевого счета", "вид коммунального ресурса", days]);
}

#[test]
fn a_plain_sheet_is_read_as_the_csv_file_of_its_columns() {
    let rows: [&[&str]; 3] = [
        &["House_Code", "number", "kind", "area"],
        &["L10", "#15", "residential", "#45.299999999999997"],
        &["L10", "#16", "residential", "#1234567890123456"],
    ];
    let ImportFile::Premises(lines) = ImportFile::parse("f.xlsx", &book(&[("Лист1", &sheet(&rows[..2]))])).unwrap()
    else {
        panic!("not premises")
    };
    assert_eq!((lines[0].row.number.as_str(), lines[0].row.area_hundredths), ("15", 4530));
    let faults = faults(&book(&[("Лист1", &sheet(&rows))]));
    assert_eq!((faults[0].0, faults[0].1.as_str()), (3, "area"));
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_and_while_it_is_unpacked() {
    let honest = vec![b' '; usize::try_from(SMALL_BYTES_MAX).unwrap() + 1];
    let bytes = archive(&[("xl/workbook.xml", b"<a/>"), ("xl/_rels/workbook.xml.rels", &honest)]);
    assert_eq!(faults(&bytes)[0].2, TOO_LARGE);
    // The same with a directory that lies about the size.
    let mut lying = bytes;
    let size = u32::try_from(honest.len()).unwrap().to_le_bytes();
    while let Some(at) = lying.windows(4).position(|window| window == size) {
        lying[at..at + 4].fill(0);
    }
    assert_eq!(faults(&lying)[0].2, NOT_READ);
}

const STRINGS: &str = "xl/sharedStrings.xml";

/// A plain sheet with a shared text and a number in each of its rows.
fn premises(method: u8) -> Vec<u8> {
    let header =
        "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c t=\"s\"><v>3</v></c></row>";
    let row = |number: u8| {
        format!("<row><c t=\"s\"><v>4</v></c><c><v>{number}</v></c><c t=\"s\"><v>5</v></c><c><v>100.01</v></c></row>")
    };
    let sheet = format!("<worksheet><sheetData>{header}{}{}</sheetData></worksheet>", row(1), row(2));
    let texts = ["house_code", "number", "kind", "area", "L10", "residential"];
    let strings: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    book_of(method, &[("Лист1", &sheet)], &[(STRINGS, &format!("<sst>{strings}</sst>"))])
}

#[test]
fn a_sheet_or_shared_texts_without_their_end_are_refused_wherever_they_were_cut() {
    let rows: [&[&str]; 3] = [
        &["house_code", "number", "kind", "area"],
        &["L10", "1", "residential", "10"],
        &["L10", "2", "residential", "20"],
    ];
    let whole = sheet(&rows);
    for (at, _) in whole.char_indices() {
        let faults = faults(&book(&[("Лист1", &whole[..at])]));
        assert!(faults.iter().any(|(_, _, reason)| reason == NOT_READ), "{}: {faults:?}", &whole[..at]);
    }
    let strings = "<sst><si><t>a</t></si>";
    let with_strings = |strings| book_of(DEFLATED, &[("Лист1", whole.as_str())], &[(STRINGS, strings)]);
    assert_eq!(faults(&with_strings(strings))[0].2, NOT_READ);
    assert_eq!(ImportFile::parse("f.xlsx", &with_strings(&format!("{strings}</sst>"))).unwrap().len(), 2);
}

#[test]
fn a_number_that_was_altered_in_the_archive_is_never_taken() {
    let mut bytes = premises(STORED);
    assert_eq!(ImportFile::parse("f.xlsx", &bytes).unwrap().len(), 2);
    let at = bytes.windows(6).position(|window| window == b"100.01").unwrap();
    bytes[at] = b'9';
    assert_eq!(faults(&bytes).last().unwrap().2, NOT_READ);
}

#[test]
fn what_is_no_workbook_is_refused() {
    assert!(faults(OLD_SIGNATURE)[0].2.contains(".xls"));
    assert_eq!(faults(b"\x17\x98 neither a workbook nor a text")[0].2, NOT_READ, "its name says what it was");
    assert_eq!(faults(SIGNATURE)[0].2, NOT_READ);
    assert_eq!(faults(&archive(&[("a.txt", b"a")]))[0].2, NOT_READ);
}

proptest! {
    #[test]
    fn no_changed_byte_changes_silently_what_is_taken(
        is_stored in any::<bool>(), at in any::<prop::sample::Index>(), change in 1_u8..,
    ) {
        let mut bytes = premises(if is_stored { STORED } else { DEFLATED });
        let whole = ImportFile::parse("f.xlsx", &bytes).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        if let Ok(taken) = ImportFile::parse("f.xlsx", &bytes) {
            prop_assert_eq!(taken, whole);
        }
    }

    #[test]
    fn a_damaged_workbook_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = form(&[&ROW]);
        let index = at.index(bytes.len());
        bytes[index] = byte;
        let _ = ImportFile::parse("f.xlsx", &bytes);
        bytes.truncate(cut.index(bytes.len()).max(4));
        let _ = ImportFile::parse("f.xlsx", &bytes);
    }

    #[test]
    fn any_xml_in_place_of_a_sheet_is_read_or_refused(xml in "(<(row|c|v|f|is|t|/row|/c|/v|x y=\"1\")>|[a-z0-9&;]{0,5}){0,40}") {
        let _ = ImportFile::parse("f.xlsx", &book(&[("Лист1", &xml)]));
    }
}
