//! Everything that was ever given for a meter.

use axum::{extract::State, response::Response};
use domain::{
    access::{Action, Relation},
    reading::{Dial, Earlier},
};
use forms::{Cell, Table};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::readings::{
    self, MeterWithin, Past, PastKey,
    acknowledgements::{self, Acknowledgement},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Page, PageQuery, Problem, Query, Reply, TableFormat};

use crate::{meters::printed, reach};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfMeter {
    meter_id: String,
    /// Only the months of this year.
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    year: Option<u16>,
}

/// A page of a meter's readings, and what there is to choose from.
#[derive(Serialize, ToSchema)]
pub(crate) struct Archive {
    /// The readings, newest first.
    items: Vec<PastReading>,
    /// Give it as `cursor` to see further; null at the end.
    next_cursor: Option<String>,
    /// The years that have readings, the latest first.
    years: Vec<u16>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PastReading {
    reading_id: String,
    #[schema(example = "2026-06")]
    period: String,
    #[schema(format = Date)]
    taken_on: String,
    #[schema(format = DateTime)]
    recorded_at: String,
    values: Vec<String>,
    /// What was used since the reading of the month before it; null for the first and for a replaced one.
    consumption: Option<Vec<String>>,
    /// resident, company, control or verification.
    source: String,
    /// By which way it came: portal, sms, link, token, operator or import.
    channel: &'static str,
    /// Only of what one submitted oneself.
    confirmation_code: Option<String>,
    /// pending while the company looks at it, none otherwise.
    review: String,
    /// Whether a later reading of the same month holds in its place: of each month one reading counts.
    replaced: bool,
    /// What suppliers answered to it.
    acknowledgements: Vec<SupplierAnswer>,
}

/// What a supplier answered to a reading.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupplierAnswer {
    #[schema(example = "МП «Водоканал»")]
    supplier: String,
    #[schema(format = Date)]
    on: String,
    is_accepted: bool,
    /// Why it is not accepted.
    reason: Option<String>,
}

impl From<Acknowledgement> for SupplierAnswer {
    fn from(one: Acknowledgement) -> Self {
        Self { supplier: one.supplier, on: one.on.to_string(), is_accepted: one.is_accepted, reason: one.reason }
    }
}

