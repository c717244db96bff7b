//! What a house divides among its premises: the rest of its meters, and heating that is paid evenly.

use proptest::prelude::*;

use super::*;
use crate::tariff::Percent;

/// A house of 2400 m², of which the account has 60, with one service.
fn house_of(one: HouseService) -> HouseBook {
    let areas = HouseAreas { id: "areas".to_owned(), of_premises: decimal("2400"), in_common: decimal("500") };
    HouseBook { areas: Dated::always(areas), services: vec![one], ..house() }
}

fn flat() -> AccountFacts {
    let premises = Premises { id: "premises".to_owned(), area: decimal("60") };
    let not_supplied = BTreeMap::from([(Service::Electricity, Dated::always(()))]);
    AccountFacts { premises: Dated::always(premises), not_supplied, ..account(Vec::new()) }
}

fn told(house: &mut HouseBook, period: Period, service: Service, volume: &str) {
    let id = format!("{period}-{}", service.as_str());
    house.volumes.insert((period, service), HouseVolume { id, volume: decimal(volume) });
}

/// Vector C6, in the month of the tests.
fn common_electricity(way: Way, norm: Option<Dated<Norm>>) -> HouseBook {
    let mut house = house_of(service(Service::CommonElectricity, way, &["1.936"], norm));
    // What is used inside is charged for too, though not to these premises.
    house.services.push(service(Service::Electricity, Way::Meter, &["5"], self::norm("73")));
    told(&mut house, period(3), Service::Electricity, "12000");
    let inside = UsedInside {
        house_id: "house".to_owned(),
        non_residential: decimal("1000"),
        by_norm: decimal("4000"),
        by_meter: decimal("5000"),
    };
    house.inside.insert((period(3), Service::Electricity), inside);
    house
}

#[test]
fn c6_what_is_left_of_the_meter_of_a_house_is_divided_by_area() {
    let whole = common_electricity(Way::CommonMeterWhole, None);
    assert_eq!(charged(&whole, &flat(), period(3)), [(Service::CommonElectricity, 9_680)]);
    let line = &lines(&whole, &flat(), period(3), Which::OfTheRest, &mut |_, _| {}).unwrap()[0];
    assert_eq!(line.method, Method::Meter);
    let none = lines(&whole, &flat(), period(3), Which::OfPremises, &mut |_, _| {}).unwrap();
    assert_eq!(none, [], "it waits until all premises are computed");
}

#[test]
fn no_more_than_the_norm_of_common_needs_is_charged_unless_the_meeting_decided_so() {
    // 2 kW·h × 500 m² × 60 / 2400 × 1.936; the rest were 2000 kW·h.
    let capped = common_electricity(Way::CommonMeter, norm("2"));
    assert_eq!(charged(&capped, &flat(), period(3)), [(Service::CommonElectricity, 4_840)]);
    let below = common_electricity(Way::CommonMeter, norm("5"));
    assert_eq!(charged(&below, &flat(), period(3)), [(Service::CommonElectricity, 9_680)]);
    let unlimited = common_electricity(Way::CommonMeter, None);
    let refused = lines(&unlimited, &flat(), period(3), Which::All, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.reason, Reason::NoNorm);
}

#[test]
fn where_the_meter_of_the_house_or_what_was_used_inside_is_not_known_the_norm_holds() {
    let by_norm = [(Service::CommonElectricity, 4_840)];
    let mut silent = common_electricity(Way::CommonMeterWhole, norm("2"));
    silent.volumes.clear();
    assert_eq!(charged(&silent, &flat(), period(3)), by_norm);
    let mut of_others = common_electricity(Way::CommonMeterWhole, norm("2"));
    of_others.services.pop();
    assert_eq!(charged(&of_others, &flat(), period(3)), by_norm, "its supplier charges for what is used inside");
    let mut unknown = common_electricity(Way::CommonMeterWhole, norm("2"));
    unknown.inside.clear();
    assert_eq!(charged(&unknown, &flat(), period(3)), by_norm);
}

/// A price above the social norm holds for what is above it, for as much of the month as the meter is there.
#[test]
fn what_a_dwelling_uses_above_its_social_norm_has_its_own_price() {
    let one = service(Service::Electricity, Way::Meter, &["5"], norm("73"));
    let mut tariff = tariff(&["5"]).rows()[0].value.clone();
    tariff.above_norm = Some(Rates::of(&[Price::new(decimal("8")).unwrap()]).unwrap());
    let one = HouseService { prices: vec![Dated::always(tariff)], social: norm("100"), ..one };
    let electricity = meter(MeterKind::Electricity, &["1000"], Some(&["1150"]));
    let lines = charged(&house_of(one), &account(vec![electricity]), period(3));
    // 100 × 5 + 50 × 8
    assert_eq!(lines, [(Service::Electricity, 90_000)]);
}

/// 150 kW·h in two rates, of which 100 are at the lower prices: 66.67 and 33.33.
#[test]
fn a_social_norm_is_of_all_rates_of_a_meter_together() {
    let one = service(Service::Electricity, Way::Meter, &["5", "2"], norm("73"));
    let mut tariff = tariff(&["5", "2"]).rows()[0].value.clone();
    let above = ["8", "4"].map(|price| Price::new(decimal(price)).unwrap());
    tariff.above_norm = Some(Rates::of(&above).unwrap());
    let one = HouseService { prices: vec![Dated::always(tariff)], social: norm("100"), ..one };
    let house = house_of(one);
    let used = |now: &[&str]| {
        let electricity = meter(MeterKind::Electricity, &["1000", "500"], Some(now));
        charged(&house, &account(vec![electricity]), period(3))
    };
    assert_eq!(used(&["1100", "550"]), [(Service::Electricity, 73_333)]);
    assert_eq!(used(&["1060", "530"]), [(Service::Electricity, 36_000)], "all within the norm");
    assert_eq!(used(&["1000", "650"]), [(Service::Electricity, 40_000)], "one rate alone has all of it");
    assert_eq!(used(&["1000", "500"]), [(Service::Electricity, 0)]);
}

