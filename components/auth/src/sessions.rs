//! Where somebody is signed in: the present session, all of them, their end.

use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use domain::{
    access::{Action, Relation, Role, Scope},
    user_agent,
};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use store::{
    Tx,
    erasures::{self, Erasure},
    events::{self, Event},
    kv::SessionRecord,
    pending_sign_ins,
    persons::{
        self,
        sessions::{self, Open},
    },
    trusted_devices,
};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Path, Problem, Reply, audit, session, sha256};

use crate::{identities, provider_sign_outs, waiting};

/// More than anybody keeps open within the hours of a session; older ones are ended with «выйти везде» all the same.
const SHOWN_MAX: u32 = 100;

/// Who is signed in, and until when.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    person_id: String,
    /// The name to greet with.
    name: String,
    roles: Vec<&'static str>,
    /// Those of them that hold in the whole portal, beyond any one company.
    portal_roles: Vec<&'static str>,
    /// The end of the session however busy it is.
    #[schema(format = DateTime)]
    expires_at: String,
    /// The session ends after so many seconds without a request.
    idle_seconds: u32,
    /// What was asked for and will be done: the login is erased. Null where nobody asked.
    erasure: Option<ErasureAhead>,
}

/// When a login is erased, and by which word of the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureAhead {
    /// `request`, or `withdrawal` of the consent: nothing new is taken until it is given again.
    #[schema(example = "withdrawal")]
    reason: String,
    #[schema(format = DateTime)]
    due_at: String,
}

impl SessionView {
    pub(crate) fn of(env: &Env, actor: &Actor, name: String) -> Result<Self, Problem> {
        let erasure = env.db().read(|conn| erasures::open(conn, &actor.person_id))?;
        Ok(Self {
            person_id: actor.person_id.clone(),
            name,
            roles: actor.roles().into_iter().map(Role::as_str).collect(),
            portal_roles: actor.roles_in(&Scope::Portal).into_iter().map(Role::as_str).collect(),
            expires_at: actor.expires_at.to_string(),
            idle_seconds: session::idle_seconds(env)?,
            erasure: erasure.map(|Erasure { reason, due_at, .. }| ErasureAhead { reason, due_at }),
        })
    }
}

/// Who is signed in; asking keeps the session alive
#[utoipa::path(
    get, path = "/api/auth/session", operation_id = "show_session", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = SessionView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
    )
)]
pub(crate) async fn show(State(env): State<Env>, actor: Actor) -> Result<Reply<SessionView>, Problem> {
    actor.may(Action::SeeSession, Relation::Own)?;
    let name = env.db().read(|conn| persons::name(conn, &actor.person_id))?;
    let name = name.ok_or_else(Problem::unauthenticated)?;
    Ok(Reply::ok(SessionView::of(&env, &actor, name)?))
}

/// The session is over here; the provider that opened it still knows the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedOutView {
    /// Where the browser goes to sign out there too; it comes back to the sign-in page.
    sign_out_url: String,
}

/// Sign out; harmless where nobody is signed in
#[utoipa::path(
    post, path = "/api/auth/sign-out", tag = "auth", security((), ("session" = [])),
    responses(
        (status = 200, body = SignedOutView, description = "The session is over here, and can be ended at the provider"),
        (status = 204, description = "The session is over"),
    )
)]
pub(crate) async fn sign_out(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    identities::give_up(&env, &headers)?;
    let session_id = session::session_id(&headers);
    let opened_by = session_id.as_ref().map(|id| env.db().read(|conn| sessions::provider(conn, id))).transpose()?;
    if let Some(session_id) = &session_id {
        end(&env, &client, session_id, None)?;
    }
    let url = match opened_by.flatten() {
        Some(provider) => provider_sign_outs::url(&env, &provider).await,
        None => None,
    };
    let cookies = AppendHeaders([session::clear_cookie(), waiting::clear()]);
    let view = url.map(|sign_out_url| Reply::ok(SignedOutView { sign_out_url }));
    Ok((cookies, view.map_or_else(|| StatusCode::NO_CONTENT.into_response(), IntoResponse::into_response)))
}

/// Ends the session whose cookie came with the request, whoever's it is. `next_person_id` has signed in instead: the
/// same person goes on in another session, which is no sign-out.
pub(crate) fn end(env: &Env, client: &Client, session_id: &str, next_person_id: Option<&str>) -> Result<(), Problem> {
    let Some(record): Option<SessionRecord> = env.kv().session(session_id)? else { return Ok(()) };
    let goes_on = next_person_id == Some(record.person_id.as_str());
    env.db().write(|tx| {
        let Some(grants) = sessions::grants(tx, session_id)? else { return Ok(()) };
        let actor = Actor::new(record, session_id.to_owned(), grants);
        close_one(tx, env, &actor, client, session_id, if goes_on { "session.renew" } else { "session.close" })
    })
}

