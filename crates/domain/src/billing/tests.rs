//! Vector C18 as one month, and the months around it in which something is missing.

use jiff::civil::date;
use serde_json::Value;

use super::*;
use crate::charge::{Acts, Method, Occupants, Packed};
use crate::dated::Row;
use crate::money::Kopecks;
use crate::reading::Dial;
use crate::tariff::{Act, Price, Rates};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn act() -> Act {
    Act {
        name: "Постановление".to_owned(), number: "12-т".to_owned(), date: date(2025, 11, 20), link: None
    }
}

fn tariff(prices: &[&str]) -> Dated<Tariff> {
    let prices: Vec<_> = prices.iter().map(|price| Price::new(decimal(price)).unwrap()).collect();
    let prices = Rates::of(&prices).unwrap();
    let id = format!("t{}", prices.as_slice()[0].rubles());
    Dated::always(Tariff { id, prices, above_norm: None, fixed: None, surcharge: None, act: act() })
}

fn norm(value: &str) -> Option<Dated<Norm>> {
    Some(Dated::always(Norm { id: format!("n{value}"), value: decimal(value), act: act() }))
}

fn service(service: Service, way: Way, prices: &[&str], norm: Option<Dated<Norm>>) -> HouseService {
    HouseService { service, ways: Dated::always(way), prices: vec![tariff(prices)], norm, heat: None }
}

/// The house of vector C18.
fn house() -> HouseBook {
    let areas = HouseAreas { id: "areas".to_owned(), of_premises: decimal("3120.8"), in_common: decimal("412.6") };
    let heat = service(Service::HotWaterHeat, Way::Meter, &["2894.56"], None);
    let services = vec![
        service(Service::Maintenance, Way::Area, &["39.57"], None),
        service(Service::CommonColdWater, Way::CommonNorm, &["50.93"], norm("0.029")),
        service(Service::ColdWater, Way::Meter, &["50.93"], norm("4.331")),
        service(Service::HotWater, Way::Meter, &["50.93"], norm("3.1")),
        HouseService { heat: norm("0.0585"), ..heat },
        service(Service::Sewage, Way::Meter, &["43.57"], None),
        service(Service::Electricity, Way::Meter, &["8.23", "3.71", "6.99"], norm("100")),
        service(Service::Heating, Way::HeatingNorm, &["2894.56"], norm("0.0226")),
        service(Service::SolidWaste, Way::Person, &["175.40"], None),
        service(Service::CapitalRepair, Way::Area, &["15.70"], None),
    ];
    HouseBook {
        house_id: "house".to_owned(),
        areas: Dated::always(areas),
        services,
        multiplier: Some(Dated::always(NormMultiplier { id: "k".to_owned(), value: decimal("1.5"), act: act() })),
        rules: Dated::always(MeterRules::default()),
        volumes: BTreeMap::new(),
    }
}

fn period(month: i8) -> Period {
    Period::new(2026, month).unwrap()
}

fn values(values: &[&str]) -> Rates<Decimal> {
    Rates::of(&values.iter().map(|value| decimal(value)).collect::<Vec<_>>()).unwrap()
}

fn meter(kind: MeterKind, first: &[&str], now: Option<&[&str]>) -> MeterFacts {
    let dial = Dial::new(6, 3).unwrap();
    let installed = EventKind::Installed { dial, first: values(first), verified_until: date(2030, 1, 1) };
    let fact = |id: &str, on, kind| MeterFact { id: id.to_owned(), on, kind };
    let read =
        now.map(|now| fact("now", date(2026, 3, 20), EventKind::Read { period: period(3), values: values(now) }));
    let events = [fact("before", date(2026, 2, 20), installed)].into_iter().chain(read).collect();
    MeterFacts { meter_id: kind.as_str().to_owned(), kind, events }
}

fn account(meters: Vec<MeterFacts>) -> AccountFacts {
    AccountFacts {
        account_id: "account".to_owned(),
        premises: Dated::always(Premises { id: "premises".to_owned(), area: decimal("54.3") }),
        households: Dated::always(Household {
            id: "household".to_owned(),
            occupants: Occupants { registered: 3, temporary: 0, owners: 1 },
        }),
        meters,
        not_supplied: BTreeMap::new(),
    }
}

fn all_meters() -> Vec<MeterFacts> {
    vec![
        meter(MeterKind::ColdWater, &["123.456"], Some(&["131.789"])),
        meter(MeterKind::HotWater, &["100"], Some(&["104.215"])),
        meter(MeterKind::Electricity, &["12345", "8021", "5500"], Some(&["12468", "8079", "5561"])),
    ]
}

