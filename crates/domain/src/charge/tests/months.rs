//! Months in which something changes, from dated tables and the events of a meter.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::correction::{Correction, Posted, corrections};
use crate::dated::{Dated, DatedError, Days, Row};
use crate::exact::Exact;
use crate::meter::MeterKind;
use crate::meter_life::{Event, EventKind, MeterMonth, MeterRules, NormReason, Surroundings, months};
use crate::norm::{Norm, NormMultiplier};
use crate::period::Period;
use crate::reading::Dial;
use crate::tariff::{BenefitRate, Percent, Price, Rates, Tariff};

fn period(month: i8) -> Period {
    Period::new(2026, month).unwrap()
}

fn whole(month: i8) -> Days {
    Days::of(period(month))
}

fn row<T>(from: Date, until: Option<Date>, value: T) -> Row<T> {
    Row { from, until, value }
}

fn tariff(id: &str, rubles: &str) -> Tariff {
    let prices = Rates::One([Price::new(decimal(rubles)).unwrap()]);
    Tariff { id: id.to_owned(), prices, above_norm: None, fixed: None, surcharge: None, act: act() }
}

/// 30 ₽ until 10 October, 40 ₽ from then on.
fn prices() -> Dated<Tariff> {
    let rows = vec![
        row(date(2025, 1, 1), Some(date(2026, 10, 10)), tariff("t1", "30")),
        row(date(2026, 10, 11), None, tariff("t2", "40")),
    ];
    Dated::unbroken(rows).unwrap()
}

fn household(registered: u32) -> Household {
    Household { id: format!("h{registered}"), occupants: Occupants { registered, temporary: 0, owners: 1 } }
}

fn norm(value: &str) -> Norm {
    Norm { id: format!("n{value}"), value: decimal(value), act: act() }
}

/// All that a water service is charged by.
struct Water {
    prices: Dated<Tariff>,
    norm: Dated<Norm>,
    multiplier: Dated<NormMultiplier>,
    households: Dated<Household>,
}

impl Water {
    fn new() -> Self {
        let multiplier = NormMultiplier { id: "k1".to_owned(), value: decimal("1.5"), act: act() };
        Self {
            prices: prices(),
            norm: Dated::always(norm("4")),
            multiplier: Dated::always(multiplier),
            households: Dated::always(household(2)),
        }
    }

    fn service(&self) -> MeteredService<'_> {
        MeteredService {
            kind: MeterKind::ColdWater,
            prices: &self.prices,
            social_norm: None,
            norm: &self.norm,
            heat: None,
            multiplier: Some(&self.multiplier),
            households: &self.households,
            rules: MeterRules::default(),
        }
    }

    fn figures(&self, month: &MeterMonth<'_>) -> Figures {
        let service = self.service();
        let legs = service.legs(month, Days::of(month.period), 0).unwrap();
        let returned = Vec::from_iter(service.returned(month, 0).unwrap());
        let recalculations = [Recalculation::BilledAboveMeter(Net { legs: &returned, benefits: &[] })];
        assert_eq!(amount(legs.as_slice()), legs.as_slice().amount().unwrap().0);
        Line { legs: &legs, benefits: &[], lost: &[], recalculations: &recalculations }.figures().unwrap()
    }
}

#[test]
fn a_price_that_changes_in_the_middle_of_a_month_is_weighed_by_days() {
    let premises = Dated::always(Premises { id: "p1".to_owned(), area: decimal("50") });
    let prices = prices();
    let legs = per_area(period(10), whole(10), &prices, &premises).unwrap();
    // 50 × (30 × 10 + 40 × 21) / 31
    assert_eq!(amount(legs.as_slice()), 183_871);
    assert_eq!(
        sentence(legs.as_slice()),
        "50 м² × 10 дн. / 31 дн. × 30,00 ₽ + 50 м² × 21 дн. / 31 дн. × 40,00 ₽ = 1838,71 ₽"
    );
    assert_eq!(per_area(period(11), whole(11), &prices, &premises).unwrap().len(), 1);
}

#[test]
fn whoever_moves_in_or_out_pays_for_the_days_between() {
    let premises = Premises { id: "p1".to_owned(), area: decimal("50") };
    let held = Dated::new(vec![row(date(2026, 9, 16), Some(date(2026, 9, 27)), premises)]).unwrap();
    let prices = prices();
    assert_eq!(amount(per_area(period(9), whole(9), &prices, &held).unwrap().as_slice()), 60_000);
    assert!(per_area(period(11), whole(11), &prices, &held).unwrap().is_empty());
    let households =
        vec![row(date(2026, 1, 1), Some(date(2026, 9, 10)), household(1)), row(date(2026, 9, 11), None, household(3))];
    let households = Dated::unbroken(households).unwrap();
    // (1 × 10 + 3 × 20) / 30 × 30
    assert_eq!(amount(per_person(period(9), whole(9), &prices, &households).unwrap().as_slice()), 7_000);
}

