//! Submitting readings: one meter or all at once, all or nothing, never twice.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation_code::ConfirmationCode,
    meter::is_active,
    period::Period,
    reading::{Confirmation, Earlier, Given, Metering, Question, Refusal, Thresholds, Verdict, WindowState, check},
    russian::day_and_month,
};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    readings::{self, Meter, NewReading, NewSubmission, Place, Reading},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, IdempotencyKey, Problem, Slug, audit, fresh_id, limit};

use crate::meters::printed;

/// More meters than any home has; keeps one request bounded.
const ITEMS_MAX: usize = 50;
/// How many earlier readings a check looks at: the usual consumption needs some months, corrections among them.
const HISTORY_COUNT: u32 = 24;
const CODE_ATTEMPTS: usize = 3;
const LIMIT: limit::Rule = limit::Rule { setting: "limit.submit_per_person", window: SignedDuration::from_mins(1) };

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReadings {
    account_id: String,
    items: Vec<Item>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    meter_id: String,
    /// One text per rate, comma or dot.
    #[schema(example = json!(["123,456"]))]
    values: Vec<String>,
    /// The day of the dial; today where absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    taken_on: Option<Date>,
    /// The questions answered with «да, верно»: rolled-over, above-usual, far-above-usual, unchanged-for-months.
    #[serde(default)]
    confirmed: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Submission {
    submission_id: String,
    /// Keep it: it proves what was given and when.
    #[schema(example = "7K3Q-92XF")]
    confirmation_code: String,
    #[schema(format = DateTime)]
    submitted_at: String,
    items: Vec<AcceptedReading>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedReading {
    reading_id: String,
    meter_id: String,
    values: Vec<String>,
    /// What was used since the last reading; null for a meter's first one.
    consumption: Option<Vec<String>>,
    /// pending while the company looks at a value far above usual, none otherwise.
    review: &'static str,
}

/// Submit readings of one account
#[utoipa::path(
    post, path = "/api/readings/submissions", tag = "readings", security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "New for each submission, the same for its repetition")),
    request_body = NewReadings,
    responses(
        (status = 201, body = Submission),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, reading-questioned, window-closed, idempotency-key-reused, rate-limited, …"),
    )
)]
pub(crate) async fn submit(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Body { value: new, bytes }: Body<NewReadings>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::SubmitReading, Relation::Own)?;
    check_shape(&new)?;
    let day = env.now().to_zoned(TimeZone::UTC).date();
    env.db().write(|tx| {
        // The kept answer comes before the limit: a repetition is given it however often it is asked for.
        key.once(tx, &env, &actor.person_id, &bytes, || {
            let settings = Settings::on(tx, day)?;
            limit::count(tx, &env, &settings, LIMIT, &actor.person_id)?;
            Desk { env: &env, tx, actor: &actor, client: &client, day }.take(&new, &settings)
        })
    })
}

