//! A bill as its page shows it: each line with how it comes about, beside an earlier month.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    bill::{BillLine, Comparison, MARKED_WHEN, Month, Zone, compare, what_changed},
    charge::Method,
    exact::ArithmeticError,
    period::Period,
};
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    billing::{self, BillRow},
    ledger,
};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Env, Path, Problem, Query, Reply};

use crate::{
    bills::{BillSummary, status_of, summary},
    filled::{explained, own_bill},
    penalties::{PenaltyView, penalties},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Beside {
    /// An earlier month to compare with; the one billed before where nothing is said.
    #[param(example = "2026-02")]
    against: Option<String>,
}

/// A bill with its lines. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillView {
    #[serde(flatten)]
    summary: BillSummary,
    /// What the lines of the month come to.
    of_month: i64,
    /// What corrections of earlier months come to.
    corrected: i64,
    /// What was owed when the bill before was issued; below zero it was paid ahead.
    before: i64,
    /// What was paid since.
    paid: i64,
    /// Those of the month in the order of services, then corrections of earlier months.
    lines: Vec<BillLineView>,
    /// What the penalty is made of, the oldest debt first; empty where there is none.
    penalties: Vec<PenaltyView>,
    /// Months of earlier bills, the latest first.
    #[schema(example = json!(["2026-02", "2026-01"]))]
    earlier: Vec<String>,
    /// Beside an earlier month; null where there is none.
    comparison: Option<BillComparison>,
}

/// A line of a bill. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillLineView {
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// The month that it is of: an earlier one if it corrects.
    #[schema(example = "2026-03")]
    of_period: String,
    /// By what the volume was found: meter, norm or other.
    #[schema(example = "meter")]
    method: &'static str,
    #[schema(example = "8.333")]
    volume: String,
    #[schema(example = "м³")]
    unit: &'static str,
    /// Rubles for a unit; null where several prices are in the line, and in corrections.
    #[schema(example = "50.93")]
    price: Option<String>,
    /// The rate zones of the charge; empty where the meter has one rate, or a price changed within the month.
    zones: Vec<BillZone>,
    charged: i64,
    /// What a multiplier adds.
    excess: i64,
    /// Recalculations, signed.
    recalculated: i64,
    /// What benefits take away.
    discount: i64,
    payable: i64,
    /// Why it corrects.
    reason: Option<String>,
    /// How it comes about, a sentence for each figure.
    #[schema(example = json!(["было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽"]))]
    explanation: Vec<String>,
}

/// A rate zone of a line. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillZone {
    #[schema(example = "ночь")]
    name: &'static str,
    #[schema(example = "58")]
    volume: String,
    /// Rubles for a unit; null where a social norm or a surcharge makes it several prices.
    #[schema(example = "3.87")]
    price: Option<String>,
    /// Its part of the charge of the line.
    charged: i64,
}

/// Two months, service by service. Sums are kopecks; corrections, debts and penalties are no part of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillComparison {
    #[schema(example = "2026-02")]
    against: String,
    /// What changed, in a sentence or two.
    sentence: String,
    /// What is marked, in a sentence.
    marked_when: &'static str,
    total_before: i64,
    total_now: i64,
    items: Vec<BillDeviation>,
}

/// A service in both months.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillDeviation {
    service: &'static str,
    title: &'static str,
    /// Null where the month has no such line.
    before: Option<i64>,
    now: Option<i64>,
    /// How much more it is now; below zero it is less.
    difference: i64,
    /// Whether the difference is worth a look: more than a fifth and more than a hundred rubles.
    is_marked: bool,
}

