//! Whose identities at providers are: a new one finds its person, a person takes one away.

use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use domain::{
    access::{Action, Relation, Role},
    confirmation::Operation,
    person_name::PersonName,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    consents::{self, Act},
    events::{self, Event},
    identities::{self, Linked, Unlinked},
    persons::{self, NewPerson, sessions::note_provider},
    second_factors,
    snils::{self, Source},
    state,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Path, Problem, Reply, Slug, audit, confirmation::Confirmation, consent, fresh_id};

use crate::{
    audits,
    consents::ConsentChoice,
    levels,
    opening::{self, Device, Opened, Person},
    profile, provider, second_factor,
    sessions::{self, SessionView},
    waiting::{self, Waiting},
};

/// An identity that waits for its person.
#[derive(Serialize, ToSchema)]
pub(crate) struct AwaitingView {
    /// By which name it is taken: what a page shows is what is taken.
    unlinked_identity_id: String,
    #[schema(example = "oidc")]
    provider: String,
    /// What people know the provider by.
    provider_name: String,
    /// The name that the provider has; empty where it has none.
    #[schema(example = "Иванова Анна Сергеевна")]
    name: String,
    /// The path of the portal to go on to, as the sign-in was begun with it.
    #[schema(example = "/readings")]
    next: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Who has just signed in at a provider in this browser, and is nobody here yet
#[utoipa::path(
    get, path = "/api/auth/identities/awaiting", operation_id = "show_awaiting_identity", tag = "auth",
    responses(
        (status = 200, body = AwaitingView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn awaiting(State(env): State<Env>, headers: HeaderMap) -> Result<Reply<AwaitingView>, Problem> {
    let found = waits(&env, &headers)?;
    Ok(Reply::ok(AwaitingView {
        unlinked_identity_id: found.unlinked_identity_id,
        provider_name: provider_name(&env, &found.provider)?,
        provider: found.provider,
        name: found.name,
        next: found.next,
        expires_at: format!("{:.3}", found.expires_at),
    }))
}

/// The identity that waits in this browser.
fn waits(env: &Env, headers: &HeaderMap) -> Result<Unlinked, Problem> {
    let cookie_hash = Waiting::of(headers).ok_or_else(nobody_waits)?.hash();
    env.db().read(|conn| identities::awaiting(conn, env.now(), &cookie_hash))?.ok_or_else(nobody_waits)
}

/// Forget who has just signed in at a provider in this browser; harmless where nobody did
#[utoipa::path(
    delete, path = "/api/auth/identities/awaiting", operation_id = "decline_awaiting_identity", tag = "auth",
    responses((status = 204, description = "Nobody waits"))
)]
pub(crate) async fn decline(State(env): State<Env>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    give_up(&env, &headers)?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([waiting::clear()])))
}

/// Whoever uses this browser next does not find what waits in it.
pub(crate) fn give_up(env: &Env, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(cookie) = Waiting::of(headers) else { return Ok(()) };
    Ok(env.db().write(|tx| identities::end_awaiting(tx, env.now(), &cookie.hash()))?)
}

fn nobody_waits() -> Problem {
    Problem::new(Slug::NotFound, "Этот вход уже не ждёт решения. Начните вход заново.")
}

