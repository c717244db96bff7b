//! A bill as other programs read it.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use domain::bill::{Balance, BankDetails, Bill, BillLine, Instalment, MeterRow, Payee, Payer, Reference, Zone};
use domain::charge::Method;
use domain::identifier::UnifiedAccountNumber;
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use forms::{Block, Cell, Table, lines, outline, pdf, text, xlsx};
use jiff::civil::date;
use lopdf::{Document, Object};
use rust_decimal::Decimal;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn line(service: Service, [volume, price]: [&str; 2], charged: i64, explanation: &str) -> BillLine {
    BillLine {
        service,
        of_period: Period::new(2026, 3).unwrap(),
        method: Method::Meter,
        volume: decimal(volume),
        price: Some(decimal(price)),
        zones: Vec::new(),
        charged: Kopecks(charged),
        multiplier: None,
        excess: Kopecks::ZERO,
        recalculated: Kopecks::ZERO,
        discount: Kopecks::ZERO,
        reason: None,
        explanation: vec![explanation.to_owned()],
    }
}

const SENTENCE: &str = "было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽";

/// A bill that has something in each of the five sections. It comes to 424,40 + 992,60 − 50,93 + 750,00 + 12,34.
fn bill() -> Bill {
    let multiplied = BillLine {
        method: Method::Norm,
        multiplier: Some(decimal("1.5")),
        excess: Kopecks(33_087),
        ..line(Service::HotWater, ["12.993", "50.93"], 66_173, "3 чел. × 4,331 м³ × 50,93 ₽ × 1,5 = 992,60 ₽")
    };
    let correction = BillLine {
        of_period: Period::new(2026, 2).unwrap(),
        reason: Some("показание передано позже".to_owned()),
        ..line(Service::ColdWater, ["-1", "50.93"], -5_093, "7 м³ вместо 8 м³")
    };
    Bill {
        number: "202603-0000000015".to_owned(),
        payment_document_id: None,
        period: Period::new(2026, 3).unwrap(),
        issued_on: date(2026, 4, 3),
        due_on: date(2026, 4, 15),
        payer: Payer {
            name: Some("Иванов Иван Иванович".to_owned()),
            account: "15".to_owned(),
            unified_account: UnifiedAccountNumber::parse("75да533315").ok(),
            address: "г. Рязань, ул. Ленина, д. 10, кв. 15".to_owned(),
            area: Some(decimal("54.3")),
            residents: Some(3),
        },
        payee: Payee {
            name: "ООО «УК Мой дом»".to_owned(),
            contacts: Some("+7 495 000-00-00".to_owned()),
            inn: Some("7830002293".to_owned()),
            kpp: Some("783001001".to_owned()),
            bank: Some(BankDetails {
                account: "40702810138250123017".to_owned(),
                bank: "ПАО СБЕРБАНК".to_owned(),
                bik: "044525225".to_owned(),
                correspondent: Some("30101810400000000225".to_owned()),
            }),
        },
        meters: vec![MeterRow {
            service: Service::ColdWater,
            serial: "ХВ-1".to_owned(),
            rate: None,
            verified_until: Some(date(2030, 1, 1)),
            before: Some(decimal("123.456")),
            now: Some(decimal("131.789")),
            places: 3,
        }],
        lines: vec![line(Service::ColdWater, ["8.333", "50.93"], 42_440, SENTENCE), multiplied, correction],
        balance: Balance {
            before: Kopecks(125_000),
            paid: Kopecks(50_000),
            paid_through: date(2026, 3, 31),
            last_paid_on: Some(date(2026, 3, 12)),
            penalty: Kopecks(1_234),
            penalty_cause: Some("оплата за январь опоздала на 12 дней".to_owned()),
        },
        reference: vec![Reference {
            service: Some(Service::HotWater),
            title: "норматив".to_owned(),
            value: "4,331 м³".to_owned(),
            act: Some("Постановление от 20.11.2025 № 12-т".to_owned()),
        }],
        instalments: vec![Instalment {
            service: Service::Heating,
            amount: Kopecks(10_000),
            past: Kopecks(5_000),
            percent: decimal("4.5"),
            percent_amount: Kopecks(123),
        }],
    }
}

