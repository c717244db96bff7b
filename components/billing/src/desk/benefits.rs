//! Benefits of those who live in premises, as the accountant records them by documents.

use axum::{extract::State, response::IntoResponse};
use domain::{access::Action, look};
use http::StatusCode;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    billing::{
        benefits::{self, AccountBenefit, Change, End, NewBenefit},
        desk,
    },
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, FieldError, IdempotencyKey, Path, Problem, Query, Reply, audit, fresh_id};

use super::{ROLE, looked};

const BENEFITS: u32 = 50;
/// More live nowhere.
const PERSONS_MAX: u32 = 99;
const AREA_MAX: u32 = 1_000;
const DOCUMENT_CHARS_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct BenefitPage {
    /// `next` of the page before.
    before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct BenefitList {
    /// What may be recorded: the benefits of the house that have a rate.
    #[schema(example = json!(["Ветераны труда"]))]
    kinds: Vec<String>,
    /// The latest recorded first.
    items: Vec<BenefitOfAccount>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// A benefit of those who live in premises.
#[derive(Serialize, ToSchema)]
pub(crate) struct BenefitOfAccount {
    benefit_id: String,
    /// The company's number of the account.
    account_number: String,
    /// What it is called among the rates of the house.
    #[schema(example = "Ветераны труда")]
    benefit: String,
    /// How many have it; null where all who live there do.
    persons: Option<u32>,
    /// Their social norm, m²; null where the limit of the rate holds.
    #[schema(example = "33")]
    norm_area: Option<String>,
    /// The document behind it.
    document: String,
    /// The first day.
    #[schema(format = Date)]
    since: String,
    /// The last day; null while none is known.
    #[schema(format = Date)]
    until: Option<String>,
}

impl From<AccountBenefit> for BenefitOfAccount {
    fn from(one: AccountBenefit) -> Self {
        Self {
            benefit_id: one.account_benefit_id,
            account_number: one.account_number,
            benefit: one.benefit,
            persons: one.persons,
            norm_area: one.norm_area.map(|area| area.normalize().to_string()),
            document: one.document,
            since: one.since.to_string(),
            until: one.until.map(|until| until.to_string()),
        }
    }
}

/// The benefits of a house, and which there may be
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/benefits", operation_id = "list_benefits", tag = "billing",
    params(("house_id" = String, Path), BenefitPage), security(("session" = [])),
    responses(
        (status = 200, body = BenefitList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(page): Query<BenefitPage>,
) -> Result<Reply<BenefitList>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = benefits::of_house(tx, &house_id, page.before.unwrap_or(i64::MAX), BENEFITS)?;
        looked(tx, &env, &actor, &client, found.iter().map(|one| &one.account_id))?;
        let is_full = found.len() == BENEFITS as usize;
        let next = found.last().filter(|_| is_full).map(|one| one.seq);
        let items = found.into_iter().map(BenefitOfAccount::from).collect();
        Ok(Reply::ok(BenefitList { kinds: benefits::kinds(tx, &house_id)?, items, next }))
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBenefitOfAccount {
    /// The company's number of the account.
    account_number: String,
    /// One of `kinds`.
    #[schema(example = "Ветераны труда")]
    benefit: String,
    /// How many have it; absent: all who live there.
    #[serde(default)]
    persons: Option<u32>,
    /// Their social norm, m² with at most two places: for services that are charged by area. Absent: the limit of the
    /// rate holds.
    #[serde(default)]
    #[schema(example = "33")]
    norm_area: Option<String>,
    /// The document behind it: 3 to 200 characters. Residents do not see it.
    #[schema(example = "удостоверение В № 123456 от 12.03.2020")]
    document: String,
    /// The first day.
    #[schema(format = Date)]
    since: String,
    /// The last day; absent: not known yet.
    #[serde(default)]
    #[schema(format = Date)]
    until: Option<String>,
}

/// Record a benefit of an account: it lowers the next bills, and earlier months by corrections in them
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/benefits", operation_id = "record_benefit", tag = "billing",
    security(("session" = [])),
    params(
        ("house_id" = String, Path),
        ("Idempotency-Key" = String, Header, description = "New for each record, the same for its repetition"),
    ),
    request_body = NewBenefitOfAccount,
    responses(
        (status = 201, body = BenefitOfAccount),
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
    Body { value: new, bytes }: Body<NewBenefitOfAccount>,
) -> Result<impl IntoResponse, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            let accounts = desk::accounts_with(tx, &reach, new.account_number.trim())?;
            let account = accounts.into_iter().find(|account| account.house_id == house_id);
            let account_id = account.as_ref().map(|account| account.account_id.as_str());
            let checked = match check(tx, &new, &house_id, account_id)? {
                Ok(checked) => checked,
                Err(errors) => return Ok(Err(Problem::validation(errors))),
            };
            let benefit_id = fresh_id(&env);
            let record = NewBenefit { account_benefit_id: &benefit_id, ..checked };
            let change = Change { house_id: &house_id, recalculation_id: &fresh_id(&env) };
            benefits::record(tx, env.now(), change, &record)?;
            let fields = [
                ROLE,
                ("benefit", record.benefit),
                ("document", record.document),
                ("since", &record.since.to_string()),
            ];
            let object = format!("account:{}", record.account_id);
            audit::record(tx, &env, &actor, &client, "billing.benefit", &object, &fields)?;
            let recorded = benefits::one(tx, &house_id, &benefit_id)?;
            Ok(recorded.map(BenefitOfAccount::from).ok_or_else(Problem::not_found))
        })
    })?
}

