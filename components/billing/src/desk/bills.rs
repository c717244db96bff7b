//! The bills of a month one by one, issued or not, each line with its explanation.

use axum::{extract::State, response::Response};
use domain::{
    access::Action,
    billing::{Oddities, Oddity},
};
use forms::{Cell, Table};
use serde::{Deserialize, Serialize};
use store::billing::{
    self,
    desk::{self, Draft, Look},
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Client, Env, Path, Problem, Query, Reply, TableFormat, audit};

use super::{LOOK, found, looked, names};
use crate::{
    bill::{BillLineView, line_view},
    filled::explained,
};

const BILLS: u32 = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Only those with this: problem, corrected, or an oddity of their lines (by_average, by_norm, nothing, below_zero,
    /// jump). All where nothing is said.
    look: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    after: i64,
}

impl Wish {
    fn look(&self) -> Result<Look, Problem> {
        let Some(name) = self.look.as_deref() else { return Ok(Look::All) };
        let oddity = Oddity::ALL.into_iter().find(|oddity| oddity.as_str() == name);
        match (name, oddity) {
            ("problem", _) => Ok(Look::Problems),
            ("corrected", _) => Ok(Look::Corrected),
            (_, Some(oddity)) => Ok(Look::Odd(Oddities::default().with(oddity))),
            _ => {
                let detail =
                    "Укажите problem, corrected, by_average, by_norm, nothing, below_zero, jump или year_not_settled.";
                Err(Problem::field("?look", detail))
            }
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DraftList {
    items: Vec<DraftView>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// A bill of a month, issued or not. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftView {
    bill_id: i64,
    account_number: String,
    address: String,
    /// Why it cannot be computed.
    problem: Option<String>,
    /// What the lines of the month come to.
    charged: i64,
    /// What corrections of earlier months come to.
    corrected: i64,
    /// What the lines of the month before came to; null where there was no bill.
    charged_before: Option<i64>,
    /// What of its lines is worth a look.
    oddities: Vec<&'static str>,
}

impl From<Draft> for DraftView {
    fn from(draft: Draft) -> Self {
        Self {
            bill_id: draft.bill_id,
            account_number: draft.account_number,
            address: draft.address,
            problem: draft.problem,
            charged: draft.charged.0,
            corrected: draft.corrected.0,
            charged_before: draft.before.map(|before| before.0),
            oddities: names(draft.oddities),
        }
    }
}

/// The bills of a month one by one
#[utoipa::path(
    get, path = "/api/billing/desk/runs/{run_id}/bills", operation_id = "list_drafts", tag = "billing",
    security(("session" = [])), params(("run_id" = i64, Path), Wish),
    responses(
        (status = 200, body = DraftList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(run_id): Path<i64>,
    Query(wish): Query<Wish>,
) -> Result<Reply<DraftList>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let look = wish.look()?;
    let drafts = env.db().write(|tx| {
        let run = found(tx, &reach, run_id)?;
        let drafts = desk::drafts(tx, &run, look, wish.after, BILLS)?;
        looked(tx, &env, &actor, &client, drafts.iter().map(|draft| &draft.account_id))?;
        Ok::<_, Problem>(drafts)
    })?;
    let is_full = drafts.len() == BILLS as usize;
    let next = drafts.last().filter(|_| is_full).map(|draft| draft.bill_id);
    Ok(Reply::ok(DraftList { items: drafts.into_iter().map(DraftView::from).collect(), next }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftFile {
    /// Only those with this, as in the list.
    look: Option<String>,
    /// `csv`, as it is where nothing is said, or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: TableFormat,
}

/// How many bills are read at once for a file.
const BILLS_OF_FILE: u32 = 500;

/// The bills of a month as a table for spreadsheets; the look is recorded
#[utoipa::path(
    get, path = "/api/billing/desk/runs/{run_id}/document", operation_id = "get_drafts_document", tag = "billing",
    security(("session" = [])), params(("run_id" = i64, Path), DraftFile),
    responses(
        (status = 200, content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn document(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(run_id): Path<i64>,
    Query(DraftFile { look, format }): Query<DraftFile>,
) -> Result<Response, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    let look = Wish { look, after: 0 }.look()?;
    let (period, drafts) = env.db().write(|tx| {
        let run = found(tx, &reach, run_id)?;
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let drafts = desk::drafts(tx, &run, look, after, BILLS_OF_FILE)?;
            let Some(last) = drafts.last() else { return Ok::<_, Problem>((run.period, all)) };
            looked(tx, &env, &actor, &client, drafts.iter().map(|draft| &draft.account_id))?;
            after = last.bill_id;
            all.extend(drafts);
        }
    })?;
    let rows = drafts.into_iter().map(|draft| {
        let before = draft.before.map_or(Cell::Empty, Cell::Money);
        vec![
            Cell::Text(draft.account_number),
            Cell::Text(draft.address),
            Cell::Money(draft.charged),
            before,
            Cell::Money(draft.corrected),
            Cell::Text(draft.problem.unwrap_or_default()),
            Cell::Text(names(draft.oddities).join(", ")),
        ]
    });
    let columns = vec![
        "Лицевой счёт",
        "Адрес",
        "Начислено за месяц",
        "Начислено месяцем раньше",
        "Перерасчёт прошлых месяцев",
        "Почему не рассчитано",
        "На что посмотреть",
    ];
    let table = Table { title: format!("Начисления за {period}"), columns, rows: rows.collect() };
    web::table(&format!("bills-{period}"), &table, format)
}

/// A bill of a month with its lines.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftLines {
    bill: DraftView,
    /// Those of the month in the order of a bill, then corrections.
    lines: Vec<DraftLine>,
}

/// A line of a bill, with what of it is worth a look.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftLine {
    #[serde(flatten)]
    line: BillLineView,
    oddities: Vec<&'static str>,
}

/// A bill of a month with its lines; the look is recorded
#[utoipa::path(
    get, path = "/api/billing/desk/runs/{run_id}/bills/{bill_id}", operation_id = "show_draft", tag = "billing",
    security(("session" = [])), params(("run_id" = i64, Path), ("bill_id" = i64, Path)),
    responses(
        (status = 200, body = DraftLines),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((run_id, bill_id)): Path<(i64, i64)>,
) -> Result<Reply<DraftLines>, Problem> {
    let reach = actor.reach(Action::RunBilling)?;
    env.db().write(|tx| {
        let run = found(tx, &reach, run_id)?;
        let draft = desk::draft_of(tx, &run, bill_id)?.ok_or_else(Problem::not_found)?;
        let object = format!("account:{}", draft.account_id);
        audit::record(tx, &env, &actor, &client, "billing.look", &object, &LOOK)?;
        let kept = billing::lines_of(tx, bill_id)?;
        let oddities: Vec<_> = kept.lines.iter().map(|line| names(line.oddities)).collect();
        let (lines, _) = explained(kept, run.period)?;
        let lines = lines.into_iter().zip(oddities).map(|(line, oddities)| {
            let line = line_view(line).map_err(Problem::internal)?;
            Ok(DraftLine { line, oddities })
        });
        Ok(Reply::ok(DraftLines { bill: DraftView::from(draft), lines: lines.collect::<Result<_, Problem>>()? }))
    })
}
