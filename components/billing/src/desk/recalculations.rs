//! Past months that are to be computed anew in the next bills: an act, a benefit, an absence that became known late.

use axum::{extract::State, response::IntoResponse};
use domain::{access::Action, look, period::Period};
use http::StatusCode;
use serde::Deserialize;
use store::billing::{
    NewRecalculation, State as RunState,
    desk::{self, BilledHouse},
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, IdempotencyKey, Path, Problem, audit, fresh_id};

use super::houses::RecalculationView;

/// How many past months are computed anew at most: the general term of limitation (ГК РФ ст. 196).
const MONTHS_BACK: i32 = 36;
const SHOWN: u32 = 1;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRecalculationOf {
    /// The company's number of one account; absent: all of the house.
    #[serde(default)]
    account_number: Option<String>,
    /// The first month.
    #[schema(example = "2026-03")]
    from: String,
    /// Why, in words that residents read: 3 to 500 characters.
    #[schema(example = "Акт о непоставке горячей воды № 5 от 02.04.2026")]
    reason: String,
}

struct Checked<'a> {
    from: Period,
    reason: &'a str,
    account_id: Option<String>,
}

/// Have past months of a house, or of one account, computed anew in the next bills
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/recalculations", operation_id = "request_recalculation",
    tag = "billing", security(("session" = [])),
    params(
        ("house_id" = String, Path),
        ("Idempotency-Key" = String, Header, description = "New for each request, the same for its repetition"),
    ),
    request_body = NewRecalculationOf,
    responses(
        (status = 201, body = RecalculationView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, idempotency-key-reused"),
    )
)]
pub(crate) async fn request(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Path(house_id): Path<String>,
    Body { value: new, bytes }: Body<NewRecalculationOf>,
) -> Result<impl IntoResponse, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        let house = desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let account_number = new.account_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let accounts = account_number.map(|number| desk::accounts_with(tx, &reach, number)).transpose()?;
        let account = accounts.map(|found| found.into_iter().find(|account| account.house_id == house_id));
        let checked = check(&new, &house, account.map(|account| account.map(|account| account.account_id)))?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            let kept = NewRecalculation {
                recalculation_id: &fresh_id(&env),
                house_id: &house_id,
                account_id: checked.account_id.as_deref(),
                from: checked.from,
                reason: checked.reason,
            };
            store::billing::recalculate(tx, env.now(), &kept)?;
            let fields = [
                ("account", account_number.unwrap_or_default()),
                ("from", new.from.as_str()),
                ("reason", checked.reason),
            ];
            audit::record(tx, &env, &actor, &client, "billing.recalculate", &format!("house:{house_id}"), &fields)?;
            let latest = desk::recalculations(tx, &house_id, SHOWN)?.pop();
            Ok(latest.map(RecalculationView::from).ok_or_else(Problem::not_found))
        })
    })?
}

/// What is asked for; `account` is the account that the number names, if a number is named.
fn check<'a>(
    new: &'a NewRecalculationOf,
    house: &BilledHouse,
    account: Option<Option<String>>,
) -> Result<Checked<'a>, Problem> {
    let mut errors = Vec::new();
    let account_id = match account {
        Some(None) => {
            errors.push(FieldError::new("/account_number", "В этом доме счёта с таким номером нет."));
            None
        }
        named => named.flatten(),
    };
    // What is not issued yet needs no correction.
    let last = house.last.as_ref().map(|run| match run.state {
        RunState::Issued => run.period,
        _ => run.period.previous(),
    });
    let from = Period::parse(&new.from).ok().filter(|from| {
        let last = last.unwrap_or(*from);
        *from <= last && last.months_since(*from) < MONTHS_BACK
    });
    if from.is_none() {
        let detail = "Укажите месяц, который уже выставлен, не раньше чем три года назад: 2026-03.";
        errors.push(FieldError::new("/from", detail));
    }
    let reason = look::words(&new.reason, true);
    if reason.is_err() {
        errors.push(FieldError::new("/reason", "Напишите причину, её прочтут жильцы: от 3 до 500 знаков."));
    }
    match (from, reason) {
        (Some(from), Ok(reason)) if errors.is_empty() => Ok(Checked { from, reason, account_id }),
        _ => Err(Problem::validation(errors)),
    }
}

/// Take back what no run has taken yet
#[utoipa::path(
    delete, path = "/api/billing/desk/houses/{house_id}/recalculations/{recalculation_id}",
    operation_id = "take_recalculation_back", tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("recalculation_id" = String, Path)),
    responses(
        (status = 204, description = "Nothing waits any more"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn take_back(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((house_id, recalculation_id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        let house = desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        if !desk::take_recalculation_back(tx, &house.house_id, &recalculation_id)? {
            return Err(Problem::not_found());
        }
        let fields = [("recalculation", recalculation_id.as_str())];
        audit::record(tx, &env, &actor, &client, "billing.take-back", &format!("house:{house_id}"), &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
