//! The feed of the signed-in person: read it, mark what was read.

use axum::extract::State;
use domain::access::{Action, Relation};
use http::StatusCode;
use serde::Serialize;
use store::notices::{self, Notice, Place};
use utoipa::ToSchema;
use web::{Actor, Env, Page, PageQuery, Path, Problem, Query, Reply};

/// A page of the feed.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticePage {
    /// The notices, newest first.
    items: Vec<NoticeView>,
    /// Give it as `cursor` to see further; null at the end.
    next_cursor: Option<String>,
    /// How many notices of the whole feed are not read.
    unread: u32,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct NoticeView {
    notice_id: String,
    /// window-open, window-closing, account-linked, reading-submitted; there will be more.
    kind: String,
    title: String,
    body: String,
    /// A path of the portal where something can be done about it.
    link: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    read_at: Option<String>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        let Notice { notice_id, kind, title, body, link, created_at, read_at } = notice;
        Self { notice_id, kind, title, body, link, created_at, read_at }
    }
}

/// The feed of the signed-in person, newest first
#[utoipa::path(
    get, path = "/api/notices", operation_id = "list_notices", tag = "notices",
    params(PageQuery), security(("session" = [])),
    responses(
        (status = 200, body = NoticePage),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Reply<NoticePage>, Problem> {
    actor.may(Action::SeeNotices, Relation::Own)?;
    let (limit, place) = (query.limit()?, query.cursor::<Place>()?);
    env.db().read(|conn| {
        let found = notices::list(conn, &actor.person_id, place.as_ref(), limit + 1)?;
        let unread = notices::unread_count(conn, &actor.person_id)?;
        let Page { items, next_cursor } = Page::of(found, limit, Notice::place);
        let items = items.into_iter().map(NoticeView::from).collect();
        Ok(Reply::ok(NoticePage { items, next_cursor, unread }))
    })
}

/// Mark a notice as read; a second time changes nothing
#[utoipa::path(
    post, path = "/api/notices/{notice_id}/read", tag = "notices", security(("session" = [])),
    params(("notice_id" = String, Path)),
    responses(
        (status = 204, description = "The notice is read"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn read(
    State(env): State<Env>,
    actor: Actor,
    Path(notice_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::MarkNoticeRead, Relation::Own)?;
    let is_own = env.db().write(|tx| notices::mark_read(tx, env.now(), &actor.person_id, &notice_id))?;
    if is_own { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}
