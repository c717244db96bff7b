//! What a line goes by where sources leave a rule open, and from which day on.

use super::*;
use crate::charge::Source;
use crate::charge::absence::{Absence, AbsenceRules};
use crate::charge::interruption::PERCENT_PER_HOUR;
use crate::meter_life::{MeterRules, RECALC_NORMATIVE};

/// One value until April 2026, another one from then on.
fn from_april<T>(before: T, after: T) -> Dated<T> {
    let april = date(2026, 4, 1);
    let rows = vec![
        Row { from: jiff::civil::Date::MIN, until: Some(date(2026, 3, 31)), value: before },
        Row { from: april, until: None, value: after },
    ];
    Dated::unbroken(rows).unwrap()
}

fn with(rules: OpenRules) -> HouseBook {
    HouseBook { rules, ..house() }
}

/// A meter that tells of some months, by what it shows at their ends; it hangs since 20 February.
fn told(kind: MeterKind, first: &str, shown: &[(i8, &str)]) -> MeterFacts {
    let mut meter = meter(kind, &[first], None);
    for (month, value) in shown {
        let (on, kind) = (date(2026, *month, 20), EventKind::Read { period: period(*month), values: values(&[value]) });
        meter.events.push(MeterFact { id: format!("{first}-{month}"), on, kind });
    }
    meter
}

/// The lines of cold water.
fn cold(house: &HouseBook, account: &AccountFacts, month: i8, cited: &mut Acts) -> ChargedLine {
    let lines = lines(house, account, period(month), Which::All, &mut |version, act| {
        cited.insert(version.to_owned(), act.clone());
    });
    lines.unwrap().into_iter().find(|line| line.service == Service::ColdWater).unwrap()
}

fn volume(house: &HouseBook, account: &AccountFacts, month: i8) -> Decimal {
    let volume = cold(house, account, month, &mut Acts::new()).figures.volume;
    let units = volume.rounded(7).unwrap();
    Decimal::try_from_i128_with_scale(units, 7).unwrap().normalize()
}

/// The names of the settings that the explanations of a line cite.
fn settings(line: &ChargedLine, acts: &Acts) -> Vec<String> {
    let mut names = Vec::new();
    for kept in Kept::all(&line.explanation).unwrap() {
        kept.tree.node(acts).unwrap().each_fact(&mut |_, source| {
            if let Source::Setting { name } = source {
                names.push((*name).to_owned());
            }
        });
    }
    names
}

#[test]
fn what_was_billed_by_norm_is_taken_from_a_late_reading_only_if_the_rules_say_so() {
    let recalculates = MeterRules { recalculates_norm: true, ..MeterRules::default() };
    let strict = with(OpenRules { meters: Dated::always(recalculates), ..OpenRules::default() });
    let one = account(vec![told(MeterKind::ColdWater, "100", &[(4, "120")])]);
    let months = |house: &HouseBook, account: &AccountFacts| [3, 4].map(|month| volume(house, account, month));
    // Three live there: 3 × 4.331 in March.
    assert_eq!(months(&house(), &one), [decimal("12.993"), decimal("20")]);
    assert_eq!(months(&strict, &one), [decimal("12.993"), decimal("7.007")]);
    let mut acts = Acts::new();
    assert_eq!(settings(&cold(&strict, &one, 4, &mut acts), &acts), [RECALC_NORMATIVE]);
    // The norm was billed once for both, and is taken away once.
    let other = told(MeterKind::ColdWater, "200", &[(4, "230")]);
    let both = AccountFacts { meters: vec![one.meters[0].clone(), other], ..one };
    assert_eq!(months(&strict, &both), [decimal("12.993"), decimal("37.007")]);
}

#[test]
fn a_month_before_the_day_of_a_rule_goes_by_the_rule_before() {
    let rules = |recalculates_norm| MeterRules { recalculates_norm, ..MeterRules::default() };
    let late = account(vec![told(MeterKind::ColdWater, "100", &[(5, "130")])]);
    let changing = with(OpenRules { meters: from_april(rules(false), rules(true)), ..OpenRules::default() });
    // Of March and April, both by norm, only April is taken away.
    assert_eq!(volume(&changing, &late, 5), decimal("30") - decimal("12.993"));
}

#[test]
fn hours_without_a_service_cost_what_the_rule_of_their_month_says() {
    let changing = from_april(decimal("0.15"), decimal("1"));
    let mut house = with(OpenRules { interruption_percent: changing, ..OpenRules::default() });
    // Fourteen hours at once are ten above four.
    let away = |month| {
        let at = |day: i8, hour: i8| date(2026, month, day).at(hour, 0, 0, 0);
        Interruption { service: Service::ColdWater, since: at(3, 10), until: at(4, 0), act: "акт № 5".to_owned() }
    };
    house.interruptions = vec![away(3), away(4)];
    let account = account(vec![told(MeterKind::ColdWater, "0", &[(3, "10"), (4, "20")])]);
    let lowered = |month| cold(&house, &account, month, &mut Acts::new()).figures.recalculated.0;
    // 509.30 × 1.5 % and × 10 %.
    assert_eq!([lowered(3), lowered(4)], [-764, -5_093]);
    let mut acts = Acts::new();
    assert_eq!(settings(&cold(&house, &account, 4, &mut acts), &acts), [PERCENT_PER_HOUR]);
}

#[test]
fn an_absence_goes_by_the_rule_of_the_day_of_leaving() {
    let rules = |full_days_over| AbsenceRules { full_days_over, ..AbsenceRules::default() };
    let house = with(OpenRules { absences: from_april(rules(5), rules(15)), ..OpenRules::default() });
    let returned = |month: i8| {
        let (left_on, returned_on) = (date(2026, month, 9), date(2026, month, 20));
        let absence = Absence { left_on, returned_on, asked_on: returned_on };
        let away = AcceptedAbsence { id: "away".to_owned(), persons: 3, absence, meter_is_possible: true };
        let account = AccountFacts { absences: vec![away], ..account(all_meters()) };
        let lines = lines(&house, &account, period(month), Which::All, &mut |_, _| {}).unwrap();
        lines.iter().map(|line| line.figures.recalculated.0).sum::<i64>()
    };
    assert_eq!([returned(3), returned(4)], [-16_974, 0]);
}
