//! Lists of a house as files: the readings of a month for its suppliers, whose answers come back by import (function 96),
//! and the meters whose readings are missing.

use axum::{extract::State, response::Response};
use domain::{access::Action, meter::MeterKind, period::Period};
use forms::{Cell, Table};
use serde::Deserialize;
use store::{
    readings::acknowledgements::{self, Supplied},
    reminders,
};
use utoipa::IntoParams;
use web::{Actor, Client, Env, Path, Problem, Query, TableFormat, audit};

use crate::coverage;

/// The first six are those by which an answer names its reading.
const COLUMNS: [&str; 9] =
    ["meter_kind", "meter_serial", "period", "value_1", "value_2", "value_3", "taken_on", "accounts", "address"];

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SupplyFile {
    /// The month of the readings.
    #[param(example = "2026-07")]
    period: String,
    /// Only meters of this kind: `cold_water`, `hot_water`, `electricity`, `gas`, `heat`.
    kind: Option<String>,
    /// Only readings that no supplier answered to yet.
    #[serde(default)]
    only_waiting: bool,
    /// `csv`, as it is where nothing is said, or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// The accepted readings of a month of a house, for its suppliers; that they were taken is recorded
#[utoipa::path(
    get, path = "/api/readings/coverage/houses/{house_id}/readings", operation_id = "get_readings_for_suppliers",
    tag = "readings", params(("house_id" = String, Path), SupplyFile), security(("session" = [])),
    responses(
        (status = 200, content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "forbidden, not-found, validation, …"),
    )
)]
pub(crate) async fn get(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(wish): Query<SupplyFile>,
) -> Result<Response, Problem> {
    let reach = actor.reach(Action::SeeCoverage)?;
    let period = Period::parse(&wish.period).map_err(|error| Problem::field("?period", error.to_string()))?;
    let kind = wish.kind.as_deref().map(|kind| {
        let unknown = || Problem::field("?kind", "Счётчики бывают: cold_water, hot_water, electricity, gas, heat.");
        MeterKind::parse(kind).ok_or_else(unknown)
    });
    let kind = kind.transpose()?;
    let found = env.db().write(|tx| {
        reminders::house_within(tx, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let found = acknowledgements::supplied(tx, &house_id, period, kind, wish.only_waiting)?;
        let objects: Vec<_> = found.iter().map(|one| format!("meter:{}", one.meter_id)).collect();
        let fields = [("period", wish.period.as_str())];
        audit::record_each(tx, &env, &actor, &client, "reading.supply", &objects, &fields)?;
        Ok::<_, Problem>(found)
    })?;
    let rows = found.into_iter().map(|one| row(period, one)).collect();
    let table = Table { title: format!("Показания за {period}"), columns: COLUMNS.to_vec(), rows };
    web::table(&format!("readings-{period}"), &table, wish.format)
}

/// Numbers as they stand on the dial: a supplier compares digits.
fn row(period: Period, one: Supplied) -> Vec<Cell> {
    let value = |value: Option<String>| value.map_or(Cell::Empty, |value| Cell::Text(value.replace('.', ",")));
    let [first, second, third] = one.values.map(value);
    vec![
        Cell::Text(one.kind.as_str().to_owned()),
        Cell::Text(one.serial),
        Cell::Text(period.to_string()),
        first,
        second,
        third,
        Cell::Date(one.taken_on),
        Cell::Text(one.accounts),
        Cell::Text(one.address),
    ]
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MissingFile {
    /// `csv`, as it is where nothing is said, or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// All meters of a house whose readings of the month are missing, as a table: for those who ring doors; the look is
/// recorded
#[utoipa::path(
    get, path = "/api/readings/coverage/houses/{house_id}/document", operation_id = "get_missing_readings",
    tag = "readings", params(("house_id" = String, Path), MissingFile), security(("session" = [])),
    responses(
        (status = 200, content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "forbidden, not-found, …"),
    )
)]
pub(crate) async fn missing(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(house_id): Path<String>,
    Query(wish): Query<MissingFile>,
) -> Result<Response, Problem> {
    let reach = actor.reach(Action::SeeCoverage)?;
    let (period, found) = env.db().write(|tx| coverage::all_unread(tx, &env, &actor, &client, (&reach, &house_id)))?;
    let rows = found.into_iter().map(|meter| {
        vec![
            Cell::Text(meter.address),
            Cell::Text(meter.title.to_owned()),
            Cell::Text(meter.serial),
            meter.last_read.map_or(Cell::Empty, Cell::Text),
            Cell::Text(if meter.has_person { "да" } else { "нет" }.to_owned()),
        ]
    });
    let columns = vec!["Адрес", "Счётчик", "Заводской номер", "Последний месяц", "Есть кабинет"];
    let table = Table { title: format!("Нет показаний за {period}"), columns, rows: rows.collect() };
    web::table(&format!("missing-{period}"), &table, wish.format)
}
