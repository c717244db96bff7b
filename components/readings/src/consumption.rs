//! What a home used month by month, beside the year before.

use std::collections::HashMap;

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    billing::norm_of,
    consumption::{Point, Trend, above_similar, together, told_median, trend},
    meter::MeterKind,
    period::Period,
    service::Service,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{
    billing,
    meter_life::{self, Life},
    readings,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, Problem, Query, Reply};

use crate::reach;

/// So many months are told, each with the same month of the year before.
const MONTHS: i32 = 24;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsumptionOf {
    account_id: String,
}

/// What the meters of a home tell of its consumption.
#[derive(Serialize, ToSchema)]
pub(crate) struct Consumption {
    address: String,
    /// One per kind of meter, in the order of pages.
    items: Vec<KindConsumption>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct KindConsumption {
    /// cold_water, hot_water, electricity, gas or heat.
    #[schema(example = "cold_water")]
    kind: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    #[schema(example = "м³")]
    unit: &'static str,
    /// The last two years, the oldest first.
    months: Vec<MonthConsumption>,
    /// What is to be said of the last months; empty where too little is known or nothing is unusual.
    advice: Vec<ConsumptionAdvice>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MonthConsumption {
    #[schema(example = "2026-06")]
    period: String,
    /// Decimal text, all meters and rates of the kind together; null where they did not all tell.
    #[schema(example = "6.250")]
    volume: Option<String>,
    /// Whether the volume is an even part of what was used between two readings further apart.
    is_spread: bool,
    /// The same month a year before.
    last_year: Option<String>,
    /// The median of the homes of the house where as many people live, with two digits that count; null where there are
    /// fewer than five besides this one, or the bills of the month are not issued.
    #[schema(example = "6.2")]
    similar: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ConsumptionAdvice {
    /// grown, fallen or above_similar.
    code: &'static str,
    /// For people.
    text: String,
}

/// What a home used in each month of two years, beside the year before
#[utoipa::path(
    get, path = "/api/readings/consumption", operation_id = "show_consumption", tag = "readings",
    params(ConsumptionOf), security(("session" = [])),
    responses(
        (status = 200, body = Consumption),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, …"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Query(of): Query<ConsumptionOf>,
) -> Result<Reply<Consumption>, Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeReadings);
        let place = readings::places(conn, reach, Some(&of.account_id))?.pop().ok_or_else(Problem::not_found)?;
        let today = env.now().to_zoned(place.time_zone).date();
        let lives = meter_life::of_premises(conn, &[&place.premises_id], today)?;
        let last = Period::of(today);
        let medians = billing::medians(conn, &place.premises_id, today, last.plus_months(1 - MONTHS))?;
        let items = MeterKind::ALL.into_iter().filter_map(|kind| of_kind(kind, &lives, last, &medians)).collect();
        Ok(Reply::ok(Consumption { address: place.address, items }))
    })
}

/// Nothing where the home has no such meter, or values contradict each other: of those nothing is told.
fn of_kind(
    kind: MeterKind,
    lives: &[Life],
    last: Period,
    medians: &HashMap<(Service, Period), Decimal>,
) -> Option<KindConsumption> {
    let lives = lives.iter().filter(|life| life.kind == kind);
    let points: Result<Vec<_>, _> =
        lives.filter_map(|life| Point::of(&life.events(), kind, last).transpose()).collect();
    let points = points.ok().filter(|points| !points.is_empty())?;
    let used = |period: Period| together(&points, period);
    let periods = || (1 - MONTHS..=0).map(|back| last.plus_months(back));
    let last_year = |period: Period| used(period.plus_months(-12)).map(|used| used.volume);
    let similar = |period: Period| medians.get(&(norm_of(kind), period)).map(|volume| told_median(*volume));
    let beside = |other: &dyn Fn(Period) -> Option<Decimal>| -> Vec<_> {
        periods().map(|period| (used(period).map(|used| used.volume), other(period))).collect()
    };
    let advice = [trend(&beside(&last_year)).map(told_trend), above_similar(&beside(&similar)).map(told_excess)];
    let month = |period: Period| MonthConsumption {
        period: period.to_string(),
        volume: used(period).map(|used| used.volume.to_string()),
        is_spread: used(period).is_some_and(|used| used.is_spread),
        last_year: last_year(period).map(|volume| volume.to_string()),
        similar: similar(period).map(|volume| volume.to_string()),
    };
    Some(KindConsumption {
        kind: kind.as_str(),
        title: kind.title(),
        unit: kind.unit(),
        months: periods().map(month).collect(),
        advice: advice.into_iter().flatten().collect(),
    })
}

fn told_trend(trend: Trend) -> ConsumptionAdvice {
    let (code, text) = match trend {
        Trend::Grown(percent) => (
            "grown",
            format!(
                "За последние три месяца с показаниями расход составил {percent}\u{a0}% от прошлогоднего. Если дома \
                 ничего не изменилось, проверьте, не текут ли краны и бачок и не работает ли что-то постоянно."
            ),
        ),
        Trend::Fallen(percent) => (
            "fallen",
            format!("За последние три месяца с показаниями расход составил {percent}\u{a0}% от прошлогоднего."),
        ),
    };
    ConsumptionAdvice { code, text }
}

fn told_excess(percent: Decimal) -> ConsumptionAdvice {
    let text = format!(
        "За последние три месяца с показаниями расход составил {percent}\u{a0}% от расхода похожих квартир дома, где живёт \
         столько же человек. Проверьте, не течёт ли бачок, и посмотрите, что расходует больше всего."
    );
    ConsumptionAdvice { code: "above_similar", text }
}
