//! What happened to a meter beside its readings.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    meter_life::Deed,
    reading::Dial,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    meter_life::{self, Told},
    readings::{self, MeterWithin},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Problem, Query, Reply};

use crate::{meters::printed, reach};

/// More than happens to any meter.
const EVENTS_MAX: u32 = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StoryOf {
    meter_id: String,
}

/// What happened to a meter and to those whose place it took.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeterStory {
    /// The latest first; the last one tells of the installation.
    items: Vec<MeterEventView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MeterEventView {
    /// installed, sealed, verified, replaced, failed, access_refused, restored or removed.
    #[schema(example = "verified")]
    kind: &'static str,
    #[schema(format = Date)]
    happened_on: String,
    /// The number on the meter's face.
    serial: String,
    /// What it showed last, where that ended a count.
    last: Vec<String>,
    /// What it, or the one that took its place, showed first.
    first: Vec<String>,
    /// The last day that the verification covers.
    #[schema(format = Date)]
    verified_until: Option<String>,
    /// The number of the meter that took its place.
    new_serial: Option<String>,
    /// The document that says so.
    act: Option<String>,
    /// null where it stands in the register alone.
    #[schema(format = DateTime)]
    recorded_at: Option<String>,
}

/// What happened to a meter beside its readings: verifications, a replacement, a failure
#[utoipa::path(
    get, path = "/api/readings/meter-events", operation_id = "list_meter_events", tag = "readings",
    params(StoryOf), security(("session" = [])),
    responses(
        (status = 200, body = MeterStory),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, …"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(of): Query<StoryOf>,
) -> Result<Reply<MeterStory>, Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    let (told, delegation_id) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeReadings);
        let MeterWithin { meter, delegation_id } =
            readings::meter_of(conn, reach, &of.meter_id)?.ok_or_else(Problem::not_found)?;
        let face = Face {
            meter_id: &meter.meter_id,
            serial: &meter.serial,
            dial: meter.dial,
            installed_on: meter.installed_on,
            verification_due_on: meter.verification_due_on,
        };
        Ok::<_, Problem>((story(conn, &face)?, delegation_id))
    })?;
    reach::note_look(&env, &actor, &client, &delegation_id)?;
    Ok(Reply::ok(told))
}

/// As much of a meter as its story needs.
pub(crate) struct Face<'a> {
    pub(crate) meter_id: &'a str,
    pub(crate) serial: &'a str,
    pub(crate) dial: Dial,
    pub(crate) installed_on: Date,
    pub(crate) verification_due_on: Option<Date>,
}

/// The installation comes from the register while nothing else was told.
pub(crate) fn story(conn: &Conn<'_>, face: &Face<'_>) -> store::Result<MeterStory> {
    let told = meter_life::story(conn, face.meter_id, EVENTS_MAX)?;
    let is_told = told.iter().any(|told| told.deed.is_none());
    let mut items: Vec<_> = told.into_iter().map(|told| view(face.dial, told)).collect();
    if !is_told {
        items.push(MeterEventView {
            kind: "installed",
            happened_on: face.installed_on.to_string(),
            serial: face.serial.to_owned(),
            last: Vec::new(),
            first: Vec::new(),
            verified_until: face.verification_due_on.map(|date| date.to_string()),
            new_serial: None,
            act: None,
            recorded_at: None,
        });
    }
    Ok(MeterStory { items })
}

fn view(dial: Dial, told: Told) -> MeterEventView {
    MeterEventView {
        kind: told.deed.map_or("installed", Deed::as_str),
        happened_on: told.happened_on.to_string(),
        serial: told.serial,
        last: printed(dial, &told.last),
        first: printed(dial, &told.first),
        verified_until: told.verified_until.map(|date| date.to_string()),
        new_serial: told.new_serial,
        act: told.act,
        recorded_at: Some(told.recorded_at),
    }
}
