//! Every tree, computed again from its JSON alone, comes to the figure of its line.

use proptest::prelude::*;

use super::*;
use crate::dated::Days;
use crate::meter_life::{BilledByAverage, Run, Settled, UsedOver};
use crate::period::Period;
use crate::tariff::Rates;

fn a_number(places: u32) -> impl Strategy<Value = Decimal> {
    (0_i64..1_000_000).prop_map(move |mantissa| Decimal::new(mantissa, places))
}

fn a_fact(places: u32, quantity: Quantity, unit: Unit) -> impl Strategy<Value = Fact<'static>> {
    a_number(places).prop_map(move |value| Fact { value, quantity, unit, source: Source::Register { id: "r1" } })
}

fn a_percentage(quantity: Quantity) -> impl Strategy<Value = Fact<'static>> {
    (0_i64..=1000).prop_map(move |tenths| Fact {
        value: Decimal::new(tenths, 1),
        quantity,
        unit: Unit::Percent,
        source: Source::Register { id: "r1" },
    })
}

fn a_multiplier() -> impl Strategy<Value = Fact<'static>> {
    prop_oneof![Just("1.4"), Just("1.5")].prop_map(|value| fact(value, Quantity::NormMultiplier, Unit::One))
}

fn an_area(quantity: Quantity) -> impl Strategy<Value = Fact<'static>> {
    (1_i64..1_000_000).prop_map(move |mantissa| Fact {
        value: Decimal::new(mantissa, 2),
        quantity,
        unit: Unit::SquareMetre,
        source: Source::Register { id: "p1" },
    })
}

fn a_share() -> impl Strategy<Value = ShareOfHouse<'static>> {
    // One house: legs of a line share it.
    let of_area = fact("3120.8", Quantity::AreaOfHouse, Unit::SquareMetre);
    an_area(Quantity::Area).prop_map(move |area| ShareOfHouse { area, of_area })
}

fn an_average() -> impl Strategy<Value = UsedOver<'static>> {
    (a_number(3), 3_u32..=6).prop_map(|(used, months)| UsedOver {
        used: Rates::One([used]),
        months,
        from: "e1",
        to: "e2",
    })
}

/// What a meter told. It is leaked, as a test may: a volume only borrows it.
fn a_metered() -> impl Strategy<Value = Metered<'static>> {
    let billed = (an_average(), 1_u32..4).prop_map(|(average, months)| BilledByAverage { average, months });
    let billed_by = (prop::option::of(billed), prop::option::of(a_number(3)));
    (a_number(3), a_number(3), billed_by).prop_map(|(one, other, (billed_by_average, billed_by_norm))| {
        let capacity = Decimal::from(100_000);
        let runs = vec![
            Run { rate: 0, before: one, now: other, turned_at: None, from: "e1", to: "e2" },
            Run { rate: 0, before: one, now: other, turned_at: Some(capacity), from: "e2", to: "e3" },
        ];
        let settled = Box::leak(Box::new(Settled { runs, billed_by_average, billed_by_norm }));
        Metered { settled, rate: 0, unit: Unit::CubicMetre }
    })
}

fn a_common_norm() -> impl Strategy<Value = CommonByNorm<'static>> {
    let norm = a_fact(4, Quantity::Norm, Unit::CubicMetre);
    (norm, an_area(Quantity::AreaInCommon)).prop_map(|(norm, common_area)| CommonByNorm { norm, common_area })
}

fn heat(quantity: Quantity) -> impl Strategy<Value = Fact<'static>> {
    a_fact(4, quantity, Unit::Gigacalorie)
}

