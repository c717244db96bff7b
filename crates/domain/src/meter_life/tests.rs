//! The rules of a meter's life, state by state; each month's volume is that of the charge's formula.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::charge::{Averaged, Fact, Formula as _, Leg, Metered, Pricing, Quantity, Source, Unit, Volume};
use crate::dated::Row;
use crate::exact::Exact;
use crate::reading::Dial;

const NONE: Rates<Decimal> = Rates::One([Decimal::ZERO]);

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn one(text: &str) -> Rates<Decimal> {
    Rates::One([decimal(text)])
}

fn water() -> Dial {
    Dial::new(5, 3).unwrap()
}

fn period(month: i8) -> Period {
    Period::new(2026, month).unwrap()
}

fn event(id: &'static str, on: Date, kind: EventKind) -> Event<'static> {
    Event { id, on, kind }
}

fn installed(first: &str) -> Event<'static> {
    let verified_until = date(2031, 12, 31);
    event("00", date(2026, 1, 1), EventKind::Installed { dial: water(), first: one(first), verified_until })
}

fn read(id: &'static str, month: i8, value: &str) -> Event<'static> {
    event(id, date(2026, month, 20), EventKind::Read { period: period(month), values: one(value) })
}

/// Six months with 2 m³ each, on the dial 10 to 22.
fn half_a_year() -> Vec<Event<'static>> {
    let readings = [("01", "12"), ("02", "14"), ("03", "16"), ("04", "18"), ("05", "20"), ("06", "22")];
    let readings = (1..).zip(readings).map(|(month, (id, value))| read(id, month, value));
    std::iter::once(installed("10")).chain(readings).collect()
}

