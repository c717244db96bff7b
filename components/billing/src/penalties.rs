//! The penalty of a bill, debt by debt: which days at which rate.

use std::fmt::Write as _;

use domain::{
    money::Kopecks,
    penalty::{KeptStep, told},
    period::Period,
    russian::{full_date, month_and_year},
};
use serde::Serialize;
use store::{
    Conn,
    billing::{self, BillPenalty},
    ledger::Fund,
};
use utoipa::ToSchema;
use web::Problem;

/// What a debt adds to the penalty of a bill. Sums are kopecks.
#[derive(Serialize, ToSchema)]
pub(crate) struct PenaltyView {
    /// The month of the debt.
    #[schema(example = "2026-03")]
    of_period: String,
    /// For what it is owed: `services`, or `capital_repair`.
    #[schema(example = "services")]
    fund: &'static str,
    /// The debt in words.
    #[schema(example = "Долг за март 2026 г.")]
    title: String,
    /// How much of the debt was in dispute: no penalty accrues on that.
    disputed: i64,
    /// What earlier bills charged.
    before: i64,
    /// What this bill adds; below zero it takes back what a payment that became known late makes undue.
    amount: i64,
    /// How the whole penalty on the debt, `before` and `amount` together, comes about.
    #[schema(example = "5 000,00 ₽ × 9,5 % × 60 дней ÷ 300 = 95,00 ₽")]
    explanation: Option<String>,
    days: Vec<PenaltyDays>,
}

/// Days of a part of a debt that cost one fraction of one rate.
#[derive(Serialize, ToSchema)]
pub(crate) struct PenaltyDays {
    /// The first day.
    #[schema(format = Date)]
    since: String,
    /// The last day.
    #[schema(format = Date)]
    until: String,
    days: u32,
    /// The part of the debt, kopecks.
    portion: i64,
    /// When it was paid; null if it was not.
    #[schema(format = Date)]
    paid_on: Option<String>,
    /// Percent a year: the key rate of the day of payment, or of the end of the month, but no more than the law's cap.
    #[schema(example = "9.5")]
    percent: String,
    /// A day costs the rate divided by this.
    divisor: u32,
}

/// The penalty of a bill, the oldest debt first.
///
/// # Errors
/// A failing database; days that do not read back: the fault is ours.
pub(crate) fn penalties(conn: &Conn<'_>, bill_id: i64) -> Result<Vec<PenaltyView>, Problem> {
    let (penalties, acts) = billing::penalties_of(conn, bill_id)?;
    let view = |one: BillPenalty| {
        let of_period = one.of_period.to_string();
        Ok(PenaltyView {
            explanation: told(&of_period, &one.steps, &acts).map_err(Problem::internal)?,
            fund: one.fund.as_str(),
            title: title(one.of_period, one.fund),
            disputed: one.disputed.0,
            before: one.before.0,
            amount: one.amount.0,
            days: one.steps.iter().map(days).collect::<Result<_, _>>()?,
            of_period,
        })
    };
    penalties.into_iter().map(view).collect()
}

fn title(period: Period, fund: Fund) -> String {
    let fund = match fund {
        Fund::Services => "",
        Fund::CapitalRepair => ", капитальный ремонт",
    };
    format!("Долг за {}{fund}", month_and_year(period))
}

fn days(step: &KeptStep) -> Result<PenaltyDays, Problem> {
    Ok(PenaltyDays {
        since: step.since.to_string(),
        until: step.until.to_string(),
        days: step.days().map_err(Problem::internal)?.count(),
        portion: step.portion.0,
        paid_on: step.paid_on.map(|day| day.to_string()),
        percent: step.percent.normalize().to_string(),
        divisor: step.divisor,
    })
}

/// What the penalty of a bill is for, a sentence for each debt; none if there is nothing to tell.
///
/// # Errors
/// A failing database; days that do not read back: the fault is ours.
pub(crate) fn cause(conn: &Conn<'_>, bill_id: i64) -> Result<Option<String>, Problem> {
    let (penalties, acts) = billing::penalties_of(conn, bill_id)?;
    let sentence = |one: &BillPenalty| {
        let mut sentence = title(one.of_period, one.fund);
        let explanation = told(&one.of_period.to_string(), &one.steps, &acts).map_err(Problem::internal)?;
        if let (Some(first), Some(last), Some(explanation)) = (one.steps.first(), one.steps.last(), explanation) {
            let (since, until) = (full_date(first.since), full_date(last.until));
            let _ = write!(sentence, ", дни с {since} по {until}: {explanation}");
        }
        if one.before != Kopecks::ZERO {
            let _ = write!(sentence, ", раньше начислено {}, сейчас {}", one.before, one.amount);
        }
        if one.disputed != Kopecks::ZERO {
            let _ = write!(sentence, "; {} оспаривается, на эту сумму пеней нет", one.disputed);
        }
        Ok(sentence)
    };
    let sentences = penalties.iter().map(sentence).collect::<Result<Vec<_>, Problem>>()?;
    Ok((!sentences.is_empty()).then(|| sentences.join(". ")))
}
