//! The rules of readings, one test each.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::reading::dial::{DialError, ValueError};

const TODAY: Date = date(2026, 7, 20);
const OPENS_ON: Date = date(2026, 7, 15);

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn thresholds() -> Thresholds {
    Thresholds { questioned_times: decimal("3"), reviewed_times: decimal("10"), average_months: 6, zero_months: 3 }
}

fn earlier(month: &str, values: &[&str]) -> Earlier {
    let period = period(month);
    Earlier {
        period,
        taken_on: period.day_or_last(20),
        values: values.iter().map(|value| decimal(value)).collect(),
        rolled_over: false,
    }
}

/// Cold water, 5.3 digits, 31.655 m³ in the six months before July 2026: 5.2758333 a month.
fn r5_history() -> Vec<Earlier> {
    [
        ("2026-06", "131.655"),
        ("2026-05", "127"),
        ("2026-04", "121.5"),
        ("2026-03", "116"),
        ("2026-02", "110.25"),
        ("2026-01", "105"),
        ("2025-12", "100"),
        ("2025-11", "10"),
    ]
    .iter()
    .map(|(month, value)| earlier(month, &[value]))
    .collect()
}

fn water(history: &[Earlier]) -> Metering<'_> {
    Metering { kind: MeterKind::ColdWater, dial: Dial::new(5, 3).unwrap(), rates: 1, is_active: true, history }
}

/// Each confirmation is of the first rate.
fn give(meter: &Metering<'_>, values: &[&str], confirmed: &[Confirmation]) -> Verdict {
    let confirmed: Vec<_> = confirmed.iter().map(|&confirmation| Confirmed { rate: 0, confirmation }).collect();
    let confirmed = confirmed.as_slice();
    let given = Given { values, period: period("2026-07"), taken_on: TODAY, opens_on: OPENS_ON, confirmed };
    check(meter, &given, TODAY, &thresholds())
}

/// The value that is so much above the last one of the R5 history.
fn after(consumption: &str) -> String {
    (decimal("131.655") + decimal(consumption)).to_string()
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    match verdict {
        Verdict::Refused(refusals) => refusals.iter().map(|refusal| refusal.reason.code()).collect(),
        Verdict::Questioned(questions) => questions.iter().map(|question| question.reason.code()).collect(),
        Verdict::Accepted { .. } => vec![],
    }
}

fn is_accepted_with_review(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Accepted { review, .. } => Some(*review),
        _ => None,
    }
}

fn sentence(verdict: &Verdict) -> String {
    let text = match verdict {
        Verdict::Refused(refusals) => refusals[0].to_string(),
        Verdict::Questioned(questions) => questions[0].to_string(),
        Verdict::Accepted { .. } => String::new(),
    };
    text.replace('\u{a0}', " ")
}

#[test]
fn r5_three_times_the_usual_is_questioned_and_ten_times_is_reviewed() {
    let history = r5_history();
    let meter = water(&history);
    let verdict = |consumption: &str| give(&meter, &[&after(consumption)], &[]);
    assert_eq!(is_accepted_with_review(&verdict("5.0")), Some(false));
    assert_eq!(is_accepted_with_review(&verdict("15.82")), Some(false));
    assert_eq!(codes(&verdict("15.83")), ["above-usual"]);
    assert_eq!(codes(&verdict("52.75")), ["above-usual"]);
    assert_eq!(codes(&verdict("52.77")), ["far-above-usual"]);
}

#[test]
fn a_confirmed_reading_is_accepted_and_far_above_usual_the_company_looks_at_it() {
    let history = r5_history();
    let meter = water(&history);
    let above = give(&meter, &[&after("20")], &[Confirmation::AboveUsual]);
    assert_eq!(is_accepted_with_review(&above), Some(false));
    let far = give(&meter, &[&after("60")], &[Confirmation::FarAboveUsual]);
    assert_eq!(is_accepted_with_review(&far), Some(true));
}

#[test]
fn one_confirmation_does_not_answer_another_question() {
    let history = r5_history();
    let meter = water(&history);
    let verdict = give(&meter, &[&after("60")], &[Confirmation::AboveUsual, Confirmation::RolledOver]);
    assert_eq!(codes(&verdict), ["far-above-usual"]);
}

#[test]
fn consumption_since_a_missed_month_is_compared_to_as_many_months() {
    let history = &r5_history()[2..7];
    let meter = water(history);
    // Three months since April: 15 in three months is five a month.
    assert_eq!(is_accepted_with_review(&give(&meter, &["136.5"], &[])), Some(false));
    assert_eq!(codes(&give(&meter, &["181.5"], &[])), ["above-usual"]);
}

#[test]
fn the_usual_looks_back_six_months_and_not_further() {
    let history = r5_history();
    let usual = Usual::of(Dial::new(5, 3).unwrap(), &history, 0, 6).unwrap();
    assert_eq!(usual.monthly().round_dp(7), decimal("5.2758333"));
}

