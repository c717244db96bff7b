//! Vector C18 as a document, and what is said of two months.

use jiff::civil::date;

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn line(service: Service, method: Method, [volume, price]: [&str; 2], charged: i64) -> BillLine {
    BillLine {
        service,
        of_period: Period::new(2026, 3).unwrap(),
        method,
        volume: decimal(volume),
        price: (!price.is_empty()).then(|| decimal(price)),
        zones: Vec::new(),
        charged: Kopecks(charged),
        multiplier: None,
        excess: Kopecks::ZERO,
        recalculated: Kopecks::ZERO,
        discount: Kopecks::ZERO,
        reason: None,
        explanation: Vec::new(),
    }
}

/// The bill of vector C18, with the payee of the vector of payments.
pub(crate) fn c18() -> Bill {
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
            contacts: None,
            inn: Some("7830002293".to_owned()),
            kpp: Some("783001001".to_owned()),
            bank: Some(BankDetails {
                account: "40702810138250123017".to_owned(),
                bank: "ПАО СБЕРБАНК".to_owned(),
                bik: "044525225".to_owned(),
                correspondent: Some("30101810400000000225".to_owned()),
            }),
        },
        meters: Vec::new(),
        lines: vec![
            line(Service::Maintenance, Method::Other, ["54.3", "39.57"], 214_865),
            line(Service::CommonColdWater, Method::Norm, ["0.2081906", "50.93"], 1_060),
            line(Service::ColdWater, Method::Meter, ["8.333", "50.93"], 42_440),
            line(Service::HotWater, Method::Meter, ["4.215", "50.93"], 21_467),
            line(Service::HotWaterHeat, Method::Meter, ["0.2465775", "2894.56"], 71_373),
            line(Service::Sewage, Method::Meter, ["12.548", "43.57"], 54_672),
            line(Service::Electricity, Method::Meter, ["242", ""], 165_386),
            line(Service::Heating, Method::Norm, ["1.22718", "2894.56"], 355_215),
            line(Service::SolidWaste, Method::Other, ["3", "175.40"], 52_620),
            line(Service::CapitalRepair, Method::Other, ["54.3", "15.70"], 85_251),
        ],
        balance: Balance {
            before: Kopecks(125_000),
            paid: Kopecks(50_000),
            paid_through: date(2026, 3, 31),
            last_paid_on: Some(date(2026, 3, 12)),
            penalty: Kopecks(1_234),
            penalty_cause: None,
        },
        reference: Vec::new(),
        instalments: Vec::new(),
    }
}

#[test]
fn c18_the_totals_of_a_bill() {
    let totals = c18().totals().unwrap();
    assert_eq!((totals.of_month, totals.payable), (Kopecks(1_064_349), Kopecks(1_140_583)));
    assert_eq!((totals.debt, totals.advance, totals.penalty), (Kopecks(75_000), Kopecks::ZERO, Kopecks(1_234)));
}

#[test]
fn what_was_paid_ahead_lowers_a_bill_and_a_correction_is_no_part_of_the_month() {
    let mut bill = c18();
    bill.balance.paid = Kopecks(130_000);
    bill.lines.push(BillLine {
        of_period: bill.period.previous(),
        reason: Some("показание пришло позже".to_owned()),
        ..line(Service::ColdWater, Method::Meter, ["-1", "50.93"], -5_093)
    });
    let totals = bill.totals().unwrap();
    assert_eq!((totals.debt, totals.advance), (Kopecks::ZERO, Kopecks(5_000)));
    assert_eq!((totals.of_month, totals.corrected), (Kopecks(1_064_349), Kopecks(-5_093)));
    assert_eq!(totals.payable, Kopecks(1_064_349 - 5_093 - 5_000 + 1_234));
}

#[test]
fn a_line_is_its_charge_with_excess_and_recalculation_and_without_the_benefit() {
    let one = BillLine {
        excess: Kopecks(33_087),
        recalculated: Kopecks(-1_000),
        discount: Kopecks(500),
        ..line(Service::ColdWater, Method::Norm, ["12.993", "50.93"], 66_173)
    };
    assert_eq!(one.payable(), Ok(Kopecks(97_760)));
}

fn month(bill: &Bill) -> Month<'_> {
    Month { period: bill.period, lines: &bill.lines }
}

