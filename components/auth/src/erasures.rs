//! The right to be forgotten (ФЗ-152, ст. 21): the plan, the request, changing one's mind, the acts of destruction.

use axum::{body::Bytes, extract::State};
use domain::{
    access::{Action, Relation, Scope},
    confirmation::Operation,
    russian::day_and_month,
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{
    Conn, Tx, audit,
    erasures::{self, Erasure, Place, Reason},
    events::{self, Event},
    grants,
    personal::{
        self,
        catalog::{Fate, Part},
    },
    persons::Profile,
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Client, Env, Page, PageQuery, Path, Problem, Query, Reply, Slug, capital_time, confirmation::Confirmation,
    fresh_id, gateway,
};

use crate::{data_export::at_erasure, profile, second_factor::own_contact};

/// What erasure would do, and whether it was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasurePlan {
    /// Table by table, those without a row left out.
    items: Vec<PlanItem>,
    /// Null where nobody asked.
    request: Option<RequestView>,
    /// So many days one may change one's mind.
    grace_days: i64,
}

/// What becomes of one table.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanItem {
    #[schema(example = "session")]
    table: &'static str,
    /// What people call it, Russian.
    title: &'static str,
    /// What it is needed for, Russian.
    purpose: &'static str,
    /// How long it is kept, Russian.
    kept: &'static str,
    rows: usize,
    /// Whether all of it stays, because the law says so.
    stays: bool,
    /// What becomes of it, Russian; where it stays, by which law and until when.
    fate: String,
}

/// A request to be erased.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// `request`, or `withdrawal` of the consent to the login.
    #[schema(example = "request")]
    reason: String,
    #[schema(format = DateTime)]
    requested_at: String,
    /// Until then it may be taken back.
    #[schema(format = DateTime)]
    due_at: String,
}

impl From<Erasure> for RequestView {
    fn from(Erasure { reason, requested_at, due_at, .. }: Erasure) -> Self {
        Self { reason, requested_at, due_at }
    }
}

/// What would be erased, what would stay and by which law
#[utoipa::path(
    get, path = "/api/auth/erasure", operation_id = "show_erasure", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = ErasurePlan),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn show(State(env): State<Env>, actor: Actor) -> Result<Reply<ErasurePlan>, Problem> {
    actor.may(Action::EraseData, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| plan(conn, &env, &actor))?))
}

fn plan(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<ErasurePlan> {
    let sections = personal::of_person(conn, &actor.person_id)?;
    let items = sections.iter().filter(|section| !section.rows.is_empty()).map(|section| {
        let Part { table, title, purpose, kept, fate, .. } = section.part;
        let stays = matches!(fate, Fate::Stays { .. });
        PlanItem { table, title, purpose, kept, rows: section.rows.len(), stays, fate: at_erasure(*fate) }
    });
    Ok(ErasurePlan {
        items: items.collect(),
        request: erasures::open(conn, &actor.person_id)?.map(RequestView::from),
        grace_days: Settings::at(conn, env.now())?.get("erasure.grace_days")?,
    })
}

/// Ask to be erased: nothing happens for some days, and until then it may be taken back. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/erasure", operation_id = "request_erasure", tag = "auth", security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = ErasurePlan),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, erasure-blocked, confirmation-required, confirmation-stale, \
                        rate-limited"),
    )
)]
pub(crate) async fn request(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    body: Bytes,
) -> Result<Reply<ErasurePlan>, Problem> {
    actor.may(Action::EraseData, Relation::Own)?;
    env.db().read(|conn| refuse_staff(conn, &actor))?;
    let confirmed = confirmation.named(&env, &actor, Operation::EraseData, &body)?;
    let (plan, told) = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        refuse_staff(tx, &actor)?;
        let due_at = begin_grace(tx, &env, &actor, &client)?;
        Ok::<_, Problem>((plan(tx, &env, &actor)?, due_at.map(|due_at| (profile::own(tx, &actor), due_at))))
    })?;
    if let Some((profile, due_at)) = told {
        let text = format!(
            "Мой дом: по вашей просьбе мы сотрём ваш вход и данные {}. Передумали — отмените на портале, в профиле, \
             «Ваши данные».",
            day(due_at)
        );
        tell(&env, &profile?, &text).await?;
    }
    Ok(Reply::created(plan))
}