/// What can be told without looking anything up.
fn check_shape(new: &NewReadings) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if new.items.is_empty() || new.items.len() > ITEMS_MAX {
        errors.push(FieldError::new("/items", "Впишите показание хотя бы одного счётчика."));
    }
    for (index, item) in new.items.iter().enumerate() {
        if new.items[..index].iter().any(|earlier| earlier.meter_id == item.meter_id) {
            errors.push(FieldError::new(format!("/items/{index}/meter_id"), "Этот счётчик уже есть выше."));
        }
        for (at, code) in item.confirmed.iter().enumerate() {
            if Confirmation::parse(code).is_none() {
                errors.push(FieldError::new(format!("/items/{index}/confirmed/{at}"), "Такого подтверждения нет."));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

/// Where one submission is taken: everything it needs at hand, inside the transaction.
struct Desk<'a> {
    env: &'a Env,
    tx: &'a Tx<'a>,
    actor: &'a Actor,
    client: &'a Client,
    /// The day in UTC, by which settings and registers hold; that of the house decides on windows and readings.
    day: Date,
}

/// An item that passed its check.
struct Accepted<'a> {
    item: &'a Item,
    meter: &'a Meter,
    taken_on: Date,
    values: Vec<String>,
    consumption: Option<Vec<String>>,
    rolled_over: bool,
    review: bool,
}

impl Desk<'_> {
    fn take(&self, new: &NewReadings, settings: &Settings) -> Result<Submission, Problem> {
        let place =
            readings::places(self.tx, &self.actor.person_id, Some(&new.account_id), self.day)?.into_iter().next();
        let place = place.ok_or_else(Problem::not_found)?;
        let today = self.env.now().to_zoned(place.time_zone.clone()).date();
        let window = place.window.state(today);
        if !window.is_open {
            return Err(window_closed(&window));
        }
        let accepted = self.check(new, &place, window.period, today, &thresholds(settings)?)?;
        self.keep(&place, window.period, &accepted)
    }

    fn check<'a>(
        &self,
        new: &'a NewReadings,
        place: &'a Place,
        period: Period,
        today: Date,
        thresholds: &Thresholds,
    ) -> Result<Vec<Accepted<'a>>, Problem> {
        let ids: Vec<_> = new.items.iter().map(|item| item.meter_id.as_str()).collect();
        let past = readings::before_period(self.tx, &ids, period, HISTORY_COUNT)?;
        let mut objections = Objections::default();
        let mut accepted = Vec::new();
        for (index, item) in new.items.iter().enumerate() {
            let Some(meter) = place.meters.iter().find(|meter| meter.meter_id == item.meter_id) else {
                objections.unknown_meter(index);
                continue;
            };
            let taken_on = item.taken_on.unwrap_or(today);
            match verdict(item, meter, &past, period, taken_on, today, thresholds) {
                Verdict::Refused(refusals) => objections.refused(index, &refusals),
                Verdict::Questioned(questions) => objections.questioned(index, &questions),
                Verdict::Accepted { values, consumption, rolled_over, review } => accepted.push(Accepted {
                    item,
                    meter,
                    taken_on,
                    values: printed(meter.dial, &values),
                    consumption: consumption.map(|volumes| printed(meter.dial, &volumes)),
                    rolled_over,
                    review,
                }),
            }
        }
        objections.into_result().map(|()| accepted)
    }

    fn keep(&self, place: &Place, period: Period, accepted: &[Accepted<'_>]) -> Result<Submission, Problem> {
        let now = self.env.now();
        let submission_id = fresh_id(self.env);
        let confirmation_code = self.add_submission(place, &submission_id)?;
        let mut items = Vec::with_capacity(accepted.len());
        for one in accepted {
            items.push(self.add_reading(&submission_id, period, one)?);
        }
        self.tell(place, &confirmation_code, &items)?;
        Ok(Submission { submission_id, confirmation_code, submitted_at: format!("{now:.3}"), items })
    }

    /// Codes are short so that people can read them out; the rare one that was given before is drawn again.
    fn add_submission(&self, place: &Place, submission_id: &str) -> Result<String, Problem> {
        for _ in 0..CODE_ATTEMPTS {
            let confirmation_code = ConfirmationCode::from_random(self.env.random()).to_string();
            let new = NewSubmission {
                submission_id,
                person_id: &self.actor.person_id,
                account_id: &place.account_id,
                confirmation_code: &confirmation_code,
            };
            match readings::add_submission(self.tx, self.env.now(), &new) {
                Err(error) if error.is_duplicate_of("submission.confirmation_code") => {}
                result => return result.map(|()| confirmation_code).map_err(Problem::from),
            }
        }
        Err(Problem::internal("no free confirmation code"))
    }

    fn add_reading(&self, submission_id: &str, period: Period, one: &Accepted<'_>) -> Result<AcceptedReading, Problem> {
        let reading_id = fresh_id(self.env);
        let confirmed = (!one.item.confirmed.is_empty()).then(|| serde_json::json!(one.item.confirmed).to_string());
        let new = NewReading {
            reading_id: &reading_id,
            meter_id: &one.meter.meter_id,
            submission_id: Some(submission_id),
            source: "resident",
            period,
            taken_on: one.taken_on,
            values: &one.values,
            rolled_over: one.rolled_over,
            confirmed: confirmed.as_deref(),
            review: one.review,
        };
        readings::add(self.tx, self.env.now(), &new)?;
        Ok(AcceptedReading {
            reading_id,
            meter_id: one.meter.meter_id.clone(),
            values: one.values.clone(),
            consumption: one.consumption.clone(),
            review: if one.review { "pending" } else { "none" },
        })
    }

    fn tell(&self, place: &Place, confirmation_code: &str, items: &[AcceptedReading]) -> Result<(), Problem> {
        let given: Vec<_> =
            items.iter().map(|item| (format!("meter {}", item.meter_id), item.values.join(" / "))).collect();
        let mut fields = vec![("confirmation_code", confirmation_code)];
        fields.extend(given.iter().map(|(meter, values)| (meter.as_str(), values.as_str())));
        let object = format!("account:{}", place.account_id);
        audit::record(self.tx, self.env, self.actor, self.client, "reading.submit", &object, &fields)?;
        let event = Event::ReadingSubmitted {
            confirmation_code: confirmation_code.to_owned(),
            address: place.address.clone(),
            meters: items.len(),
        };
        Ok(events::emit(self.tx, self.env.now(), &self.actor.person_id, &event)?)
    }
}

