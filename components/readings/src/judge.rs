//! What is said of a submission: every value taken, or what stands against it.

use domain::{
    meter::is_active,
    reading::{
        Confirmed, Earlier, Entry, Given, Metering, Place as ValuePlace, Question, Refusal, RefusalReason, Thresholds,
        Verdict, WindowState, check,
    },
};
use jiff::civil::Date;
use store::{
    Conn,
    readings::{self, Meter, Place},
};
use web::{Confirm, FieldError, Problem, Slug};

use crate::{
    hints,
    meters::printed,
    submissions::{Decided, Item},
};

/// How many earlier months a check looks at: last year's same one must be among them.
const HISTORY_MONTHS: u32 = 24;

/// By what a submission is judged.
pub(crate) struct Rules {
    pub(crate) window: WindowState,
    /// In the house's time zone.
    pub(crate) today: Date,
    pub(crate) thresholds: Thresholds,
}

/// An item that passed its check.
pub(crate) struct Accepted<'a> {
    pub(crate) item: &'a Item,
    pub(crate) meter: &'a Meter,
    pub(crate) taken_on: Date,
    pub(crate) values: Vec<String>,
    pub(crate) consumption: Option<Vec<String>>,
    pub(crate) rolled_over: bool,
    pub(crate) review: bool,
}

/// One item beside what is known of its meter.
pub(crate) struct Sheet<'a> {
    /// Where the item stands in the submission.
    pub(crate) index: usize,
    pub(crate) item: &'a Item,
    pub(crate) meter: &'a Meter,
    pub(crate) history: Vec<Earlier>,
    values: Vec<&'a str>,
    confirmed: Vec<Confirmed>,
}

/// What stands against a value: the error, and the sheet and rate that it is about.
pub(crate) struct Objection {
    pub(crate) error: FieldError,
    pub(crate) at: Option<ValuePlace>,
}

/// All items accepted, or the problem that names every one at fault.
///
/// # Errors
/// A failing database.
pub(crate) fn judge<'a>(
    conn: &Conn<'_>,
    place: &'a Place,
    items: &'a [Item],
    rules: &Rules,
) -> store::Result<Decided<Vec<Accepted<'a>>>> {
    let (sheets, mut refusals) = sheets(conn, place, items, rules)?;
    let (mut questions, mut accepted) = (Vec::new(), Vec::new());
    for (entry, sheet) in sheets.iter().enumerate() {
        match sheet.verdict(rules) {
            Verdict::Refused(reasons) => refusals.extend(reasons.iter().map(|reason| sheet.refused(entry, reason))),
            Verdict::Questioned(asked) => {
                questions.extend(asked.iter().map(|question| sheet.questioned(entry, question)))
            }
            Verdict::Accepted { values, consumption, rolled_over, review } => accepted.push(Accepted {
                item: sheet.item,
                meter: sheet.meter,
                taken_on: sheet.taken_on(rules),
                values: printed(sheet.meter.dial, &values),
                consumption: consumption.map(|volumes| printed(sheet.meter.dial, &volumes)),
                rolled_over,
                review,
            }),
        }
    }
    // What cannot be true comes before what is unlikely: the questions of the rest are asked next time.
    if !refusals.is_empty() {
        return Ok(Err(Problem::validation(hints::with_suggestions(refusals, &sheets, rules))));
    }
    if !questions.is_empty() {
        return Ok(Err(questioned(hints::with_numbers(conn, questions, &sheets, rules)?)));
    }
    Ok(Ok(accepted))
}

fn questioned(errors: Vec<FieldError>) -> Problem {
    let detail = "Похоже на опечатку. Исправьте или подтвердите каждое отмеченное значение: пока ничего не передано.";
    Problem::new(Slug::ReadingQuestioned, detail).with_errors(errors)
}

/// A sheet for each item of a meter of this place, and objections to the rest.
fn sheets<'a>(
    conn: &Conn<'_>,
    place: &'a Place,
    items: &'a [Item],
    rules: &Rules,
) -> store::Result<(Vec<Sheet<'a>>, Vec<Objection>)> {
    let ids: Vec<_> = items.iter().map(|item| item.meter_id.as_str()).collect();
    let past = readings::before_period(conn, &ids, rules.window.period, HISTORY_MONTHS)?;
    let (mut sheets, mut unknown) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let Some(meter) = place.meters.iter().find(|meter| meter.meter_id == item.meter_id) else {
            let detail = "Такого счётчика по этому лицевому счёту нет. Обновите страницу.";
            unknown.push(Objection { error: FieldError::new(format!("/items/{index}/meter_id"), detail), at: None });
            continue;
        };
        let of_meter = past.iter().filter(|reading| reading.meter_id == meter.meter_id);
        sheets.push(Sheet {
            index,
            item,
            meter,
            history: of_meter.map(|reading| reading.what.clone()).collect(),
            values: item.values.iter().map(String::as_str).collect(),
            confirmed: item.confirmed(),
        });
    }
    Ok((sheets, unknown))
}

impl Sheet<'_> {
    fn taken_on(&self, rules: &Rules) -> Date {
        self.item.taken_on.unwrap_or(rules.today)
    }

    /// As the domain sees it.
    pub(crate) fn entry(&self, rules: &Rules) -> Entry<'_> {
        let taken_on = self.taken_on(rules);
        Entry {
            meter: Metering {
                kind: self.meter.kind,
                dial: self.meter.dial,
                rates: self.meter.rates,
                is_active: is_active(self.meter.installed_on, None, taken_on.min(rules.today)),
                history: &self.history,
            },
            given: Given {
                values: &self.values,
                period: rules.window.period,
                taken_on,
                opens_on: rules.window.opens_on,
                confirmed: &self.confirmed,
            },
        }
    }

    fn verdict(&self, rules: &Rules) -> Verdict {
        let Entry { meter, given } = self.entry(rules);
        check(&meter, &given, rules.today, &rules.thresholds)
    }

    fn refused(&self, entry: usize, refusal: &Refusal) -> Objection {
        let pointer = format!("/items/{}/{}", self.index, field(refusal));
        let error = FieldError { code: Some(refusal.reason.code()), ..FieldError::new(pointer, refusal.to_string()) };
        Objection { error, at: refusal.rate.map(|rate| ValuePlace { entry, rate }) }
    }

    fn questioned(&self, entry: usize, question: &Question) -> Objection {
        let rate = question.rate;
        let error = FieldError {
            code: Some(question.reason.code()),
            confirm: Some(Confirm { rate, code: question.reason.confirmation().as_str().to_owned() }),
            consumption: Some(question.dial.print(question.consumption)),
            ..FieldError::new(format!("/items/{}/values/{rate}", self.index), question.to_string())
        };
        Objection { error, at: Some(ValuePlace { entry, rate }) }
    }
}

/// The field of an item that a refusal is about.
fn field(refusal: &Refusal) -> String {
    use RefusalReason::{BeforeLastDate, BeforeWindow, FutureDate, WrongRateCount};
    match (refusal.rate, &refusal.reason) {
        (Some(rate), _) => format!("values/{rate}"),
        (None, FutureDate { .. } | BeforeWindow { .. } | BeforeLastDate { .. }) => "taken_on".to_owned(),
        (None, WrongRateCount { .. }) => "values".to_owned(),
        (None, _) => "meter_id".to_owned(),
    }
}