/// Whoever works here has duties that others rely on: first somebody takes the role away.
fn refuse_staff(conn: &Conn<'_>, actor: &Actor) -> Result<(), Problem> {
    if !grants::is_staff(conn, &actor.person_id)? {
        return Ok(());
    }
    let detail = "У вас есть рабочая роль на портале. Попросите администратора снять её, потом сотрём ваши данные.";
    Err(Problem::new(Slug::ErasureBlocked, detail))
}

/// Answers from when on it is done, where it was not asked for before.
fn begin_grace(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client) -> Result<Option<Timestamp>, Problem> {
    let due_at = after_days(tx, env, "erasure.grace_days")?;
    if !erasures::request(tx, env.now(), &fresh_id(env), &actor.person_id, Reason::Request, due_at)? {
        return Ok(None);
    }
    note(tx, env, actor, client, "erasure.request")?;
    events::emit(tx, env.now(), &actor.person_id, &Event::ErasureRequested { due_at: format!("{due_at:.3}") })?;
    Ok(Some(due_at))
}

fn after_days(tx: &Tx<'_>, env: &Env, setting: &str) -> store::Result<Timestamp> {
    let days: i64 = Settings::at(tx, env.now())?.get(setting)?;
    Ok(env.now() + SignedDuration::from_hours(24 * days))
}

