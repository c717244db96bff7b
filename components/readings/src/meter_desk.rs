//! The company's desk of meters: one is found by its number, and what happened to it is recorded.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::Action,
    look::Purpose,
    meter_life::Deed,
    reading::{Dial, parse_value},
};
use jiff::{SignedDuration, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    homes::{self, register::NewMeter},
    meter_life::{self, DeskMeter, NewEvent, Wanted},
    readings,
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, FieldError, IdempotencyKey, Problem, Query, Reply, audit, fresh_id, limit};

use crate::{
    life_check,
    meter_events::{Face, MeterStory, story},
    meters::printed,
};

const LIMIT: limit::Rule =
    limit::Rule { setting: "limit.meter_event_per_person", window: SignedDuration::from_hours(1) };
const SERIAL_CHARS_MAX: usize = 50;
const ACT_CHARS_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    /// The number on the meter's face, whole.
    #[param(example = "12345678")]
    serial: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FoundMeters {
    /// One for each kind that has this number.
    items: Vec<FoundMeter>,
}

/// A meter of one of my houses.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundMeter {
    meter_id: String,
    /// cold_water, hot_water, electricity, gas or heat.
    kind: &'static str,
    serial: String,
    place: Option<String>,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    rates: u8,
    digits_integer: u8,
    digits_fraction: u8,
    /// Since when it counts no more; null while it does.
    #[schema(format = Date)]
    removed_on: Option<String>,
    #[schema(format = Date)]
    verification_due_on: Option<String>,
    story: MeterStory,
}

/// The meters of my houses with this number
#[utoipa::path(
    get, path = "/api/readings/meter-desk/meters", operation_id = "find_meters", tag = "readings",
    params(Search), security(("session" = [])),
    responses(
        (status = 200, body = FoundMeters),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, rate-limited"),
    )
)]
pub(crate) async fn find(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(search): Query<Search>,
) -> Result<Reply<FoundMeters>, Problem> {
    let reach = actor.reach(Action::RecordMeterEvent)?;
    let serial = serial_of(&search.serial).ok_or_else(|| no_serial("?serial"))?;
    env.db().write(|tx| {
        limit::count(tx, &env, &Settings::at(tx, env.now())?, LIMIT, &actor.person_id)?;
        let found = meter_life::find(tx, &reach, Wanted::Serial(serial))?;
        let objects: Vec<_> = found.iter().map(|meter| format!("meter:{}", meter.meter_id)).collect();
        let fields = [("purpose", Purpose::Metering.as_str())];
        audit::record_each(tx, &env, &actor, &client, "meter.look", &objects, &fields)?;
        let items = found.iter().map(|meter| view(tx, meter)).collect::<store::Result<_>>()?;
        Ok(Reply::ok(FoundMeters { items }))
    })
}

fn no_serial(pointer: &str) -> Problem {
    Problem::field(pointer, "Впишите номер счётчика: до 50 знаков, как на корпусе.")
}

fn serial_of(text: &str) -> Option<&str> {
    let serial = text.trim();
    (!serial.is_empty() && serial.chars().count() <= SERIAL_CHARS_MAX).then_some(serial)
}

fn view(tx: &Tx<'_>, meter: &DeskMeter) -> store::Result<FoundMeter> {
    let face = Face {
        meter_id: &meter.meter_id,
        serial: &meter.serial,
        dial: meter.dial,
        installed_on: meter.installed_on,
        verification_due_on: meter.verification_due_on,
    };
    Ok(FoundMeter {
        meter_id: meter.meter_id.clone(),
        kind: meter.kind.as_str(),
        serial: meter.serial.clone(),
        place: meter.place.clone(),
        address: meter.address.clone(),
        rates: meter.rates,
        digits_integer: meter.dial.digits_integer(),
        digits_fraction: meter.dial.digits_fraction(),
        removed_on: meter.removed_on.map(|day| day.to_string()),
        verification_due_on: meter.verification_due_on.map(|day| day.to_string()),
        story: story(tx, &face)?,
    })
}

