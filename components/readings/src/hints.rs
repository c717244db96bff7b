//! Why a value is asked about: the numbers behind the question, the likely cause, what would mend it.

use std::collections::BTreeMap;

use domain::{
    period::Period,
    reading::{Entry, Mend, Place, Usual, about, mend, similar::median, used_in},
};
use rust_decimal::Decimal;
use store::{
    Conn,
    readings::{self, SimilarUse},
};
use web::{FieldError, Hint, Suggestion};

use crate::judge::{Objection, Rules, Sheet};

/// The errors of values that cannot be true, with what was probably meant.
pub(crate) fn with_suggestions(refusals: Vec<Objection>, sheets: &[Sheet<'_>], rules: &Rules) -> Vec<FieldError> {
    let entries = entries(sheets, rules);
    refusals
        .into_iter()
        .map(|Objection { error, at }| {
            let suggestion = at.and_then(|place| suggestion(sheets, &entries, place, rules));
            let hint = suggestion.map(|suggestion| Hint { suggestion: Some(suggestion), ..Hint::default() });
            FieldError { hint: hint.map(Box::new), ..error }
        })
        .collect()
}

/// The errors of values that are unlikely, with the numbers that make them so and what was probably meant. One
/// statement for all of them.
///
/// # Errors
/// A failing database.
pub(crate) fn with_numbers(
    conn: &Conn<'_>,
    questions: Vec<Objection>,
    sheets: &[Sheet<'_>],
    rules: &Rules,
) -> store::Result<Vec<FieldError>> {
    let entries = entries(sheets, rules);
    let places = || questions.iter().filter_map(|question| question.at);
    let mut meters: Vec<_> = places().map(|place| sheets[place.entry].meter.meter_id.as_str()).collect();
    meters.dedup();
    let similar = readings::similar(conn, &meters, months(rules))?;
    let hint = |place: Place| Hint {
        suggestion: suggestion(sheets, &entries, place, rules),
        ..numbers(&sheets[place.entry], place.rate, &similar, rules)
    };
    Ok(questions
        .into_iter()
        .map(|Objection { error, at }| FieldError { hint: at.map(|at| Box::new(hint(at))), ..error })
        .collect())
}

fn entries<'a>(sheets: &'a [Sheet<'_>], rules: &Rules) -> Vec<Entry<'a>> {
    sheets.iter().map(|sheet| sheet.entry(rules)).collect()
}

/// This month, and the same of last year for as long as too few flats have given theirs.
fn months(rules: &Rules) -> [Period; 2] {
    [rules.window.period, last_year(rules)]
}

fn last_year(rules: &Rules) -> Period {
    rules.window.period.plus_months(-12)
}

fn numbers(sheet: &Sheet<'_>, rate: usize, similar: &[SimilarUse], rules: &Rules) -> Hint {
    let dial = sheet.meter.dial;
    let usual = Usual::of(dial, &sheet.history, rate, rules.thresholds.average_months);
    let similar = of_similar_flats(&sheet.meter.meter_id, rate, similar, months(rules));
    Hint {
        usual: usual.map(|usual| about(usual.monthly()).normalize().to_string()),
        last_year: used_in(dial, &sheet.history, rate, last_year(rules)).map(|used| dial.print(used)),
        similar_flats_median: similar.map(|(_, median)| median.to_string()),
        similar_flats_period: similar.map(|(period, _)| period.to_string()),
        suggestion: None,
    }
}

/// The median of the first month that enough flats have.
fn of_similar_flats(
    meter_id: &str,
    rate: usize,
    uses: &[SimilarUse],
    months: [Period; 2],
) -> Option<(Period, Decimal)> {
    months.into_iter().find_map(|period| {
        let mut flats: BTreeMap<&str, (Decimal, Decimal)> = BTreeMap::new();
        for one in uses.iter().filter(|one| one.meter_id == meter_id && one.period == period) {
            let (total, count) = flats.entry(&one.premises_id).or_default();
            *total += one.volumes.get(rate).copied().unwrap_or_default();
            *count += Decimal::ONE;
        }
        // Of several meters in a flat each counts as their mean.
        let median = median(flats.into_values().map(|(total, count)| total / count).collect())?;
        Some((period, median))
    })
}

fn suggestion(sheets: &[Sheet<'_>], entries: &[Entry<'_>], place: Place, rules: &Rules) -> Option<Suggestion> {
    let mend = mend(entries, place, &rules.thresholds)?;
    let (value, swap_with) = match mend {
        Mend::Value { value, .. } => (Some(sheets[place.entry].meter.dial.print(value)), None),
        Mend::Swap { with } => (None, Some(format!("/items/{}/values/{}", sheets[with.entry].index, with.rate))),
    };
    Some(Suggestion { cause: mend.slip().as_str(), detail: mend.slip().to_string(), value, swap_with })
}