#[test]
fn a_missed_month_in_the_history_weighs_as_a_month() {
    let mut history = r5_history();
    history.remove(3);
    let usual = Usual::of(Dial::new(5, 3).unwrap(), &history, 0, 6).unwrap();
    assert_eq!(usual.monthly().round_dp(7), decimal("5.2758333"));
}

#[test]
fn the_usual_goes_through_a_confirmed_rollover_and_stops_at_a_contradiction() {
    let mut history = vec![earlier("2026-06", &["8"]), earlier("2026-05", &["3"]), earlier("2026-04", &["99998"])];
    history[1].rolled_over = true;
    let usual = |history: &[Earlier]| Usual::of(Dial::new(5, 3).unwrap(), history, 0, 6).unwrap().monthly();
    assert_eq!(usual(&history), decimal("5"));
    history[1].rolled_over = false;
    history[0].values = vec![decimal("10")];
    assert_eq!(usual(&history), decimal("7"));
}

#[test]
fn a_single_earlier_reading_tells_no_usual() {
    let history = [earlier("2026-06", &["100"])];
    assert_eq!(Usual::of(Dial::new(5, 3).unwrap(), &history, 0, 6), None);
    assert_eq!(is_accepted_with_review(&give(&water(&history), &["900"], &[])), Some(false));
}

#[test]
fn a_reading_below_the_previous_one_is_questioned() {
    let history = r5_history();
    let verdict = give(&water(&history), &["123,456"], &[]);
    assert_eq!(codes(&verdict), ["decrease"]);
    let Verdict::Questioned(questions) = &verdict else { panic!("{verdict:?}") };
    assert_eq!(questions[0].reason.confirmation(), Confirmation::RolledOver);
    assert_eq!(questions[0].consumption, decimal("99991.801"));
}

#[test]
fn a_confirmed_rollover_counts_through_zero() {
    let history = [earlier("2026-06", &["99998.500"]), earlier("2026-05", &["99993.500"])];
    let verdict = give(&water(&history), &["3,250"], &[Confirmation::RolledOver]);
    let accepted = Verdict::Accepted {
        values: vec![decimal("3.250")],
        consumption: Some(vec![decimal("4.750")]),
        rolled_over: true,
        review: false,
    };
    assert_eq!(verdict, accepted);
}

#[test]
fn a_rollover_that_hides_a_slip_is_questioned_again_by_its_consumption() {
    let history = r5_history();
    let verdict = give(&water(&history), &["123.456"], &[Confirmation::RolledOver]);
    assert_eq!(codes(&verdict), ["far-above-usual"]);
    let both = [Confirmation::RolledOver, Confirmation::FarAboveUsual];
    assert_eq!(is_accepted_with_review(&give(&water(&history), &["123.456"], &both)), Some(true));
}

#[test]
fn a_rollover_with_nothing_to_compare_to_is_reviewed() {
    let history = [earlier("2026-06", &["131.789"])];
    let verdict = give(&water(&history), &["123.456"], &[Confirmation::RolledOver]);
    assert_eq!(is_accepted_with_review(&verdict), Some(true));
}

#[test]
fn a_value_that_stands_still_for_three_months_is_questioned() {
    let months = ["2026-06", "2026-05", "2026-04", "2026-03"];
    let history: Vec<_> = months.iter().map(|month| earlier(month, &["50"])).collect();
    assert_eq!(codes(&give(&water(&history[..3]), &["50"], &[])), ["unchanged-for-months"]);
    assert_eq!(is_accepted_with_review(&give(&water(&history[..2]), &["50"], &[])), Some(false));
    let confirmed = give(&water(&history), &["50"], &[Confirmation::UnchangedForMonths]);
    assert_eq!(is_accepted_with_review(&confirmed), Some(false));
    assert_eq!(
        sentence(&give(&water(&history), &["50"], &[])),
        "Показание не меняется уже 4 месяца. Так бывает, если дома никто не живёт. Если вы пользуетесь счётчиком, \
         проверьте, не остановился ли он."
    );
}

#[test]
fn the_first_consumption_after_a_stillness_is_questioned_but_not_called_far() {
    let history: Vec<_> = ["2026-06", "2026-05", "2026-04"].iter().map(|month| earlier(month, &["50"])).collect();
    let verdict = give(&water(&history), &["54,5"], &[]);
    assert_eq!(codes(&verdict), ["above-usual"]);
    assert_eq!(
        sentence(&verdict),
        "Расход 4,5 м³ — а в последние месяцы расхода не было. Проверьте, не пропущена ли запятая."
    );
}

