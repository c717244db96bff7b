//! The houses that an accountant bills.

use axum::extract::State;
use domain::{access::Action, calendar::date_at, period::Period};
use serde::{Deserialize, Serialize};
use store::billing::{
    State as RunState,
    desk::{self, BilledHouse, Recalculation},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, Path, Problem, Query, Reply};

use super::runs::RunSummary;

const HOUSES: u32 = 100;
/// Two years of a house.
const RUNS: u32 = 24;
const RECALCULATIONS: u32 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    /// `next` of the page before.
    #[serde(default)]
    after: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct HouseList {
    /// By address.
    items: Vec<HouseView>,
    /// Where the next page begins; null on the last one.
    next: Option<String>,
}

/// A house that is billed.
#[derive(Serialize, ToSchema)]
pub(crate) struct HouseView {
    house_id: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10")]
    address: String,
    /// null before the first month.
    last_run: Option<RunSummary>,
    /// The month that may be opened now; null while the last one is not issued, or the next one has not begun.
    #[schema(example = "2026-07")]
    may_open: Option<String>,
    /// Requests to compute past months anew that wait for the next run.
    waiting: usize,
}

impl HouseView {
    fn of(env: &Env, house: BilledHouse) -> Result<Self, Problem> {
        let may_open = may_open(env, &house)?.map(|period| period.to_string());
        Ok(Self {
            may_open,
            last_run: house.last.as_ref().map(RunSummary::of),
            waiting: house.waiting,
            house_id: house.house_id,
            address: house.address,
        })
    }
}

/// Months follow one another, and none is billed before it began; the first one is the month before this one.
pub(super) fn may_open(env: &Env, house: &BilledHouse) -> Result<Option<Period>, Problem> {
    let today = date_at(env.now(), &house.time_zone).map_err(Problem::internal)?;
    let present = Period::of(today);
    let next = match &house.last {
        None => Some(present.previous()),
        Some(run) => (run.state == RunState::Issued).then(|| run.period.next()),
    };
    Ok(next.filter(|next| *next <= present))
}

/// The houses of my scope that are billed, with their last month
#[utoipa::path(
    get, path = "/api/billing/desk/houses", operation_id = "list_billed_houses", tag = "billing",
    params(Page), security(("session" = [])),
    responses(
        (status = 200, body = HouseList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(page): Query<Page>,
) -> Result<Reply<HouseList>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let found = env.db().read(|conn| desk::houses(conn, &reach, &page.after, HOUSES))?;
    let is_full = found.len() == HOUSES as usize;
    let next = found.last().filter(|_| is_full).map(|house| house.address.clone());
    let items = found.into_iter().map(|house| HouseView::of(&env, house)).collect::<Result<_, _>>()?;
    Ok(Reply::ok(HouseList { items, next }))
}

/// A house with its months and what is to be computed anew.
#[derive(Serialize, ToSchema)]
pub(crate) struct HouseRuns {
    house: HouseView,
    /// The latest first.
    runs: Vec<RunSummary>,
    /// The latest first.
    recalculations: Vec<RecalculationView>,
}

/// Past months that are to be computed anew.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecalculationView {
    recalculation_id: String,
    /// The company's number of the account; null where the whole house is meant.
    account_number: Option<String>,
    /// The first month.
    #[schema(example = "2026-03")]
    from: String,
    reason: String,
    #[schema(format = DateTime)]
    requested_at: String,
    /// The month whose bills bring it; null while it waits.
    taken_by: Option<String>,
    /// Whether it may be taken back: it waits, and somebody asked for it. What follows from a benefit, a price or
    /// another thing that became known late stays.
    may_take_back: bool,
}

impl From<Recalculation> for RecalculationView {
    fn from(one: Recalculation) -> Self {
        Self {
            recalculation_id: one.recalculation_id,
            account_number: one.account_number,
            from: one.from.to_string(),
            reason: one.reason,
            requested_at: format!("{:.3}", one.requested_at),
            may_take_back: one.taken_by.is_none() && !one.is_of_fact,
            taken_by: one.taken_by.map(|period| period.to_string()),
        }
    }
}

/// A house with its months and what is to be computed anew
#[utoipa::path(
    get, path = "/api/billing/desk/houses/{house_id}", operation_id = "show_billed_house", tag = "billing",
    params(("house_id" = String, Path)), security(("session" = [])),
    responses(
        (status = 200, body = HouseRuns),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path(house_id): Path<String>,
) -> Result<Reply<HouseRuns>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().read(|conn| {
        let house = desk::house(conn, &reach, &house_id)?.ok_or_else(Problem::not_found)?;
        let runs = desk::runs_of(conn, &house_id, RUNS)?;
        let recalculations = desk::recalculations(conn, &house_id, RECALCULATIONS)?;
        Ok(Reply::ok(HouseRuns {
            house: HouseView::of(&env, house)?,
            runs: runs.iter().map(RunSummary::of).collect(),
            recalculations: recalculations.into_iter().map(RecalculationView::from).collect(),
        }))
    })
}
