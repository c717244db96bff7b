//! What stays of accounts that the person has unlinked.

use axum::extract::State;
use domain::access::{Action, Relation};
use serde::Serialize;
use store::homes::{self, PastAccount, PastSubmission, SubmissionKey, SubmittedReading};
use utoipa::ToSchema;
use web::{Actor, Env, Page, PageQuery, Path, Problem, Query, Reply};

/// More than anybody has unlinked: there is no page.
const PAST_ACCOUNTS_MAX: u32 = 100;

/// An account that was once linked.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastAccountView {
    account_id: String,
    #[schema(example = "0000000015")]
    number: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    #[schema(format = DateTime)]
    linked_at: String,
    #[schema(format = DateTime)]
    unlinked_at: String,
}

/// What the person submitted together.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastSubmissionView {
    submission_id: String,
    #[schema(example = "7K3Q-92XF")]
    confirmation_code: String,
    #[schema(format = DateTime)]
    submitted_at: String,
    readings: Vec<PastReadingView>,
}

/// A reading of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastReadingView {
    /// `cold_water`, `hot_water`, `electricity`, `gas` or `heat`.
    kind: String,
    serial: String,
    #[schema(example = "кухня")]
    place: Option<String>,
    #[schema(example = "2026-07")]
    period: String,
    /// Decimal text, one per rate.
    values: Vec<String>,
}

/// The accounts that the person has unlinked, all on one page
#[utoipa::path(
    get, path = "/api/homes/past-accounts", operation_id = "list_past_accounts", tag = "homes",
    security(("session" = [])),
    responses(
        (status = 200, body = Page<PastAccountView>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn accounts(State(env): State<Env>, actor: Actor) -> Result<Reply<Page<PastAccountView>>, Problem> {
    actor.may(Action::SeeAccounts, Relation::Own)?;
    let accounts = env.db().read(|conn| homes::past_accounts(conn, &actor.person_id, PAST_ACCOUNTS_MAX))?;
    let items = accounts.into_iter().map(PastAccountView::from).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// What the person submitted for an account, linked or unlinked since, the newest first
#[utoipa::path(
    get, path = "/api/homes/past-accounts/{account_id}/submissions", operation_id = "list_past_submissions",
    tag = "homes", security(("session" = [])), params(("account_id" = String, Path), PageQuery),
    responses(
        (status = 200, body = Page<PastSubmissionView>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, validation, …"),
    )
)]
pub(crate) async fn submissions(
    State(env): State<Env>,
    actor: Actor,
    Path(account_id): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Reply<Page<PastSubmissionView>>, Problem> {
    actor.may(Action::SeeAccounts, Relation::Own)?;
    let (limit, after) = (page.limit()?, page.cursor::<SubmissionKey>()?);
    env.db().read(|conn| {
        if !homes::was_ever_linked(conn, &actor.person_id, &account_id)? {
            return Err(Problem::not_found());
        }
        let past = homes::past_submissions(conn, &actor.person_id, &account_id, after.as_ref(), limit + 1)?;
        let page = Page::of(past, limit, |last| (last.submitted_at.clone(), last.submission_id.clone()));
        let items = page.items.into_iter().map(PastSubmissionView::from).collect();
        Ok(Reply::ok(Page { items, next_cursor: page.next_cursor }))
    })
}

impl From<PastAccount> for PastAccountView {
    fn from(past: PastAccount) -> Self {
        Self {
            account_id: past.account_id,
            number: past.number,
            address: past.address,
            linked_at: past.linked_at,
            unlinked_at: past.ended_at,
        }
    }
}

impl From<PastSubmission> for PastSubmissionView {
    fn from(past: PastSubmission) -> Self {
        Self {
            submission_id: past.submission_id,
            confirmation_code: past.confirmation_code,
            submitted_at: past.submitted_at,
            readings: past.readings.into_iter().map(PastReadingView::from).collect(),
        }
    }
}

impl From<SubmittedReading> for PastReadingView {
    fn from(reading: SubmittedReading) -> Self {
        Self {
            kind: reading.kind,
            serial: reading.serial,
            place: reading.place,
            period: reading.period,
            values: reading.values.iter().map(ToString::to_string).collect(),
        }
    }
}