const PAYABLE: &str = "2128,41 ₽";
const SECTIONS: [&str; 5] = [
    "1. Плательщик и исполнитель",
    "2. Показания индивидуальных счётчиков",
    "3. Расчёт платы",
    "4. Справочная информация",
    "5. Рассрочка",
];
const SAID: [&str; 9] = [
    "75да533315",
    "г. Рязань, ул. Ленина, д. 10, кв. 15",
    "40702810138250123017",
    "131,789",
    SENTENCE,
    "661,73 + 330,87 (коэффициент 1,5)",
    "показание передано позже",
    "Постановление от 20.11.2025 № 12-т",
    "151,23",
];

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Whether a text has these one after the other.
fn in_order(text: &str, wanted: &[&str]) -> bool {
    let mut rest = text;
    wanted.iter().all(|one| match rest.split_once(squeezed(one).as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[test]
fn a_foreign_reader_gets_all_five_sections_out_of_the_paper() {
    let file = pdf(&outline(&bill()).unwrap()).unwrap();
    let document = Document::load_mem(&file).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text = squeezed(&document.extract_text(&pages).unwrap());
    assert!(in_order(&text, &SECTIONS), "{text}");
    // Cells are broken into lines, and a line of a cell stands beside those of its neighbours.
    for said in [SAID[0], SAID[2], SAID[3], SENTENCE, PAYABLE] {
        assert!(text.contains(&squeezed(said)), "{said}: {text}");
    }
}

#[test]
fn the_paper_is_a4_and_its_code_is_a_picture_that_says_what_it_is() {
    let file = pdf(&outline(&bill()).unwrap()).unwrap();
    let document = Document::load_mem(&file).unwrap();
    let page = document.get_dictionary(document.get_pages()[&1]).unwrap();
    let size: Vec<_> = page.get(b"MediaBox").unwrap().as_array().unwrap()[2..]
        .iter()
        .map(|side| side.as_float().unwrap().round() as i32)
        .collect();
    assert_eq!(size, [595, 842]);
    let is_picture = |object: &&Object| {
        object.as_dict().is_ok_and(|dict| dict.get(b"S").and_then(Object::as_name).is_ok_and(|role| role == b"Figure"))
    };
    let pictures: Vec<_> = document.objects.values().filter(is_picture).collect();
    assert_eq!(pictures.len(), 1);
    assert!(pictures[0].as_dict().unwrap().has(b"Alt"));
}

#[test]
fn plain_text_says_what_the_paper_says_and_the_lines_come_to_the_sum() {
    let told = text(&outline(&bill()).unwrap());
    let squeezed_text = squeezed(&told);
    assert!(in_order(&squeezed_text, &SECTIONS), "{told}");
    for said in SAID {
        assert!(squeezed_text.contains(&squeezed(said)), "{said}: {told}");
    }
    assert!(
        in_order(&squeezed_text, &[&format!("К оплате: {PAYABLE}"), &format!("Итого к оплате: {PAYABLE}")]),
        "{told}"
    );
}

#[test]
fn a_bill_paid_ahead_asks_for_nothing_and_has_no_code() {
    let mut bill = bill();
    bill.balance.paid = Kopecks(1_000_000);
    let outline = outline(&bill).unwrap();
    assert!(outline.blocks.iter().all(|block| !matches!(block, Block::Payment(..))));
    assert!(text(&outline).contains("Оплачено вперёд: 7371,59"), "{}", text(&outline));
}

#[test]
fn what_is_not_known_is_left_out_and_never_denied() {
    let mut bill = bill();
    (bill.meters, bill.reference, bill.instalments) = (Vec::new(), Vec::new(), Vec::new());
    (bill.payer.name, bill.payer.area, bill.payer.residents, bill.payee.bank) = (None, None, None, None);
    let told = text(&outline(&bill).unwrap());
    for section in [SECTIONS[1], SECTIONS[4], "Плательщик:", "Площадь", "Проживает", "Банк"]
    {
        assert!(!told.contains(section), "{section}: {told}");
    }
    assert!(told.contains(SECTIONS[3]) && told.contains(SENTENCE), "how lines come about stays: {told}");
    bill.lines.iter_mut().for_each(|line| line.explanation.clear());
    bill.lines.retain(|line| line.reason.is_none());
    assert!(!text(&outline(&bill).unwrap()).contains(SECTIONS[3]));
}

#[test]
fn a_correction_has_a_sum_and_a_reason_but_neither_volume_nor_price() {
    let mut bill = bill();
    let correction = bill.lines.last_mut().unwrap();
    (correction.volume, correction.price) = (Decimal::ZERO, None);
    let told = text(&outline(&bill).unwrap());
    let expected = "Холодная вода, февраль 2026 — Объём: —; Цена, ₽: —; Начислено, ₽: −50,93";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_meter_without_a_reading_of_the_month_was_charged_by_the_average() {
    let mut bill = bill();
    bill.meters[0].now = None;
    assert!(text(&outline(&bill).unwrap()).contains("Было: 123,456; Стало: посчитано по среднему"));
}

fn read(file: Vec<u8>, sheet: &str) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(file)).unwrap();
    workbook.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn a_foreign_reader_gets_numbers_as_numbers_out_of_the_workbook() {
    let rows = read(xlsx(&lines(&bill()).unwrap()).unwrap(), "Квитанция 202603-0000000015");
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!([&rows[0][4], &rows[1][4]], [&text("Услуга"), &text("Холодная вода")]);
    assert_eq!([&rows[1][6], &rows[1][13]], [&Data::Float(8.333), &Data::Float(424.4)]);
    assert_eq!([&rows[2][10], &rows[2][13]], [&Data::Float(330.87), &Data::Float(992.6)]);
    assert_eq!(rows[3][13], Data::Float(-50.93));
    // Below the lines stands what makes the sum of them, and every row names its bill.
    assert_eq!((rows.len(), &rows[8][4], &rows[8][13]), (9, &text("Итого к оплате"), &Data::Float(2128.41)));
    let bill = [text("202603-0000000015"), text("15"), text("2026-03")];
    assert!(rows[1..].iter().all(|row| row[..3] == bill), "{rows:?}");
}

#[test]
fn each_zone_stands_below_its_line_and_in_the_row_of_a_spreadsheet() {
    let mut bill = bill();
    let zone = |name, volume: &str, price: &str, charged| Zone {
        name,
        volume: decimal(volume),
        price: Some(decimal(price)),
        charged: Kopecks(charged),
    };
    bill.lines.truncate(1);
    bill.lines[0] = BillLine {
        price: None,
        zones: vec![zone("день", "123", "8.09", 99_507), zone("ночь", "58", "3.875", 22_475)],
        ..line(Service::Electricity, ["181", "0"], 121_982, "123 кВт·ч × 8,09 ₽ + 58 кВт·ч × 3,875 ₽ = 1219,82 ₽")
    };
    let told = text(&outline(&bill).unwrap());
    for said in [
        "Электричество — Объём: 181 кВт·ч, счётчик; Цена, ₽: по зонам; Начислено, ₽: 1219,82",
        "в том числе день — Объём: 123 кВт·ч; Цена, ₽: 8,09; Начислено, ₽: 995,07\n",
        "в том числе ночь — Объём: 58 кВт·ч; Цена, ₽: 3,875; Начислено, ₽: 224,75\n",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(lines(&bill).unwrap().rows[0][8], Cell::Text("день 123 × 8,09; ночь 58 × 3,875".to_owned()));
}

#[test]
fn a_meter_keeps_the_places_of_its_dial() {
    let mut bill = bill();
    (bill.meters[0].before, bill.meters[0].now) = (Some(decimal("12345")), Some(decimal("12346.45")));
    assert!(text(&outline(&bill).unwrap()).contains("Было: 12345,000; Стало: 12346,450"));
}

#[test]
fn a_text_has_no_code_but_says_how_to_pay_and_no_head_of_the_paper_is_broken_within_a_word() {
    let outline = outline(&bill()).unwrap();
    let told = text(&outline);
    assert!(!told.contains("камеру"), "{told}");
    let by_details = "по реквизитам из раздела 1. Назначение платежа: Оплата ЖКУ, лицевой счёт 15, март 2026 года.";
    assert!(told.contains(by_details), "{told}");
    let document = Document::load_mem(&pdf(&outline).unwrap()).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let paper = document.extract_text(&pages).unwrap();
    let titles = outline.blocks.iter().flat_map(|block| match block {
        Block::Table(columns, _) => columns.iter().map(|(title, _)| *title).collect(),
        _ => Vec::new(),
    });
    for word in titles.flat_map(str::split_whitespace) {
        assert!(paper.contains(word), "{word}: {paper}");
    }
    assert!(paper.contains("камеру"), "{paper}");
}

#[test]
fn text_in_a_workbook_is_no_formula_and_its_title_may_be_anything() {
    let cells = vec![Cell::Text("=1+1".to_owned()), Cell::Date(date(2026, 3, 12)), Cell::Empty];
    let table = Table {
        title: "Счета: [все]/2026 и ещё очень длинное имя".to_owned(),
        columns: vec!["а"; 3],
        rows: vec![cells],
    };
    let file = xlsx(&table).unwrap();
    assert_eq!(file, xlsx(&table).unwrap(), "the same list, the same bytes");
    let rows = read(file, "Счета все2026 и ещё очень длинн");
    assert_eq!(rows[1][0], Data::String("=1+1".to_owned()));
    assert!(matches!(&rows[1][1], Data::DateTime(day) if day.as_f64() == 46_093.0), "{:?}", rows[1][1]);
}

#[test]
fn a_cell_as_text_is_read_by_spreadsheets_set_to_russian() {
    let cells =
        [Cell::Number(decimal("12345.5")), Cell::Money(Kopecks(1_140_583)), Cell::Date(date(2026, 3, 1)), Cell::Empty];
    assert_eq!(cells.map(|cell| cell.to_text()), ["12345,5", "11405,83", "01.03.2026", ""]);
    let below_zero = [Cell::Number(decimal("-0.5")), Cell::Money(Kopecks(-5_093))];
    assert_eq!(below_zero.map(|cell| cell.to_text()), ["-0,5", "-50,93"]);
}