/// What is to be recorded, but for its id; or what is wrong with it, field by field.
fn check<'a>(
    conn: &Conn<'_>,
    new: &'a NewBenefitOfAccount,
    house_id: &str,
    account_id: Option<&'a str>,
) -> store::Result<Result<NewBenefit<'a>, Vec<FieldError>>> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: &str| errors.push(FieldError::new(pointer, detail));
    if account_id.is_none() {
        wrong("/account_number", "В этом доме счёта с таким номером нет. Проверьте номер.");
    }
    let benefit = new.benefit.trim();
    if !benefits::kinds(conn, house_id)?.iter().any(|kind| kind == benefit) {
        wrong("/benefit", "Такой льготы среди льгот дома нет. Выберите из списка или загрузите её размер с тарифами.");
    }
    if new.persons.is_some_and(|persons| !(1..=PERSONS_MAX).contains(&persons)) {
        wrong("/persons", "Впишите, у скольких человек льгота: от 1 до 99. Если у всех, оставьте пустым.");
    }
    let norm_area = new.norm_area.as_deref().map(area);
    if norm_area == Some(None) {
        wrong("/norm_area", "Впишите площадь в квадратных метрах, не больше двух знаков после запятой: 33 или 42,5.");
    }
    let document = look::words(&new.document, true).ok().filter(|words| words.chars().count() <= DOCUMENT_CHARS_MAX);
    if document.is_none() {
        wrong("/document", "Назовите документ, его номер и дату: от 3 до 200 знаков.");
    }
    let since = new.since.parse::<Date>().ok();
    if since.is_none() {
        wrong("/since", "Укажите первый день льготы: 2026-03-01.");
    }
    let until = new.until.as_deref().map(|until| until.parse::<Date>().ok());
    if until.is_some_and(|until| until.is_none() || until < since) {
        wrong("/until", "Последний день льготы не раньше первого: 2026-12-31. Если он не известен, оставьте пустым.");
    }
    let until = until.flatten();
    if let (Some(account_id), Some(since), true) = (account_id, since, errors.is_empty())
        && benefits::same(conn, account_id, benefit, (since, until))?.is_some()
    {
        let detail = "На эти дни такая льгота уже записана. Укажите другие дни или сначала закончите ту.";
        errors.push(FieldError::new("/since", detail));
    }
    Ok(match (account_id, document, since) {
        (Some(account_id), Some(document), Some(since)) if errors.is_empty() => Ok(NewBenefit {
            account_benefit_id: "",
            account_id,
            benefit,
            persons: new.persons,
            norm_area: norm_area.flatten(),
            document,
            since,
            until,
        }),
        _ => Err(errors),
    })
}

fn area(text: &str) -> Option<Decimal> {
    let area: Decimal = text.trim().replace(',', ".").parse().ok()?;
    let is_area = area > Decimal::ZERO && area <= Decimal::from(AREA_MAX) && area.normalize().scale() <= 2;
    is_area.then_some(area)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndOfBenefit {
    /// Its last day; absent: it never was, the record is wrong.
    #[serde(default)]
    #[schema(format = Date)]
    until: Option<String>,
    /// Why, in words that residents read: 3 to 200 characters.
    #[schema(example = "срок справки истёк")]
    reason: String,
}

/// End a benefit: with a day, or as if it never was
#[utoipa::path(
    post, path = "/api/billing/desk/houses/{house_id}/benefits/{benefit_id}/end", operation_id = "end_benefit",
    tag = "billing", security(("session" = [])),
    params(("house_id" = String, Path), ("benefit_id" = String, Path)),
    request_body = EndOfBenefit,
    responses(
        (status = 204, description = "It is ended"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn end(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((house_id, benefit_id)): Path<(String, String)>,
    Body { value: wish, .. }: Body<EndOfBenefit>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        desk::house(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let held = benefits::one(tx, &house_id, &benefit_id)?.ok_or_else(Problem::not_found)?;
        let until = wish.until.as_deref().map(|until| until.parse::<Date>().ok().filter(|until| *until >= held.since));
        if until == Some(None) {
            let detail = "Последний день льготы не раньше первого. Если её не было вовсе, оставьте пустым.";
            return Err(Problem::field("/until", detail));
        }
        let until = until.flatten();
        let is_clash =
            |other: Option<AccountBenefit>| other.is_some_and(|other| other.account_benefit_id != benefit_id);
        let after = held.until.and_then(|day| day.tomorrow().ok());
        if let (Some(until), Some(after)) = (until, after)
            && until >= after
            && is_clash(benefits::same(tx, &held.account_id, &held.benefit, (after, Some(until)))?)
        {
            return Err(Problem::field("/until", "На следующие дни такая льгота уже записана отдельно."));
        }
        let reason = look::words(&wish.reason, true).ok().filter(|words| words.chars().count() <= DOCUMENT_CHARS_MAX);
        let reason = reason.ok_or_else(|| {
            Problem::field("/reason", "Напишите, почему льгота закончилась, это прочтут жильцы: от 3 до 200 знаков.")
        })?;
        let (rest, change) = (fresh_id(&env), Change { house_id: &house_id, recalculation_id: &fresh_id(&env) });
        let how = until.map_or(End::NeverWas, |until| End::On(until, &rest));
        if !benefits::end(tx, env.now(), change, &held, how, reason)? {
            return Err(Problem::not_found());
        }
        let until = wish.until.as_deref().unwrap_or_default();
        let fields = [ROLE, ("benefit", held.benefit.as_str()), ("until", until), ("reason", reason)];
        let object = format!("account:{}", held.account_id);
        audit::record(tx, &env, &actor, &client, "billing.benefit-end", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
