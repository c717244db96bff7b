//! What a house is charged by in a month, for whoever sees to it: ways, prices, norms and benefits with their acts.

use axum::extract::State;
use domain::{access::Action, billing::Way, period::Period, service::Service};
use serde::Serialize;
use store::billing::{self, desk};
use utoipa::ToSchema;
use web::{Actor, Env, Path, Problem, Query, Reply};

use crate::tariffs::{OfMonth, TariffSheet, sheets};

#[derive(Serialize, ToSchema)]
pub(crate) struct HouseTariffs {
    /// What is charged in the month, in the order of a bill.
    services: Vec<ServiceOfHouse>,
    sheet: TariffSheet,
}

/// A service of a house on the first day of a month.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceOfHouse {
    #[schema(example = "cold_water")]
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// By what it is charged: `meter`, `person`, `area`, `common_norm`, `common_meter`, `common_meter_whole`,
    /// `heating_norm`, `heating_meter`, `heating_norm_evenly`, `heating_meter_evenly`, `paused`.
    #[schema(example = "meter")]
    way: &'static str,
    /// Whether a price holds on that day; without one its lines cannot be computed.
    has_price: bool,
}

/// By what a house is charged in a month, with the acts; beside it another month, if one is named
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}/tariffs", operation_id = "show_house_tariffs", tag = "billing",
    security(("session" = [])), params(("house_id" = String, Path), OfMonth),
    responses(
        (status = 200, body = HouseTariffs),
        (status = 304, description = "Nothing changed since the entity tag in If-None-Match"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path(house_id): Path<String>,
    Query(asked): Query<OfMonth>,
) -> Result<Reply<HouseTariffs>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let (period, against) = asked.months(&env)?;
    env.db().read(|conn| {
        let house = desk::house(conn, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let ways = billing::ways(conn, &house_id)?;
        let sheet = sheets(conn, (&house_id, house.address), period, against)?;
        let services = ways.into_iter().filter_map(|(service, ways)| {
            let way = ways.on(period.first_day()).ok()?.value;
            Some(told(service, way, period, &sheet))
        });
        Ok(Reply::ok(HouseTariffs { services: services.collect(), sheet }))
    })
}

fn told(service: Service, way: Way, period: Period, sheet: &TariffSheet) -> ServiceOfHouse {
    let has_price = way == Way::Paused || sheet.has_price(service, period.first_day());
    ServiceOfHouse { service: service.as_str(), title: service.title(), way: way.as_str(), has_price }
}
