//! A month of a house: opened, looked at, computed anew, approved. The schedule takes the steps between; who waits may
//! take one too.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::Action, billing::Oddity, calendar::date_at, confirmation::Operation, period::Period, russian::full_date,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    billing::{
        self, Refusal, Run, State as RunState, Step,
        desk::{self, Awaited, ServiceTotal, Totals},
    },
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Body, Client, Env, Path, Problem, Query, Reply, Slug, audit, confirmation::Confirmation};

use super::{found, houses::may_open};

/// Places of the volume of a whole house.
const VOLUME_PLACES: u32 = 3;

/// A month of a house.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunSummary {
    run_id: i64,
    #[schema(example = "2026-07")]
    period: String,
    /// open: its preview is being computed; previewed: it waits for approval; approved: its bills are being issued; issued.
    #[schema(example = "previewed")]
    state: &'static str,
    /// How many bills there are so far.
    bills: usize,
}

impl RunSummary {
    pub(super) fn of(run: &Run) -> Self {
        let (period, state) = (run.period.to_string(), run.state.as_str());
        Self { run_id: run.run_id, period, state, bills: run.bills }
    }
}

/// A month of a house as a whole. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunView {
    run_id: i64,
    house_id: String,
    address: String,
    #[schema(example = "2026-07")]
    period: String,
    /// open, previewed, approved or issued.
    #[schema(example = "previewed")]
    state: &'static str,
    bills: usize,
    /// Bills that cannot be computed: while there are any, nobody approves the month.
    problems: usize,
    /// What readings the month still waits for; null when the days for them are over, or all are there.
    awaits: Option<AwaitedView>,
    /// What the lines of the month come to.
    charged: i64,
    /// What corrections of earlier months come to.
    corrected: i64,
    /// In the order of a bill.
    services: Vec<ServiceTotalView>,
}

/// Readings that may still come.
#[derive(Serialize, ToSchema)]
pub(crate) struct AwaitedView {
    /// The last day on which residents give readings of the month.
    #[schema(format = Date, example = "2026-07-25")]
    until: String,
    /// How many meters have none.
    meters: usize,
}

/// A service over all bills of a month.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceTotalView {
    service: &'static str,
    title: &'static str,
    unit: &'static str,
    /// How many bills have a line for it.
    lines: usize,
    #[schema(example = "1234.5")]
    volume: String,
    payable: i64,
    /// What the month before came to.
    payable_before: i64,
    /// What the meter of the house told; null where it has none, or is not read yet.
    volume_by_house_meter: Option<String>,
    /// How many lines are worth a look, and why.
    oddities: Vec<OddityCount>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OddityCount {
    /// by_average, by_norm, nothing, below_zero, jump or year_not_settled.
    #[schema(example = "by_average")]
    oddity: &'static str,
    lines: usize,
}

impl From<ServiceTotal> for ServiceTotalView {
    fn from(total: ServiceTotal) -> Self {
        let counted = Oddity::ALL.into_iter().zip(total.oddities).filter(|(_, lines)| *lines > 0);
        Self {
            service: total.service.as_str(),
            title: total.service.title(),
            unit: total.service.unit().symbol(),
            lines: total.lines,
            volume: total.volume.round_dp(VOLUME_PLACES).normalize().to_string(),
            payable: total.payable.0,
            payable_before: total.before.0,
            volume_by_house_meter: total.by_house_meter.map(|volume| volume.normalize().to_string()),
            oddities: counted.map(|(oddity, lines)| OddityCount { oddity: oddity.as_str(), lines }).collect(),
        }
    }
}

/// What readings of a month may still come: until which day, and of how many meters. An issued month waits for none.
fn awaited(env: &Env, conn: &Conn<'_>, run: &Run) -> Result<Option<(Date, usize)>, Problem> {
    if !matches!(run.state, RunState::Open | RunState::Previewed) {
        return Ok(None);
    }
    let today = date_at(env.now(), &run.time_zone).map_err(Problem::internal)?;
    let Awaited { window, meters } = desk::awaited(conn, run)?;
    let until = window.last_day(run.period);
    Ok((today <= until && meters > 0).then_some((until, meters)))
}

