//! P1–P12 of the rules, and what must hold of every penalty.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::dated::{Dated, Row};
use crate::period::Period;
use crate::tariff::{Act, Percent};
use crate::working_days::WorkingDays;

const DUE: Date = date(2026, 4, 15);

fn act() -> Act {
    Act { name: "ЖК РФ".to_owned(), number: "188-ФЗ".to_owned(), date: date(2004, 12, 29), link: None }
}

fn rate(percent: &str) -> YearlyRate {
    YearlyRate { id: percent.to_owned(), percent: Percent::new(percent.parse().unwrap()).unwrap(), act: act() }
}

fn rules(key_rate: &str) -> PenaltyRules {
    PenaltyRules {
        key_rate: Dated::always(rate(key_rate)),
        cap: Dated::always(rate("9.5")),
        moratoria: Dated::new(vec![]).unwrap(),
        schedule: Dated::always(Schedule::default()),
    }
}

fn paid(on: Date, kopecks: i64) -> Payment {
    Payment { on, amount: Kopecks(kopecks) }
}

fn debt(payments: &[Payment]) -> Debt<'_> {
    Debt { id: "d1", amount: Kopecks(500_000), disputed: Kopecks::ZERO, due_on: DUE, counted_until: None, payments }
}

/// The penalty, and its days by divisor.
fn accrued(debt: &Debt<'_>, rules: &PenaltyRules, reported_on: Date) -> (i64, Vec<(u32, u32)>) {
    let penalty = penalty(debt, rules, reported_on).unwrap();
    let days = penalty.steps.iter().map(|step| (step.days.count(), step.divisor)).collect();
    (penalty.amount.0, days)
}

fn paid_whole(on: Date, rules: &PenaltyRules) -> (i64, Vec<(u32, u32)>) {
    accrued(&debt(&[paid(on, 500_000)]), rules, date(2027, 12, 31))
}

#[test]
fn p1_to_p5_days_are_counted_from_the_due_date_and_the_payment_day_counts() {
    let rules = rules("16");
    assert_eq!(paid_whole(date(2026, 5, 15), &rules), (0, vec![]));
    assert_eq!(paid_whole(date(2026, 5, 16), &rules), (158, vec![(1, 300)]));
    assert_eq!(paid_whole(date(2026, 7, 14), &rules), (9_500, vec![(60, 300)]));
    assert_eq!(paid_whole(date(2026, 7, 15), &rules).1, vec![(60, 300), (1, 130)]);
    assert_eq!(paid_whole(date(2026, 10, 12), &rules), (42_385, vec![(60, 300), (90, 130)]));
}

#[test]
fn p6_a_key_rate_below_the_cap_counts() {
    assert_eq!(paid_whole(date(2026, 10, 12), &rules("7.5")).0, 33_462);
}

#[test]
fn p8_capital_repair_has_one_fraction() {
    let rules =
        |free_days| PenaltyRules { schedule: Dated::always(Schedule::capital_repair(free_days)), ..rules("16") };
    assert_eq!(paid_whole(date(2026, 10, 12), &rules(30)), (23_750, vec![(150, 300)]));
    assert_eq!(paid_whole(date(2026, 10, 12), &rules(0)), (28_500, vec![(180, 300)]));
}

#[test]
fn p10_p12_days_are_rounded_once_for_the_debt() {
    let kopeck = Debt { amount: Kopecks(1), ..debt(&[]) };
    assert_eq!(accrued(&kopeck, &rules("16"), date(2027, 4, 15)).0, 0);
    // 423.30 if each day were rounded.
    assert_eq!(accrued(&debt(&[]), &rules("16"), date(2026, 10, 12)).0, 42_385);
}

#[test]
fn each_part_of_a_debt_ends_with_its_own_payment_at_the_rate_of_that_day() {
    let row = |from, until, percent| Row { from, until, value: rate(percent) };
    let rows = vec![row(date(2026, 1, 1), Some(date(2026, 6, 30)), "9"), row(date(2026, 7, 1), None, "6")];
    let rules = PenaltyRules { key_rate: Dated::unbroken(rows).unwrap(), ..rules("16") };
    // 3000 for 15 days at 9 %, 2000 for 60 days and 30 days more at 6 %.
    let payments = [paid(date(2026, 5, 30), 300_000)];
    let (kopecks, days) = accrued(&debt(&payments), &rules, date(2026, 8, 13));
    assert_eq!(days, [(15, 300), (60, 300), (30, 130)]);
    assert_eq!(kopecks, 1_350 + 2_400 + 2_769);
    let ahead = [paid(date(2026, 4, 1), 300_000), paid(date(2026, 5, 30), 900_000)];
    assert_eq!(accrued(&debt(&ahead), &rules, date(2026, 8, 13)), (900, vec![(15, 300)]));
}