/// The consent to the login is withdrawn: without one nothing may be kept that no law asks for. Answers from when on it
/// goes; nothing where the person works here.
pub(crate) fn after_withdrawal(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<Option<String>, Problem> {
    if grants::is_staff(tx, &actor.person_id)? {
        return Ok(None);
    }
    let due_at = after_days(tx, env, "erasure.withdrawal_days")?;
    erasures::request(tx, env.now(), &fresh_id(env), &actor.person_id, Reason::Withdrawal, due_at)?;
    Ok(erasures::open(tx, &actor.person_id)?.map(|open| open.due_at))
}

/// Whoever found a session open may have withdrawn the consent: it is told where only the person gets it.
pub(crate) async fn tell_of_withdrawal(env: &Env, profile: &Profile, due_at: Timestamp) -> Result<(), Problem> {
    let text = format!(
        "Мой дом: вы отозвали согласие, без него мы сотрём ваш вход и данные {}. Это были не вы или передумали — дайте \
         согласие снова на портале, в профиле, «Согласия».",
        day(due_at)
    );
    tell(env, profile, &text).await
}

/// Change my mind: nothing is erased
#[utoipa::path(
    delete, path = "/api/auth/erasure", operation_id = "cancel_erasure", tag = "auth", security(("session" = [])),
    responses(
        (status = 204, description = "Nothing will be erased"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn cancel(State(env): State<Env>, actor: Actor, client: Client) -> Result<StatusCode, Problem> {
    actor.may(Action::EraseData, Relation::Own)?;
    let profile = env.db().write(|tx| {
        if !erasures::cancel(tx, env.now(), &actor.person_id, None)? {
            return Err(Problem::not_found());
        }
        note(tx, &env, &actor, &client, "erasure.cancel")?;
        events::emit(tx, env.now(), &actor.person_id, &Event::ErasureCancelled)?;
        profile::own(tx, &actor)
    })?;
    tell(&env, &profile, "Мой дом: вы передумали, ваш вход и данные остаются.").await?;
    Ok(StatusCode::NO_CONTENT)
}

fn note(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, action: &str) -> store::Result<()> {
    web::audit::record(tx, env, actor, client, action, &format!("person:{}", actor.person_id), &[])
}

fn day(at: Timestamp) -> String {
    day_and_month(capital_time(at).date())
}

/// Besides the feed, which somebody else may be reading: to where only the person gets it.
async fn tell(env: &Env, profile: &Profile, text: &str) -> Result<(), Problem> {
    match own_contact(profile) {
        Some(contact) => gateway::send_unseen(env, &contact, "Ваши данные на портале «Мой дом»", text).await,
        None => Ok(()),
    }
}

/// An act of destruction (РКН order 179): what was destroyed, when, how and why, with the entry of the log about it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActView {
    erasure_id: String,
    /// Whose data they were: no name is left.
    person_id: String,
    /// Russian.
    #[schema(example = "Мой дом")]
    system: &'static str,
    /// Why, Russian.
    reason: &'static str,
    #[schema(format = DateTime)]
    requested_at: String,
    #[schema(format = DateTime)]
    done_at: String,
    /// How, Russian.
    method: &'static str,
    /// Who did it, Russian.
    done_by: &'static str,
    destroyed: Vec<DestroyedView>,
    /// What stays, by which law and until when.
    kept: Vec<KeptView>,
    /// The entry of the audit log.
    log: Option<LogView>,
}

/// What was destroyed in one table.
#[derive(Serialize, ToSchema)]
pub(crate) struct DestroyedView {
    table: String,
    /// Russian.
    title: String,
    rows: u64,
}

/// What stays.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeptView {
    /// Russian.
    title: &'static str,
    /// Russian.
    law: &'static str,
    /// Russian.
    until: &'static str,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogView {
    entry: i64,
    #[schema(format = DateTime)]
    at: String,
    hash: String,
}

/// The acts of destruction, the newest first
#[utoipa::path(
    get, path = "/api/auth/erasures", operation_id = "list_erasures", tag = "auth", security(("session" = [])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<ActView>),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Page<ActView>>, Problem> {
    actor.may_in(Action::SeeErasures, &Scope::Portal)?;
    let (limit, place) = (query.limit()?, query.cursor::<Place>()?);
    env.db().read(|conn| {
        let acts = erasures::acts(conn, place.as_ref(), limit + 1)?;
        let items = acts.into_iter().map(|act| view(conn, act)).collect::<Result<_, Problem>>()?;
        Ok(Reply::ok(Page::of(items, limit, |act: &ActView| (act.done_at.clone(), act.erasure_id.clone()))))
    })
}

/// One act of destruction
#[utoipa::path(
    get, path = "/api/auth/erasures/{erasure_id}", operation_id = "show_erasure_act", tag = "auth",
    security(("session" = [])), params(("erasure_id" = String, Path)),
    responses(
        (status = 200, body = ActView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn act(
    State(env): State<Env>,
    actor: Actor,
    Path(erasure_id): Path<String>,
) -> Result<Reply<ActView>, Problem> {
    actor.may_in(Action::SeeErasures, &Scope::Portal)?;
    env.db().read(|conn| {
        let act = erasures::act(conn, &erasure_id)?.ok_or_else(Problem::not_found)?;
        view(conn, act).map(Reply::ok)
    })
}

fn view(conn: &Conn<'_>, act: Erasure) -> Result<ActView, Problem> {
    let log = audit::last_of(conn, &format!("person:{}", act.person_id), erasures::ACTION)?;
    Ok(ActView {
        system: "Мой дом",
        reason: if act.reason == Reason::Withdrawal.as_str() {
            "субъект отозвал согласие (ФЗ-152, ст. 21 ч. 5)"
        } else {
            "субъект потребовал прекратить обработку (ФЗ-152, ст. 21 ч. 5.1)"
        },
        method: "записи удалены из базы данных или обезличены, восстановить их средствами портала нельзя",
        done_by: "задание портала, без участия человека",
        destroyed: destroyed(&act.counts)?,
        kept: personal::catalog::parts().filter_map(kept).collect(),
        log: log.map(|entry| LogView { entry: entry.seq, at: entry.at, hash: entry.hash }),
        erasure_id: act.erasure_id,
        person_id: act.person_id,
        requested_at: act.requested_at,
        done_at: act.done_at.unwrap_or_default(),
    })
}

fn destroyed(counts: &str) -> Result<Vec<DestroyedView>, Problem> {
    let counts: std::collections::BTreeMap<String, u64> = serde_json::from_str(counts).map_err(Problem::internal)?;
    let title = |table: &str| {
        // Of roles an act from before they had scopes speaks by the table that they lay in then.
        let table = if table == "person_role" { "role_grant" } else { table };
        let part = personal::catalog::parts().find(|part| part.table == table);
        part.map_or("Подробности журнала", |part| part.title).to_owned()
    };
    Ok(counts.into_iter().map(|(table, rows)| DestroyedView { title: title(&table), table, rows }).collect())
}

fn kept(part: &'static Part) -> Option<KeptView> {
    match part.fate {
        Fate::Stays { law, until } => Some(KeptView { title: part.title, law, until }),
        Fate::Goes | Fate::LosesName => None,
    }
}
