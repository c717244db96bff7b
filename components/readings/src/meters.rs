//! The meters of a person's homes, with what was given and until when to give the next.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    delegation::Power,
    meter::rate_names,
    reading::{Dial, WindowState},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    homes::{self, Delegation},
    readings::{self, Meter, Place, Reading},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Problem, Query, Reply};

use crate::reach;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only this account.
    account_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Meters {
    accounts: Vec<AccountMeters>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AccountMeters {
    account_id: String,
    number: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    /// Whose it is and what is let, where it is somebody else's; null for one's own.
    delegation: Option<DelegationView>,
    /// Of the house: its days are those of its readings.
    #[schema(example = "Europe/Moscow")]
    time_zone: String,
    window: WindowView,
    meters: Vec<MeterView>,
}

/// Somebody lets the person do something for the account.
#[derive(Serialize, ToSchema)]
pub(crate) struct DelegationView {
    /// Whose account it is.
    #[schema(example = "Анна Сергеевна")]
    granted_by: String,
    /// The last day.
    #[schema(format = Date)]
    until: String,
    /// Whether readings may be given.
    may_submit: bool,
    /// Whether the history may be seen.
    may_see_history: bool,
}

impl From<&Delegation> for DelegationView {
    fn from(held: &Delegation) -> Self {
        let has = |power: Power| held.powers.iter().any(|name| name == power.as_str());
        Self {
            granted_by: held.granter_name.clone(),
            until: held.until.to_string(),
            may_submit: has(Power::SubmitReadings),
            may_see_history: has(Power::SeeReadings),
        }
    }
}

/// When the house takes readings: the present window if it is open, the next one otherwise.
#[derive(Serialize, ToSchema)]
pub(crate) struct WindowView {
    is_open: bool,
    #[schema(format = Date)]
    opens_on: String,
    /// The last day.
    #[schema(format = Date)]
    closes_on: String,
    /// The month that its readings belong to.
    #[schema(example = "2026-07")]
    period: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MeterView {
    meter_id: String,
    /// cold_water, hot_water, electricity, gas or heat.
    kind: &'static str,
    serial: String,
    place: Option<String>,
    #[schema(example = "м³")]
    unit: &'static str,
    rates: u8,
    /// One name per rate; one empty name where there is one rate.
    rate_names: Vec<&'static str>,
    digits_integer: u8,
    digits_fraction: u8,
    /// Until when the meter's verification holds.
    #[schema(format = Date)]
    verification_due_on: Option<String>,
    /// The last reading before this window.
    last: Option<LastReading>,
    /// What was already given in the open window; a later submission replaces it.
    submitted: Option<SubmittedReading>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct LastReading {
    #[schema(example = "2026-06")]
    period: String,
    #[schema(format = Date)]
    taken_on: String,
    /// Decimal text, one per rate.
    values: Vec<String>,
    /// resident, company, control or verification.
    source: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SubmittedReading {
    #[schema(format = Date)]
    taken_on: String,
    #[schema(format = DateTime)]
    submitted_at: String,
    values: Vec<String>,
    /// resident, company, control or verification.
    source: String,
    /// Only of what one submitted oneself.
    confirmation_code: Option<String>,
    /// pending while the company looks at it, none otherwise.
    review: String,
}

/// Meters of the linked accounts, their last readings and windows
#[utoipa::path(
    get, path = "/api/readings/meters", operation_id = "list_meters", tag = "readings",
    params(Filter), security(("session" = [])),
    responses(
        (status = 200, body = Meters),
        (status = 304, description = "Nothing changed since the entity tag in If-None-Match"),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(filter): Query<Filter>,
) -> Result<Reply<Meters>, Problem> {
    actor.may(Action::SeeMeters, Relation::Own)?;
    let now = env.now();
    let (accounts, delegation_ids) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeMeters);
        let places = readings::places(conn, reach, filter.account_id.as_deref())?;
        let delegation_ids: Vec<_> = places.iter().filter_map(|place| place.delegation_id.clone()).collect();
        let held = homes::held(conn, &actor.person_id, env.day())?;
        let views = places.into_iter().map(|place| {
            let today = now.to_zoned(place.time_zone.clone()).date();
            let delegation = held.iter().find(|one| place.delegation_id.as_ref() == Some(&one.delegation_id));
            let view = view(conn, &actor.person_id, &place, place.window.state(today))?;
            Ok(AccountMeters { delegation: delegation.map(DelegationView::from), ..view })
        });
        Ok::<_, Problem>((views.collect::<store::Result<_>>()?, delegation_ids))
    })?;
    reach::note_look(&env, &actor, &client, &delegation_ids)?;
    Ok(Reply::ok(Meters { accounts }))
}

fn view(conn: &Conn<'_>, person_id: &str, place: &Place, window: WindowState) -> store::Result<AccountMeters> {
    let ids: Vec<_> = place.meters.iter().map(|meter| meter.meter_id.as_str()).collect();
    let before = readings::before_period(conn, &ids, window.period, 1)?;
    let submitted = readings::in_period(conn, person_id, &ids, window.period)?;
    Ok(AccountMeters {
        account_id: place.account_id.clone(),
        number: place.number.clone(),
        address: place.address.clone(),
        delegation: None,
        time_zone: place.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        window: WindowView {
            is_open: window.is_open,
            opens_on: window.opens_on.to_string(),
            closes_on: window.closes_on.to_string(),
            period: window.period.to_string(),
        },
        meters: place.meters.iter().map(|meter| meter_view(meter, &before, &submitted)).collect(),
    })
}

fn meter_view(meter: &Meter, before: &[Reading], submitted: &[Reading]) -> MeterView {
    let of_meter = |reading: &&Reading| reading.meter_id == meter.meter_id;
    MeterView {
        meter_id: meter.meter_id.clone(),
        kind: meter.kind.as_str(),
        serial: meter.serial.clone(),
        place: meter.place.clone(),
        unit: meter.kind.unit(),
        rates: meter.rates,
        rate_names: rate_names(meter.rates).to_vec(),
        digits_integer: meter.dial.digits_integer(),
        digits_fraction: meter.dial.digits_fraction(),
        verification_due_on: meter.verification_due_on.map(|date| date.to_string()),
        last: before.iter().find(of_meter).map(|reading| LastReading {
            period: reading.what.period.to_string(),
            taken_on: reading.what.taken_on.to_string(),
            values: printed(meter.dial, &reading.what.values),
            source: reading.source.clone(),
        }),
        submitted: submitted.iter().find(of_meter).map(|reading| SubmittedReading {
            taken_on: reading.what.taken_on.to_string(),
            submitted_at: reading.recorded_at.clone(),
            values: printed(meter.dial, &reading.what.values),
            source: reading.source.clone(),
            confirmation_code: reading.confirmation_code.clone(),
            review: reading.review.clone(),
        }),
    }
}

/// Values as the meter shows them.
pub(crate) fn printed(dial: Dial, values: &[Decimal]) -> Vec<String> {
    values.iter().map(|value| dial.print(*value)).collect()
}