fn heating(way: Way) -> HouseService {
    HouseService { season: norm("7"), ..service(Service::Heating, way, &["2894.56"], norm("0.0226")) }
}

#[test]
fn heating_by_norm_is_paid_in_twelve_equal_parts_where_the_region_chose_so() {
    // 60 m² × 0.0226 × 7 / 12 × 2894.56
    let house = house_of(heating(Way::HeatingNormEvenly));
    assert_eq!(charged(&house, &flat(), period(7)), [(Service::Heating, 228_960)]);
    let unknown = house_of(HouseService { season: None, ..heating(Way::HeatingNormEvenly) });
    let refused = lines(&unknown, &flat(), period(7), Which::All, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.reason, Reason::NoSeason);
}

/// A house whose meter told so much in each month of 2025 and 2026.
fn paid_evenly(last_year: &[u16], this_year: &[u16]) -> HouseBook {
    let since = Row { from: date(2026, 1, 1), until: None, value: Way::HeatingMeterEvenly };
    let ways = Dated::new(vec![since]).unwrap();
    let mut house = house_of(HouseService { ways, ..heating(Way::HeatingMeterEvenly) });
    let january = Period::new(2025, 1).unwrap();
    for (month, heat) in (0..).zip(last_year.iter().chain(this_year)) {
        told(&mut house, january.plus_months(month), Service::Heating, &heat.to_string());
    }
    house
}

fn january_after() -> Period {
    Period::new(2027, 1).unwrap()
}

#[test]
fn a_twelfth_of_the_heat_of_the_year_before_is_paid_each_month() {
    // 480 / 12 × 60 / 2400 × 2894.56
    let house = paid_evenly(&[40; 12], &[]);
    assert_eq!(charged(&house, &flat(), period(7)), [(Service::Heating, 289_456)]);
    let unknown = paid_evenly(&[40; 11], &[]);
    assert_eq!(charged(&unknown, &flat(), period(7)), [(Service::Heating, 228_960)], "by norm");
}

#[test]
fn nothing_of_a_year_is_settled_until_all_of_its_months_are_known() {
    let house = paid_evenly(&[40; 12], &[50; 11]);
    let line = lines(&house, &flat(), january_after(), Which::All, &mut |_, _| {}).unwrap().remove(0);
    assert_eq!(
        (line.figures.recalculated.0, line.oddities.iter().collect::<Vec<_>>()),
        (0, vec![Oddity::YearNotSettled])
    );
}

#[test]
fn who_came_in_the_middle_of_a_year_settles_the_months_since() {
    let house = paid_evenly(&[40; 12], &[50; 12]);
    let premises = Premises { id: "premises".to_owned(), area: decimal("60") };
    let since_july = Row { from: date(2026, 7, 1), until: None, value: premises };
    let account = AccountFacts { premises: Dated::new(vec![since_july]).unwrap(), ..flat() };
    let line = lines(&house, &account, january_after(), Which::All, &mut |_, _| {}).unwrap().remove(0);
    // 10 Gcal more in each of six months: 60 / 40 × 2894.56
    assert_eq!(line.figures.recalculated.0, 434_184);
    let kept = Kept::all(&line.explanation).unwrap();
    assert_eq!(kept[1].title().as_deref(), Some("Отопление за 2026 год: по счётчику дома вместо равных долей"));
}

proptest! {
    #[test]
    fn a_year_that_was_paid_evenly_comes_to_what_the_house_took(
        last_year in prop::collection::vec(0_u16..500, 12),
        this_year in prop::collection::vec(0_u16..500, 12),
        has_benefit in any::<bool>(),
    ) {
        let mut house = paid_evenly(&last_year, &this_year);
        let rate = BenefitRate { id: "half".to_owned(), percent: Percent::new(decimal("50")).unwrap(), limit: None, act: act() };
        house.benefits.insert(("Ветераны".to_owned(), Service::Heating), Dated::always(rate));
        let held = HeldBenefit { id: "held".to_owned(), benefit: "Ветераны".to_owned(), persons: None, norm_area: None };
        let since = Row { from: date(2020, 1, 1), until: None, value: held };
        let account = AccountFacts { benefits: has_benefit.then_some(since).into_iter().collect(), ..flat() };
        let paid: i64 = (1..=12).map(|month| charged(&house, &account, period(month))[0].1).sum();
        let line = lines(&house, &account, january_after(), Which::All, &mut |_, _| {}).unwrap().remove(0);
        let heat = Decimal::from(this_year.iter().map(|heat| u32::from(*heat)).sum::<u32>());
        let cost = heat * decimal("60") / decimal("2400") * decimal("2894.56");
        let cost = if has_benefit { cost / decimal("2") } else { cost };
        prop_assert_eq!(paid + line.figures.recalculated.0, Kopecks::round(cost.into()).unwrap().0);
    }
}
