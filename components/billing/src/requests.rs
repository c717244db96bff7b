//! Requests about how an account is charged: another tariff, one more service (function 58), past months computed anew
//! (function 68). Each has a number and a last day for the decision.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    calendar::date_at,
    charge_request::{Kind, Wish, WishError},
    look,
    period::Period,
    service::Service,
};
use jiff::{SignedDuration, ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    billing::{
        absences,
        requests::{self, NewRequest, Request},
    },
    homes, production_calendar,
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Body, Client, Env, FieldError, IdempotencyKey, Problem, Query, Reply, audit, consent, fresh_id,
    limit::{self, Rule},
};

const LIMIT: Rule = Rule { setting: "limit.charge_request_per_person", window: SignedDuration::from_hours(24) };
const SHOWN: u32 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestPage {
    /// `next` of the page before.
    before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RequestList {
    /// The accounts for which a request may be made.
    accounts: Vec<RequestAccount>,
    /// The latest first.
    items: Vec<ChargeRequest>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// An account for which a request may be made.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestAccount {
    account_id: String,
    account_number: String,
    address: String,
}

/// A request about how an account is charged.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChargeRequest {
    request_id: String,
    /// The number to name on the phone.
    #[schema(example = 15)]
    number: i64,
    account_number: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    /// `tariff`, `service` or `recalculation`.
    #[schema(example = "tariff")]
    kind: &'static str,
    #[schema(example = "Сменить тариф")]
    title: &'static str,
    /// The service that it is about; null for all of past months.
    #[schema(example = "Электроэнергия")]
    service: Option<&'static str>,
    /// Whose offer is wished for.
    supplier: Option<String>,
    /// The first month to be computed anew.
    #[schema(example = "2026-03")]
    from: Option<String>,
    words: String,
    #[schema(format = DateTime)]
    asked_at: String,
    /// The last day for the decision.
    #[schema(format = Date)]
    due_on: String,
    /// `asked`, `accepted` or `refused`.
    #[schema(example = "asked")]
    standing: &'static str,
    /// Null while it waits.
    answer: Option<String>,
    #[schema(format = DateTime)]
    decided_at: Option<String>,
}

impl From<Request> for ChargeRequest {
    fn from(one: Request) -> Self {
        let (answer, decided_at) = one.answer.unzip();
        Self {
            request_id: one.charge_request_id,
            number: one.seq,
            account_number: one.account_number,
            address: one.address,
            kind: one.kind.as_str(),
            title: one.kind.title(),
            service: one.service.map(Service::title),
            supplier: one.supplier,
            from: one.from.map(|from| from.to_string()),
            words: one.words,
            asked_at: one.asked_at,
            due_on: one.due_on.to_string(),
            standing: one.standing.as_str(),
            answer,
            decided_at,
        }
    }
}