#[test]
fn a_payment_that_comes_later_than_the_report_does_not_count_yet() {
    let payments = [paid(date(2026, 6, 30), 500_000)];
    assert_eq!(accrued(&debt(&payments), &rules("16"), date(2026, 5, 16)), (158, vec![(1, 300)]));
}

#[test]
fn days_that_somebody_else_charged_cost_nothing_and_are_counted() {
    let counted = Debt { counted_until: Some(date(2026, 7, 14)), ..debt(&[]) };
    let rules = rules("16");
    assert_eq!(accrued(&counted, &rules, date(2026, 7, 14)), (0, vec![]));
    // From day 91 the divisor is the same as without: the days before are counted, only not charged.
    let (both, before) =
        (accrued(&debt(&[]), &rules, date(2026, 8, 31)), accrued(&debt(&[]), &rules, date(2026, 7, 14)));
    let after = accrued(&counted, &rules, date(2026, 8, 31));
    assert_eq!(after.1.last().unwrap().1, 130);
    assert!((both.0 - before.0 - after.0).abs() <= 1, "{both:?} {before:?} {after:?}");
    let early = Debt { counted_until: Some(DUE), ..debt(&[]) };
    assert_eq!(accrued(&early, &rules, date(2026, 8, 31)), both, "a day before the first that costs changes nothing");
}

#[test]
fn nothing_accrues_on_what_is_in_dispute() {
    let half = Debt { disputed: Kopecks(250_000), ..debt(&[]) };
    assert_eq!(accrued(&half, &rules("16"), date(2026, 7, 14)).0, 4_750);
    let payments = [paid(date(2026, 5, 1), 250_000)];
    assert_eq!(accrued(&Debt { payments: &payments, ..half }, &rules("16"), date(2026, 7, 14)), (0, vec![]));
    let all = Debt { disputed: Kopecks(600_000), ..debt(&[]) };
    assert_eq!(accrued(&all, &rules("16"), date(2026, 7, 14)).0, 0);
}

#[test]
fn days_of_a_moratorium_cost_nothing_and_are_counted() {
    let moratorium = Row { from: date(2026, 6, 1), until: Some(date(2026, 7, 19)), value: act() };
    let rules = PenaltyRules { moratoria: Dated::new(vec![moratorium]).unwrap(), ..rules("16") };
    assert_eq!(paid_whole(date(2026, 7, 24), &rules).1, [(16, 300), (5, 130)]);
}

#[test]
fn without_a_cap_the_key_rate_counts_and_without_a_key_rate_nothing_is_guessed() {
    let cap = vec![Row { from: date(2025, 1, 1), until: Some(date(2026, 12, 31)), value: rate("9.5") }];
    let rules = PenaltyRules { cap: Dated::new(cap).unwrap(), ..rules("16") };
    assert_eq!(rules.rate_on(date(2026, 12, 31)).unwrap().percent, rate("9.5").percent);
    assert_eq!(rules.rate_on(date(2027, 1, 1)).unwrap().percent, rate("16").percent);
    let unknown = PenaltyRules { key_rate: Dated::new(vec![]).unwrap(), ..rules };
    assert!(matches!(penalty(&debt(&[]), &unknown, date(2026, 7, 14)), Err(PenaltyError::Missing(_))));
    assert!(penalty(&debt(&[]), &unknown, DUE).is_ok(), "in time there is nothing to ask the rate for");
}