#[test]
fn a_first_reading_has_no_consumption() {
    let verdict = give(&water(&[]), &["12,5"], &[]);
    let accepted =
        Verdict::Accepted { values: vec![decimal("12.5")], consumption: None, rolled_over: false, review: false };
    assert_eq!(verdict, accepted);
}

#[test]
fn each_rate_is_checked_by_itself() {
    let history = [earlier("2026-06", &["1200", "700"]), earlier("2026-05", &["1000", "600"])];
    let meter = Metering {
        kind: MeterKind::Electricity,
        dial: Dial::new(6, 0).unwrap(),
        rates: 2,
        is_active: true,
        history: &history,
    };
    let verdict = give(&meter, &["1350", "10700"], &[]);
    let Verdict::Questioned(questions) = &verdict else { panic!("{verdict:?}") };
    assert_eq!((questions.len(), questions[0].rate), (1, 1));
    assert_eq!(
        sentence(&verdict),
        "Расход 10 000 кВт·ч — это в 100 раз больше обычного (100 кВт·ч в месяц). Проверьте, нет ли лишней цифры."
    );
}

#[test]
fn what_is_confirmed_of_one_rate_answers_no_question_about_the_other() {
    let history = [earlier("2026-06", &["1200", "700"]), earlier("2026-05", &["1000", "600"])];
    let meter = Metering { kind: MeterKind::Electricity, dial: Dial::new(6, 0).unwrap(), rates: 2, ..water(&history) };
    let asked = |confirmed: &[Confirmed]| {
        let (values, period) = (&["1900", "1400"][..], period("2026-07"));
        let given = Given { values, period, taken_on: TODAY, opens_on: OPENS_ON, confirmed };
        match check(&meter, &given, TODAY, &thresholds()) {
            Verdict::Questioned(questions) => questions.iter().map(|question| question.rate).collect(),
            _ => vec![],
        }
    };
    let [day, night] = [0, 1].map(|rate| Confirmed { rate, confirmation: Confirmation::AboveUsual });
    assert_eq!(asked(&[]), [0, 1]);
    assert_eq!(asked(&[day]), [1]);
    assert_eq!(asked(&[night]), [0]);
    assert_eq!(asked(&[day, night]), [0_usize; 0]);
}

#[test]
fn what_cannot_be_true_is_refused_with_every_reason() {
    let history = r5_history();
    let mut meter = water(&history);
    meter.rates = 2;
    meter.is_active = false;
    let given = Given {
        values: &["1 31", "100000", "1,2345"],
        period: period("2026-07"),
        taken_on: date(2026, 7, 21),
        opens_on: OPENS_ON,
        confirmed: &[],
    };
    let verdict = check(&meter, &given, TODAY, &thresholds());
    let expected =
        ["meter-inactive", "future-date", "wrong-rate-count", "not-a-number", "overflow", "too-many-decimals"];
    assert_eq!(codes(&verdict), expected);
    let Verdict::Refused(refusals) = verdict else { panic!("not refused") };
    let rates: Vec<_> = refusals.iter().map(|refusal| refusal.rate).collect();
    assert_eq!(rates, [None, None, None, Some(0), Some(1), Some(2)]);
}

#[test]
fn a_date_before_the_last_reading_is_refused_and_the_same_day_is_not() {
    let history = r5_history();
    let meter = water(&history);
    let on = |taken_on| {
        let given =
            Given { values: &["132"], period: period("2026-07"), taken_on, opens_on: date(2026, 6, 1), confirmed: &[] };
        check(&meter, &given, TODAY, &thresholds())
    };
    assert_eq!(codes(&on(date(2026, 6, 19))), ["before-last-date"]);
    assert_eq!(
        sentence(&on(date(2026, 6, 19))),
        "Прошлое показание снято позже, 20 июня 2026 года. Укажите этот день или более поздний."
    );
    assert_eq!(is_accepted_with_review(&on(date(2026, 6, 20))), Some(false));
}

#[test]
fn a_day_before_the_window_is_refused_and_its_first_day_is_not() {
    let history = r5_history();
    let meter = water(&history);
    let on = |taken_on| {
        let given = Given { values: &["132"], period: period("2026-07"), taken_on, opens_on: OPENS_ON, confirmed: &[] };
        check(&meter, &given, TODAY, &thresholds())
    };
    assert_eq!(codes(&on(date(2026, 7, 14))), ["before-window"]);
    assert_eq!(
        sentence(&on(date(2026, 7, 14))),
        "Приём идёт с 15 июля, а это показание снято раньше. Посмотрите на счётчик ещё раз и укажите день \
         с 15 июля до сегодняшнего."
    );
    assert_eq!(is_accepted_with_review(&on(OPENS_ON)), Some(false));
}