#[test]
fn a_day_without_a_price_is_named() {
    let prices = Dated::unbroken(vec![row(date(2026, 9, 5), None, tariff("t1", "30"))]).unwrap();
    let premises = Dated::always(Premises { id: "p1".to_owned(), area: decimal("50") });
    let gap = DatedError::Gap { from: date(2026, 9, 1), until: Some(date(2026, 9, 4)) };
    assert_eq!(per_area(period(9), whole(9), &prices, &premises).unwrap_err(), ChargeError::Missing(gap));
}

fn installed() -> Event<'static> {
    let (dial, verified_until) = (Dial::new(5, 3).unwrap(), date(2031, 12, 31));
    let first = Rates::One([Decimal::ZERO]);
    Event { id: "00", on: date(2026, 1, 1), kind: EventKind::Installed { dial, first, verified_until } }
}

const IDS: [&str; 12] = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"];

fn read(month: i8, value: i64) -> Event<'static> {
    let values = Rates::One([Decimal::new(value, 3)]);
    let kind = EventKind::Read { period: period(month), values };
    Event { id: IDS[month as usize - 1], on: date(2026, month, 20), kind }
}

fn lived<'a>(events: &[Event<'a>], last: i8) -> Vec<MeterMonth<'a>> {
    let rules = Dated::always(MeterRules::default());
    let norm_volume = |_| Decimal::ZERO;
    let around = Surroundings { kind: MeterKind::ColdWater, rules: &rules, norm_volume: &norm_volume };
    months(events, period(last), around).unwrap()
}

#[test]
fn a_meter_that_fails_goes_through_average_norm_and_multiplier() {
    let failed = Event { id: "99", on: date(2026, 4, 1), kind: EventKind::Failed };
    let events = [installed(), read(1, 3_000), read(2, 6_000), read(3, 9_000), failed];
    let lived = lived(&events, 10);
    let water = Water::new();
    let payable: Vec<i64> = lived.iter().map(|month| water.figures(month).payable.0).collect();
    // 3 m³ × 30; then 2 persons × 4 m³ × 30 × 1.5; in October the price changes.
    assert_eq!(payable[..9], [9_000, 9_000, 9_000, 9_000, 9_000, 9_000, 36_000, 36_000, 36_000]);
    let october = water.figures(&lived[9]);
    assert_eq!([october.charged.0, october.excess.0, october.payable.0], [29_419, 14_710, 44_129]);
    assert_eq!(october.volume, Exact::of(8, 1).unwrap());
}

#[test]
fn a_meter_with_a_norm_before_it_is_one_line_of_two_ways() {
    let (dial, verified_until) = (Dial::new(5, 3).unwrap(), date(2031, 12, 31));
    let first = Rates::One([Decimal::ZERO]);
    let installed =
        Event { id: "00", on: date(2026, 9, 16), kind: EventKind::Installed { dial, first, verified_until } };
    let events = [installed, read(9, 2_000)];
    let figures = Water::new().figures(&lived(&events, 9)[0]);
    // 2 m³ by meter, 8 m³ × 15/30 by norm, the multiplier on the latter only.
    assert_eq!([figures.charged.0, figures.excess.0], [18_000, 6_000]);
    assert_eq!(figures.volume, Exact::of(6, 1).unwrap());
}

#[test]
fn what_was_billed_above_the_meter_is_returned_as_a_figure_of_its_own() {
    let events = [installed(), read(1, 3_000), read(2, 6_000), read(3, 9_000), read(6, 13_000)];
    let lived = lived(&events, 6);
    let figures = Water::new().figures(&lived[5]);
    // 6 m³ by average in April and May, 4 m³ in truth.
    assert_eq!([figures.charged.0, figures.recalculated.0, figures.payable.0], [0, -6_000, -6_000]);
    let water = Water::new();
    let Some(returned) = water.service().returned(&lived[5], 0).unwrap() else { panic!("nothing is returned") };
    assert_eq!(
        sentence(&returned),
        "(9 м³ / 3 мес. = 3 м³ × 2 мес. = 6 м³) − (было 9 → стало 13 = 4 м³) = 2 м³ × 30,00 ₽ = 60,00 ₽"
    );
    assert!(water.service().returned(&lived[4], 0).unwrap().is_none());
}