#[test]
fn a_penalty_explains_its_days_and_rates() {
    let rules = rules("16");
    let debt = debt(&[]);
    let penalty = penalty(&debt, &rules, date(2026, 10, 12)).unwrap();
    let sentence = penalty.explain().unwrap().sentence(penalty.amount).replace('\u{a0}', " ");
    assert_eq!(sentence, "5000,00 ₽ × 9,5 % × 60 дн. / 300 + 5000,00 ₽ × 9,5 % × 90 дн. / 130 = 423,85 ₽");
    let mut cited = Vec::new();
    penalty.explain().unwrap().each_fact(&mut |_, source| {
        if let Source::Setting { name } = source {
            cited.push((*name).to_owned());
        }
    });
    assert_eq!(cited, [DIVISOR, LATER_DIVISOR]);
    let kept: Vec<bool> = penalty.kept().iter().map(|step| step.is_later).collect();
    assert_eq!(kept, [false, true]);
}

#[test]
fn a_debt_goes_by_the_schedule_of_its_due_date() {
    let until = DUE.yesterday().ok();
    let stricter = Schedule { free_days: 10, ..Schedule::default() };
    let rows = vec![
        Row { from: Date::MIN, until, value: Schedule::default() },
        Row { from: DUE, until: None, value: stricter },
    ];
    let rules = PenaltyRules { schedule: Dated::unbroken(rows).unwrap(), ..rules("16") };
    let days = |due_on| accrued(&Debt { due_on, ..debt(&[]) }, &rules, date(2026, 5, 20)).1;
    assert_eq!(days(DUE), vec![(25, 300)]);
    assert_eq!(days(DUE.yesterday().unwrap()), vec![(6, 300)]);
}

#[test]
fn due_dates_move_to_a_working_day() {
    let due_days = Dated::unbroken(vec![
        Row { from: date(2020, 1, 1), until: Some(date(2026, 2, 28)), value: 10 },
        Row { from: date(2026, 3, 1), until: None, value: 15 },
    ]);
    let february_already = Dated::unbroken(vec![Row { from: date(2026, 2, 1), until: None, value: 15 }]).unwrap();
    let due_days = due_days.unwrap();
    let closed = (1..=9).map(|day| date(2026, 1, day)).chain([date(2026, 2, 23), date(2026, 3, 9)]);
    let working_days = WorkingDays::new(closed, []);
    let due = |year, month, days| due_on(Period::new(year, month).unwrap(), days, &working_days).unwrap();
    for (year, month, expected) in [
        (2025, 12, date(2026, 1, 12)),
        (2026, 1, date(2026, 2, 10)),
        (2026, 2, date(2026, 3, 10)),
        (2026, 3, date(2026, 4, 15)),
        (2026, 4, date(2026, 5, 15)),
        (2026, 7, date(2026, 8, 17)),
        (2026, 10, date(2026, 11, 16)),
        (2026, 12, date(2027, 1, 15)),
    ] {
        assert_eq!(due(year, month, &due_days), expected, "{year}-{month}");
    }
    assert_eq!(due(2026, 2, &february_already), date(2026, 3, 16));
}

fn any_payments() -> impl Strategy<Value = Vec<Payment>> {
    let payment =
        (0_i64..400, 0_i64..200_000).prop_map(|(days, kopecks)| paid(DUE.saturating_add(days.days()), kopecks));
    prop::collection::vec(payment, 0..6)
}

proptest! {
    #[test]
    fn a_later_day_never_makes_a_penalty_smaller(payments in any_payments(), day in 0_i64..400, more in 0_i64..100) {
        let rules = rules("16");
        let at = |days: i64| accrued(&debt(&payments), &rules, DUE.saturating_add(days.days())).0;
        prop_assert!(at(day) <= at(day + more));
    }

    #[test]
    fn a_larger_debt_never_costs_less(payments in any_payments(), more in 0_i64..100_000, day in 0_i64..400) {
        let rules = rules("16");
        let on = DUE.saturating_add(day.days());
        let larger = Debt { amount: Kopecks(500_000 + more), ..debt(&payments) };
        prop_assert!(accrued(&debt(&payments), &rules, on).0 <= accrued(&larger, &rules, on).0);
    }

    #[test]
    fn the_order_of_payments_changes_nothing(
        (one, other) in any_payments().prop_flat_map(|payments| (Just(payments.clone()), Just(payments).prop_shuffle())),
    ) {
        let rules = rules("16");
        let on = date(2027, 3, 1);
        prop_assert_eq!(accrued(&debt(&one), &rules, on).0, accrued(&debt(&other), &rules, on).0);
    }
}
