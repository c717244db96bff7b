//! Debts that are in dispute: the accountant records what is disputed and how it was settled.

use axum::{extract::State, response::IntoResponse};
use domain::{access::Action, look, money::Kopecks, period::Period};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{
    billing::desk,
    ledger::{self, Dispute, Fund, NewDispute, NoDispute},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, IdempotencyKey, Path, Problem, Query, Reply, audit, fresh_id};

use super::{ROLE, looked};

const SHOWN: u32 = 50;
const REASON_CHARS_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisputePage {
    /// `next` of the page before.
    before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DisputeList {
    /// The latest first.
    items: Vec<DisputeView>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// A part of a debt that is or was in dispute.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisputeView {
    dispute_id: String,
    /// The company's number of the account.
    account_number: String,
    /// The month of the debt.
    #[schema(example = "2026-03")]
    period: String,
    /// For what it is owed: `services`, or `capital_repair`.
    #[schema(example = "services")]
    fund: &'static str,
    /// How much of it, kopecks.
    amount: i64,
    reason: String,
    #[schema(format = DateTime)]
    opened_at: String,
    /// Null while it is open.
    #[schema(format = DateTime)]
    settled_at: Option<String>,
    /// How it was settled.
    outcome: Option<String>,
}

impl From<Dispute> for DisputeView {
    fn from(one: Dispute) -> Self {
        Self {
            dispute_id: one.dispute_id,
            account_number: one.account_number,
            period: one.period.to_string(),
            fund: one.fund.as_str(),
            amount: one.amount.0,
            reason: one.reason,
            opened_at: one.opened_at,
            settled_at: one.settled_at,
            outcome: one.outcome,
        }
    }
}

/// The disputes of a house about debts
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/disputes", operation_id = "list_disputes", tag = "billing",
    params(("house_id" = String, Path), DisputePage), security(("session" = [])),
    responses(
        (status = 200, body = DisputeList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<DisputePage>,
) -> Result<Reply<DisputeList>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = ledger::disputes_of(tx, &house_id, page.before.unwrap_or(i64::MAX), SHOWN)?;
        looked(tx, &env, &actor, &client, found.iter().map(|one| &one.account_id))?;
        let is_full = found.len() == SHOWN as usize;
        let next = found.last().filter(|_| is_full).map(|one| one.seq);
        Ok(Reply::ok(DisputeList { items: found.into_iter().map(DisputeView::from).collect(), next }))
    })
}

/// For what a debt is owed.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputedFund {
    #[default]
    Services,
    CapitalRepair,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisputeWish {
    /// The company's number of the account.
    account_number: String,
    /// The month of the debt.
    #[schema(example = "2026-03")]
    period: String,
    /// For what it is owed; services where nothing is said.
    #[serde(default)]
    #[schema(inline)]
    fund: DisputedFund,
    /// How much of it is in dispute, kopecks.
    #[schema(example = 120_000)]
    amount: i64,
    /// What it is about: 3 to 200 characters.
    #[schema(example = "претензия № 15 от 02.06.2026: отопления не было неделю")]
    reason: String,
}

/// Record that a part of a debt is in dispute: the next bill has no penalty on it
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/disputes", operation_id = "record_dispute", tag = "billing",
    security(("session" = [])),
    params(
        ("house_id" = String, Path),
        ("Idempotency-Key" = String, Header, description = "New for each record, the same for its repetition"),
    ),
    request_body = DisputeWish,
    responses(
        (status = 201, body = DisputeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, idempotency-key-reused"),
    )
)]
pub(crate) async fn record(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Path(house_id): Path<String>,
    Body { value: wish, bytes }: Body<DisputeWish>,
) -> Result<impl IntoResponse, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            let accounts = desk::accounts_with(tx, &reach, wish.account_number.trim())?;
            let Some(account) = accounts.into_iter().find(|account| account.house_id == house_id) else {
                let detail = "В этом доме счёта с таким номером нет. Проверьте номер.";
                return Ok(Err(Problem::field("/account_number", detail)));
            };
            let Ok(period) = Period::parse(&wish.period) else {
                return Ok(Err(Problem::field("/period", "Месяц пишется как 2026-07.")));
            };
            if wish.amount <= 0 {
                return Ok(Err(Problem::field("/amount", "Впишите, сколько оспаривается: больше нуля.")));
            }
            let Some(reason) = words(&wish.reason) else {
                let detail = "Напишите, о чём спор, лучше с номером и датой претензии: от 3 до 200 знаков.";
                return Ok(Err(Problem::field("/reason", detail)));
            };
            let fund = match wish.fund {
                DisputedFund::Services => Fund::Services,
                DisputedFund::CapitalRepair => Fund::CapitalRepair,
            };
            let (dispute_id, amount) = (&fresh_id(&env), Kopecks(wish.amount));
            let new = NewDispute { dispute_id, account_id: &account.account_id, period, fund, amount, reason };
            if let Err(refused) = ledger::dispute(tx, env.now(), &new)? {
                return Ok(Err(told(refused)));
            }
            let object = format!("account:{}", account.account_id);
            let fields = [ROLE, ("period", &wish.period), ("amount", &amount.0.to_string()), ("reason", reason)];
            audit::record(tx, &env, &actor, &client, "billing.dispute", &object, &fields)?;
            let recorded = ledger::dispute_in(tx, &house_id, dispute_id)?;
            Ok(recorded.map(DisputeView::from).ok_or_else(Problem::not_found))
        })
    })?
}

fn told(refused: NoDispute) -> Problem {
    match refused {
        NoDispute::NothingOwed => {
            Problem::field("/period", "За этот месяц долга по счёту нет. Проверьте месяц и за что долг.")
        }
        NoDispute::TooMuch(charged) => {
            Problem::field("/amount", format!("За этот месяц начислено {charged}: больше оспорить нельзя."))
        }
        NoDispute::Disputed => {
            Problem::field("/period", "Этот долг уже оспаривается. Сначала закончите тот спор, потом запишите новый.")
        }
    }
}

fn words(text: &str) -> Option<&str> {
    look::words(text, true).ok().filter(|words| words.chars().count() <= REASON_CHARS_MAX)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settlement {
    /// How it was settled: 3 to 200 characters.
    #[schema(example = "в перерасчёте отказано, ответ № 7 от 20.06.2026")]
    outcome: String,
}

/// Settle a dispute: the next bill counts the penalty on what is left of the debt again, for all days
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/disputes/{dispute_id}/settle", operation_id = "settle_dispute",
    tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("dispute_id" = String, Path)),
    request_body = Settlement,
    responses(
        (status = 204, description = "It is settled"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn settle(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((house_id, dispute_id)): Path<(String, String)>,
    Body { value: wish, .. }: Body<Settlement>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let open = ledger::dispute_in(tx, &house_id, &dispute_id)?.ok_or_else(Problem::not_found)?;
        let outcome = words(&wish.outcome);
        let outcome =
            outcome.ok_or_else(|| Problem::field("/outcome", "Напишите, чем закончился спор: от 3 до 200 знаков."))?;
        if !ledger::settle(tx, env.now(), &dispute_id, outcome)? {
            return Err(Problem::not_found());
        }
        let object = format!("account:{}", open.account_id);
        let period = open.period.to_string();
        let fields = [ROLE, ("period", &period), ("outcome", outcome)];
        audit::record(tx, &env, &actor, &client, "billing.dispute-settled", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