/// A provider that was switched off since keeps its short name.
fn provider_name(env: &Env, provider: &str) -> Result<String, Problem> {
    Ok(provider::find(env, provider)?.map_or_else(|| provider.to_owned(), |found| found.name().to_owned()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityRegistration {
    /// Who was shown to wait.
    unlinked_identity_id: String,
    /// The name to greet with.
    #[schema(example = "Анна Сергеевна")]
    name: String,
    /// The consent that the person gave: without it no login can be kept.
    consent: ConsentChoice,
}

/// Begin here as whoever has just signed in at a provider; the answer signs in
#[utoipa::path(
    post, path = "/api/auth/identities/registrations", operation_id = "register_identity", tag = "auth",
    request_body = IdentityRegistration,
    responses(
        (status = 201, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, consent-outdated, not-found, identity-taken"),
    )
)]
pub(crate) async fn register(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Body { value: input, .. }: Body<IdentityRegistration>,
) -> Result<impl IntoResponse, Problem> {
    let name = PersonName::parse(&input.name).map_err(|_| {
        let detail = "Напишите, как к вам обращаться, например: Анна Сергеевна.";
        Problem::field("/name", detail)
    })?;
    let device = Device::of(&env, &client);
    let opened = env.db().write(|tx| begin_here(tx, &env, &client, &headers, &device, &name, &input))?;
    let answer = opened.answer(&env, &client, &device, &headers).await?;
    Ok((StatusCode::CREATED, AppendHeaders([waiting::clear()]), answer))
}

fn begin_here(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    headers: &HeaderMap,
    device: &Device,
    name: &PersonName,
    input: &IdentityRegistration,
) -> Result<Opened, Problem> {
    let text = input.consent.text(tx, env, consents::PORTAL)?;
    let found = take(tx, env, headers, &input.unlinked_identity_id)?;
    let person_id = add(tx, env, &found.provider, name)?;
    link_to(tx, env, &person_id, &found)?;
    if PersonName::parse(&found.name).is_ok_and(|known| known == *name) {
        identities::follow_name(tx, found.identity())?;
    }
    audits::of_person(tx, env, client, &person_id, "person.register", &[("provider", &found.provider)])?;
    crate::consents::record(tx, env, client, &person_id, &text, Act::Given)?;
    events::emit(tx, env.now(), &person_id, &Event::PersonRegistered)?;
    open(tx, env, client, device, &person_id, &found)
}

/// A session as after any sign-in at the provider. Who links has one already; but the provider's word may open more than
/// that one did, and whoever knew its cookie does not rise with it.
fn open(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person_id: &str,
    found: &Unlinked,
) -> Result<Opened, Problem> {
    let name = persons::name(tx, person_id)?.ok_or_else(Problem::unauthenticated)?;
    let opened = opening::open(tx, env, client, device, Person { person_id: person_id.to_owned(), name })?;
    note_provider(tx, &opened.actor().session_id, found.session())?;
    Ok(opened)
}

/// The identity that waits in this browser, used up.
fn take(tx: &Tx<'_>, env: &Env, headers: &HeaderMap, unlinked_identity_id: &str) -> Result<Unlinked, Problem> {
    let cookie_hash = Waiting::of(headers).ok_or_else(nobody_waits)?.hash();
    identities::take_awaiting(tx, env.now(), unlinked_identity_id, &cookie_hash)?.ok_or_else(nobody_waits)
}

/// Somebody without a password, phone or e-mail: the login stands in the profile and opens nothing.
fn add(tx: &Tx<'_>, env: &Env, provider: &str, name: &PersonName) -> Result<String, Problem> {
    let (person_id, now) = (fresh_id(env), env.now());
    let login = format!("{provider}-{}", web::hex(&env.random::<5>()));
    let person = NewPerson {
        person_id: &person_id,
        login: Some(&login),
        phone: None,
        email: None,
        password_hash: persons::NO_PASSWORD,
        name: name.as_str(),
        roles: &[Role::Resident],
        is_demo: false,
    };
    state::settle(tx, now)?;
    persons::add(tx, now, &person)?;
    Ok(person_id)
}

/// What the provider told is kept with it. Somebody else's СНИЛС stays that one's.
fn link_to(tx: &Tx<'_>, env: &Env, person_id: &str, found: &Unlinked) -> Result<(), Problem> {
    let linked = identities::link(tx, env.now(), person_id, found.identity());
    linked.map_err(|error| if error.is_duplicate_of("identity.") { taken() } else { Problem::from(error) })?;
    let keys = second_factor::keys(env)?;
    if let Some(snils) = found.snils.as_ref().and_then(|sealed| sealed.open(&keys, &found.unlinked_identity_id)) {
        snils::keep(tx, env.now(), &keys, env.random(), person_id, &snils, Source::Esia)?;
    }
    Ok(())
}

fn taken() -> Problem {
    let detail = "Этот вход уже привязан к другому человеку, или у вас уже привязан другой вход этого же сервиса. \
                  Отвяжите прежний в профиле или войдите под ним.";
    Problem::new(Slug::IdentityTaken, detail)
}

/// The identities of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityList {
    items: Vec<IdentityView>,
}

/// By what a person can sign in besides the password.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityView {
    #[schema(example = "oidc")]
    provider: String,
    /// What people know the provider by.
    provider_name: String,
    /// The name that the provider has; empty where it has none.
    name: String,
    /// `basic` or `confirmed`.
    #[schema(example = "confirmed")]
    level: &'static str,
    #[schema(format = DateTime)]
    linked_at: String,
    #[schema(format = DateTime)]
    signed_in_at: String,
    /// When the provider said so.
    #[schema(format = DateTime)]
    told_at: String,
}

