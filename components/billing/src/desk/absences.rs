//! Applications of residents who were away: the accountant decides.

use axum::extract::State;
use domain::{access::Action, look};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::billing::{
    absences::{self, Decision},
    desk,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, Path, Problem, Query, Reply, audit, fresh_id};

use super::{ROLE, looked};
use crate::absences::AbsenceView;

const SHOWN: u32 = 50;
const REASON_CHARS_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AbsencePage {
    /// `next` of the page before.
    #[serde(default)]
    after: i64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingAbsences {
    /// The oldest first.
    items: Vec<AbsenceView>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// The applications of a house that wait for a decision
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/absences", operation_id = "list_waiting_absences", tag = "billing",
    params(("house_id" = String, Path), AbsencePage), security(("session" = [])),
    responses(
        (status = 200, body = WaitingAbsences),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<AbsencePage>,
) -> Result<Reply<WaitingAbsences>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = absences::waiting(tx, &house_id, page.after, SHOWN)?;
        looked(tx, &env, &actor, &client, found.iter().map(|one| &one.account_id))?;
        let is_full = found.len() == SHOWN as usize;
        let next = found.last().filter(|_| is_full).map(|one| one.seq);
        Ok(Reply::ok(WaitingAbsences { items: found.into_iter().map(AbsenceView::from).collect(), next }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionOnAbsence {
    /// Whether the absence is taken into account.
    is_accepted: bool,
    /// Whether an act says that no meter can be hung in the premises: then services by norm are lowered too, and not
    /// only what is charged by person.
    #[serde(default)]
    meter_is_impossible: bool,
    /// Why, in words that the residents read: 3 to 200 characters.
    #[schema(example = "билеты подтверждают отсутствие")]
    reason: String,
}

/// Decide on an application: what is accepted lowers the next bills, and earlier months by corrections in them
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/absences/{absence_id}/decision", operation_id = "decide_on_absence",
    tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("absence_id" = String, Path)),
    request_body = DecisionOnAbsence,
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
    Path((house_id, absence_id)): Path<(String, String)>,
    Body { value: wish, .. }: Body<DecisionOnAbsence>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let asked = absences::one(tx, &house_id, &absence_id)?.ok_or_else(Problem::not_found)?;
        let reason = look::words(&wish.reason, true).ok().filter(|words| words.chars().count() <= REASON_CHARS_MAX);
        let reason = reason.ok_or_else(|| {
            Problem::field("/reason", "Напишите, почему так решено, это прочтут жильцы: от 3 до 200 знаков.")
        })?;
        let decision = Decision {
            house_id: &house_id,
            recalculation_id: &fresh_id(&env),
            accepted: wish.is_accepted.then_some(wish.meter_is_impossible),
            reason,
        };
        if !absences::decide(tx, env.now(), &asked, &decision)? {
            return Err(Problem::not_found());
        }
        let decided = if wish.is_accepted { "accepted" } else { "refused" };
        let object = format!("account:{}", asked.account_id);
        let fields = [ROLE, ("decision", decided), ("reason", reason)];
        audit::record(tx, &env, &actor, &client, "billing.absence-decision", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
