//! The calculation behind a line of a bill: the whole tree of its formula, for programs and for whoever wants to check.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    billing::Kept,
    charge::{Node, Operation, Source},
    money::Kopecks,
};
use serde::Serialize;
use store::billing;
use utoipa::ToSchema;
use web::{Actor, Env, Path, Problem, Reply};

use crate::{filled::own_bill, tariff_views::LegalActView};

/// How a line of a bill was counted.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineCalculation {
    #[schema(example = "202603-0000000015")]
    bill_number: String,
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// The month that the line is of: an earlier one if it corrects.
    #[schema(example = "2026-03")]
    of_period: String,
    /// The charge first; of a correction, what the whole month costs by what is known now.
    calculations: Vec<Calculation>,
}

/// A figure of a line with its tree.
#[derive(Serialize, ToSchema)]
pub(crate) struct Calculation {
    /// What it is: `charge` (with what a multiplier adds), or what is taken off it: `returned` (what earlier months were
    /// billed above the meter), `absence` (for those who were away), `interruption`
    /// (for hours without the service), `discount` (benefits). `year_of_heating` is added with its sign: what a year
    /// of heating cost above what was paid for it evenly.
    #[schema(example = "charge")]
    figure: &'static str,
    /// The figure in words; null for the charge.
    #[schema(example = "Льгота «Ветераны труда»")]
    title: Option<String>,
    /// What the tree comes to, rounded once, in kopecks.
    amount: i64,
    tree: CalculationStep,
}

/// A step of a calculation. A fact has its source, any other step its parts: they give its value by its operation.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalculationStep {
    /// `fact`, `sum`, `difference` (the first part less the second), `product`, `quotient` (the first part divided by
    /// the second), `least` or `not_below_zero` (its part, or zero if that is below).
    #[schema(example = "fact")]
    operation: &'static str,
    /// What it comes to, exactly: a decimal, or a fraction where there is none.
    #[schema(example = "50.93")]
    value: String,
    /// What it is; null for steps in between.
    #[schema(example = "price")]
    quantity: Option<String>,
    /// In what it is measured; null for steps in between.
    #[schema(example = "ruble")]
    unit: Option<String>,
    /// What it is, in words.
    #[schema(example = "цена")]
    title: Option<&'static str>,
    /// The value as people read it.
    #[schema(example = "50,93 ₽")]
    text: String,
    /// Of a fact: where it comes from.
    source: Option<CalculationSource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    parts: Vec<CalculationStep>,
}

/// Where a number comes from.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalculationSource {
    /// `reading`, `readings` (what was used between two), `version` (a price, a norm, a rate with its act), `register`
    /// (premises, the house, who lives there), `entry` (of the ledger), `setting` or `calendar`.
    #[schema(example = "version")]
    kind: &'static str,
    /// The ids of what it comes from: of two readings, the earlier first; the name of a setting.
    ids: Vec<String>,
    /// Of a version: the act behind it.
    act: Option<LegalActView>,
}

/// The calculation behind a line of a bill, as a tree: formula, figures, ids of readings, versions of tariffs and acts
#[utoipa::path(
    get, path = "/api/billing/bills/{bill_number}/lines/{line_no}/calculation", operation_id = "get_line_calculation",
    tag = "billing", security(("session" = [])),
    params(
        ("bill_number" = String, Path, example = "202603-0000000015"),
        ("line_no" = usize, Path, description = "Its place in `lines` of the bill; the first is 1", example = 1),
    ),
    responses(
        (status = 200, body = LineCalculation),
        (status = 304, description = "Nothing changed since the entity tag in If-None-Match"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path((bill_number, line_no)): Path<(String, usize)>,
) -> Result<Reply<LineCalculation>, Problem> {
    actor.may(Action::SeeBills, Relation::Own)?;
    let (bill, explained) = env.db().read(|conn| {
        let (bill, _) = own_bill(conn, &actor.person_id, &bill_number)?;
        let explained = billing::lines_of(conn, bill.bill_id)?;
        Ok::<_, Problem>((bill, explained))
    })?;
    let line = line_no.checked_sub(1).and_then(|place| explained.lines.get(place)).ok_or_else(Problem::not_found)?;
    let kept = Kept::all(&line.explanation).map_err(Problem::internal)?;
    let calculations = kept.iter().map(|one| {
        let tree = one.tree.node(&explained.acts).map_err(Problem::internal)?;
        let amount = Kopecks::round(tree.value).map_err(Problem::internal)?;
        let (figure, title) = (one.figure.as_str(), one.title());
        Ok(Calculation { figure, title, amount: amount.0, tree: step(&tree)? })
    });
    Ok(Reply::ok(LineCalculation {
        bill_number: bill.number,
        service: line.service.as_str(),
        title: line.service.title(),
        of_period: line.of_period.to_string(),
        calculations: calculations.collect::<Result<_, Problem>>()?,
    }))
}

fn step(node: &Node<'_>) -> Result<CalculationStep, Problem> {
    let (operation, parts) = match &node.operation {
        Operation::Fact { .. } => ("fact", &[][..]),
        Operation::Sum { parts } => ("sum", parts.as_slice()),
        Operation::Product { parts } => ("product", parts.as_slice()),
        Operation::Difference { parts } => ("difference", parts.as_slice()),
        Operation::Quotient { parts } => ("quotient", parts.as_slice()),
        Operation::Least { parts } => ("least", parts.as_slice()),
        Operation::NotBelowZero { part } => ("not_below_zero", std::slice::from_ref(&**part)),
    };
    Ok(CalculationStep {
        operation,
        value: node.value.to_string(),
        quantity: node.name.map(|name| word(name.quantity)).transpose()?,
        unit: node.name.map(|name| word(name.unit)).transpose()?,
        title: node.name.map(|name| name.quantity.title()),
        text: node.value_with_unit(),
        source: match &node.operation {
            Operation::Fact { source } => Some(source_view(source)),
            _ => None,
        },
        parts: parts.iter().map(step).collect::<Result<_, _>>()?,
    })
}

/// The word by which programs are told what a number is.
fn word(name: impl Serialize) -> Result<String, Problem> {
    let name = serde_json::to_value(name).map_err(Problem::internal)?;
    name.as_str().map(str::to_owned).ok_or_else(|| Problem::internal("a name that is no word"))
}

fn source_view(source: &Source<'_>) -> CalculationSource {
    let (kind, ids): (_, &[&str]) = match source {
        Source::Reading { id } => ("reading", &[id]),
        Source::Readings { from, to } => ("readings", &[from, to]),
        Source::Version { id, .. } => ("version", &[id]),
        Source::Register { id } => ("register", &[id]),
        Source::Entry { id } => ("entry", &[id]),
        Source::Setting { name } => ("setting", &[name]),
        Source::Calendar => ("calendar", &[]),
    };
    let act = match source {
        Source::Version { act, .. } => Some((*act).into()),
        _ => None,
    };
    CalculationSource { kind, ids: ids.iter().map(|id| (*id).to_owned()).collect(), act }
}