fn thresholds(settings: &Settings) -> Result<Thresholds, Problem> {
    Ok(Thresholds {
        questioned_times: settings.get("reading.questioned_at_average_times")?,
        reviewed_times: settings.get("reading.reviewed_at_average_times")?,
        average_months: settings.get("reading.average_months")?,
        zero_months: settings.get("reading.zero_questioned_after_months")?,
    })
}

fn window_closed(window: &WindowState) -> Problem {
    let (opens, closes) = (day_and_month(window.opens_on), day_and_month(window.closes_on));
    Problem::new(Slug::WindowClosed, format!("Показания по этому дому принимают с {opens} по {closes}."))
}

fn verdict(
    item: &Item,
    meter: &Meter,
    past: &[Reading],
    period: Period,
    taken_on: Date,
    today: Date,
    thresholds: &Thresholds,
) -> Verdict {
    let history: Vec<Earlier> =
        past.iter().filter(|reading| reading.meter_id == meter.meter_id).map(|reading| reading.what.clone()).collect();
    let metering = Metering {
        kind: meter.kind,
        dial: meter.dial,
        rates: meter.rates,
        is_active: is_active(meter.installed_on, None, taken_on.min(today)),
        history: &history,
    };
    let values: Vec<_> = item.values.iter().map(String::as_str).collect();
    let confirmed: Vec<_> = item.confirmed.iter().filter_map(|code| Confirmation::parse(code)).collect();
    check(&metering, &Given { values: &values, period, taken_on, confirmed: &confirmed }, today, thresholds)
}

/// What stands against the submission, of all its items together.
#[derive(Default)]
struct Objections {
    refusals: Vec<FieldError>,
    questions: Vec<FieldError>,
}

impl Objections {
    fn unknown_meter(&mut self, index: usize) {
        let detail = "Такого счётчика по этому лицевому счёту нет. Обновите страницу.";
        self.refusals.push(FieldError::new(format!("/items/{index}/meter_id"), detail));
    }

    fn refused(&mut self, index: usize, refusals: &[Refusal]) {
        self.refusals.extend(refusals.iter().map(|refusal| FieldError {
            code: Some(refusal.reason.code()),
            ..FieldError::new(pointer(index, refusal), refusal.to_string())
        }));
    }

    fn questioned(&mut self, index: usize, questions: &[Question]) {
        self.questions.extend(questions.iter().map(|question| FieldError {
            code: Some(question.reason.code()),
            confirm: Some(question.reason.confirmation().as_str()),
            consumption: Some(question.dial.print(question.consumption)),
            ..FieldError::new(format!("/items/{index}/values/{}", question.rate), question.to_string())
        }));
    }

    /// What cannot be true comes before what is unlikely: the questions of the rest are asked next time.
    fn into_result(self) -> Result<(), Problem> {
        if !self.refusals.is_empty() {
            return Err(Problem::validation(self.refusals));
        }
        if !self.questions.is_empty() {
            let detail =
                "Похоже на опечатку. Исправьте или подтвердите каждое отмеченное значение: пока ничего не передано.";
            return Err(Problem::new(Slug::ReadingQuestioned, detail).with_errors(self.questions));
        }
        Ok(())
    }
}

fn pointer(index: usize, refusal: &Refusal) -> String {
    use domain::reading::RefusalReason as Reason;
    match (refusal.rate, &refusal.reason) {
        (Some(rate), _) => format!("/items/{index}/values/{rate}"),
        (None, Reason::FutureDate { .. } | Reason::BeforeLastDate { .. }) => format!("/items/{index}/taken_on"),
        (None, Reason::WrongRateCount { .. }) => format!("/items/{index}/values"),
        (None, _) => format!("/items/{index}/meter_id"),
    }
}
