//! The last accepted reading of a meter: what a program compares its own count with.

use axum::extract::State;
use domain::access::{Action, Relation};
use serde::{Deserialize, Serialize};
use store::readings::{self, MeterWithin};
use utoipa::{IntoParams, ToSchema};
use web::{Client, Env, Problem, Query, Reply};

use crate::{giver::Giver, meters::printed, reach};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LastOf {
    meter_id: String,
}

/// A meter with what was last given for it.
#[derive(Serialize, ToSchema)]
pub(crate) struct LastAccepted {
    meter_id: String,
    /// cold_water, hot_water, electricity, gas or heat.
    kind: &'static str,
    serial: String,
    #[schema(example = "м³")]
    unit: &'static str,
    /// Null where nothing was given yet.
    reading: Option<AcceptedValues>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedValues {
    #[schema(example = "2026-06")]
    period: String,
    #[schema(format = Date)]
    taken_on: String,
    /// Decimal text, one per rate.
    #[schema(example = json!(["123.456"]))]
    values: Vec<String>,
    /// portal, sms, link, token, operator or import.
    channel: &'static str,
}

/// What was last given for a meter; for the programs of its residents too
#[utoipa::path(
    get, path = "/api/readings/last", operation_id = "show_last_reading", tag = "readings", params(LastOf),
    security(("session" = []), ("reading_token" = [])),
    responses(
        (status = 200, body = LastAccepted),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, rate-limited"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    Giver { actor, program }: Giver,
    client: Client,
    Query(of): Query<LastOf>,
) -> Result<Reply<LastAccepted>, Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    if program.is_some_and(|program| !program.is_of(&of.meter_id)) {
        return Err(Problem::not_found());
    }
    let (last, delegation_id) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeReadings);
        let MeterWithin { meter, delegation_id } =
            readings::meter_of(conn, reach, &of.meter_id)?.ok_or_else(Problem::not_found)?;
        let last = readings::history(conn, &actor.person_id, &meter.meter_id, None, None, 1)?.pop();
        let last = LastAccepted {
            kind: meter.kind.as_str(),
            unit: meter.kind.unit(),
            reading: last.map(|past| AcceptedValues {
                period: past.reading.what.period.to_string(),
                taken_on: past.reading.what.taken_on.to_string(),
                values: printed(meter.dial, &past.reading.what.values),
                channel: past.reading.channel.as_str(),
            }),
            meter_id: meter.meter_id,
            serial: meter.serial,
        };
        Ok::<_, Problem>((last, delegation_id))
    })?;
    reach::note_look(&env, &actor, &client, &delegation_id)?;
    Ok(Reply::ok(last))
}
