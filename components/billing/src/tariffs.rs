//! What is charged by at a person's own address: prices, norms and benefits with the acts behind them, of a month, beside
//! another month, and of all times.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    dated::Days,
    period::Period,
    service::Service,
};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    homes::{self, LinkedAccount},
    tariffs::{self, Sheet, SheetTariff},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, Path, Problem, Query, Reply, capital_time};

use crate::tariff_views::{BenefitView, MultiplierView, NormView, TariffView, prices};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfMonth {
    /// The month; the present one if it is absent.
    #[param(example = "2026-11")]
    period: Option<String>,
    /// Another month: what it charged by is told beside.
    #[param(example = "2026-01")]
    against: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfService {
    /// As `/api/billing/services` names it.
    #[param(example = "cold_water")]
    service: String,
}

/// What an account is charged by in a month.
#[derive(Serialize, ToSchema)]
pub(crate) struct TariffSheet {
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    #[schema(example = "2026-11")]
    period: String,
    /// The prices that are charged by, in the order of a bill; two of a service where it changes within the month.
    tariffs: Vec<TariffView>,
    /// What other suppliers would take; nothing is charged by it.
    offers: Vec<TariffView>,
    norms: Vec<NormView>,
    benefits: Vec<BenefitView>,
    /// By what norms are multiplied where there is no meter though there could be.
    multipliers: Vec<MultiplierView>,
    /// Only where another month was named.
    comparison: Option<Comparison>,
}

/// The prices on the first days of two months.
#[derive(Serialize, ToSchema)]
pub(crate) struct Comparison {
    #[schema(example = "2026-01")]
    against: String,
    items: Vec<ComparedPrice>,
}

/// A price then and now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparedPrice {
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    #[schema(example = "м³")]
    unit: &'static str,
    /// How many rate zones it is for.
    rates: usize,
    /// Rubles by rate zone on the first day of the other month; empty where nothing was charged then.
    #[schema(example = json!(["47.91"]))]
    before: Vec<String>,
    /// On the first day of the month.
    #[schema(example = json!(["50.93"]))]
    now: Vec<String>,
}

/// All that a service ever cost, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TariffHistory {
    items: Vec<TariffView>,
}