/// The lines, after each explanation was read back and found to come to its figure.
fn charged(house: &HouseBook, account: &AccountFacts, period: Period) -> Vec<(Service, i64)> {
    let mut acts = Acts::new();
    let lines = lines(house, account, period, &mut |version, act| {
        acts.insert(version.to_owned(), act.clone());
    })
    .unwrap();
    for line in &lines {
        let Value::Array(kept) = &line.explanation else { panic!("{line:?}") };
        let charge = Packed::from_json(kept[0].clone());
        let amount = Kopecks::round(charge.node(&acts).unwrap().value).unwrap();
        assert_eq!(amount, line.figures.charged.plus(line.figures.excess).unwrap());
    }
    lines.into_iter().map(|line| (line.service, line.figures.payable.0)).collect()
}

#[test]
fn a_month_of_a_flat_is_that_of_vector_c18() {
    let lines = charged(&house(), &account(all_meters()), period(3));
    let expected = [
        (Service::Maintenance, 214_865),
        (Service::CommonColdWater, 1_060),
        (Service::ColdWater, 42_440),
        (Service::HotWater, 21_467),
        (Service::HotWaterHeat, 71_373),
        // 12.548 m³: what came in, cold and hot.
        (Service::Sewage, 54_672),
        (Service::Electricity, 165_386),
        (Service::Heating, 355_215),
        (Service::SolidWaste, 52_620),
        (Service::CapitalRepair, 85_251),
    ];
    assert_eq!(lines, expected);
    assert_eq!(lines.iter().map(|(_, amount)| amount).sum::<i64>(), 1_064_349);
}

#[test]
fn where_no_meter_is_the_norm_is_multiplied_and_the_line_is_odd() {
    let lines = lines(&house(), &account(Vec::new()), period(3), &mut |_, _| {}).unwrap();
    let cold = lines.iter().find(|line| line.service == Service::ColdWater).unwrap();
    // C4 and C5
    assert_eq!((cold.figures.charged.0, cold.figures.excess.0), (66_173, 33_087));
    assert_eq!((cold.method, cold.price), (Method::Norm, Some(decimal("50.93"))));
    assert_eq!(cold.oddities.iter().collect::<Vec<_>>(), [Oddity::ByNorm]);
}

#[test]
fn the_norm_of_a_dwelling_is_charged_once_however_many_of_its_meters_are_silent() {
    let silent = || meter(MeterKind::ColdWater, &["1"], None);
    let cold = |meters| {
        let lines = charged(&house(), &account(meters), period(3));
        lines.into_iter().find(|(service, _)| *service == Service::ColdWater).unwrap().1
    };
    assert_eq!([cold(vec![silent()]), cold(vec![silent(), silent()])], [66_173, 66_173]);
}

#[test]
fn a_house_without_a_price_names_the_service_that_cannot_be_charged() {
    let mut house = house();
    house.services[0].prices.clear();
    let refused = lines(&house, &account(all_meters()), period(3), &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.to_string(), "Содержание жилья: нет ни одного тарифа");
}

#[test]
fn heating_rests_in_the_months_without_it() {
    let mut house = house();
    let paused = Row { from: date(2026, 3, 1), until: Some(date(2026, 9, 30)), value: Way::Paused };
    let heated = Row { from: date(2026, 10, 1), until: None, value: Way::HeatingNorm };
    house.services[7].ways = Dated::new(vec![paused, heated]).unwrap();
    let lines = charged(&house, &account(all_meters()), period(3));
    assert!(lines.iter().all(|(service, _)| *service != Service::Heating));
}

#[test]
fn a_service_that_does_not_reach_the_premises_is_not_charged() {
    let without = BTreeMap::from([(Service::HotWater, Dated::always(())), (Service::HotWaterHeat, Dated::always(()))]);
    let account = AccountFacts { not_supplied: without, ..account(Vec::new()) };
    let lines = charged(&house(), &account, period(3));
    assert!(lines.iter().all(|(service, _)| !matches!(service, Service::HotWater | Service::HotWaterHeat)));
}

#[test]
fn a_jump_is_more_than_twice_and_more_than_five_hundred_rubles() {
    let jump = |before, now| super::oddity::is_jump(Kopecks(before), Kopecks(now));
    assert!(jump(50_000, 100_001) && jump(100_001, 50_000));
    assert!(!jump(50_000, 100_000) && !jump(100, 49_000) && !jump(200_000, 390_000));
    let set = Oddities::default().with(Oddity::Jump).with(Oddity::Nothing);
    assert_eq!(set.iter().map(Oddity::as_str).collect::<Vec<_>>(), ["nothing", "jump"]);
}