/// What happened to a meter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMeterEvent {
    meter_id: String,
    /// sealed, verified, replaced, failed, access_refused, restored or removed.
    #[schema(example = "verified")]
    kind: String,
    #[schema(value_type = String, format = Date)]
    happened_on: Date,
    /// What the meter showed last, one text per rate: of what was verified, replaced or removed.
    #[serde(default)]
    last: Vec<String>,
    /// What it (of what was replaced: the new one) showed first: of what was verified, replaced or restored.
    #[serde(default)]
    first: Vec<String>,
    /// For how many years the verification holds, 1 to 20: of what was verified or replaced.
    #[serde(default)]
    verification_interval_years: Option<u8>,
    /// The meter that took its place: of what was replaced.
    #[serde(default)]
    new_meter: Option<NewFace>,
    /// The document that says so: «акт № 12 от 20.07.2026».
    #[serde(default)]
    act: Option<String>,
}

/// The meter that took the place of another: of its kind, with as many rates.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFace {
    serial: String,
    digits_integer: u8,
    digits_fraction: u8,
    /// The day of its verification, at the factory as a rule.
    #[schema(value_type = String, format = Date)]
    verified_on: Date,
}

/// What was sent, looked through.
struct Checked<'a> {
    deed: Deed,
    last: Vec<Decimal>,
    first: Vec<Decimal>,
    interval_years: Option<u8>,
    new_meter: Option<(&'a NewFace, &'a str, Dial)>,
    act: Option<&'a str>,
}

/// Record what happened to a meter; its residents hear of it
#[utoipa::path(
    post, path = "/api/readings/meter-desk/events", operation_id = "record_meter_event", tag = "readings",
    security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "New for each event, the same for its repetition")),
    request_body = NewMeterEvent,
    responses(
        (status = 201, body = FoundMeter),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, idempotency-key-reused, rate-limited"),
    )
)]
pub(crate) async fn record(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Body { value: new, bytes }: Body<NewMeterEvent>,
) -> Result<impl IntoResponse, Problem> {
    let reach = actor.reach(Action::RecordMeterEvent)?;
    env.db().write(|tx| {
        key.once(tx, &env, &actor.person_id, &bytes, || {
            limit::count(tx, &env, &Settings::at(tx, env.now())?, LIMIT, &actor.person_id)?;
            let Some(meter) = meter_life::find(tx, &reach, Wanted::Id(&new.meter_id))?.pop() else {
                return Ok(Err(Problem::not_found()));
            };
            let desk = Desk { env: &env, tx, actor: &actor, client: &client, meter: &meter };
            let checked = match desk.check(&new) {
                Ok(checked) => checked,
                Err(errors) => return Ok(Err(Problem::validation(errors))),
            };
            // What cannot have happened takes back everything that was written.
            desk.keep(&new, &checked)?;
            let found = meter_life::find(tx, &reach, Wanted::Id(&new.meter_id))?.pop();
            found.map(|meter| view(tx, &meter)).transpose()?.map(Ok).ok_or_else(Problem::not_found)
        })
    })?
}

struct Desk<'a> {
    env: &'a Env,
    tx: &'a Tx<'a>,
    actor: &'a Actor,
    client: &'a Client,
    meter: &'a DeskMeter,
}