/// A bill: its lines with how they come about, and what changed since an earlier month
#[utoipa::path(
    get, path = "/api/billing/bills/{bill_number}", operation_id = "get_bill", tag = "billing",
    params(("bill_number" = String, Path, example = "202603-0000000015"), Beside), security(("session" = [])),
    responses(
        (status = 200, body = BillView),
        (status = 304, description = "Nothing changed since the entity tag in If-None-Match"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path(bill_number): Path<String>,
    Query(beside): Query<Beside>,
) -> Result<Reply<BillView>, Problem> {
    actor.may(Action::SeeBills, Relation::Own)?;
    let asked = beside.against.as_deref().map(month).transpose()?;
    env.db().read(|conn| {
        let (bill, account) = own_bill(conn, &actor.person_id, &bill_number)?;
        let (lines, _) = explained(billing::lines_of(conn, bill.bill_id)?, bill.period)?;
        let earlier = billing::periods_before(conn, &bill.account_id, bill.period)?;
        let against = match asked {
            Some(period) if !earlier.contains(&period) => return Err(no_such_month()),
            asked => asked.or(earlier.first().copied()),
        };
        let now = Month { period: bill.period, lines: &lines };
        let comparison = against.map(|period| beside_month(conn, &bill, period, now)).transpose()?;
        let debts = ledger::open_debts(conn, &[&bill.account_id])?;
        Ok(Reply::ok(BillView {
            summary: summary(&bill, &account, status_of(&bill, &debts)),
            of_month: bill.charged.0,
            corrected: bill.corrected.0,
            before: bill.balance_before.0,
            paid: bill.paid.0,
            lines: lines.into_iter().map(line_view).collect::<Result<_, _>>().map_err(Problem::internal)?,
            penalties: penalties(conn, bill.bill_id)?,
            earlier: earlier.iter().map(Period::to_string).collect(),
            comparison,
        }))
    })
}

fn month(text: &str) -> Result<Period, Problem> {
    Period::parse(text).map_err(|_| Problem::field("?against", "Месяц пишется как 2026-07."))
}

fn no_such_month() -> Problem {
    Problem::field("?against", "За этот месяц квитанции нет, или она не раньше этой. Какие есть: earlier в ответе.")
}

fn beside_month(conn: &Conn<'_>, bill: &BillRow, period: Period, now: Month<'_>) -> Result<BillComparison, Problem> {
    let before = billing::bill_of(conn, &bill.account_id, period)?.ok_or_else(no_such_month)?;
    let (lines, _) = explained(billing::figures_of(conn, before.bill_id)?, period)?;
    let comparison = compare(Month { period, lines: &lines }, now).map_err(Problem::internal)?;
    let sentence = what_changed(&comparison).map_err(Problem::internal)?;
    let Comparison { before, total_before, total_now, deviations, .. } = comparison;
    let items = deviations.into_iter().map(|one| BillDeviation {
        service: one.service.as_str(),
        title: one.service.title(),
        before: one.before.map(|amount| amount.0),
        now: one.now.map(|amount| amount.0),
        difference: one.difference.0,
        is_marked: one.is_marked,
    });
    Ok(BillComparison {
        against: before.to_string(),
        sentence,
        marked_when: MARKED_WHEN,
        total_before: total_before.0,
        total_now: total_now.0,
        items: items.collect(),
    })
}

/// A line with its explanation.
///
/// # Errors
/// Amounts beyond all measure.
pub(crate) fn line_view(line: BillLine) -> Result<BillLineView, ArithmeticError> {
    Ok(BillLineView {
        service: line.service.as_str(),
        title: line.service.title(),
        of_period: line.of_period.to_string(),
        method: match line.method {
            Method::Meter => "meter",
            Method::Norm => "norm",
            Method::Other => "other",
        },
        volume: line.volume.normalize().to_string(),
        unit: line.service.unit().symbol(),
        price: line.price.map(|price| price.normalize().to_string()),
        zones: line.zones.iter().map(zone_view).collect(),
        charged: line.charged.0,
        excess: line.excess.0,
        recalculated: line.recalculated.0,
        discount: line.discount.0,
        payable: line.payable()?.0,
        reason: line.reason,
        explanation: line.explanation,
    })
}

fn zone_view(zone: &Zone) -> BillZone {
    BillZone {
        name: zone.name,
        volume: zone.volume.normalize().to_string(),
        price: zone.price.map(|price| price.normalize().to_string()),
        charged: zone.charged.0,
    }
}