fn view(env: &Env, conn: &Conn<'_>, run: &Run) -> Result<RunView, Problem> {
    let Totals { bills, problems, charged, corrected } = desk::totals(conn, run.run_id)?;
    Ok(RunView {
        run_id: run.run_id,
        house_id: run.house_id.clone(),
        address: run.address.clone(),
        period: run.period.to_string(),
        state: run.state.as_str(),
        bills,
        problems,
        awaits: awaited(env, conn, run)?.map(|(until, meters)| AwaitedView { until: until.to_string(), meters }),
        charged: charged.0,
        corrected: corrected.0,
        services: desk::services(conn, run)?.into_iter().map(ServiceTotalView::from).collect(),
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRun {
    house_id: String,
    /// The month that the house's `may_open` names.
    #[schema(example = "2026-07")]
    period: String,
}

/// Open a month of a house: its preview is computed in the background
#[utoipa::path(
    post, path = "/api/billing/desk/runs", operation_id = "open_run", tag = "billing", security(("session" = [])),
    request_body = NewRun,
    responses(
        (status = 201, body = RunSummary),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn open(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: new, .. }: Body<NewRun>,
) -> Result<impl IntoResponse, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let period =
        Period::parse(&new.period).map_err(|_| Problem::field("/period", "Укажите месяц как год и месяц: 2026-07."))?;
    env.db().write(|tx| {
        let house = desk::house(tx, &reach, &new.house_id)?;
        let house = house.ok_or_else(|| Problem::field("/house_id", "Такого дома среди ваших нет."))?;
        if may_open(&env, &house)? != Some(period) {
            return Err(Problem::field("/period", closed(may_open(&env, &house)?)));
        }
        let run_id = billing::open(tx, env.now(), &house.house_id, period)?.map_err(refused)?;
        let run = billing::run(tx, run_id)?.ok_or_else(Problem::not_found)?;
        note(tx, &env, &actor, &client, "billing.open", &run)?;
        Ok(Reply::created(RunSummary::of(&run)))
    })
}

fn closed(may_open: Option<Period>) -> String {
    match may_open {
        Some(next) => format!("Месяцы идут подряд: сейчас можно открыть {next}."),
        None => "Открыть месяц пока нельзя: прошлый ещё не выставлен или следующий не начался.".to_owned(),
    }
}

fn refused(refusal: Refusal) -> Problem {
    let detail = match refusal {
        Refusal::Unknown => return Problem::not_found(),
        Refusal::Exists => "Этот месяц уже открыт. Обновите страницу.",
        Refusal::OutOfOrder => "Месяцы идут подряд: сначала выставьте прошлый.",
        Refusal::NotPreviewed => "Это можно, только пока расчёт ждёт проверки. Обновите страницу.",
        Refusal::HasProblems => {
            "Есть квитанции, которые не удалось рассчитать. Откройте их, исправьте данные и пересчитайте месяц."
        }
    };
    Problem::new(Slug::RunNotReady, detail)
}

fn too_early((until, meters): (Date, usize)) -> Problem {
    let detail = format!(
        "Показания за этот месяц принимают по {}, а счётчиков без показаний: {meters}. Дождитесь их или подтвердите, что \
         утверждаете без них (without_readings=true): недостающее рассчитают по среднему или по нормативу.",
        full_date(until)
    );
    Problem::new(Slug::RunNotReady, detail)
}

fn note(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, action: &str, run: &Run) -> store::Result<()> {
    let period = run.period.to_string();
    let fields = [("period", period.as_str()), ("run", &run.run_id.to_string())];
    audit::record(tx, env, actor, client, action, &format!("house:{}", run.house_id), &fields)
}

/// A month of a house as a whole: sums by service, beside the month before and the meters of the house
#[utoipa::path(
    get, path = "/api/billing/desk/runs/{run_id}", operation_id = "show_run", tag = "billing",
    security(("session" = [])), params(("run_id" = i64, Path)),
    responses(
        (status = 200, body = RunView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path(run_id): Path<i64>,
) -> Result<Reply<RunView>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().read(|conn| Ok(Reply::ok(view(&env, conn, &found(conn, &reach, run_id)?)?)))
}

/// What a step did.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepView {
    run: RunSummary,
    /// Whether there are more steps to take.
    has_more: bool,
}

/// Take the next step of a month: some bills of its preview, or some to issue. The schedule takes them too
#[utoipa::path(
    post, path = "/api/billing/desk/runs/{run_id}/step", operation_id = "take_run_step", tag = "billing",
    security(("session" = [])), params(("run_id" = i64, Path)),
    responses(
        (status = 200, body = StepView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn step(
    State(env): State<Env>,
    actor: Actor,
    Path(run_id): Path<i64>,
) -> Result<Reply<StepView>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let run = env.db().read(|conn| found(conn, &reach, run_id))?;
    let _step: Option<Step> = billing::step(env.db(), env.now(), &run)?;
    let run = env.db().read(|conn| found(conn, &reach, run_id))?;
    let has_more = matches!(run.state, RunState::Open | RunState::Approved);
    Ok(Reply::ok(StepView { run: RunSummary::of(&run), has_more }))
}

/// Compute a preview anew, with what became known since
#[utoipa::path(
    post, path = "/api/billing/desk/runs/{run_id}/preview", operation_id = "renew_preview", tag = "billing",
    security(("session" = [])), params(("run_id" = i64, Path)),
    responses(
        (status = 200, body = RunSummary),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, run-not-ready"),
    )
)]
pub(crate) async fn renew(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(run_id): Path<i64>,
) -> Result<Reply<RunSummary>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        let run = found(tx, &reach, run_id)?;
        billing::to_preview(tx, run_id)?.map_err(refused)?;
        note(tx, &env, &actor, &client, "billing.preview", &run)?;
        Ok(Reply::ok(RunSummary::of(&found(tx, &reach, run_id)?)))
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Haste {
    /// Whether not to wait for readings while the days for them go on: what is missing is charged by average or by norm.
    #[serde(default)]
    #[param(inline)]
    without_readings: bool,
}

