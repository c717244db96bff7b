//! The act of transfer of a reading, as a file for whoever may see the reading.

use axum::{extract::State, response::Response};
use domain::access::{Action, Relation};
use serde::Deserialize;
use store::{
    MasterKeys, Tx,
    transfer_acts::{self, Kept, Signing},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Path, Problem, Query, attachment};

use crate::{act_paper, reach};

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActFormat {
    #[default]
    Pdf,
    Json,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wish {
    /// `pdf` to print, as it is where nothing is said; `json` is the signed act itself, which programs check.
    #[serde(default)]
    #[param(inline)]
    format: ActFormat,
}

/// Makes the act of a reading in the transaction that writes the reading.
pub(crate) fn make(tx: &Tx<'_>, env: &Env, reading_id: &str) -> Result<(), Problem> {
    let keys = MasterKeys::parse(&env.variable("files_key")?).map_err(Problem::internal)?;
    let signing = Signing { keys: &keys, secret: env.random(), nonce: env.random() };
    Ok(transfer_acts::make(tx, env.now(), &signing, reading_id)?)
}

/// The signed act of transfer of a reading
#[utoipa::path(
    get, path = "/api/readings/history/{reading_id}/act", operation_id = "get_transfer_act", tag = "readings",
    params(("reading_id" = String, Path), Wish), security(("session" = [])),
    responses(
        (status = 200, content((String = "application/pdf"), (String = "application/json"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, validation, …"),
    )
)]
pub(crate) async fn get(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(reading_id): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    let (found, delegation_id) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeReadings);
        let within = transfer_acts::meter_within(conn, reach, &reading_id)?.ok_or_else(Problem::not_found)?;
        Ok::<_, Problem>((transfer_acts::of_reading(conn, &reading_id)?, within.delegation_id))
    })?;
    reach::note_look(&env, &actor, &client, &delegation_id)?;
    let kept = found.map_or_else(|| made_now(&env, &reading_id), Ok)?;
    let name = |ending| format!("act-{}.{ending}", kept.act.content.number);
    Ok(match wish.format {
        ActFormat::Json => attachment(&name("json"), "application/json", kept.act.to_text().into_bytes()),
        ActFormat::Pdf => {
            let file = act_paper::pdf(&kept, env.public_origin()?)?;
            attachment(&name("pdf"), "application/pdf", file)
        }
    })
}

/// What came from a company's files gets its act when somebody first asks for it.
fn made_now(env: &Env, reading_id: &str) -> Result<Kept, Problem> {
    env.db().write(|tx| {
        make(tx, env, reading_id)?;
        transfer_acts::of_reading(tx, reading_id)?.ok_or_else(Problem::not_found)
    })
}