/// By which providers I sign in
#[utoipa::path(
    get, path = "/api/auth/identities", operation_id = "list_identities", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = IdentityList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<IdentityList>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor))?))
}

fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor) -> Result<IdentityList, Problem> {
    let linked = identities::of_person(conn, &actor.person_id)?;
    let items = linked.into_iter().map(|one| view(env, one));
    Ok(IdentityList { items: items.collect::<Result<_, _>>()? })
}

fn view(env: &Env, linked: Linked) -> Result<IdentityView, Problem> {
    Ok(IdentityView {
        provider_name: provider_name(env, &linked.provider)?,
        provider: linked.provider,
        name: linked.name,
        level: linked.level.as_str(),
        linked_at: format!("{:.3}", linked.linked_at),
        signed_in_at: format!("{:.3}", linked.signed_in_at),
        told_at: format!("{:.3}", linked.told_at),
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIdentity {
    /// Who was shown to wait.
    unlinked_identity_id: String,
}

/// Make whoever has just signed in at a provider in this browser me: both are proved, by the session and by the provider
#[utoipa::path(
    post, path = "/api/auth/identities", operation_id = "link_identity", tag = "auth", security(("session" = [])),
    request_body = NewIdentity,
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = IdentityList, headers(("set-cookie" = String, description = "The session goes on under it"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, unauthenticated, forbidden, not-found, identity-taken, consent-withdrawn, \
                        confirmation-required, confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn link(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    headers: HeaderMap,
    confirmation: Confirmation,
    Body { value: input, bytes }: Body<NewIdentity>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    if waits(&env, &headers)?.unlinked_identity_id != input.unlinked_identity_id {
        return Err(nobody_waits());
    }
    let confirmed = confirmation.named(&env, &actor, Operation::LinkIdentity, &bytes)?;
    let device = Device::of(&env, &client);
    let (opened, linked) = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        consent::require(tx, &actor)?;
        let found = take(tx, &env, &headers, &input.unlinked_identity_id)?;
        levels::following(tx, &env, &actor.person_id, || link_to(tx, &env, &actor.person_id, &found))?;
        audit::record(
            tx,
            &env,
            &actor,
            &client,
            "identity.link",
            &object(&found.provider),
            &[("provider", &found.provider)],
        )?;
        let opened = open(tx, &env, &client, &device, &actor.person_id, &found)?;
        Ok::<_, Problem>((opened, listed(tx, &env, &actor)?))
    })?;
    let (cookies, _) = opened.hand_over(&env, &client, &device, &headers).await?;
    Ok((cookies, AppendHeaders([waiting::clear()]), Reply::created(linked)))
}

fn object(provider: &str) -> String {
    format!("identity:{provider}")
}

/// Sign in by this provider no more: my other sessions end; refused where nothing else would let me in
#[utoipa::path(
    delete, path = "/api/auth/identities/{provider}", operation_id = "unlink_identity", tag = "auth",
    security(("session" = [])),
    params(
        ("provider" = String, Path),
        ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered"),
    ),
    responses(
        (status = 204, description = "The provider lets me in no more"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, last-way-in, confirmation-required, \
                        confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn unlink(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(provider): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    env.db().read(|conn| may_go(conn, &actor, &provider))?;
    let confirmed = confirmation.named(&env, &actor, Operation::UnlinkIdentity, b"")?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        take_away(tx, &env, &actor, &client, &provider)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Without any way in a person is lost to the portal.
fn may_go(conn: &Conn<'_>, actor: &Actor, provider: &str) -> Result<(), Problem> {
    let linked = identities::of_person(conn, &actor.person_id)?;
    if !linked.iter().any(|one| one.provider == provider) {
        return Err(Problem::not_found());
    }
    let profile = profile::own(conn, actor)?;
    let has_passkeys = second_factors::enrolled(conn, &actor.person_id)?.passkeys > 0;
    if linked.len() == 1 && !profile::has_password(&profile) && !has_passkeys {
        let detail = "Сначала задайте пароль, подключите ключ или привяжите другой вход.";
        return Err(Problem::new(Slug::LastWayIn, detail));
    }
    Ok(())
}

fn take_away(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, provider: &str) -> Result<(), Problem> {
    may_go(tx, actor, provider)?;
    identities::unlink(tx, &actor.person_id, provider)?;
    audit::record(tx, env, actor, client, "identity.unlink", &object(provider), &[("provider", provider)])?;
    // Whoever came in by it is out.
    sessions::close_others(tx, env, actor, client)
}