fn february() -> Bill {
    let mut bill = c18();
    bill.period = bill.period.previous();
    bill.lines.retain(|line| line.service != Service::SolidWaste);
    for line in &mut bill.lines {
        line.of_period = bill.period;
        match line.service {
            Service::ColdWater => (line.volume, line.charged) = (decimal("8"), Kopecks(40_744)),
            Service::Heating => (line.price, line.charged) = (Some(decimal("2300")), Kopecks(282_251)),
            _ => {}
        }
    }
    bill
}

#[test]
fn months_are_compared_service_by_service_and_what_stands_out_is_marked() {
    let comparison = compare(month(&february()), month(&c18())).unwrap();
    assert_eq!(comparison.deviations.len(), 10);
    let changed: Vec<_> = comparison
        .deviations
        .iter()
        .filter(|one| one.difference != Kopecks::ZERO)
        .map(|one| (one.service, one.difference.0, one.is_marked))
        .collect();
    let expected = [
        (Service::ColdWater, 1_696, false),
        (Service::Heating, 72_964, true),
        // There was nothing before.
        (Service::SolidWaste, 52_620, true),
    ];
    assert_eq!(changed, expected);
    let sum: i64 = comparison.deviations.iter().map(|one| one.difference.0).sum();
    assert_eq!(sum, comparison.total_now.0 - comparison.total_before.0, "nothing is left out");
}

#[test]
fn what_changed_is_said_with_the_cause() {
    let sentence = |before: &Bill, now: &Bill| {
        what_changed(&compare(month(before), month(now)).unwrap()).unwrap().replace('\u{a0}', " ")
    };
    assert_eq!(
        sentence(&february(), &c18()),
        "За март 2026 года начислено на 1272,80 ₽ больше, чем за февраль 2026 года: «Отопление» — на 729,64 ₽ больше \
         (цена была 2300 ₽, стала 2894,56 ₽); «Вывоз мусора» — новая строка, 526,20 ₽; «Холодная вода» — на 16,96 ₽ \
         больше (объём был 8, стал 8,333 м³)."
    );
    let back = sentence(&c18(), &february());
    assert!(back.starts_with("За февраль 2026 года начислено на 1272,80 ₽ меньше"), "{back}");
    assert!(back.contains("«Вывоз мусора» — строки больше нет, было 526,20 ₽"), "{back}");
    assert_eq!(sentence(&c18(), &c18()), "За март 2026 года начислено столько же, сколько за март 2026 года.");
}

#[test]
fn what_changed_names_the_zone_with_its_price() {
    let zone = |name, volume: &str, price: &str| Zone {
        name,
        volume: decimal(volume),
        price: Some(decimal(price)),
        charged: Kopecks::ZERO,
    };
    let of = |day: [&str; 2], charged| {
        let mut bill = c18();
        bill.lines.retain(|line| line.service == Service::Electricity);
        bill.lines[0].charged = Kopecks(charged);
        bill.lines[0].zones = vec![zone("день", day[0], day[1]), zone("ночь", "50", "3.87")];
        bill
    };
    let (before, now) = (of(["100", "8.09"], 100_250), of(["101", "9"], 110_250));
    let told = what_changed(&compare(month(&before), month(&now)).unwrap()).unwrap().replace('\u{a0}', " ");
    let cause = "(день: объём был 100, стал 101 кВт·ч, цена была 8,09 ₽, стала 9 ₽)";
    assert!(told.contains(cause) && !told.contains("ночь"), "{told}");
}

#[test]
fn a_line_explains_itself_in_a_sentence() {
    use crate::charge::{Fact, Formula as _, Leg, Pricing, Quantity, Source, Unit, Volume};
    let fact =
        |value, quantity, unit| Fact { value: decimal(value), quantity, unit, source: Source::Register { id: "r1" } };
    let price = fact("175.40", Quantity::Price, Unit::Ruble);
    let volume = Volume::Each(fact("3", Quantity::Persons, Unit::Person));
    let leg = Leg::whole(volume, Pricing { price, above: None, surcharge: None });
    let said = sentence(&leg.explain().unwrap()).unwrap();
    assert_eq!(said.replace('\u{a0}', " "), "3 чел. × 175,40 ₽ = 526,20 ₽");
}
