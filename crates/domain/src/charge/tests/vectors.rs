//! C1–C18 of the rules.

use super::*;
use crate::meter_life::{Run, Settled, UsedOver};
use crate::tariff::Rates;

fn run(before: &str, now: &str) -> Settled<'static> {
    let run = Run { rate: 0, before: decimal(before), now: decimal(now), turned_at: None, from: "e1", to: "e2" };
    Settled { runs: vec![run], billed_by_average: None, billed_by_norm: None }
}

fn metered<'a>(settled: &'a Settled<'a>, unit: Unit) -> Volume<'a> {
    Volume::Metered(Metered { settled, rate: 0, unit })
}

#[test]
fn c1_by_meter() {
    let settled = run("123.456", "131.789");
    let leg = Leg::whole(metered(&settled, Unit::CubicMetre), price("50.93"));
    assert_eq!(amount(&leg), 42_440);
    assert_eq!(leg.quantity().value().unwrap().to_string(), "8.333");
    assert_eq!(sentence(&leg), "было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽");
}

#[test]
fn c2_hot_water_is_two_lines() {
    let settled = run("0", "4.215");
    let water = Leg::whole(metered(&settled, Unit::CubicMetre), price("50.93"));
    let heat = Leg {
        heat: Some(fact("0.0585", Quantity::HeatPerVolume, Unit::Gigacalorie)),
        ..Leg::whole(water.volume, price("2894.56"))
    };
    assert_eq!(heat.quantity().value().unwrap().to_string(), "0.2465775");
    assert_eq!([amount(&water), amount(&heat)], [21_467, 71_373]);
    assert_eq!(kopecks(&[amount(&water), amount(&heat)]), 92_840);
}

#[test]
fn c3_each_rate_has_its_own_price() {
    let rates = [("12345", "12468", "8.23"), ("8021", "8079", "3.71"), ("5500", "5561", "6.99")];
    let amounts = rates.map(|(before, now, rubles)| {
        amount(&Leg::whole(metered(&run(before, now), Unit::KilowattHour), price(rubles)))
    });
    assert_eq!(amounts, [101_229, 21_518, 42_639]);
    assert_eq!(kopecks(&amounts), 165_386);
}

#[test]
fn c4_c5_the_excess_of_a_multiplier_is_a_figure_of_its_own() {
    let persons = Occupants { registered: 3, temporary: 0, owners: 1 }.fact("h1");
    let norm = fact("4.331", Quantity::Norm, Unit::CubicMetre);
    let volume = Volume::PerPerson(PerPerson { persons, norm, unit: Unit::CubicMetre });
    let plain = Leg::whole(volume, price("50.93"));
    let multiplied = Leg { multiplier: Some(fact("1.5", Quantity::NormMultiplier, Unit::One)), ..plain };
    assert_eq!([amount(&plain), amount(&multiplied)], [66_173, 99_260]);
    let line = Line { legs: &[multiplied], benefits: &[], lost: &[], recalculations: &[] };
    let figures = line.figures().unwrap();
    assert_eq!([figures.charged, figures.excess, figures.payable].map(|amount| amount.0), [66_173, 33_087, 99_260]);
    assert_eq!(figures.volume.to_string(), "12.993");
    assert_eq!(sentence(&multiplied), "3 чел. × 4,331 м³ × 50,93 ₽ × 1,5 (повышающий коэффициент) = 992,60 ₽");
}

#[test]
fn nobody_registered_means_the_owners_are_charged() {
    assert_eq!(Occupants { registered: 0, temporary: 0, owners: 2 }.charged(), 2);
    assert_eq!(Occupants { registered: 1, temporary: 2, owners: 2 }.charged(), 3);
}

fn share(area: &str, of_area: &str) -> ShareOfHouse<'static> {
    ShareOfHouse {
        area: fact(area, Quantity::Area, Unit::SquareMetre),
        of_area: fact(of_area, Quantity::AreaOfHouse, Unit::SquareMetre),
    }
}

