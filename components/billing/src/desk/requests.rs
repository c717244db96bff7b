//! Requests of residents about how they are charged: the accountant decides.

use axum::extract::State;
use domain::{access::Action, look};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::billing::{
    desk,
    requests::{self, Decision},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, Path, Problem, Query, Reply, audit, fresh_id};

use super::{ROLE, looked, place};
use crate::requests::ChargeRequest;

const SHOWN: u32 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingRequestPage {
    /// `next` of the page before.
    after: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingRequests {
    /// The most urgent first.
    items: Vec<ChargeRequest>,
    /// Where the next page begins; null on the last one.
    next: Option<String>,
}

/// The requests of a house about its charges that wait for a decision; the look is recorded
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/requests", operation_id = "list_waiting_requests",
    tag = "billing", params(("house_id" = String, Path), WaitingRequestPage), security(("session" = [])),
    responses(
        (status = 200, body = WaitingRequests),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<WaitingRequestPage>,
) -> Result<Reply<WaitingRequests>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let (due_on, seq) = place(page.after.as_deref())?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = requests::waiting(tx, &house_id, (&due_on, seq), SHOWN)?;
        looked(tx, &env, &actor, &client, found.iter().map(|one| &one.account_id))?;
        let is_full = found.len() == SHOWN as usize;
        let next = found.last().filter(|_| is_full).map(|one| format!("{}/{}", one.due_on, one.seq));
        Ok(Reply::ok(WaitingRequests { items: found.into_iter().map(ChargeRequest::from).collect(), next }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionOnRequest {
    is_accepted: bool,
    /// What residents read, and why past months are computed anew: 3 to 500 characters.
    #[schema(example = "С 1 августа начисляем по двум тарифам")]
    answer: String,
}

/// Decide on a request: once; past months that are granted are computed anew in the next bills
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/requests/{request_id}/decision",
    operation_id = "decide_on_request", tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("request_id" = String, Path)),
    request_body = DecisionOnRequest,
    responses(
        (status = 204, description = "It is decided, and its residents hear of it"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn decide(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((house_id, request_id)): Path<(String, String)>,
    Body { value: wish, .. }: Body<DecisionOnRequest>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let asked = requests::one(tx, &house_id, &request_id)?.ok_or_else(Problem::not_found)?;
        let answer = look::words(&wish.answer, true)
            .map_err(|_| Problem::field("/answer", "Напишите ответ, его прочтут жильцы: от 3 до 500 знаков."))?;
        let recalculation_id = fresh_id(&env);
        let decision = Decision {
            house_id: &house_id,
            recalculation_id: &recalculation_id,
            is_accepted: wish.is_accepted,
            answer,
        };
        if !requests::decide(tx, env.now(), &asked, &decision)? {
            return Err(Problem::not_found());
        }
        let decided = if wish.is_accepted { "accepted" } else { "refused" };
        let object = format!("account:{}", asked.account_id);
        let number = asked.seq.to_string();
        let fields = [ROLE, ("number", number.as_str()), ("decision", decided)];
        audit::record(tx, &env, &actor, &client, "billing.request-decision", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