/// My requests for a tariff, a service or past months computed anew, with the decisions
#[utoipa::path(
    get, path = "/api/billing/requests", operation_id = "list_charge_requests", tag = "billing",
    params(RequestPage), security(("session" = [])),
    responses(
        (status = 200, body = RequestList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(page): Query<RequestPage>,
) -> Result<Reply<RequestList>, Problem> {
    actor.may(Action::RequestCharges, Relation::Own)?;
    let before = page.before.unwrap_or(i64::MAX);
    env.db().read(|conn| {
        let found = requests::of_person(conn, &actor.person_id, before, SHOWN)?;
        let next = found.last().filter(|_| found.len() == SHOWN as usize).map(|one| one.seq);
        let accounts = homes::linked_accounts(conn, &actor.person_id)?.into_iter().map(|account| RequestAccount {
            account_id: account.account_id,
            account_number: account.number,
            address: account.address,
        });
        let items = found.into_iter().map(ChargeRequest::from).collect();
        Ok(Reply::ok(RequestList { accounts: accounts.collect(), items, next }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewChargeRequest {
    account_id: String,
    /// `tariff`, `service` or `recalculation`.
    #[schema(example = "tariff")]
    kind: String,
    /// The service, where a tariff or a service is asked for; of past months all without it.
    #[schema(example = "electricity")]
    service: Option<String>,
    /// `tariff_id` of an offer that is wished for; the service is its own then.
    offer_id: Option<String>,
    /// The first month that is to be computed anew: one that is over, at most three years ago.
    #[schema(example = "2026-03")]
    from: Option<String>,
    /// What is wished for and why: 3 to 500 characters.
    #[schema(example = "Поставили двухтарифный счётчик, акт № 12")]
    words: String,
}

/// Ask for another tariff, for one more service, or for past months to be computed anew
#[utoipa::path(
    post, path = "/api/billing/requests", operation_id = "request_charges", tag = "billing",
    security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "New for each request, the same for its repetition")),
    request_body = NewChargeRequest,
    responses(
        (status = 201, body = ChargeRequest),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, rate-limited, idempotency-key-reused"),
    )
)]
pub(crate) async fn ask(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Body { value: new, bytes }: Body<NewChargeRequest>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::RequestCharges, Relation::Own)?;
    env.db().write(|tx| {
        let account = homes::linked_account(tx, &actor.person_id, &new.account_id)?.ok_or_else(Problem::not_found)?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            consent::require(tx, &actor)?;
            let zone = absences::time_zone(tx, &account.account_id)?;
            let today = date_at(env.now(), &zone).map_err(Problem::internal)?;
            let (wish, words) = checked(tx, &new, today)?;
            let settings = Settings::at(tx, env.now())?;
            limit::count(tx, &env, &settings, LIMIT, &actor.person_id)?;
            let days: u32 = settings.get(wish.kind.working_days())?;
            let calendar = production_calendar::working_days(tx, (today, today.saturating_add(1.year())))?;
            let request_id = fresh_id(&env);
            let request = NewRequest {
                charge_request_id: &request_id,
                account_id: &account.account_id,
                wish,
                offer_id: new.offer_id.as_deref(),
                words,
                due_on: calendar.after(today, days),
            };
            let number = requests::ask(tx, env.now(), &request)?.to_string();
            let object = format!("account:{}", account.account_id);
            let fields = [("number", number.as_str()), ("kind", wish.kind.as_str())];
            audit::record(tx, &env, &actor, &client, "billing.request", &object, &fields)?;
            let asked = requests::one(tx, &account.house_id, &request_id)?;
            Ok(asked.map(ChargeRequest::from).ok_or_else(Problem::not_found))
        })
    })?
}

/// What is asked for, or what is wrong with it, field by field.
fn checked<'n>(conn: &Conn<'_>, new: &'n NewChargeRequest, today: Date) -> Result<(Wish, &'n str), Problem> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: &str| errors.push(FieldError::new(pointer, detail.to_owned()));
    let kind = Kind::parse(&new.kind);
    if kind.is_none() {
        wrong(
            "/kind",
            "Выберите, о чём заявление: сменить тариф (tariff), добавить услугу (service) или пересчитать месяцы (recalculation).",
        );
    }
    let words = look::words(&new.words, true);
    if words.is_err() {
        wrong("/words", "Напишите, о чём просите и почему: от 3 до 500 знаков.");
    }
    let mut service = new.service.as_deref().and_then(Service::parse);
    if new.service.is_some() && service.is_none() {
        wrong("/service", "Такой услуги нет: выберите из списка.");
    }
    if let Some(offer_id) = &new.offer_id {
        let offered = requests::offered(conn, &new.account_id, offer_id, today)?;
        match offered.filter(|_| kind == Some(Kind::Tariff)) {
            Some(offered) => service = Some(offered),
            None => wrong("/offer_id", "Такого предложения для вашего дома сейчас нет: посмотрите страницу тарифов."),
        }
    }
    let from = new.from.as_deref().map(Period::parse).transpose();
    let wish = kind.map(|kind| Wish::new(kind, service, from.unwrap_or_default(), Period::of(today)));
    match wish {
        Some(Err(WishError::NoService)) if new.service.is_none() && new.offer_id.is_none() => {
            wrong("/service", "Выберите услугу.")
        }
        Some(Err(WishError::NoMonth)) => {
            wrong("/from", "Укажите первый месяц, который нужно пересчитать, например 2026-03.")
        }
        Some(Err(WishError::MonthOutOfReach)) => {
            wrong("/from", "Пересчитывают прошедшие месяцы, не раньше чем за три года.");
        }
        _ => {}
    }
    match (wish, words) {
        (Some(Ok(wish)), Ok(words)) if errors.is_empty() => Ok((wish, words)),
        _ => Err(Problem::validation(errors)),
    }
}