#[test]
fn c6_common_needs_by_house_meter() {
    let common = |house: &str, at_most| {
        let [non_residential, by_norm, by_meter] = [1_000, 4_000, 5_000].map(rust_decimal::Decimal::from);
        let inside = UsedInside { house_id: "house".to_owned(), non_residential, by_norm, by_meter };
        let house = fact(house, Quantity::HouseVolume, Unit::KilowattHour);
        let volume = CommonByMeter { house, inside: &inside, at_most };
        let leg = Leg::whole(Volume::CommonByMeter(volume, share("60", "2400"), Unit::KilowattHour), price("1.936"));
        (amount(&leg), sentence(&leg))
    };
    let (amount, sentence) = common("12000", None);
    assert_eq!(amount, 9_680);
    assert_eq!(
        sentence,
        "12 000 кВт·ч − 1000 кВт·ч − 4000 кВт·ч − 5000 кВт·ч = 2000 кВт·ч × 60 м² / 2400 м² × 1,936 ₽ = 96,80 ₽"
    );
    assert_eq!(common("9000", None).0, 0, "less than nothing is nobody's debt");
    let norm = CommonByNorm {
        norm: fact("2", Quantity::Norm, Unit::KilowattHour),
        common_area: fact("500", Quantity::AreaInCommon, Unit::SquareMetre),
    };
    assert_eq!(common("12000", Some(norm)).0, 4_840, "not above the norm");
    assert_eq!(common("10500", Some(norm)).0, 2_420, "but what is below the norm stays");
}

#[test]
fn c7_a_volume_is_not_rounded() {
    let norm = CommonByNorm {
        norm: fact("0.029", Quantity::Norm, Unit::CubicMetre),
        common_area: fact("412.6", Quantity::AreaInCommon, Unit::SquareMetre),
    };
    let leg = Leg::whole(Volume::CommonByNorm(norm, share("54.3", "3120.8")), price("50.93"));
    assert_eq!(amount(&leg), 1_060);
    assert_eq!(leg.quantity().value().unwrap().rounded(7).unwrap(), 2_081_906);
}

fn each(count: &str, quantity: Quantity, unit: Unit, rubles: &str) -> Leg<'static> {
    Leg::whole(Volume::Each(fact(count, quantity, unit)), price(rubles))
}

#[test]
fn c9_by_area_and_by_person() {
    assert_eq!(amount(&each("54.3", Quantity::Area, Unit::SquareMetre, "39.57")), 214_865);
    assert_eq!(amount(&each("54.3", Quantity::Area, Unit::SquareMetre, "15.70")), 85_251);
    assert_eq!(amount(&each("3", Quantity::Persons, Unit::Person, "175.40")), 52_620);
}

#[test]
fn c10_an_average_is_not_rounded() {
    let used = ["5.120", "4.870", "6.010", "5.300", "5.455", "4.900"].map(decimal).iter().sum();
    let used_over = UsedOver { used: Rates::One([used]), months: 6, from: "e1", to: "e7" };
    let volume = Volume::Averaged(Averaged { used_over, rate: 0, unit: Unit::CubicMetre });
    let leg = Leg::whole(volume, price("50.93"));
    assert_eq!(leg.quantity().value().unwrap().rounded(7).unwrap(), 52_758_333);
    assert_eq!(amount(&leg), 26_870);
    assert_eq!(sentence(&leg), "31,655 м³ / 6 мес. ≈ 5,2758333 м³ × 50,93 ₽ = 268,70 ₽");
}

#[test]
fn c15_a_benefit_lowers_all_of_a_charge_or_what_is_within_the_social_norm() {
    let leg = each("54.3", Quantity::Area, Unit::SquareMetre, "39.57");
    let rate = fact("50", Quantity::BenefitRate, Unit::Percent);
    let whole = Benefit { leg, rate, limit: None, before: Vec::new(), persons: None };
    let within = Benefit { limit: Some(fact("33", Quantity::SocialNorm, Unit::SquareMetre)), ..whole.clone() };
    assert_eq!([amount(&whole), amount(&within)], [107_433, 65_291]);
    let two_of_three = Benefit {
        persons: Some((
            fact("2", Quantity::PersonsWithBenefit, Unit::Person),
            fact("3", Quantity::Persons, Unit::Person),
        )),
        ..whole.clone()
    };
    assert_eq!(amount(&two_of_three), 71_622);
    let line = Line { legs: &[leg], benefits: &[whole.clone(), whole.clone(), whole], lost: &[], recalculations: &[] };
    let figures = line.figures().unwrap();
    assert_eq!([figures.discount.0, figures.payable.0], [214_865, 0], "never more than is charged");
}