fn lived(events: &[Event<'static>], last: i8, kind: MeterKind, rules: MeterRules) -> Vec<MeterMonth<'static>> {
    let rules = Dated::always(rules);
    let norm_volume = |_| decimal("3");
    months(events, period(last), Surroundings { kind, rules: &rules, norm_volume: &norm_volume }).unwrap()
}

fn default_lived(events: &[Event<'static>], last: i8) -> Vec<MeterMonth<'static>> {
    lived(events, last, MeterKind::ColdWater, MeterRules::default())
}

fn volume(volume: Volume<'_>) -> Exact {
    let zero = Fact { value: Decimal::ZERO, quantity: Quantity::Price, unit: Unit::Ruble, source: Source::Calendar };
    let pricing = Pricing { price: zero, above: None, surcharge: None };
    Leg::whole(volume, pricing).quantity().value().unwrap()
}

/// What a month is charged by, in short: `м2` by meter, `с2` a day-weighted average, `н` by norm, `−2` returned.
fn told(month: &MeterMonth<'_>) -> String {
    let unit = Unit::CubicMetre;
    let mut told = Vec::new();
    if let Some(settled) = &month.settled {
        let metered = Metered { settled, rate: 0, unit };
        told.push(format!("м{}", volume(Volume::Metered(metered))));
        let returned = volume(Volume::Returned(metered));
        told.extend((returned > Exact::ZERO).then(|| format!("−{returned}")));
    }
    for stretch in &month.stretches {
        told.push(match stretch.basis {
            Basis::Average(used_over) => {
                let average = volume(Volume::Averaged(Averaged { used_over, rate: 0, unit }));
                format!("с{average}×{}", stretch.days.count())
            }
            Basis::Norm(reason) => format!("н{reason:?}×{}", stretch.days.count()),
        });
    }
    told.join(" ")
}

fn all_told(months: &[MeterMonth<'_>]) -> Vec<String> {
    months.iter().map(told).collect()
}

#[test]
fn r1_volumes_are_differences_and_go_through_zero_only_if_an_event_says_so() {
    let turned = |kind| [installed("99998.5"), event("01", date(2026, 1, 20), kind)];
    let (period, values) = (period(1), one("3.25"));
    let months = default_lived(&turned(EventKind::RolledOver { period, values }), 1);
    assert_eq!(all_told(&months), ["м4.75"]);
    let rules = Dated::always(MeterRules::default());
    let around = Surroundings { kind: MeterKind::ColdWater, rules: &rules, norm_volume: &|_| Decimal::ZERO };
    let refused = |events: &[Event<'static>]| super::months(events, period, around).unwrap_err();
    assert!(matches!(refused(&turned(EventKind::Read { period, values })), LifeError::Decrease { .. }));
    assert!(matches!(refused(&[installed("100000")]), LifeError::Dial { .. }));
    let two = EventKind::Read { period, values: Rates::Two([decimal("1"), decimal("2")]) };
    assert!(matches!(refused(&[installed("0"), event("01", date(2026, 1, 20), two)]), LifeError::Rates { .. }));
}

#[test]
fn three_months_without_a_reading_go_by_average_then_by_norm() {
    let told = all_told(&default_lived(&half_a_year(), 11));
    assert_eq!(told[5..], ["м2", "с2×31", "с2×31", "с2×30", "нNoReading×31", "нNoReading×30"]);
}

#[test]
fn an_average_needs_three_months() {
    let two_months = [installed("10"), read("01", 1, "12"), read("02", 2, "14")];
    assert_eq!(all_told(&default_lived(&two_months, 3))[2], "нNoReading×31");
    let three_months: Vec<_> = two_months.into_iter().chain([read("03", 3, "16")]).collect();
    assert_eq!(all_told(&default_lived(&three_months, 4))[3], "с2×30");
}

#[test]
fn the_next_reading_settles_what_was_billed_by_average() {
    let later = |value| {
        let mut events = half_a_year();
        events.push(read("09", 9, value));
        all_told(&default_lived(&events, 10))[8..].to_vec()
    };
    assert_eq!(later("29"), ["м3", "с13/6×31"]);
    assert_eq!(later("26")[0], "м0");
    assert_eq!(later("25")[0], "м0 −1", "what was billed too much is returned, and no volume is below zero");
}

#[test]
fn months_in_a_row_have_one_average_though_its_rules_change() {
    let readings = [("01", "12"), ("02", "14"), ("03", "16"), ("04", "20"), ("05", "24"), ("06", "28")];
    let mut events = vec![installed("10")];
    events.extend((1..).zip(readings).map(|(month, (id, value))| read(id, month, value)));
    events.push(read("09", 9, "40"));
    let row = |from, until, average_months| Row {
        from,
        until,
        value: MeterRules { average_months, ..MeterRules::default() },
    };
    let rules =
        Dated::unbroken(vec![row(date(2026, 1, 1), Some(date(2026, 7, 31)), 6), row(date(2026, 8, 1), None, 3)]);
    let rules = rules.unwrap();
    let around = Surroundings { kind: MeterKind::ColdWater, rules: &rules, norm_volume: &|_| Decimal::ZERO };
    let told = all_told(&months(&events, period(10), around).unwrap());
    assert_eq!(told[6..], ["с3×31", "с3×31", "м6", "с4×31"]);
}

#[test]
fn a_month_without_rules_is_named() {
    let rules = Dated::unbroken(vec![Row { from: date(2026, 2, 1), until: None, value: MeterRules::default() }]);
    let rules = rules.unwrap();
    let around = Surroundings { kind: MeterKind::ColdWater, rules: &rules, norm_volume: &|_| Decimal::ZERO };
    let gap = DatedError::Gap { from: date(2026, 1, 1), until: Some(date(2026, 1, 31)) };
    assert_eq!(months(&[installed("10")], period(3), around), Err(LifeError::Rules(gap)));
}

#[test]
fn months_by_norm_are_settled_only_if_the_rules_say_so() {
    let mut events = half_a_year();
    events.push(read("11", 11, "40"));
    let november = |recalculates_norm| {
        let rules = MeterRules { recalculates_norm, ..MeterRules::default() };
        told(&lived(&events, 11, MeterKind::ColdWater, rules)[10])
    };
    // 18 m³ since June: 3 × 2 by average, one month of 3 by norm.
    assert_eq!([november(false), november(true)], ["м12", "м9"]);
}

#[test]
fn a_failed_meter_goes_by_average_from_its_last_value_then_by_norm() {
    let mut events = half_a_year();
    events.push(event("07", date(2026, 6, 25), EventKind::Failed));
    events.push(read("08", 7, "99"));
    let told = all_told(&default_lived(&events, 9));
    assert_eq!(told[5..], ["м2 с2×10", "с2×31", "с2×31", "нNotTrusted×30"], "its values count for nothing");
}

#[test]
fn the_average_of_failed_electricity_has_no_end() {
    let mut events = half_a_year();
    events.push(event("07", date(2026, 7, 1), EventKind::Expired));
    events[0] = {
        let verified_until = date(2026, 6, 30);
        let kind = EventKind::Installed { dial: water(), first: one("10"), verified_until };
        event("00", date(2026, 1, 1), kind)
    };
    let december = |kind| told(&lived(&events, 12, kind, MeterRules::default())[11]);
    assert_eq!(december(MeterKind::Electricity), "с2×31");
    assert_eq!(december(MeterKind::ColdWater), "нNotTrusted×31");
}

#[test]
fn a_verification_known_later_makes_the_expiry_void() {
    let mut events = half_a_year();
    events[0] = {
        let verified_until = date(2026, 3, 31);
        event("00", date(2026, 1, 1), EventKind::Installed { dial: water(), first: one("10"), verified_until })
    };
    events.push(event("90", date(2026, 4, 1), EventKind::Expired));
    assert_eq!(all_told(&default_lived(&events, 5))[3..], ["с2×30", "с2×31"]);
    let (last, first, verified_until) = (one("16.5"), one("16.7"), date(2032, 3, 31));
    events.push(event("91", date(2026, 3, 25), EventKind::Verified { last, first, verified_until }));
    // 0.5 more in March; what ran through at the verification, 0.2, is nobody's.
    assert_eq!(all_told(&default_lived(&events, 5))[2..], ["м2.5", "м1.3", "м2"]);
}

#[test]
fn a_restored_meter_begins_anew() {
    let mut events = half_a_year();
    events.push(event("07", date(2026, 7, 11), EventKind::Failed));
    events.push(event("08", date(2026, 8, 11), EventKind::Restored { first: one("50") }));
    events.push(read("09", 8, "51"));
    let told = all_told(&default_lived(&events, 9));
    assert_eq!(told[6..], ["с2×31", "м1 с2×10", "нNoReading×30"], "one month is not enough for an average");
}

#[test]
fn a_replacement_joins_two_dials() {
    let mut events = half_a_year();
    let verified_until = date(2032, 7, 10);
    let replaced = EventKind::Replaced { last: one("23"), dial: water(), first: one("0.5"), verified_until };
    events.push(event("07", date(2026, 7, 10), replaced));
    events.push(read("08", 7, "1.5"));
    let months = default_lived(&events, 8);
    assert_eq!(all_told(&months)[6..], ["м2", "с2×31"], "the average goes on over both");
    assert_eq!(months[6].settled.as_ref().unwrap().runs.len(), 2);
}

#[test]
fn a_check_that_shows_less_than_was_told_returns_the_difference() {
    let mut events = half_a_year();
    events.push(event("07", date(2026, 7, 5), EventKind::Checked { values: one("19") }));
    events.push(read("08", 8, "20"));
    let months = default_lived(&events, 9);
    assert_eq!(all_told(&months)[6..], ["м0 −3", "м1", "с1×30"], "the average is of what was used in truth");
    let mut same_month = half_a_year();
    same_month.push(event("055", date(2026, 6, 28), EventKind::Checked { values: one("21") }));
    assert_eq!(all_told(&default_lived(&same_month, 6))[5], "м1");
    let mut removed = half_a_year();
    removed.push(event("07", date(2026, 7, 11), EventKind::Removed { last: one("21.5") }));
    assert_eq!(all_told(&default_lived(&removed, 7))[6], "м0 −0.5 нNoMeter×21");
}

#[test]
fn several_readings_of_a_month_are_one_run() {
    let mut events = half_a_year();
    events.push(event("055", date(2026, 6, 28), EventKind::Read { period: period(6), values: one("23") }));
    let months = default_lived(&events, 6);
    let runs = &months[5].settled.as_ref().unwrap().runs;
    assert_eq!((runs.len(), runs[0].before, runs[0].now), (1, decimal("20"), decimal("23")));
}

#[test]
fn without_a_meter_or_without_access_the_norm_holds_day_by_day() {
    let verified_until = date(2031, 1, 1);
    let installed = event("00", date(2026, 1, 11), EventKind::Installed { dial: water(), first: NONE, verified_until });
    let refused = event("02", date(2026, 2, 25), EventKind::AccessRefused);
    let checked = event("03", date(2026, 3, 6), EventKind::Restored { first: one("9") });
    let removed = event("05", date(2026, 4, 11), EventKind::Removed { last: one("10") });
    let events = [installed, read("01", 1, "1"), read("015", 2, "2"), refused, checked, read("04", 3, "9.5"), removed];
    assert_eq!(
        all_told(&default_lived(&events, 5)),
        ["м1 нNoMeter×10", "м1 нNoAccess×8", "м0.5 нNoAccess×5", "м0.5 нNoMeter×20", "нNoMeter×31",]
    );
}

#[test]
fn what_cannot_have_happened_is_refused() {
    let rules = Dated::always(MeterRules::default());
    let around = Surroundings { kind: MeterKind::ColdWater, rules: &rules, norm_volume: &|_| Decimal::ZERO };
    let refused = |events: &[Event<'static>]| months(events, period(3), around).unwrap_err();
    assert!(matches!(refused(&[read("01", 1, "1")]), LifeError::NotInstalled { .. }));
    assert!(matches!(refused(&[installed("1"), installed("1")]), LifeError::AlreadyInstalled { .. }));
    assert_eq!(months(&[], period(3), around), Ok(Vec::new()));
}

#[test]
fn a_multiplier_stands_where_the_resident_answers_for_the_meter() {
    let rules = MeterRules::default();
    let is_multiplied = |kind, reason| rules.is_multiplied(kind, reason);
    assert!(is_multiplied(MeterKind::ColdWater, NormReason::NoMeter));
    assert!(is_multiplied(MeterKind::Electricity, NormReason::NoMeter));
    assert!(is_multiplied(MeterKind::ColdWater, NormReason::NotTrusted));
    assert!(!is_multiplied(MeterKind::Electricity, NormReason::NotTrusted));
    assert!(is_multiplied(MeterKind::Electricity, NormReason::NoAccess));
    assert!(!is_multiplied(MeterKind::ColdWater, NormReason::NoReading));
    let strict = MeterRules { missing_reading_is_multiplied: true, ..rules };
    assert!(strict.is_multiplied(MeterKind::ColdWater, NormReason::NoReading));
    let mild = MeterRules { not_trusted_is_multiplied: false, no_access_is_multiplied: false, ..rules };
    assert!(!mild.is_multiplied(MeterKind::ColdWater, NormReason::NotTrusted));
    assert!(!mild.is_multiplied(MeterKind::ColdWater, NormReason::NoAccess));
    assert!(mild.is_multiplied(MeterKind::ColdWater, NormReason::NoMeter), "of this one sources agree");
}

const IDS: [&str; 12] = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"];

/// Readings in some months of a year, each above the one before.
fn a_year() -> impl Strategy<Value = Vec<Event<'static>>> {
    prop::collection::vec(prop::option::weighted(0.7, 0_i64..40_000), 12).prop_map(|used| {
        let mut shows = 0;
        let readings = used.into_iter().enumerate().filter_map(|(index, used)| {
            shows += used?;
            let month = index as i8 + 1;
            let values = Rates::One([Decimal::new(shows, 3)]);
            Some(event(IDS[index], date(2026, month, 20), EventKind::Read { period: period(month), values }))
        });
        let readings: Vec<_> = readings.collect();
        std::iter::once(installed("0")).chain(readings).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_arrival_changes_nothing((in_order, shuffled) in a_year().prop_flat_map(|events| {
        (Just(events.clone()), Just(events).prop_shuffle())
    })) {
        prop_assert_eq!(default_lived(&in_order, 12), default_lived(&shuffled, 12));
    }

    #[test]
    fn volumes_are_never_below_zero_and_lose_nothing(events in a_year()) {
        let rules = MeterRules { average_in_row_max: 12, ..MeterRules::default() };
        let months = lived(&events, 12, MeterKind::ColdWater, rules);
        let unit = Unit::CubicMetre;
        let mut billed = Exact::ZERO;
        let mut billed_when_read = Exact::ZERO;
        for month in &months {
            for stretch in &month.stretches {
                if let Basis::Average(used_over) = stretch.basis {
                    let average = volume(Volume::Averaged(Averaged { used_over, rate: 0, unit }));
                    prop_assert!(!average.is_negative());
                    billed = billed.plus(average).unwrap();
                }
            }
            if let Some(settled) = &month.settled {
                let metered = Metered { settled, rate: 0, unit };
                let (used, returned) = (volume(Volume::Metered(metered)), volume(Volume::Returned(metered)));
                prop_assert!(!used.is_negative() && !returned.is_negative());
                billed = billed.plus(used).unwrap().minus(returned).unwrap();
                billed_when_read = billed;
            }
        }
        let last = events.iter().filter_map(|event| match event.kind {
            EventKind::Read { values, .. } => values.as_slice().first().copied(),
            _ => None,
        }).max().unwrap_or_default();
        prop_assert_eq!(billed_when_read, Exact::from(last), "what was billed is what the dial shows");
    }
}
