//! Questions of residents about their bills: the accountant answers.

use axum::extract::State;
use domain::{access::Action, look};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::billing::{desk, questions};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, Path, Problem, Query, Reply, audit};

use super::{ROLE, looked, place};
use crate::questions::BillQuestion;

const SHOWN: u32 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingPage {
    /// `next` of the page before.
    after: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingQuestions {
    /// The most urgent first.
    items: Vec<BillQuestion>,
    /// Where the next page begins; null on the last one.
    next: Option<String>,
}

/// The questions of a house about bills that wait for an answer; the look is recorded
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/questions", operation_id = "list_waiting_questions",
    tag = "billing", params(("house_id" = String, Path), WaitingPage), security(("session" = [])),
    responses(
        (status = 200, body = WaitingQuestions),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<WaitingPage>,
) -> Result<Reply<WaitingQuestions>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let (due_on, seq) = place(page.after.as_deref())?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = questions::waiting(tx, &house_id, (&due_on, seq), SHOWN)?;
        looked(tx, &env, &actor, &client, found.iter().map(|one| &one.account_id))?;
        let is_full = found.len() == SHOWN as usize;
        let next = found.last().filter(|_| is_full).map(|one| format!("{}/{}", one.due_on, one.seq));
        Ok(Reply::ok(WaitingQuestions { items: found.into_iter().map(BillQuestion::from).collect(), next }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// What residents read: 3 to 500 characters.
    #[schema(example = "Показание за март пришло после срока. Разница войдёт в следующую квитанцию")]
    answer: String,
}

/// Answer a question about a bill: once; those who have the account hear of it
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/questions/{question_id}/answer",
    operation_id = "answer_bill_question", tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("question_id" = String, Path)),
    request_body = Answer,
    responses(
        (status = 204, description = "It is answered"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn answer(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((house_id, question_id)): Path<(String, String)>,
    Body { value: new, .. }: Body<Answer>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let question = questions::one(tx, &house_id, &question_id)?.ok_or_else(Problem::not_found)?;
        let answer = look::words(&new.answer, true)
            .map_err(|_| Problem::field("/answer", "Напишите ответ, его прочтут жильцы: от 3 до 500 знаков."))?;
        if !questions::answer(tx, env.now(), &question, answer)? {
            return Err(Problem::not_found());
        }
        let object = format!("account:{}", question.account_id);
        let fields = [ROLE, ("number", &question.seq.to_string())];
        audit::record(tx, &env, &actor, &client, "billing.question-answer", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
