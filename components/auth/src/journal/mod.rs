//! What happened with my data (functions 156 and 158): who did what, when, from where, why, and what it changed.

pub(crate) mod files;
mod words;

use axum::extract::State;
use domain::access::{Action, Relation};
use serde::Serialize;
use store::audit::{self, Happening};
use utoipa::ToSchema;
use web::{Actor, Env, Page, PageQuery, Problem, Query, Reply};

use words::Who;

/// One thing that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct JournalItem {
    /// Its number; numbers of things that concern others are left out.
    entry: i64,
    #[schema(format = DateTime)]
    at: String,
    /// What was done, in a few words.
    #[schema(example = "Вход в личный кабинет")]
    what: &'static str,
    who: Who,
    /// Which of the staff: name and role; null for anybody else.
    #[schema(example = "Ольга Дмитриевна, поддержка")]
    by: Option<String>,
    /// From which network address; null for what others did as their work.
    #[schema(example = "83.1.2.3")]
    address: Option<String>,
    /// In which browser on which system; null where it is not known or not the person's business.
    #[schema(example = "Chrome, Android")]
    device: Option<String>,
    /// The particulars that tell a person something: what was before and after, of which account, with what reason.
    details: Vec<JournalDetail>,
}

/// One particular of what happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct JournalDetail {
    /// What it is, in a word or two.
    #[schema(example = "было")]
    name: &'static str,
    /// Its value, in plain words.
    #[schema(example = "Анна")]
    value: String,
}

/// What happened with my data
#[utoipa::path(
    get, path = "/api/auth/journal", operation_id = "list_journal", tag = "auth", security(("session" = [])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<JournalItem>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Page<JournalItem>>, Problem> {
    actor.may(Action::SeeJournal, Relation::Own)?;
    let (limit, before) = (query.limit()?, query.cursor::<i64>()?);
    let happened = env.db().read(|conn| audit::of_person(conn, &actor.person_id, before, limit + 1))?;
    let items = happened.into_iter().map(|one| item(&actor, one)).collect();
    Ok(Reply::ok(Page::of(items, limit, |item: &JournalItem| item.entry)))
}

fn item(actor: &Actor, happening: Happening) -> JournalItem {
    let who = Who::did(&actor.person_id, &happening);
    let address = happening.field("address").filter(|address| who.shows_where_from() && !address.is_empty());
    let account =
        happening.account_number.clone().map(|value| JournalDetail { name: "лицевой счёт", value });
    let done_to = happening.done_to.clone().map(|value| JournalDetail { name: "о ком", value });
    let particulars = happening.fields.iter().filter_map(|field| words::detail(who, field));
    JournalItem {
        entry: happening.entry.seq,
        what: words::what(&happening),
        who,
        by: words::by(who, &happening),
        address: address.map(str::to_owned),
        device: words::device(who, &happening),
        details: account.into_iter().chain(done_to).chain(particulars).collect(),
        at: happening.entry.at,
    }
}
