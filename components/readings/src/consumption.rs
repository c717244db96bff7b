//! What a home used month by month, beside the year before and similar homes of the house.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use domain::{
    access::{Action, Relation},
    billing::norm_of,
    consumption::{Advice, Difference, Month, Point, advise, price_of_one, together, told_median, whole_rubles},
    dated::Days,
    meter::MeterKind,
    period::Period,
    russian::{number, times},
    service::Service,
    tariff::Price,
};
use forms::{Cell, Table};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{
    Conn, billing,
    meter_life::{self, Life},
    readings::{self, Place},
    tariffs,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Problem, Query, Reply, TableFormat};

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
    /// steady_rise, above_similar, grown or fallen.
    code: &'static str,
    /// For people.
    text: String,
}

/// What a home used in each month of two years, beside the year before and similar homes
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
    client: Client,
    Query(of): Query<ConsumptionOf>,
) -> Result<Reply<Consumption>, Problem> {
    let (place, kinds) = load(&env, &actor, &client, &of.account_id)?;
    Ok(Reply::ok(Consumption { address: place.address, items: kinds.iter().map(view).collect() }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsumptionFile {
    account_id: String,
    /// `csv`, as it is where nothing is said, or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// The same as a table for spreadsheets
#[utoipa::path(
    get, path = "/api/readings/consumption/document", operation_id = "get_consumption_document", tag = "readings",
    params(ConsumptionFile), security(("session" = [])),
    responses(
        (status = 200, content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, validation, …"),
    )
)]
pub(crate) async fn document(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(wish): Query<ConsumptionFile>,
) -> Result<Response, Problem> {
    let (_, kinds) = load(&env, &actor, &client, &wish.account_id)?;
    web::table("consumption", &table(&kinds), wish.format)
}

/// A kind of meter with its months, the oldest first.
struct Kind {
    kind: MeterKind,
    months: Vec<(Period, Month)>,
    /// Of a unit, where one price is all that it costs.
    price: Option<Price>,
}

/// However many years and homes there are, in as many statements.
fn load(env: &Env, actor: &Actor, client: &Client, account_id: &str) -> Result<(Place, Vec<Kind>), Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    let (place, kinds) = env.db().read(|conn| {
        let reach = reach::of(env, actor, Action::SeeReadings);
        let place = readings::places(conn, reach, Some(account_id))?.pop().ok_or_else(Problem::not_found)?;
        let today = env.now().to_zoned(place.time_zone.clone()).date();
        let kinds = kinds(conn, &place, today)?;
        Ok::<_, Problem>((place, kinds))
    })?;
    reach::note_look(env, actor, client, &place.delegation_id)?;
    Ok((place, kinds))
}

/// Volumes of similar homes by service and month.
type Medians = HashMap<(Service, Period), Decimal>;

fn kinds(conn: &Conn<'_>, place: &Place, today: Date) -> Result<Vec<Kind>, Problem> {
    let last = Period::of(today);
    let lives = meter_life::of_premises(conn, &[&place.premises_id], today)?;
    let medians = billing::medians(conn, &place.premises_id, today, last.plus_months(1 - MONTHS))?;
    let day = Days::new(today, today).ok_or_else(|| Problem::internal("a day is no days"))?;
    let sheet = tariffs::sheet(conn, &place.house_id, day)?;
    let tariffs = sheet.tariffs.iter().filter(|one| !one.is_offer).map(|one| (one.service, &one.row.value));
    let of_kind = |kind| {
        let months = months(kind, &lives, last, &medians)?;
        let has_one_rate = place.meters.iter().filter(|meter| meter.kind == kind).all(|meter| meter.rates == 1);
        let price = price_of_one(kind, tariffs.clone()).filter(|_| has_one_rate);
        Some(Kind { kind, months, price })
    };
    Ok(MeterKind::ALL.into_iter().filter_map(of_kind).collect())
}

/// Nothing where the home has no such meter, or values contradict each other: of those nothing is told.
fn months(kind: MeterKind, lives: &[Life], last: Period, medians: &Medians) -> Option<Vec<(Period, Month)>> {
    let lives = lives.iter().filter(|life| life.kind == kind);
    let points: Result<Vec<_>, _> =
        lives.filter_map(|life| Point::of(&life.events(), kind, last).transpose()).collect();
    let points = points.ok().filter(|points| !points.is_empty())?;
    let month = |period: Period| Month {
        used: together(&points, period),
        last_year: together(&points, period.plus_months(-12)).map(|used| used.volume),
        similar: medians.get(&(norm_of(kind), period)).map(|volume| told_median(*volume)),
    };
    let periods = (1 - MONTHS..=0).map(|back| last.plus_months(back));
    Some(periods.map(|period| (period, month(period))).collect())
}

fn view(Kind { kind, months, price }: &Kind) -> KindConsumption {
    let of_month = |(period, month): &(Period, Month)| MonthConsumption {
        period: period.to_string(),
        volume: month.used.map(|used| used.volume.to_string()),
        is_spread: month.used.is_some_and(|used| used.is_spread),
        last_year: month.last_year.map(|volume| volume.to_string()),
        similar: month.similar.map(|volume| volume.to_string()),
    };
    let known: Vec<_> = months.iter().map(|(_, month)| *month).collect();
    KindConsumption {
        kind: kind.as_str(),
        title: kind.title(),
        unit: kind.unit(),
        months: months.iter().map(of_month).collect(),
        advice: advise(*kind, &known).into_iter().map(|advice| in_words(advice, *kind, *price)).collect(),
    }
}

fn in_words(advice: Advice, kind: MeterKind, price: Option<Price>) -> ConsumptionAdvice {
    let (code, text) = match advice {
        Advice::SteadyRise(by) => (
            "steady_rise",
            format!(
                "Три месяца подряд расход одинаково выше обычного. Так бывает, когда что-то работает или течёт без \
                 остановки. {} {}",
                where_to_look(kind),
                cost(by, kind, price)
            ),
        ),
        Advice::AboveSimilar(by) => (
            "above_similar",
            format!(
                "За последние три месяца вы израсходовали примерно в\u{a0}{} больше, чем похожие квартиры дома, где \
                 живёт столько же человек. {} {}",
                times((by.percent / Decimal::ONE_HUNDRED).round_dp(1)),
                where_to_look(kind),
                cost(by, kind, price)
            ),
        ),
        Advice::Grown(by) => (
            "grown",
            format!(
                "За последние три месяца с показаниями расход составил {}\u{a0}% от прошлогоднего. Если дома ничего не \
                 изменилось, посмотрите, в чём причина. {} {}",
                by.percent,
                where_to_look(kind),
                cost(by, kind, price)
            ),
        ),
        Advice::Fallen(by) => (
            "fallen",
            format!("За последние три месяца с показаниями расход составил {}\u{a0}% от прошлогоднего.", by.percent),
        ),
    };
    ConsumptionAdvice { code, text }
}

const fn where_to_look(kind: MeterKind) -> &'static str {
    match kind {
        MeterKind::ColdWater | MeterKind::HotWater => "Проверьте, не текут ли краны и бачок.",
        MeterKind::Electricity => "Проверьте, не остаётся ли что-то включённым: тёплый пол, водонагреватель.",
        MeterKind::Gas => "Проверьте котёл и колонку. Если пахнет газом, звоните 104.",
        MeterKind::Heat => "Проверьте, закрываются ли окна и исправны ли регуляторы батарей.",
    }
}

fn cost(by: Difference, kind: MeterKind, price: Option<Price>) -> String {
    let volume = format!("Разница за три месяца — около {}\u{a0}{}", number(by.volume), kind.unit());
    let rubles = price.and_then(|price| whole_rubles(by.volume, price).ok());
    let Some(rubles) = rubles else { return format!("{volume}.") };
    let without = if kind.is_water() { " без водоотведения" } else { "" };
    format!("{volume}, по сегодняшнему тарифу — примерно {}\u{a0}₽{without}.", number(Decimal::from(rubles)))
}

fn table(kinds: &[Kind]) -> Table {
    let cell = |volume: Option<Decimal>| volume.map_or(Cell::Empty, Cell::Number);
    let row = |kind: MeterKind, (period, month): &(Period, Month)| {
        let is_spread = month.used.is_some_and(|used| used.is_spread);
        vec![
            Cell::Text(kind.title().to_owned()),
            Cell::Text(period.to_string()),
            Cell::Text(kind.unit().to_owned()),
            cell(month.used.map(|used| used.volume)),
            Cell::Text(if is_spread { "поровну между двумя показаниями" } else { "" }.to_owned()),
            cell(month.last_year),
            cell(month.similar),
        ]
    };
    Table {
        title: "Расход по месяцам".to_owned(),
        columns: vec!["Счётчики", "Месяц", "Единица", "Расход", "Как посчитан", "Год назад", "Похожие квартиры"],
        rows: kinds.iter().flat_map(|of| of.months.iter().map(move |month| row(of.kind, month))).collect(),
    }
}
