//! A month that is charged on some of its days only, or in two ways.

use super::*;

/// The premises of an account that is open on these days.
fn open(from: jiff::civil::Date, until: Option<jiff::civil::Date>) -> Dated<Premises> {
    let value = Premises { id: "premises".to_owned(), area: decimal("54.3") };
    Dated::new(vec![Row { from, until, value }]).unwrap()
}

#[test]
fn who_moves_out_and_who_moves_in_pay_together_what_one_would_have_paid() {
    let whole = charged(&house(), &account(all_meters()), period(3));
    let out = AccountFacts { premises: open(date(2020, 1, 1), Some(date(2026, 3, 14))), ..account(all_meters()) };
    let come = AccountFacts { premises: open(date(2026, 3, 15), None), ..account(all_meters()) };
    let (out, come) = (charged(&house(), &out, period(3)), charged(&house(), &come, period(3)));
    assert_eq!((out.len(), come.len()), (whole.len(), whole.len()));
    for ((one, other), (service, all)) in out.iter().zip(&come).zip(&whole) {
        assert!((one.1 + other.1 - all).abs() <= 1, "{service:?}: {} and {} of {all}", one.1, other.1);
    }
    // 14 of 31 days: persons, square metres and what meters told alike.
    let of = |lines: &[(Service, i64)], service| lines.iter().find(|line| line.0 == service).unwrap().1;
    assert_eq!(of(&out, Service::ColdWater), 19_166);
    assert_eq!(of(&out, Service::SolidWaste), 23_764);
    assert_eq!(of(&out, Service::Maintenance), 97_036);
}

#[test]
fn an_account_that_is_not_open_in_a_month_has_no_line_of_it() {
    let closed = AccountFacts { premises: open(date(2020, 1, 1), Some(date(2026, 2, 28))), ..account(all_meters()) };
    assert_eq!(charged(&house(), &closed, period(3)), []);
}

#[test]
fn a_way_that_changes_within_a_month_charges_each_day_in_its_own() {
    let mut house = house();
    let waste = house.services.iter_mut().find(|one| one.service == Service::SolidWaste).unwrap();
    let row = |from, until, value| Row { from, until, value };
    waste.ways = Dated::new(vec![
        row(date(2020, 1, 1), Some(date(2026, 3, 15)), Way::Person),
        row(date(2026, 3, 16), Some(date(2026, 3, 20)), Way::Paused),
        row(date(2026, 3, 21), None, Way::Area),
    ])
    .unwrap();
    let lines = charged(&house, &account(all_meters()), period(3));
    // 3 × 175.40 × 15/31 + 54.3 × 175.40 × 11/31
    let waste = lines.into_iter().find(|(service, _)| *service == Service::SolidWaste).unwrap();
    assert_eq!(waste.1, 363_417);
}

#[test]
fn a_service_is_charged_from_the_day_on_which_it_reaches_the_premises() {
    let without = Dated::new(vec![Row { from: date(2020, 1, 1), until: Some(date(2026, 3, 10)), value: () }]).unwrap();
    let account = AccountFacts {
        not_supplied: BTreeMap::from([(Service::HotWater, without.clone()), (Service::HotWaterHeat, without)]),
        ..account(all_meters())
    };
    let lines = charged(&house(), &account, period(3));
    let of = |service| lines.iter().find(|line| line.0 == service).unwrap().1;
    // 214.67 × 21/31; sewage takes the cold water of all days and the hot water of these.
    assert_eq!(of(Service::HotWater), 14_542);
    assert_eq!(of(Service::Sewage), 48_748);
    assert_eq!(of(Service::ColdWater), 42_440);
}

#[test]
fn the_fixed_part_of_a_tariff_is_charged_beside_what_a_meter_tells_and_is_no_volume() {
    let mut house = house();
    let cold = house.services.iter_mut().find(|one| one.service == Service::ColdWater).unwrap();
    let tariff = cold.prices[0].rows()[0].value.clone();
    cold.prices[0] = Dated::always(Tariff { fixed: Some(Price::new(decimal("100")).unwrap()), ..tariff });
    let lines = lines(&house, &account(all_meters()), period(3), Which::All, &mut |_, _| {}).unwrap();
    let cold = lines.iter().find(|line| line.service == Service::ColdWater).unwrap();
    assert_eq!(cold.figures.payable.0, 42_440 + 10_000);
    assert_eq!(cold.figures.volume.rounded(3), Ok(8_333));
    assert_eq!(cold.price, Some(decimal("50.93")));
}

#[test]
fn a_price_above_the_social_norm_without_the_norm_is_charged_to_nobody() {
    let mut house = house();
    let light = house.services.iter_mut().find(|one| one.service == Service::Electricity).unwrap();
    let tariff = light.prices[0].rows()[0].value.clone();
    light.prices[0] = Dated::always(Tariff { above_norm: Some(tariff.prices), ..tariff });
    let refused = lines(&house, &account(all_meters()), period(3), Which::All, &mut |_, _| {}).unwrap_err();
    let reason = "Электричество: у тарифа есть цена сверх социальной нормы, а норматива social_norm нет";
    assert_eq!(refused.to_string(), reason);
}

/// Installed on 20 February, never read, no average yet.
#[test]
fn where_the_meter_of_heat_tells_nothing_square_metres_are_charged_for_by_the_norm() {
    let silent = account(vec![meter(MeterKind::Heat, &["5"], None)]);
    let lines = lines(&house(), &silent, period(3), Which::All, &mut |_, _| {}).unwrap();
    let heating = lines.iter().find(|line| line.service == Service::Heating).unwrap();
    // 54.3 m² × 0.0226 × 2894.56, as without a meter.
    assert_eq!((heating.figures.payable.0, heating.figures.excess.0, heating.method), (355_215, 0, Method::Norm));
    assert_eq!(heating.oddities.iter().collect::<Vec<_>>(), [Oddity::ByNorm]);
}
