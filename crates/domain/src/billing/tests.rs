//! Vector C18 as one month, and the months around it in which something is missing.

use jiff::civil::date;
use serde_json::Value;

use super::*;
use crate::charge::{Acts, Method, Occupants, Packed};
use crate::dated::Row;
use crate::money::Kopecks;
use crate::reading::Dial;
use crate::tariff::{Act, Price, Rates};

mod days;
mod rules;
mod shared;

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
    HouseService {
        service,
        ways: Dated::always(way),
        prices: vec![tariff(prices)],
        norm,
        heat: None,
        social: None,
        season: None,
    }
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
        benefits: BTreeMap::new(),
        multiplier: Some(Dated::always(NormMultiplier { id: "k".to_owned(), value: decimal("1.5"), act: act() })),
        rules: OpenRules::default(),
        volumes: BTreeMap::new(),
        inside: BTreeMap::new(),
        interruptions: Vec::new(),
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
    MeterFacts { kind, events }
}

fn account(meters: Vec<MeterFacts>) -> AccountFacts {
    AccountFacts {
        account_id: "account".to_owned(),
        premises: Dated::always(Premises { id: "premises".to_owned(), area: decimal("54.3") }),
        households: Dated::always(Household {
            id: "household".to_owned(),
            occupants: Occupants { registered: 3, temporary: 0, owners: 1 },
        }),
        benefits: Vec::new(),
        absences: Vec::new(),
        meters,
        not_supplied: BTreeMap::new(),
        interruptions: Vec::new(),
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
    let lines = lines(house, account, period, Which::All, &mut |version, act| {
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
    let lines = lines(&house(), &account(Vec::new()), period(3), Which::All, &mut |_, _| {}).unwrap();
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
fn where_another_meter_hangs_no_norm_stands_in_for_one_that_does_not() {
    let mut taken_down = meter(MeterKind::ColdWater, &["100"], None);
    let removed = EventKind::Removed { last: values(&["103"]) };
    taken_down.events.push(MeterFact { id: "removed".to_owned(), on: date(2026, 3, 16), kind: removed });
    let mut hung = meter(MeterKind::ColdWater, &["0"], Some(&["4"]));
    hung.events[0].on = date(2026, 3, 16);
    let cold = |meters| {
        let lines = charged(&house(), &account(meters), period(3));
        lines.into_iter().find(|(service, _)| *service == Service::ColdWater).unwrap().1
    };
    // 3 + 4 m³ at 50.93.
    assert_eq!(cold(vec![taken_down.clone(), hung]), 35_651);
    // 3 m³, and 16 of 31 days by the norm with its multiplier: C5.
    assert_eq!(cold(vec![taken_down]), 15_279 + 51_231);
}

#[test]
fn a_house_without_a_price_names_the_service_that_cannot_be_charged() {
    let mut house = house();
    house.services[0].prices.clear();
    let refused = lines(&house, &account(all_meters()), period(3), Which::All, &mut |_, _| {}).unwrap_err();
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

/// Half off: of the upkeep within 33 m², of electricity without a limit.
fn half_off() -> BTreeMap<(String, Service), Dated<BenefitRate>> {
    let rate = |id: &str, limit| {
        let percent = crate::tariff::Percent::new(decimal("50")).unwrap();
        Dated::always(BenefitRate { id: id.to_owned(), percent, limit, act: act() })
    };
    let of = |service| ("Ветераны".to_owned(), service);
    BTreeMap::from([
        (of(Service::Maintenance), rate("b1", Some(decimal("33")))),
        (of(Service::Electricity), rate("b2", None)),
    ])
}

fn held(id: &str, persons: Option<u32>, from: jiff::civil::Date) -> Row<HeldBenefit> {
    let value = HeldBenefit { id: id.to_owned(), benefit: "Ветераны".to_owned(), persons, norm_area: None };
    Row { from, until: None, value }
}

#[test]
fn a_benefit_is_a_figure_of_its_own_with_its_explanation() {
    let house = HouseBook { benefits: half_off(), ..house() };
    let since_january = held("h1", None, date(2026, 1, 1));
    let account = AccountFacts { benefits: vec![since_january], ..account(all_meters()) };
    let mut acts = Acts::new();
    let lines = lines(&house, &account, period(3), Which::All, &mut |version, act| {
        acts.insert(version.to_owned(), act.clone());
    })
    .unwrap();
    let line = &lines[0];
    // C15
    assert_eq!([line.figures.charged.0, line.figures.discount.0, line.figures.payable.0], [214_865, 65_291, 149_574]);
    let kept = Kept::all(&line.explanation).unwrap();
    assert_eq!(kept.iter().map(|kept| kept.figure).collect::<Vec<_>>(), [Figure::Charge, Figure::Discount]);
    assert_eq!(kept[1].title().unwrap(), "Льгота «Ветераны»");
    let sentence = kept[1].tree.node(&acts).unwrap().sentence(line.figures.discount).replace('\u{a0}', " ");
    assert_eq!(sentence, "(меньшее из: 54,3 м² и 33 м²) × 39,57 ₽ × 50 % = 652,91 ₽");
    let electricity = lines.iter().find(|line| line.service == Service::Electricity).unwrap();
    assert_eq!(electricity.figures.discount.0, 82_693, "half of all three rates");
    assert!(lines.iter().filter(|line| line.figures.discount.0 > 0).count() == 2, "others have no rate");
}

#[test]
fn persons_with_a_benefit_have_their_part_of_it_for_their_days() {
    let house = HouseBook { benefits: half_off(), ..house() };
    let discount = |benefits| {
        let account = AccountFacts { benefits, ..account(all_meters()) };
        lines(&house, &account, period(3), Which::All, &mut |_, _| {}).unwrap()[0].figures.discount.0
    };
    let march = |day| date(2026, 3, day);
    assert_eq!(discount(vec![held("h1", Some(1), march(1))]), 21_764);
    // 33 m² × 16/31 × 39.57 × 50 %
    assert_eq!(discount(vec![held("h1", None, march(16))]), 33_698);
    assert_eq!(discount(vec![held("h1", Some(9), march(1))]), 65_291, "no more than live there");
    assert_eq!(discount(vec![held("h1", None, date(2026, 4, 1))]), 0);
    let all_of_it = vec![held("h1", None, march(1)); 4];
    assert_eq!(discount(all_of_it), 214_865, "never more than is charged");
}

fn away(persons: u32, meter_is_possible: bool) -> AcceptedAbsence {
    let absence = crate::charge::absence::Absence {
        left_on: date(2026, 3, 9),
        returned_on: date(2026, 3, 20),
        asked_on: date(2026, 3, 21),
    };
    AcceptedAbsence { id: "away".to_owned(), persons, absence, meter_is_possible }
}

#[test]
fn who_was_away_is_not_charged_by_person_and_by_norm_only_where_no_meter_can_be() {
    let returned = |absence: AcceptedAbsence, meters| {
        let account = AccountFacts { absences: vec![absence], ..account(meters) };
        let lines = lines(&house(), &account, period(3), Which::All, &mut |_, _| {}).unwrap();
        let returned = lines.iter().filter(|line| line.figures.recalculated != Kopecks::ZERO);
        returned.map(|line| (line.service, line.figures.recalculated.0)).collect::<Vec<_>>()
    };
    // Ten full days of 31: 175.40 × 10 / 31 for each.
    assert_eq!(returned(away(1, true), all_meters()), [(Service::SolidWaste, -5_658)]);
    assert_eq!(returned(away(3, true), all_meters()), [(Service::SolidWaste, -16_974)]);
    assert_eq!(returned(away(9, true), all_meters()), [(Service::SolidWaste, -16_974)], "no more than live there");
    assert_eq!(returned(away(3, true), Vec::new()), [(Service::SolidWaste, -16_974)]);
    assert_eq!(returned(away(3, false), all_meters()), [(Service::SolidWaste, -16_974)], "meters tell it themselves");
    let by_norm = returned(away(3, false), Vec::new());
    // C5: 992.60 × 10 / 31
    assert!(by_norm.contains(&(Service::ColdWater, -32_019)), "{by_norm:?}");
    assert!(by_norm.iter().all(|(service, _)| service.is_lowered_by_absence()), "{by_norm:?}");
}

#[test]
fn a_benefit_is_not_returned_with_what_was_not_paid() {
    let rate = BenefitRate {
        id: "b".to_owned(),
        percent: crate::tariff::Percent::new(decimal("100")).unwrap(),
        limit: None,
        act: act(),
    };
    let benefits = BTreeMap::from([(("Ветераны".to_owned(), Service::SolidWaste), Dated::always(rate))]);
    let house = HouseBook { benefits, ..house() };
    let account = AccountFacts {
        benefits: vec![held("h1", None, date(2026, 1, 1))],
        absences: vec![away(3, true)],
        ..account(all_meters())
    };
    let lines = lines(&house, &account, period(3), Which::All, &mut |_, _| {}).unwrap();
    let waste = lines.iter().find(|line| line.service == Service::SolidWaste).unwrap();
    assert_eq!([waste.figures.discount.0, waste.figures.payable.0], [52_620 - 16_974, 0]);
    let kept = Kept::all(&waste.explanation).unwrap();
    let figures: Vec<_> = kept.iter().map(|kept| kept.figure).collect();
    assert_eq!(figures, [Figure::Charge, Figure::Absence, Figure::Discount]);
    let title = kept[1].title().unwrap().replace('\u{a0}', " ");
    assert_eq!(title, "Перерасчёт за отсутствие с 9 марта 2026 года по 20 марта 2026 года");
}

/// Six months of 10 kW·h, a month by their average, then one of 2: of the ten that were billed eight come back.
#[test]
fn what_is_returned_above_the_meter_comes_back_as_it_was_paid_with_a_benefit() {
    let mut electricity = meter(MeterKind::Electricity, &["0"], None);
    electricity.events[0].on = date(2025, 7, 20);
    for (month, value) in (0..6).map(|month| (Period::new(2025, 8).unwrap().plus_months(month), 10 * (month + 1))) {
        let values = values(&[&value.to_string()]);
        let kind = EventKind::Read { period: month, values };
        electricity.events.push(MeterFact { id: month.to_string(), on: month.day_or_last(20), kind });
    }
    let kind = EventKind::Read { period: period(3), values: values(&["62"]) };
    electricity.events.push(MeterFact { id: "late".to_owned(), on: date(2026, 3, 20), kind });
    let service = service(Service::Electricity, Way::Meter, &["8"], norm("100"));
    let house = HouseBook { services: vec![service], benefits: half_off(), ..house() };
    let figures = |benefits| {
        let account = AccountFacts { benefits, ..account(vec![electricity.clone()]) };
        let line = lines(&house, &account, period(3), Which::All, &mut |_, _| {}).unwrap().remove(0);
        (line.figures.recalculated.0, line.figures.payable.0)
    };
    assert_eq!(figures(Vec::new()), (-6_400, -6_400));
    assert_eq!(figures(vec![held("h1", None, date(2025, 1, 1))]), (-3_200, -3_200));
}

#[test]
fn hours_without_a_service_lower_its_line_and_the_benefit_on_it() {
    let at = |day: i8, hour: i8| date(2026, 3, day).at(hour, 0, 0, 0);
    let away = |service, since, until| Interruption { service, since, until, act: "акт № 5".to_owned() };
    let cold = away(Service::ColdWater, at(3, 10), at(4, 0));
    let lines_with = |of_house: Vec<Interruption>, own: Vec<Interruption>| {
        let house = HouseBook { interruptions: of_house, benefits: half_off(), ..house() };
        let benefits = vec![held("h1", None, date(2026, 1, 1))];
        let account = AccountFacts { interruptions: own, benefits, ..account(all_meters()) };
        lines(&house, &account, period(3), Which::All, &mut |_, _| {}).unwrap()
    };
    let find = |lines: &[ChargedLine], service| lines.iter().find(|line| line.service == service).unwrap().clone();
    let lines = lines_with(vec![cold.clone()], Vec::new());
    let line = find(&lines, Service::ColdWater);
    // Fourteen hours are ten above four at once: 1.5 %.
    let whole = rust_decimal::Decimal::from(line.figures.charged.0) * decimal("0.015");
    assert_eq!(line.figures.recalculated.0, -i64::try_from(whole.round()).unwrap());
    let kept = Kept::all(&line.explanation).unwrap();
    assert_eq!(kept[1].figure, Figure::Interruption);
    let title = kept[1].title().unwrap().replace('\u{a0}', " ");
    let said = "Услуги не было дольше, чем можно: с 3 марта 2026 года 10:00 до 4 марта 2026 года 00:00, акт № 5";
    assert_eq!(title, said);
    assert_eq!(lines_with(Vec::new(), vec![cold.clone()]), lines, "also where these premises alone were without it");
    let twice = find(&lines_with(vec![cold.clone()], vec![cold]), Service::ColdWater);
    assert_eq!(twice.figures, line.figures, "and nobody is without it twice");
    let short = away(Service::ColdWater, at(3, 10), at(3, 14));
    assert_eq!(find(&lines_with(vec![short], Vec::new()), Service::ColdWater).figures.recalculated, Kopecks::ZERO);
    // Electricity has a benefit of a half: forty hours of 24 are 2.4 % of the charge and of the benefit.
    let electricity = |interruptions| find(&lines_with(interruptions, Vec::new()), Service::Electricity).figures;
    let (before, after) = (electricity(Vec::new()), electricity(vec![away(Service::Electricity, at(3, 0), at(4, 16))]));
    let left = |kopecks: i64| kopecks * 976 / 1_000;
    assert!((after.payable.0 - left(before.payable.0)).abs() <= 1, "{before:?} {after:?}");
    assert!((after.discount.0 - left(before.discount.0)).abs() <= 1, "{before:?} {after:?}");
}
