//! Submitting readings: one meter or all at once, all or nothing, never twice.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation_code::ConfirmationCode,
    period::Period,
    reading::{Channel, Confirmation, Confirmed, Thresholds, WindowState},
    russian::day_and_month,
};
use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    notices,
    readings::{self, NewReading, NewSubmission, Place},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Confirm, Env, FieldError, IdempotencyKey, Problem, Slug, audit, consent, fresh_id, limit,
};

use crate::{
    giver::{Giver, Program},
    judge::{Accepted, Rules, judge},
    reach, transfer_acts,
};

/// What the transaction decides: a refusal keeps what was counted, which an error would take back.
pub(crate) type Decided<T> = Result<T, Problem>;

/// More meters than any home has; keeps one request bounded.
const ITEMS_MAX: usize = 50;
const CODE_ATTEMPTS: usize = 3;
const LIMIT: limit::Rule = limit::Rule { setting: "limit.submit_per_person", window: SignedDuration::from_mins(1) };
/// A program that errs must neither use up what its person may do nor fill the feed.
const LIMIT_OF_PROGRAM: limit::Rule =
    limit::Rule { setting: "limit.submit_per_token", window: SignedDuration::from_hours(24) };

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReadings {
    pub(crate) account_id: String,
    pub(crate) items: Vec<Item>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) meter_id: String,
    /// One text per rate, comma or dot.
    #[schema(example = json!(["123,456"]))]
    pub(crate) values: Vec<String>,
    /// The day of the dial, within the window; today where absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) taken_on: Option<Date>,
    /// The questions answered with «да, верно», each as its error's `confirm`.
    #[serde(default)]
    pub(crate) confirmed: Vec<Confirm>,
    /// Whether the form was opened by the sticker on the meter.
    #[serde(default)]
    pub(crate) is_by_sticker: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Submission {
    submission_id: String,
    /// Keep it: it proves what was given and when.
    #[schema(example = "7K3Q-92XF")]
    pub(crate) confirmation_code: String,
    #[schema(format = DateTime)]
    submitted_at: String,
    pub(crate) items: Vec<AcceptedReading>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedReading {
    reading_id: String,
    meter_id: String,
    pub(crate) values: Vec<String>,
    /// What was used since the last reading; null for a meter's first one.
    consumption: Option<Vec<String>>,
    /// pending while the company looks at a value far above usual, none otherwise.
    review: &'static str,
}

/// Submit readings of one account
#[utoipa::path(
    post, path = "/api/readings/submissions", tag = "readings",
    security(("session" = []), ("reading_token" = [])),
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
    Giver { actor, program }: Giver,
    client: Client,
    key: IdempotencyKey,
    Body { value: new, bytes }: Body<NewReadings>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::SubmitReading, Relation::Own)?;
    check_shape(&new)?;
    let program = program.as_ref();
    if let Some(program) = program {
        let mut meters = new.items.iter().map(|item| item.meter_id.as_str());
        if program.account_id != new.account_id || !meters.all(|meter_id| program.is_of(meter_id)) {
            return Err(Problem::not_found());
        }
    }
    env.db().write(|tx| {
        // The kept answer comes before the limit: a repetition is given it however often it is asked for.
        key.once(tx, &env, &actor.person_id, &bytes, || {
            consent::require(tx, &actor)?;
            let settings = Settings::at(tx, env.now())?;
            match program {
                Some(program) => limit::count(tx, &env, &settings, LIMIT_OF_PROGRAM, &program.reading_token_id)?,
                None => limit::count(tx, &env, &settings, LIMIT, &actor.person_id)?,
            }
            let channel = if program.is_some() { Channel::Token } else { Channel::Portal };
            Desk { env: &env, tx, actor: &actor, client: &client, channel, program }.take(&new, &settings)
        })
    })?
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
        errors.extend(item.unknown_confirmations(&format!("/items/{index}/confirmed")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

impl Item {
    /// What was confirmed, as the domain sees it.
    pub(crate) fn confirmed(&self) -> Vec<Confirmed> {
        let confirmed = self.confirmed.iter();
        let known = confirmed.map(|Confirm { rate, code }| {
            Confirmation::parse(code).map(|confirmation| Confirmed { rate: *rate, confirmation })
        });
        known.flatten().collect()
    }

    fn unknown_confirmations(&self, pointer: &str) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (at, confirm) in self.confirmed.iter().enumerate() {
            if confirm.rate >= self.values.len() {
                let detail = "Показания по такому тарифу здесь нет: первый тариф — 0.";
                errors.push(FieldError::new(format!("{pointer}/{at}/rate"), detail));
            }
            if Confirmation::parse(&confirm.code).is_none() {
                errors.push(FieldError::new(format!("{pointer}/{at}/code"), "Такого подтверждения нет."));
            }
        }
        errors
    }
}

/// Where one submission is taken: everything it needs at hand, inside the transaction.
pub(crate) struct Desk<'a> {
    pub(crate) env: &'a Env,
    pub(crate) tx: &'a Tx<'a>,
    pub(crate) actor: &'a Actor,
    pub(crate) client: &'a Client,
    /// By which way the readings came.
    pub(crate) channel: Channel,
    /// Of the person, where the person does not give the readings by hand.
    pub(crate) program: Option<&'a Program>,
}

