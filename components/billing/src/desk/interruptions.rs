//! Times without a service, as the accountant records them by acts.

use axum::{extract::State, response::IntoResponse};
use domain::{access::Action, billing::Interruption, charge::interruption::InterruptionRules, look, service::Service};
use http::StatusCode;
use jiff::{SignedDuration, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::billing::{
    desk,
    interruptions::{self, NewInterruption, Recorded},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, FieldError, IdempotencyKey, Path, Problem, Query, Reply, audit, fresh_id};

use super::{ROLE, looked};

const SHOWN: u32 = 50;
const ACT_CHARS_MAX: usize = 200;
/// Whoever writes a year wrong means no such time.
const LONGEST: SignedDuration = SignedDuration::from_hours(92 * 24);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct InterruptionPage {
    /// `next` of the page before.
    before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InterruptionList {
    /// Services that may be away, by what they are called in `service`, with the hours that they may be.
    services: Vec<InterruptedService>,
    /// The latest recorded first.
    items: Vec<InterruptionOfHouse>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// How long a service may be away.
#[derive(Serialize, ToSchema)]
pub(crate) struct InterruptedService {
    #[schema(example = "cold_water")]
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// In a month, together; null where only each time counts.
    #[schema(example = 8)]
    hours_in_month: Option<u32>,
    /// At once.
    #[schema(example = 4)]
    hours_at_once: u32,
}

/// A time without a service.
#[derive(Serialize, ToSchema)]
pub(crate) struct InterruptionOfHouse {
    interruption_id: String,
    #[schema(example = "cold_water")]
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// The company's number of the account whose premises alone were without it; null: all of the house.
    account_number: Option<String>,
    /// By the clock of the house.
    #[schema(example = "2026-03-03T10:00")]
    since: String,
    #[schema(example = "2026-03-04T00:00")]
    until: String,
    /// The act, as residents read of it.
    #[schema(example = "акт № 5 от 04.03.2026")]
    act: String,
}

impl From<Recorded> for InterruptionOfHouse {
    fn from(one: Recorded) -> Self {
        let moment = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M").to_string();
        let Interruption { service, since, until, act } = one.what;
        Self {
            interruption_id: one.interruption_id,
            service: service.as_str(),
            title: service.title(),
            account_number: one.account.map(|(_, number)| number),
            since: moment(since),
            until: moment(until),
            act,
        }
    }
}

/// What can be recorded: the heat in hot water is away with it.
fn recordable() -> impl Iterator<Item = (Service, InterruptionRules)> {
    let services = Service::ALL.into_iter().filter(|service| *service != Service::HotWaterHeat);
    services.filter_map(|service| Some((service, InterruptionRules::of(service)?)))
}

/// The times without a service of a house
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/interruptions", operation_id = "list_interruptions",
    tag = "billing", params(("house_id" = String, Path), InterruptionPage), security(("session" = [])),
    responses(
        (status = 200, body = InterruptionList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<InterruptionPage>,
) -> Result<Reply<InterruptionList>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = interruptions::of_house(tx, &house_id, page.before.unwrap_or(i64::MAX), SHOWN)?;
        let accounts = found.iter().filter_map(|one| one.account.as_ref().map(|(account_id, _)| account_id));
        looked(tx, &env, &actor, &client, accounts)?;
        let is_full = found.len() == SHOWN as usize;
        let next = found.last().filter(|_| is_full).map(|one| one.seq);
        let services = recordable().map(|(service, rules)| InterruptedService {
            service: service.as_str(),
            title: service.title(),
            hours_in_month: rules.hours_in_month,
            hours_at_once: rules.hours_at_once,
        });
        let items = found.into_iter().map(InterruptionOfHouse::from).collect();
        Ok(Reply::ok(InterruptionList { services: services.collect(), items, next }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInterruptionOfHouse {
    /// One of `services`.
    #[schema(example = "cold_water")]
    service: String,
    /// The company's number of the account whose premises alone were without it; absent: all of the house.
    #[serde(default)]
    account_number: Option<String>,
    /// By the clock of the house, to the minute.
    #[schema(example = "2026-03-03T10:00")]
    since: String,
    #[schema(example = "2026-03-04T00:00")]
    until: String,
    /// The act, its number and date: 3 to 200 characters. Residents read it.
    #[schema(example = "акт № 5 от 04.03.2026")]
    act: String,
}

/// Record a time without a service: what is above the permitted hours lowers the next bills, and earlier months by
/// corrections in them
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/interruptions", operation_id = "record_interruption",
    tag = "billing", security(("session" = [])),
    params(
        ("house_id" = String, Path),
        ("Idempotency-Key" = String, Header, description = "New for each record, the same for its repetition"),
    ),
    request_body = NewInterruptionOfHouse,
    responses(
        (status = 201, body = InterruptionOfHouse),
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
    Body { value: new, bytes }: Body<NewInterruptionOfHouse>,
) -> Result<impl IntoResponse, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        let house = desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            let number = new.account_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
            let accounts = number.map(|number| desk::accounts_with(tx, &reach, number)).transpose()?;
            let account = accounts.into_iter().flatten().find(|account| account.house_id == house_id);
            let zone = TimeZone::get(&house.time_zone).map_err(Problem::internal)?;
            let now = env.now().to_zoned(zone).datetime();
            let mut checked = check(&new, now);
            if number.is_some() && account.is_none() {
                let detail = "В этом доме счёта с таким номером нет. Проверьте номер; если не было во всём доме, оставьте пустым.";
                let unknown = FieldError::new("/account_number", detail);
                checked = Err(checked.err().into_iter().flatten().chain([unknown]).collect());
            }
            let what = match checked {
                Ok(what) => what,
                Err(errors) => return Ok(Err(Problem::validation(errors))),
            };
            let interruption_id = fresh_id(&env);
            let account_id = account.as_ref().map(|account| account.account_id.as_str());
            let object = object(account_id, &house_id);
            let fields = [
                ROLE,
                ("service", what.service.as_str()),
                ("since", &new.since),
                ("until", &new.until),
                ("document", &what.act.clone()),
            ];
            audit::record(tx, &env, &actor, &client, "billing.interruption", &object, &fields)?;
            let record =
                NewInterruption { interruption_id: &interruption_id, house_id: &house_id, account_id, what };
            interruptions::record(tx, env.now(), &fresh_id(&env), &record)?;
            let recorded = interruptions::one(tx, &house_id, &interruption_id)?;
            Ok(recorded.map(InterruptionOfHouse::from).ok_or_else(Problem::not_found))
        })
    })?
}

fn object(account_id: Option<&str>, house_id: &str) -> String {
    account_id.map_or_else(|| format!("house:{house_id}"), |account_id| format!("account:{account_id}"))
}

fn check(new: &NewInterruptionOfHouse, now: DateTime) -> Result<Interruption, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: &str| errors.push(FieldError::new(pointer, detail));
    let service = recordable().map(|(service, _)| service).find(|service| service.as_str() == new.service);
    if service.is_none() {
        wrong("/service", "Выберите услугу из списка: перерыв бывает у воды, водоотведения, света, газа и отопления.");
    }
    let since = moment(&new.since);
    if since.is_none_or(|since| since > now) {
        wrong("/since", "Укажите, когда услуга пропала, не позже этой минуты: 2026-03-03T10:00.");
    }
    let until = moment(&new.until);
    if until.is_none_or(|until| until > now) {
        wrong("/until", "Укажите, когда услуга вернулась, не позже этой минуты: 2026-03-04T00:00.");
    }
    if let (Some(since), Some(until)) = (since, until) {
        if until <= since {
            wrong("/until", "Услуга вернулась позже, чем пропала. Поменяйте время.");
        } else if until.duration_since(since) > LONGEST {
            wrong("/until", "Дольше трёх месяцев подряд: проверьте год и месяц. Долгий перерыв запишите по месяцам.");
        }
    }
    let act = look::words(&new.act, true).ok().filter(|words| words.chars().count() <= ACT_CHARS_MAX);
    if act.is_none() {
        wrong("/act", "Назовите акт, его номер и дату, это прочтут жильцы: от 3 до 200 знаков.");
    }
    match (service, since, until, act) {
        (Some(service), Some(since), Some(until), Some(act)) if errors.is_empty() => {
            Ok(Interruption { service, since, until, act: act.to_owned() })
        }
        _ => Err(errors),
    }
}