#[test]
fn a_whole_dial_refuses_decimals_in_plain_words() {
    let meter = Metering { dial: Dial::new(6, 0).unwrap(), ..water(&[]) };
    let verdict = give(&meter, &["131.5"], &[]);
    assert_eq!(codes(&verdict), ["too-many-decimals"]);
    assert_eq!(sentence(&verdict), "У счётчика нет цифр после запятой, а в показании есть. Впишите целое число.");
    assert_eq!(is_accepted_with_review(&give(&meter, &["131"], &[])), Some(false));
}

#[test]
fn a_value_without_sense_is_refused_before_anything_is_asked() {
    let history = r5_history();
    let verdict = give(&water(&history), &["-5"], &[]);
    let refusal = Refusal { rate: Some(0), reason: RefusalReason::Value(ValueError::Negative) };
    assert_eq!(verdict, Verdict::Refused(vec![refusal]));
    let verdict = give(&water(&history), &["100000.000"], &[]);
    let overflow = RefusalReason::Dial(DialError::Overflow { digits_integer: 5 });
    assert_eq!(verdict, Verdict::Refused(vec![Refusal { rate: Some(0), reason: overflow }]));
}

#[test]
fn questions_say_what_is_unlikely_and_what_to_do() {
    let history = r5_history();
    assert_eq!(
        sentence(&give(&water(&history), &[&after("42.5")], &[])),
        "Расход 42,5 м³ — это в 8 раз больше обычного (5,3 м³ в месяц). Проверьте, не пропущена ли запятая."
    );
    assert_eq!(
        sentence(&give(&water(&history), &["123,456"], &[])),
        "Показание 123,456 меньше прошлого: 20 июня было 131,655. Проверьте цифры. \
         Если счётчик дошёл до конца и начал с нуля, расход — 99 991,801 м³."
    );
    assert_eq!(
        sentence(&give(&water(&history[2..7]), &["181.5"], &[])),
        "Расход за 3 месяца 60 м³ — это в 3,7 раза больше обычного (5,4 м³ в месяц). \
         Проверьте, не пропущена ли запятая."
    );
}

#[test]
fn every_confirmation_is_read_back_from_its_code() {
    for code in ["rolled-over", "above-usual", "far-above-usual", "unchanged-for-months"] {
        assert_eq!(Confirmation::parse(code).map(Confirmation::as_str), Some(code));
    }
    assert_eq!(Confirmation::parse("decrease"), None);
}

fn any_confirmations() -> impl Strategy<Value = Vec<Confirmation>> {
    let all = vec![
        Confirmation::RolledOver,
        Confirmation::AboveUsual,
        Confirmation::FarAboveUsual,
        Confirmation::UnchangedForMonths,
    ];
    proptest::sample::subsequence(all, 0..=4)
}

proptest! {
    #[test]
    fn whoever_answers_every_question_is_never_asked_forever(
        millis in proptest::collection::vec(0_i64..99_999_999, 1..9), now in 0_i64..99_999_999,
    ) {
        let history: Vec<_> = millis
            .iter()
            .enumerate()
            .map(|(index, millis)| {
                let period = period("2026-07").plus_months(-1 - index as i32);
                let values = vec![Decimal::new(*millis, 3)];
                Earlier { period, taken_on: period.first_day(), values, rolled_over: index % 2 == 0 }
            })
            .collect();
        let text = Decimal::new(now, 3).to_string();
        let mut confirmed = Vec::new();
        for _ in 0..3 {
            match give(&water(&history), &[&text], &confirmed) {
                Verdict::Questioned(questions) => confirmed.push(questions[0].reason.confirmation()),
                Verdict::Accepted { consumption, .. } => {
                    prop_assert!(consumption.unwrap()[0] >= Decimal::ZERO);
                    return Ok(());
                }
                Verdict::Refused(refusals) => prop_assert!(false, "{refusals:?}"),
            }
        }
        prop_assert!(false, "still asked after {confirmed:?}");
    }

    #[test]
    fn no_confirmation_makes_the_impossible_true(text in "[-0-9.,]{0,12}", confirmed in any_confirmations()) {
        let history = r5_history();
        let bare = give(&water(&history), &[&text], &[]);
        let confirmed = give(&water(&history), &[&text], &confirmed);
        prop_assert_eq!(matches!(bare, Verdict::Refused(_)), matches!(confirmed, Verdict::Refused(_)));
    }

    #[test]
    fn an_accepted_consumption_is_the_way_from_the_last_value(now in 131_655_i64..99_999_999) {
        let history = r5_history();
        let text = Decimal::new(now, 3).to_string();
        let all = [Confirmation::AboveUsual, Confirmation::FarAboveUsual, Confirmation::UnchangedForMonths];
        match give(&water(&history), &[&text], &all) {
            Verdict::Accepted { consumption, rolled_over, .. } => {
                prop_assert_eq!(consumption, Some(vec![Decimal::new(now - 131_655, 3)]));
                prop_assert!(!rolled_over);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