/// Approve a month: its bills are issued in the background, and never change after that. To be confirmed
#[utoipa::path(
    post, path = "/api/billing/desk/runs/{run_id}/approve", operation_id = "approve_run", tag = "billing",
    security(("session" = [])),
    params(
        ("run_id" = i64, Path),
        Haste,
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    responses(
        (status = 200, body = RunSummary),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, run-not-ready, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn approve(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(run_id): Path<i64>,
    Query(Haste { without_readings }): Query<Haste>,
) -> Result<Reply<RunSummary>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let run = env.db().read(|conn| found(conn, &reach, run_id))?;
    if run.state != RunState::Previewed {
        return Err(refused(Refusal::NotPreviewed));
    }
    if let (false, Some(awaits)) = (without_readings, env.db().read(|conn| awaited(&env, conn, &run))?) {
        return Err(too_early(awaits));
    }
    // What was looked at is what is confirmed: a preview that was computed anew meanwhile asks again.
    let totals = env.db().read(|conn| desk::totals(conn, run_id))?;
    let seen = format!("{run_id} {totals:?}");
    let confirmed = confirmation.named(&env, &actor, Operation::IssueBills, seen.as_bytes())?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        if desk::totals(tx, run_id)? != totals {
            return Err(refused(Refusal::NotPreviewed));
        }
        billing::approve(tx, env.now(), run_id)?.map_err(refused)?;
        note(tx, &env, &actor, &client, "billing.approve", &run)?;
        Ok(Reply::ok(RunSummary::of(&found(tx, &reach, run_id)?)))
    })
}