/// A date with hours and minutes; seconds and zones are none of its business.
fn moment(text: &str) -> Option<DateTime> {
    DateTime::strptime("%Y-%m-%dT%H:%M", text).ok()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    /// Why, in words that residents read: 3 to 200 characters.
    #[schema(example = "записан не тот дом")]
    reason: String,
}

/// Withdraw a time without a service that was recorded by mistake
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/interruptions/{interruption_id}/withdraw",
    operation_id = "withdraw_interruption", tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("interruption_id" = String, Path)),
    request_body = Withdrawal,
    responses(
        (status = 204, description = "It is withdrawn"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn withdraw(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((house_id, interruption_id)): Path<(String, String)>,
    Body { value: wish, .. }: Body<Withdrawal>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let one = interruptions::one(tx, &house_id, &interruption_id)?.ok_or_else(Problem::not_found)?;
        let reason = look::words(&wish.reason, true).ok().filter(|words| words.chars().count() <= ACT_CHARS_MAX);
        let reason = reason.ok_or_else(|| {
            Problem::field("/reason", "Напишите, в чём ошибка, это прочтут жильцы: от 3 до 200 знаков.")
        })?;
        if !interruptions::withdraw(tx, env.now(), &fresh_id(&env), &house_id, &one, reason)? {
            return Err(Problem::not_found());
        }
        let object = object(one.account.as_ref().map(|(account_id, _)| account_id.as_str()), &house_id);
        let fields = [ROLE, ("service", one.what.service.as_str()), ("document", &one.what.act), ("reason", reason)];
        audit::record(tx, &env, &actor, &client, "billing.interruption-withdraw", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