/// What an account is charged by in a month, with the acts; and beside it another month, if one is named
#[utoipa::path(
    get, path = "/api/billing/accounts/{account_id}/tariffs", operation_id = "show_tariffs", tag = "billing",
    security(("session" = [])), params(("account_id" = String, Path), OfMonth),
    responses(
        (status = 200, body = TariffSheet),
        (status = 304, description = "Nothing changed since the entity tag in If-None-Match"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path(account_id): Path<String>,
    Query(asked): Query<OfMonth>,
) -> Result<Reply<TariffSheet>, Problem> {
    actor.may(Action::SeeTariffs, Relation::Own)?;
    let (period, against) = asked.months(&env)?;
    env.db().read(|conn| {
        let account = own(conn, &actor, &account_id)?;
        Ok(Reply::ok(sheets(conn, (&account.house_id, account.address), period, against)?))
    })
}

impl OfMonth {
    /// The month, and the one to compare with.
    pub(crate) fn months(&self, env: &Env) -> Result<(Period, Option<Period>), Problem> {
        let period = month("/period", self.period.as_deref())?;
        let period = period.unwrap_or_else(|| Period::of(capital_time(env.now()).date()));
        Ok((period, month("/against", self.against.as_deref())?))
    }
}

impl TariffSheet {
    /// Whether a service is charged by a price on this day.
    pub(crate) fn has_price(&self, service: Service, day: Date) -> bool {
        self.tariffs.iter().any(|one| one.is_of(service, day))
    }
}

/// What a house is charged by in a month, and beside it another one.
pub(crate) fn sheets(
    conn: &Conn<'_>,
    (house_id, address): (&str, String),
    period: Period,
    against: Option<Period>,
) -> store::Result<TariffSheet> {
    let of = |period| tariffs::sheet(conn, house_id, Days::of(period));
    let (sheet, before) = (of(period)?, against.map(of).transpose()?);
    let comparison = against.zip(before).map(|(against, before)| compare((against, &before), (period, &sheet)));
    let (offers, tariffs): (Vec<_>, Vec<_>) = sheet.tariffs.iter().partition(|one| one.is_offer);
    Ok(TariffSheet {
        address,
        period: period.to_string(),
        tariffs: tariffs.into_iter().map(TariffView::from).collect(),
        offers: offers.into_iter().map(TariffView::from).collect(),
        norms: sheet.norms.iter().map(NormView::from).collect(),
        benefits: sheet.benefits.iter().map(BenefitView::from).collect(),
        multipliers: sheet.multipliers.iter().map(MultiplierView::from).collect(),
        comparison,
    })
}

/// All that a service ever cost at an account's address and what was offered, the newest first
#[utoipa::path(
    get, path = "/api/billing/accounts/{account_id}/tariff-history", operation_id = "list_tariff_history",
    tag = "billing", security(("session" = [])), params(("account_id" = String, Path), OfService),
    responses(
        (status = 200, body = TariffHistory),
        (status = 304, description = "Nothing changed since the entity tag in If-None-Match"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn history(
    State(env): State<Env>,
    actor: Actor,
    Path(account_id): Path<String>,
    Query(asked): Query<OfService>,
) -> Result<Reply<TariffHistory>, Problem> {
    actor.may(Action::SeeTariffs, Relation::Own)?;
    let service = Service::parse(&asked.service).ok_or_else(|| {
        Problem::field("/service", "Такой услуги нет. Как называются услуги: GET /api/billing/services.")
    })?;
    let ever = Days::new(date(1900, 1, 1), date(9999, 12, 31)).ok_or_else(|| Problem::internal("no days"))?;
    let sheet = env.db().read(|conn| {
        let account = own(conn, &actor, &account_id)?;
        Ok::<_, Problem>(tariffs::sheet(conn, &account.house_id, ever)?)
    })?;
    let mut rows: Vec<_> = sheet.tariffs.iter().filter(|one| one.service == service).collect();
    rows.sort_by_key(|one| std::cmp::Reverse(one.row.from));
    Ok(Reply::ok(TariffHistory { items: rows.into_iter().map(TariffView::from).collect() }))
}

/// The person's own account; of another's nobody learns that it is there.
fn own(conn: &Conn<'_>, actor: &Actor, account_id: &str) -> Result<LinkedAccount, Problem> {
    homes::linked_account(conn, &actor.person_id, account_id)?.ok_or_else(Problem::not_found)
}

fn month(pointer: &str, text: Option<&str>) -> Result<Option<Period>, Problem> {
    let parse = |text: &str| Period::parse(text).map_err(|_| Problem::field(pointer, "Месяц пишется как 2026-07."));
    text.map(parse).transpose()
}

fn compare((against, before): (Period, &Sheet), (period, now): (Period, &Sheet)) -> Comparison {
    let (then, today) = (charged_on(before, against.first_day()), charged_on(now, period.first_day()));
    let mut keys: Vec<_> = today.iter().chain(&then).map(|one| key(one)).collect();
    keys.sort_by_key(|(service, rates)| (Service::ALL.iter().position(|one| one == service), *rates));
    keys.dedup();
    let of = |rows: &[&SheetTariff], wanted| {
        let row = rows.iter().find(|one| key(one) == wanted);
        row.map(|one| prices(one.row.value.prices)).unwrap_or_default()
    };
    let items = keys.into_iter().map(|(service, rates)| ComparedPrice {
        service: service.as_str(),
        title: service.title(),
        unit: service.unit().symbol(),
        rates,
        before: of(&then, (service, rates)),
        now: of(&today, (service, rates)),
    });
    Comparison { against: against.to_string(), items: items.collect() }
}

fn charged_on(sheet: &Sheet, day: Date) -> Vec<&SheetTariff> {
    let holds = |one: &&SheetTariff| one.row.from <= day && one.row.until.is_none_or(|until| day <= until);
    sheet.tariffs.iter().filter(|one| !one.is_offer).filter(holds).collect()
}

fn key(one: &SheetTariff) -> (Service, usize) {
    (one.service, one.row.value.prices.count())
}