impl Desk<'_> {
    pub(crate) fn take(&self, new: &NewReadings, settings: &Settings) -> Result<Decided<Submission>, Problem> {
        let reach = reach::of(self.env, self.actor, Action::SubmitReading);
        let places = readings::places(self.tx, reach, Some(&new.account_id))?;
        let Some(place) = places.into_iter().next() else { return Ok(Err(Problem::not_found())) };
        if self.program.is_some() && place.delegation_id.is_some() {
            return Ok(Err(Problem::not_found()));
        }
        self.actor.may(Action::SubmitReading, reach::relation(&place))?;
        // Registers hold by the day in UTC; that of the house decides on windows and readings.
        let today = self.env.now().to_zoned(place.time_zone.clone()).date();
        let window = place.window.state(today);
        if !window.is_open {
            return Ok(Err(window_closed(&window)));
        }
        let rules = Rules { window, today, thresholds: thresholds(settings)? };
        match judge(self.tx, &place, &new.items, &rules)? {
            Ok(accepted) => self.keep(&place, window.period, &accepted).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    fn keep(&self, place: &Place, period: Period, accepted: &[Accepted<'_>]) -> Result<Submission, Problem> {
        let now = self.env.now();
        let submission_id = fresh_id(self.env);
        let confirmation_code = self.add_submission(place, &submission_id)?;
        let mut items = Vec::with_capacity(accepted.len());
        for one in accepted {
            items.push(self.add_reading(&submission_id, period, one)?);
        }
        let names = accepted.iter().map(|one| one.meter.kind.name_with(&one.meter.serial)).collect();
        let channels = accepted.iter().map(|one| self.channel_of(one.item));
        let way = channels.reduce(|first, other| if first == other { first } else { self.channel });
        self.tell(place, &confirmation_code, way.unwrap_or(self.channel), &items, names)?;
        self.settle(place, period)?;
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
            channel: self.channel_of(one.item),
            period,
            taken_on: one.taken_on,
            values: &one.values,
            rolled_over: one.rolled_over,
            confirmed: confirmed.as_deref(),
            review: one.review,
        };
        readings::add(self.tx, self.env.now(), &[new])?;
        transfer_acts::make(self.tx, self.env, &reading_id)?;
        Ok(AcceptedReading {
            reading_id,
            meter_id: one.meter.meter_id.clone(),
            values: one.values.clone(),
            consumption: one.consumption.clone(),
            review: if one.review { "pending" } else { "none" },
        })
    }

    /// A sticker only opens the form: what a program or a message gives came by its own way.
    fn channel_of(&self, item: &Item) -> Channel {
        if self.channel == Channel::Portal && item.is_by_sticker { Channel::Link } else { self.channel }
    }

    fn tell(
        &self,
        place: &Place,
        confirmation_code: &str,
        way: Channel,
        items: &[AcceptedReading],
        names: Vec<String>,
    ) -> Result<(), Problem> {
        // With the meter's name as it is called today: the journal tells it long after the meter is gone.
        let given = items.iter().zip(&names);
        let given: Vec<_> = given
            .map(|(item, name)| (format!("meter {}", item.meter_id), format!("{name}: {}", item.values.join(" / "))))
            .collect();
        let delegation = reach::delegation(self.tx, self.env, self.actor, place)?;
        let mut fields = vec![("confirmation_code", confirmation_code)];
        fields.extend((way != Channel::Portal).then(|| ("way", way.as_str())));
        fields.extend(self.program.map(|program| ("program", program.name.as_str())));
        fields.extend(delegation.as_ref().map(|one| ("delegate", one.name.as_str())));
        fields.extend(given.iter().map(|(meter, values)| (meter.as_str(), values.as_str())));
        let object = format!("account:{}", place.account_id);
        audit::record(self.tx, self.env, self.actor, self.client, "reading.submit", &object, &fields)?;
        if let Some(delegation) = delegation {
            let name = delegation.name;
            let event = Event::ReadingByDelegate { name, address: place.address.clone(), names: names.clone() };
            events::emit(self.tx, self.env.now(), &delegation.granted_by, &event)?;
        }
        let event = Event::ReadingSubmitted {
            confirmation_code: confirmation_code.to_owned(),
            address: place.address.clone(),
            meters: items.len(),
            names,
        };
        Ok(events::emit(self.tx, self.env.now(), &self.actor.person_id, &event)?)
    }

    /// With the last meter's reading given, nobody needs the reminder any more.
    fn settle(&self, place: &Place, period: Period) -> Result<(), Problem> {
        let ids: Vec<_> = place.meters.iter().map(|meter| meter.meter_id.as_str()).collect();
        if readings::in_period(self.tx, &self.actor.person_id, &ids, period)?.len() == ids.len() {
            notices::settle_reminders(self.tx, self.env.now(), &place.account_id, period)?;
        }
        Ok(())
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
    let detail = format!(
        "Приём показаний закрыт, поэтому мы их не записали. По этому дому показания принимают с {opens} по {closes}: \
         снимите их заново и передайте тогда."
    );
    Problem::new(Slug::WindowClosed, detail)
}