fn a_volume() -> impl Strategy<Value = Volume<'static>> {
    let unit = Unit::CubicMetre;
    let inside = (a_number(3), a_number(3), a_number(3)).prop_map(|(non_residential, by_norm, by_meter)| {
        let used = UsedInside { house_id: "h".to_owned(), non_residential, by_norm, by_meter };
        &*Box::leak(Box::new(used))
    });
    let common = (a_fact(3, Quantity::HouseVolume, unit), inside, prop::option::of(a_common_norm()), a_share());
    let persons = || a_fact(0, Quantity::Persons, Unit::Person);
    let months = (1_u32..=12).prop_map(|months| Fact::count(months, Quantity::Months, Unit::Month));
    let by_norm = (an_area(Quantity::Area), heat(Quantity::Norm), prop::option::of(months));
    prop_oneof![
        a_metered().prop_map(Volume::Metered),
        a_metered().prop_map(Volume::Returned),
        an_average().prop_map(move |used_over| Volume::Averaged(Averaged { used_over, rate: 0, unit })),
        (persons(), a_fact(4, Quantity::Norm, unit)).prop_map(move |(persons, norm)| Volume::PerPerson(PerPerson {
            persons,
            norm,
            unit
        })),
        persons().prop_map(Volume::Each),
        common.prop_map(move |(house, inside, at_most, share)| {
            Volume::CommonByMeter(CommonByMeter { house, inside, at_most }, share, unit)
        }),
        (a_common_norm(), a_share()).prop_map(|(norm, share)| Volume::CommonByNorm(norm, share)),
        by_norm.prop_map(|(area, norm, evenly)| Volume::Heating(Heating::ByNorm { area, norm, evenly })),
        (heat(Quantity::HouseVolume), a_share())
            .prop_map(|(house, share)| Volume::Heating(Heating::ByHouseMeter { house, share })),
        (heat(Quantity::HouseVolume), a_share())
            .prop_map(|(house_last_year, share)| Volume::Heating(Heating::Evenly { house_last_year, share })),
    ]
}

fn a_pricing() -> impl Strategy<Value = Pricing<'static>> {
    let price = |quantity| a_fact(6, quantity, Unit::Ruble);
    let above = (a_fact(3, Quantity::SocialNorm, Unit::CubicMetre), price(Quantity::PriceAboveNorm));
    let surcharge = a_percentage(Quantity::Surcharge);
    (price(Quantity::Price), prop::option::of(above), prop::option::of(surcharge))
        .prop_map(|(price, above, surcharge)| Pricing { price, above, surcharge })
}

fn a_leg() -> impl Strategy<Value = Leg<'static>> {
    let part = (1_i8..=31).prop_map(|day| {
        let period = Period::new(2026, 10).unwrap();
        Part::of(period, Days::new(period.first_day(), period.day_or_last(day)).unwrap())
    });
    let heat = prop::option::of(a_fact(4, Quantity::HeatPerVolume, Unit::Gigacalorie));
    let multiplier = prop::option::of(a_multiplier());
    (a_volume(), heat, a_pricing(), part, multiplier).prop_map(|(volume, heat, pricing, part, multiplier)| Leg {
        volume,
        heat,
        pricing,
        part,
        multiplier,
        rates: 1,
    })
}

proptest! {
    #[test]
    fn a_charge_is_what_its_tree_says(legs in prop::collection::vec(a_leg(), 0..3)) {
        let rounded = amount(legs.as_slice());
        prop_assert!(rounded >= 0, "no volume is below zero");
        prop_assert!(sentence(legs.as_slice()).ends_with('₽'));
        for leg in &legs {
            let tree = serde_json::to_value(leg.quantity().explain().unwrap()).unwrap();
            evaluate(&tree);
        }
    }

    #[test]
    fn the_columns_of_a_line_add_up(
        legs in prop::collection::vec(a_leg(), 1..3), rate in a_percentage(Quantity::BenefitRate), hours in 0_u32..800,
    ) {
        let benefits = [Benefit { leg: legs[0], rate, limit: None, before: Vec::new(), persons: None }];
        let percent_per_hour = Decimal::new(15, 2);
        let interrupted = interruption::Interrupted { legs: &legs, hours_over: hours, percent_per_hour };
        let recalculations = [Recalculation::Interruption(interrupted)];
        let figures = Line { legs: &legs, benefits: &benefits, lost: &[], recalculations: &recalculations }.figures().unwrap();
        amount(benefits.as_slice());
        amount(&recalculations[0]);
        prop_assert_eq!(figures.charged.0 + figures.excess.0, amount(legs.as_slice()));
        let sum = figures.charged.0 + figures.excess.0 + figures.recalculated.0 - figures.discount.0;
        prop_assert_eq!(figures.payable.0, sum);
        prop_assert!(figures.discount >= Kopecks::ZERO && figures.discount <= figures.charged);
    }
}