/// All readings of a meter, the newest first
#[utoipa::path(
    get, path = "/api/readings/history", operation_id = "list_readings", tag = "readings",
    params(OfMeter, PageQuery), security(("session" = [])),
    responses(
        (status = 200, body = Archive),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found, validation, …"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Query(of): Query<OfMeter>,
    Query(page): Query<PageQuery>,
) -> Result<Reply<Archive>, Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    let (limit, after) = (page.limit()?, page.cursor::<PastKey>()?);
    let year = of.year()?;
    let (archive, delegation_id) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeReadings);
        let MeterWithin { meter, delegation_id } =
            readings::meter_of(conn, reach, &of.meter_id)?.ok_or_else(Problem::not_found)?;
        let (person_id, meter_id) = (&actor.person_id, &meter.meter_id);
        let past = readings::history(conn, person_id, meter_id, year.as_deref(), after.as_ref(), limit + 1)?;
        let key = |last: &Past| (last.reading.what.period.to_string(), last.reading.seq);
        let page = Page::of(past, limit, key);
        let shown: Vec<_> = page.items.iter().map(|past| past.reading.seq).collect();
        let mut answers = acknowledgements::of_readings(conn, &shown)?;
        let items = page.items.into_iter().map(|past| {
            let answers = answers.remove(&past.reading.seq).unwrap_or_default();
            view(meter.dial, past, answers)
        });
        let items = items.collect();
        let years = readings::years(conn, meter_id)?;
        Ok::<_, Problem>((Archive { items, next_cursor: page.next_cursor, years }, delegation_id))
    })?;
    reach::note_look(&env, &actor, &client, &delegation_id)?;
    Ok(Reply::ok(archive))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryFile {
    meter_id: String,
    /// `csv`, as it is where nothing is said, or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// Far more than a meter is read in its life.
const READINGS_MAX: u32 = 10_000;

/// All readings of a meter as a table for spreadsheets
#[utoipa::path(
    get, path = "/api/readings/history/document", operation_id = "get_readings_document", tag = "readings",
    params(HistoryFile), security(("session" = [])),
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
    Query(wish): Query<HistoryFile>,
) -> Result<Response, Problem> {
    actor.may(Action::SeeReadings, Relation::Own)?;
    let (meter, past, delegation_id) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::SeeReadings);
        let MeterWithin { meter, delegation_id } =
            readings::meter_of(conn, reach, &wish.meter_id)?.ok_or_else(Problem::not_found)?;
        let past = readings::history(conn, &actor.person_id, &meter.meter_id, None, None, READINGS_MAX)?;
        Ok::<_, Problem>((meter, past, delegation_id))
    })?;
    reach::note_look(&env, &actor, &client, &delegation_id)?;
    let rates = 0..usize::from(meter.rates);
    let (values, volumes) = (
        ["Показание, тариф 1", "Показание, тариф 2", "Показание, тариф 3"],
        ["Расход, тариф 1", "Расход, тариф 2", "Расход, тариф 3"],
    );
    let (values, volumes) = match meter.rates {
        1 => (vec!["Показание"], vec!["Расход"]),
        _ => (values[rates.clone()].to_vec(), volumes[rates.clone()].to_vec()),
    };
    let columns = [vec!["Месяц", "Снято", "Заменено"], values, volumes, vec!["Код подтверждения"]].concat();
    let rows = past.into_iter().map(|past| {
        let seen = view(meter.dial, past, Vec::new());
        let number = |text: &String| text.replace(',', ".").parse().map_or(Cell::Empty, Cell::Number);
        let volumes = seen.consumption.unwrap_or_default();
        let head = [
            Cell::Text(seen.period),
            seen.taken_on.parse().map_or(Cell::Empty, Cell::Date),
            Cell::Text(if seen.replaced { "да" } else { "" }.to_owned()),
        ];
        let values = rates.clone().map(|rate| seen.values.get(rate).map_or(Cell::Empty, number));
        let volumes = rates.clone().map(|rate| volumes.get(rate).map_or(Cell::Empty, number));
        let code = seen.confirmation_code.clone().map_or(Cell::Empty, Cell::Text);
        head.into_iter().chain(values).chain(volumes).chain([code]).collect()
    });
    let table = Table { title: format!("Показания, {}", meter.serial), columns, rows: rows.collect() };
    web::table("readings", &table, wish.format)
}

impl OfMeter {
    /// As periods begin: four digits.
    fn year(&self) -> Result<Option<String>, Problem> {
        match self.year {
            Some(year @ 2000..=2999) => Ok(Some(year.to_string())),
            Some(_) => Err(Problem::field("?year", "Укажите год от 2000 до 2999.")),
            None => Ok(None),
        }
    }
}

fn view(dial: Dial, Past { reading, previous, is_replaced }: Past, answers: Vec<Acknowledgement>) -> PastReading {
    PastReading {
        consumption: previous.filter(|_| !is_replaced).and_then(|previous| consumption(dial, &previous, &reading.what)),
        reading_id: reading.reading_id,
        period: reading.what.period.to_string(),
        taken_on: reading.what.taken_on.to_string(),
        recorded_at: reading.recorded_at,
        values: printed(dial, &reading.what.values),
        source: reading.source,
        channel: reading.channel.as_str(),
        confirmation_code: reading.confirmation_code,
        review: reading.review,
        replaced: is_replaced,
        acknowledgements: answers.into_iter().map(SupplierAnswer::from).collect(),
    }
}

/// Nothing where a value is below the one before and nobody confirmed that the dial passed through zero.
fn consumption(dial: Dial, previous: &[Decimal], now: &Earlier) -> Option<Vec<String>> {
    let pairs = previous.iter().zip(&now.values);
    let volumes = pairs.map(|(previous, value)| dial.consumption(*previous, *value, now.rolled_over));
    let volumes: Vec<_> = volumes.collect::<Result<_, _>>().ok()?;
    Some(printed(dial, &volumes))
}