/// In the registry alone: its word ends a session, and the key-value store is not waited for in a transaction.
fn close(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, session_ids: &[String]) -> Result<(), Problem> {
    session_ids.iter().try_for_each(|session_id| close_one(tx, env, actor, client, session_id, "session.close"))
}

fn close_one(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    session_id: &str,
    action: &str,
) -> Result<(), Problem> {
    sessions::end(tx, env.now(), session_id)?;
    let object = if *session_id == actor.session_id { "session:own".to_owned() } else { object(session_id) };
    Ok(audit::record(tx, env, actor, client, action, &object, &[])?)
}

fn object(session_id: &str) -> String {
    format!("session:{}", public_id(session_id))
}

/// What a session is called outside: its key in the store stays inside.
fn public_id(session_id: &str) -> String {
    sha256(format!("public:{session_id}"))[..32].to_owned()
}

/// All sessions in which somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// The newest first.
    items: Vec<SessionItem>,
}

/// One place where the person is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionItem {
    session_id: String,
    /// Browser and system in plain words.
    #[schema(example = "Chrome, Android")]
    device: String,
    /// The network address that it was opened from.
    address: String,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// The session that asks.
    is_current: bool,
}

/// Where I am signed in
#[utoipa::path(
    get, path = "/api/auth/sessions", operation_id = "list_sessions", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = SessionList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<SessionList>, Problem> {
    actor.may(Action::ManageSessions, Relation::Own)?;
    let open = env.db().read(|conn| sessions::open_ones(conn, env.now(), &actor.person_id, SHOWN_MAX))?;
    let items = open.into_iter().map(|one| item(&env, &actor, one)).filter_map(Result::transpose);
    Ok(Reply::ok(SessionList { items: items.collect::<Result<_, _>>()? }))
}

/// None where it has idled out.
fn item(env: &Env, actor: &Actor, open: Open) -> Result<Option<SessionItem>, Problem> {
    let seen_at = session::seen_at(env, &open.session_id, open.created_at)?;
    Ok(seen_at.map(|seen_at| SessionItem {
        session_id: public_id(&open.session_id),
        device: user_agent::in_words(&open.user_agent),
        address: open.address,
        opened_at: format!("{:.3}", open.created_at),
        last_seen_at: format!("{seen_at:.3}"),
        is_current: open.session_id == actor.session_id,
    }))
}

/// End one of my sessions: its next request is refused
#[utoipa::path(
    delete, path = "/api/auth/sessions/{session_id}", tag = "auth", security(("session" = [])),
    params(("session_id" = String, Path)),
    responses(
        (status = 204, description = "The session is over"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn end_one(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(public): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageSessions, Relation::Own)?;
    let open = env.db().read(|conn| sessions::open_ones(conn, env.now(), &actor.person_id, SHOWN_MAX))?;
    let named = open.into_iter().find(|one| public_id(&one.session_id) == public).ok_or_else(Problem::not_found)?;
    env.db().write(|tx| close(tx, &env, &actor, &client, &[named.session_id]))?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all my sessions but this one
#[utoipa::path(
    delete, path = "/api/auth/sessions", tag = "auth", security(("session" = [])),
    responses(
        (status = 204, description = "The other sessions are over"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn end_others(State(env): State<Env>, actor: Actor, client: Client) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageSessions, Relation::Own)?;
    env.db().write(|tx| close_others(tx, &env, &actor, &client))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends whatever lets a person in without a whole sign-in: one of the staff decided so, and the person is told. What
/// stands in `fields` tells in what role and why.
pub(crate) fn end_for(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    person_id: &str,
    fields: &[(&str, &str)],
) -> store::Result<()> {
    sessions::end_all(tx, env.now(), person_id)?;
    trusted_devices::end_all(tx, person_id)?;
    pending_sign_ins::end_all(tx, person_id)?;
    audit::record(tx, env, actor, client, "session.end-by-staff", &format!("person:{person_id}"), fields)?;
    events::emit(tx, env.now(), person_id, &Event::SessionsEnded)
}

/// Ends all sessions of the actor but the one that asks; a batch at a time, however many there are.
pub(crate) fn close_others(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client) -> Result<(), Problem> {
    loop {
        let open = sessions::open_ones(tx, env.now(), &actor.person_id, SHOWN_MAX)?;
        let others: Vec<_> =
            open.into_iter().map(|one| one.session_id).filter(|one| *one != actor.session_id).collect();
        if others.is_empty() {
            return Ok(());
        }
        close(tx, env, actor, client, &others)?;
    }
}
