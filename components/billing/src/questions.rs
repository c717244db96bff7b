//! Questions about lines of a bill (function 67): each is tied to its line, has a number and a last day for the answer.

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    calendar::date_at,
    look,
};
use jiff::{SignedDuration, ToSpan as _};
use serde::{Deserialize, Serialize};
use store::{
    billing::{
        self,
        questions::{self, NewQuestion, Question},
    },
    production_calendar,
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Body, Client, Env, IdempotencyKey, Path, Problem, Query, Reply, audit, consent, fresh_id,
    limit::{self, Rule},
};

use crate::filled::own_bill;

const LIMIT: Rule = Rule { setting: "limit.bill_question_per_person", window: SignedDuration::from_hours(24) };
const SHOWN: u32 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionPage {
    /// `next` of the page before.
    before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionList {
    /// The latest first.
    items: Vec<BillQuestion>,
    /// Where the next page begins; null on the last one.
    next: Option<i64>,
}

/// A question about a line of a bill.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillQuestion {
    question_id: String,
    /// The number to name on the phone.
    #[schema(example = 15)]
    number: i64,
    account_number: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    #[schema(example = "202603-0000000015")]
    bill_number: String,
    /// The place of the line in `lines` of the bill, from 1.
    line_no: u32,
    /// What the line is called.
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// Its month.
    #[schema(example = "2026-03")]
    of_period: String,
    /// What the line comes to, kopecks.
    payable: i64,
    words: String,
    #[schema(format = DateTime)]
    asked_at: String,
    /// The last day for an answer.
    #[schema(format = Date)]
    due_on: String,
    /// Null while it waits.
    answer: Option<String>,
    #[schema(format = DateTime)]
    answered_at: Option<String>,
}

impl From<Question> for BillQuestion {
    fn from(one: Question) -> Self {
        let (answer, answered_at) = one.answer.unzip();
        Self {
            question_id: one.bill_question_id,
            number: one.seq,
            account_number: one.account_number,
            address: one.address,
            bill_number: one.bill_number,
            line_no: one.line_no,
            title: one.service.title(),
            of_period: one.of_period.to_string(),
            payable: one.payable,
            words: one.words,
            asked_at: one.asked_at,
            due_on: one.due_on.to_string(),
            answer,
            answered_at,
        }
    }
}

/// My questions about bills, with their answers
#[utoipa::path(
    get, path = "/api/billing/questions", operation_id = "list_bill_questions", tag = "billing",
    params(QuestionPage), security(("session" = [])),
    responses(
        (status = 200, body = QuestionList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(page): Query<QuestionPage>,
) -> Result<Reply<QuestionList>, Problem> {
    actor.may(Action::AskAboutBill, Relation::Own)?;
    let before = page.before.unwrap_or(i64::MAX);
    let found = env.db().read(|conn| questions::of_person(conn, &actor.person_id, before, SHOWN))?;
    let next = found.last().filter(|_| found.len() == SHOWN as usize).map(|one| one.seq);
    Ok(Reply::ok(QuestionList { items: found.into_iter().map(BillQuestion::from).collect(), next }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBillQuestion {
    /// What is wrong: 3 to 500 characters.
    #[schema(example = "Счётчик показал меньше: на нём 131,8")]
    words: String,
}

/// Ask the company about a line of a bill: the question goes with the line's data
#[utoipa::path(
    post, path = "/api/billing/bills/{bill_number}/lines/{line_no}/questions", operation_id = "ask_about_bill",
    tag = "billing", security(("session" = [])),
    params(
        ("bill_number" = String, Path, example = "202603-0000000015"),
        ("line_no" = usize, Path, description = "Its place in `lines` of the bill; the first is 1", example = 1),
        ("Idempotency-Key" = String, Header, description = "New for each question, the same for its repetition"),
    ),
    request_body = NewBillQuestion,
    responses(
        (status = 201, body = BillQuestion),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, rate-limited, idempotency-key-reused"),
    )
)]
pub(crate) async fn ask(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    key: IdempotencyKey,
    Path((bill_number, line_no)): Path<(String, usize)>,
    Body { value: new, bytes }: Body<NewBillQuestion>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::AskAboutBill, Relation::Own)?;
    env.db().write(|tx| {
        let (bill, account) = own_bill(tx, &actor.person_id, &bill_number)?;
        let explained = billing::lines_of(tx, bill.bill_id)?;
        let line =
            line_no.checked_sub(1).and_then(|place| explained.lines.get(place)).ok_or_else(Problem::not_found)?;
        key.once(tx, &env, &actor.person_id, &bytes, || {
            consent::require(tx, &actor)?;
            let words = look::words(&new.words, true)
                .map_err(|_| Problem::field("/words", "Напишите, что не так в этой строке: от 3 до 500 знаков."))?;
            let settings = Settings::at(tx, env.now())?;
            limit::count(tx, &env, &settings, LIMIT, &actor.person_id)?;
            let zone = billing::absences::time_zone(tx, &account.account_id)?;
            let today = date_at(env.now(), &zone).map_err(Problem::internal)?;
            let days: u32 = settings.get("billing.question_working_days")?;
            let calendar = production_calendar::working_days(tx, (today, today.saturating_add(1.year())))?;
            let question_id = fresh_id(&env);
            let question = NewQuestion {
                bill_question_id: &question_id,
                account_id: &account.account_id,
                bill_id: bill.bill_id,
                line_no,
                service: line.service,
                of_period: line.of_period,
                payable: line.payable.0,
                words,
                due_on: calendar.after(today, days),
            };
            let number = questions::ask(tx, env.now(), &question)?.to_string();
            let object = format!("account:{}", account.account_id);
            let fields = [("number", number.as_str()), ("bill", &bill_number)];
            audit::record(tx, &env, &actor, &client, "billing.question", &object, &fields)?;
            let asked = questions::one(tx, &account.house_id, &question_id)?;
            Ok(asked.map(BillQuestion::from).ok_or_else(Problem::not_found))
        })
    })?
}