#[test]
fn a_benefit_leaves_the_excess_of_a_multiplier() {
    let leg = Leg {
        multiplier: Some(fact("1.5", Quantity::NormMultiplier, Unit::One)),
        ..each("10", Quantity::Persons, Unit::Person, "10")
    };
    let rate = fact("50", Quantity::BenefitRate, Unit::Percent);
    let benefit = Benefit { leg, rate, limit: None, before: Vec::new(), persons: None };
    let figures = Line { legs: &[leg], benefits: &[benefit], lost: &[], recalculations: &[] }.figures().unwrap();
    assert_eq!([figures.charged, figures.excess, figures.discount].map(|amount| amount.0), [10_000, 5_000, 5_000]);
    assert_eq!(figures.payable.0, 10_000);
}

#[test]
fn c18_a_bill_is_the_sum_of_its_rounded_lines() {
    let water = run("0", "12.548");
    let sewage = amount(&Leg::whole(metered(&water, Unit::CubicMetre), price("43.57")));
    assert_eq!(sewage, 54_672);
    let charged = kopecks(&[214_865, 85_251, 42_440, 92_840, sewage, 165_386, 355_215, 52_620, 1_060]);
    assert_eq!(charged, 1_064_349);
    assert_eq!(kopecks(&[charged, 125_000, -50_000, 1_234]), 1_140_583);
}

#[test]
fn heating_has_three_ways() {
    let area = fact("54.3", Quantity::Area, Unit::SquareMetre);
    let norm = fact("0.0226", Quantity::Norm, Unit::Gigacalorie);
    let months = Fact::count(7, Quantity::Months, Unit::Month);
    let cost = |heating| amount(&Leg::whole(Volume::Heating(heating), price("2894.56")));
    // 54.3 × 0.0226 × 2894.56 = 3552.146 and so on, worked out by hand.
    assert_eq!(cost(Heating::ByNorm { area, norm, evenly: None }), 355_215);
    assert_eq!(cost(Heating::ByNorm { area, norm, evenly: Some(months) }), 207_209);
    let house = fact("80", Quantity::HouseVolume, Unit::Gigacalorie);
    assert_eq!(cost(Heating::ByHouseMeter { house, share: share("60", "2400") }), 578_912);
    let house_last_year = fact("480", Quantity::HouseVolume, Unit::Gigacalorie);
    assert_eq!(cost(Heating::Evenly { house_last_year, share: share("60", "2400") }), 289_456);
}

#[test]
fn a_year_of_even_payments_is_corrected_by_what_was_used() {
    let month = |heat, cost| {
        let house = fact(heat, Quantity::HouseVolume, Unit::Gigacalorie);
        Leg::whole(Volume::Heating(Heating::ByHouseMeter { house, share: share("60", "2400") }), price(cost))
    };
    let used = [month("300", "2894.56"), month("150", "3000")];
    let charged = fact("34734.72", Quantity::Charged, Unit::Ruble);
    let year = YearOfHeating { used: Net { legs: &used, benefits: &[] }, charged };
    // 7.5 × 2894.56 + 3.75 × 3000 − 34734.72
    assert_eq!(amount(&year), -177_552);
    assert_eq!(Recalculation::YearOfHeating(year).signed_amount().unwrap().0, -177_552);
}

#[test]
fn a_service_that_was_away_too_long_costs_less_and_never_less_than_nothing() {
    let legs = [each("10", Quantity::Persons, Unit::Person, "100")];
    let lowered = |hours_over| {
        let interrupted = interruption::Interrupted { legs: &legs, hours_over, percent_per_hour: decimal("0.15") };
        amount(&interrupted);
        Recalculation::Interruption(interrupted).signed_amount().unwrap().0
    };
    assert_eq!([lowered(0), lowered(10), lowered(1000)], [0, -1_500, -100_000]);
}

#[test]
fn what_is_above_the_social_norm_has_its_own_price_and_a_surcharge_is_on_both() {
    let settled = run("0", "150");
    let limit = fact("100", Quantity::SocialNorm, Unit::KilowattHour);
    let above = Some((limit, fact("8", Quantity::PriceAboveNorm, Unit::Ruble)));
    let pricing = Pricing { above, ..price("5") };
    assert_eq!(amount(&Leg::whole(metered(&settled, Unit::KilowattHour), pricing)), 90_000);
    let surcharge = Some(fact("10", Quantity::Surcharge, Unit::Percent));
    let leg = Leg::whole(metered(&settled, Unit::KilowattHour), Pricing { surcharge, ..pricing });
    assert_eq!(amount(&leg), 99_000);
    let little = run("0", "60");
    assert_eq!(amount(&Leg::whole(metered(&little, Unit::KilowattHour), pricing)), 30_000);
}