impl Desk<'_> {
    /// What can be told of the event alone.
    fn check<'n>(&self, new: &'n NewMeterEvent) -> Result<Checked<'n>, Vec<FieldError>> {
        let mut errors = Vec::new();
        let Some(deed) = Deed::parse(&new.kind) else {
            return Err(vec![FieldError::new("/kind", "Выберите из списка, что случилось со счётчиком.")]);
        };
        let mut refuse = |pointer: &str, detail: &str| errors.push(FieldError::new(pointer.to_owned(), detail));
        if new.happened_on > self.env.day() {
            refuse("/happened_on", "Этот день ещё не наступил.");
        }
        if deed.ends_meter() && self.meter.removed_on.is_some() {
            refuse("/kind", "Этот счётчик уже снят.");
        }
        let new_meter = match (deed, &new.new_meter) {
            (Deed::Replaced, None) => {
                refuse("/new_meter", "Опишите новый счётчик.");
                None
            }
            (Deed::Replaced, Some(face)) => {
                let serial = serial_of(&face.serial);
                if serial.is_none() {
                    refuse("/new_meter/serial", "Впишите номер нового счётчика: до 50 знаков, как на корпусе.");
                }
                if face.verified_on > new.happened_on {
                    refuse("/new_meter/verified_on", "Поверка не бывает позже установки.");
                }
                let dial = Dial::new(face.digits_integer, face.digits_fraction);
                if let Err(error) = dial {
                    refuse("/new_meter/digits_integer", &format!("Проверьте число знаков: {error}."));
                }
                serial.zip(dial.ok()).map(|(serial, dial)| (face, serial, dial))
            }
            (_, Some(_)) => {
                refuse("/new_meter", "Новый счётчик бывает только при замене.");
                None
            }
            (_, None) => None,
        };
        let has_interval = matches!(deed, Deed::Verified | Deed::Replaced);
        if new.verification_interval_years.is_some() != has_interval
            || new.verification_interval_years.is_some_and(|years| !(1..=20).contains(&years))
        {
            let detail = if has_interval {
                "Укажите, на сколько лет поверка: от 1 до 20."
            } else {
                "Это не поверка."
            };
            refuse("/verification_interval_years", detail);
        }
        let act = new.act.as_deref().map(str::trim).filter(|act| !act.is_empty());
        if act.is_some_and(|act| act.chars().count() > ACT_CHARS_MAX) {
            refuse("/act", "Назовите документ короче: до 200 знаков.");
        }
        let first_dial = new_meter.map_or(self.meter.dial, |(_, _, dial)| dial);
        let last = self.values("/last", &new.last, deed.has_last(), self.meter.dial, &mut errors);
        let first = self.values("/first", &new.first, deed.has_first(), first_dial, &mut errors);
        if errors.is_empty() {
            let interval_years = new.verification_interval_years;
            Ok(Checked { deed, last, first, interval_years, new_meter, act })
        } else {
            Err(errors)
        }
    }

    fn values(
        &self,
        pointer: &str,
        texts: &[String],
        is_asked: bool,
        dial: Dial,
        errors: &mut Vec<FieldError>,
    ) -> Vec<Decimal> {
        let expected = if is_asked { usize::from(self.meter.rates) } else { 0 };
        if texts.len() != expected {
            let detail = match expected {
                0 => "Здесь показаний не указывают.".to_owned(),
                rates => format!("Впишите показания по каждому тарифу: их {rates}."),
            };
            errors.push(FieldError::new(pointer.to_owned(), detail));
            return Vec::new();
        }
        let mut values = Vec::with_capacity(texts.len());
        for (rate, text) in texts.iter().enumerate() {
            let parsed = parse_value(text).map_err(|error| error.to_string());
            match parsed.and_then(|value| dial.check(value).map(|()| value).map_err(|error| error.to_string())) {
                Ok(value) => values.push(value),
                Err(detail) => errors.push(FieldError::new(format!("{pointer}/{rate}"), detail)),
            }
        }
        values
    }

    fn keep(&self, new: &NewMeterEvent, checked: &Checked<'_>) -> Result<(), Problem> {
        let (tx, now, meter) = (self.tx, self.env.now(), self.meter);
        if checked.deed.ends_meter() {
            self.refuse_younger_readings(new.happened_on)?;
        }
        let could_be = life_check::of(tx, meter, self.env.day())?.is_ok();
        let new_meter_id = checked.new_meter.map(|(face, serial, dial)| self.hang(new, checked, face, serial, dial));
        let new_meter_id = new_meter_id.transpose()?;
        let verified_on = checked.new_meter.map_or(new.happened_on, |(face, _, _)| face.verified_on);
        let until = checked.interval_years.map(|years| domain::meter::verification_due_on(verified_on, years));
        let event = NewEvent {
            meter_event_id: &fresh_id(self.env),
            meter_id: &meter.meter_id,
            deed: checked.deed,
            happened_on: new.happened_on,
            last: &checked.last,
            first: &checked.first,
            verified_until: until,
            new_meter_id: new_meter_id.as_deref(),
            act: checked.act,
        };
        meter_life::add(tx, now, &fresh_id(self.env), &event)?;
        match (checked.deed, checked.interval_years) {
            (Deed::Verified, Some(years)) => homes::verify_meter(tx, &meter.meter_id, new.happened_on, years)?,
            (Deed::Replaced | Deed::Removed, _) => homes::take_meter_down(tx, &meter.meter_id, new.happened_on)?,
            _ => {}
        }
        // What was impossible before is not this event's fault.
        if could_be {
            life_check::of(tx, meter, self.env.day())?.map_err(|error| life_check::problem(&error, checked.deed))?;
        }
        self.tell(new, checked)
    }

    /// After its end a meter was not read.
    fn refuse_younger_readings(&self, end: Date) -> Result<(), Problem> {
        let course = readings::course(self.tx, &[&self.meter.meter_id])?;
        match course.iter().map(|reading| reading.what.taken_on).max().filter(|&taken_on| taken_on > end) {
            Some(taken_on) => {
                let day = domain::russian::full_date(taken_on);
                let detail = format!("По этому счётчику есть показание от {day}: проверьте день.");
                Err(Problem::field("/happened_on", detail))
            }
            None => Ok(()),
        }
    }

    fn hang(
        &self,
        new: &NewMeterEvent,
        checked: &Checked<'_>,
        face: &NewFace,
        serial: &str,
        dial: Dial,
    ) -> Result<String, Problem> {
        let meter_id = fresh_id(self.env);
        let hung = NewMeter {
            meter_id: &meter_id,
            premises_id: &self.meter.premises_id,
            kind: self.meter.kind.as_str(),
            serial,
            place: self.meter.place.as_deref(),
            rates: self.meter.rates,
            dial,
            installed_on: new.happened_on,
            verified_on: Some(face.verified_on),
            verification_interval_years: checked.interval_years,
            removed_on: None,
        };
        match homes::hang_meter(self.tx, self.env.now(), &hung) {
            Err(error) if error.is_duplicate_of("meter.serial") => {
                let detail = "Счётчик этого вида с таким номером уже есть. Проверьте номер.";
                Err(Problem::field("/new_meter/serial", detail))
            }
            result => result.map(|()| meter_id).map_err(Problem::from),
        }
    }

    /// The audit log and everybody to whom the home is linked.
    fn tell(&self, new: &NewMeterEvent, checked: &Checked<'_>) -> Result<(), Problem> {
        let (tx, meter) = (self.tx, self.meter);
        let happened_on = new.happened_on.to_string();
        let first_dial = checked.new_meter.map_or(meter.dial, |(_, _, dial)| dial);
        let last = printed(meter.dial, &checked.last).join(" / ");
        let first = printed(first_dial, &checked.first).join(" / ");
        let mut fields = vec![("event", checked.deed.as_str()), ("happened_on", &happened_on)];
        let told = [
            ("last", Some(last.as_str())),
            ("first", Some(first.as_str())),
            ("new_serial", checked.new_meter.map(|(_, serial, _)| serial)),
            ("act", checked.act),
        ];
        fields.extend(
            told.iter().filter_map(|(name, text)| text.filter(|text| !text.is_empty()).map(|text| (*name, text))),
        );
        let object = format!("meter:{}", meter.meter_id);
        audit::record(tx, self.env, self.actor, self.client, "meter.event", &object, &fields)?;
        let event = Event::MeterEvent {
            deed: checked.deed.as_str().to_owned(),
            meter: meter.kind.name_with(&meter.serial),
            address: meter.address.clone(),
            happened_on,
        };
        for person_id in meter_life::residents(tx, &meter.premises_id, self.env.day())? {
            events::emit(tx, self.env.now(), &person_id, &event)?;
        }
        Ok(())
    }
}