#[test]
fn an_absence_lowers_the_norm_by_its_days() {
    let water = Water::new();
    let days = Days::new(date(2026, 9, 3), date(2026, 9, 12)).unwrap();
    let service = water.service();
    let away = Household { id: "h1".to_owned(), occupants: Occupants { registered: 1, temporary: 0, owners: 0 } };
    let away = Dated::always(away);
    let one_away = MeteredService { households: &away, multiplier: None, ..service };
    let reason = NormReason::NoMeter;
    let away = one_away.norm_legs(period(9), days, reason).unwrap();
    let legs = service.norm_legs(period(9), whole(9), reason).unwrap();
    let line = Line { legs: &legs, benefits: &[], lost: &[], recalculations: &[Recalculation::Absence(&away)] };
    let figures = line.figures().unwrap();
    // 1 × 4 × 10/30 × 30 of 2 × 4 × 30 × 1.5
    assert_eq!([figures.charged.0, figures.excess.0, figures.recalculated.0], [24_000, 12_000, -4_000]);
}

#[test]
fn a_two_part_tariff_has_a_fixed_leg() {
    let fixed = Some(Price::new(decimal("100")).unwrap());
    let prices = Dated::always(Tariff { fixed, ..tariff("t1", "30") });
    let held = vec![row(date(2026, 9, 16), None, Premises { id: "p1".to_owned(), area: decimal("50") })];
    let held = Dated::new(held).unwrap();
    let legs = fixed_part(period(9), whole(9), &prices, &held).unwrap();
    assert_eq!(amount(legs.as_slice()), 5_000);
    let prices = Dated::always(tariff("t1", "30"));
    let premises = Dated::always(Premises { id: "p1".to_owned(), area: decimal("50") });
    assert!(fixed_part(period(9), whole(9), &prices, &premises).unwrap().is_empty());
}

#[test]
fn a_benefit_that_begins_in_the_middle_of_a_month_lowers_its_days() {
    let prices = prices();
    let premises = Dated::always(Premises { id: "p1".to_owned(), area: decimal("50") });
    let percent = Percent::new(decimal("50")).unwrap();
    let rate = BenefitRate { id: "b1".to_owned(), percent, limit: Some(decimal("33")), act: act() };
    let rates = Dated::new(vec![row(date(2026, 9, 21), None, rate)]).unwrap();
    let legs = |days| per_area(period(9), days, &prices, &premises);
    let persons = |value, quantity| fact(value, quantity, Unit::Person);
    let persons = (persons("1", Quantity::PersonsWithBenefit), persons("2", Quantity::Persons));
    let one_of_two = Holders { persons: Some(persons), limit: None };
    let of = |holders| benefits(whole(9), &rates, Unit::SquareMetre, holders, legs).unwrap();
    let (all, some) = (of(Holders::default()), of(one_of_two));
    // 33 × 10/30 × 30 × 50 %, and half of it.
    assert_eq!([amount(all.as_slice()), amount(some.as_slice())], [16_500, 8_250]);
    assert_eq!(
        sentence(all.as_slice()),
        "(меньшее из: 50 м² × 10 дн. / 30 дн. и 33 м² × 10 дн. / 30 дн.) × 30,00 ₽ × 50 % = 165,00 ₽"
    );
}

/// Readings of some months of a year, each above the one before.
fn a_year() -> impl Strategy<Value = Vec<Event<'static>>> {
    prop::collection::vec(prop::option::weighted(0.6, 0_i64..20_000), 12).prop_map(|used| {
        let mut shows = 0;
        let readings = (1..).zip(used).filter_map(|(month, used)| {
            shows += used?;
            Some(read(month, shows))
        });
        readings.collect()
    })
}

proptest! {
    #[test]
    fn whatever_became_known_first_the_ledger_ends_the_same(
        (in_order, shuffled) in a_year().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
    ) {
        let water = Water::new();
        let replay = |known: &[Event<'static>]| {
            let events: Vec<_> = std::iter::once(installed()).chain(known.iter().copied()).collect();
            let payable = |month: &MeterMonth<'_>| (month.period, water.figures(month).payable);
            lived(&events, 12).iter().map(payable).collect::<Vec<_>>()
        };
        let mut ledger: Vec<Posted<'_, Period>> = Vec::new();
        for known in 0..=shuffled.len() {
            let replayed = replay(&shuffled[..known]);
            for Correction { line, amount, .. } in corrections(&ledger, &replayed).unwrap() {
                ledger.push(Posted { entry: "e", line, amount });
            }
            prop_assert_eq!(corrections(&ledger, &replayed), Ok(vec![]));
        }
        for (line, expected) in replay(&in_order) {
            let posted = ledger.iter().filter(|entry| entry.line == line).map(|entry| entry.amount);
            prop_assert_eq!(Kopecks::total(posted), Ok(expected));
        }
    }
}
