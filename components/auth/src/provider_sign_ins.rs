//! Sign-in at a provider: the way there, and the callback that it answers to.
//!
//! The callback is a page that the provider's redirect opens, so it answers with a redirect itself: on, where somebody
//! is let in; to the sign-in page with a reason, where nobody is.

use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse, Response},
};
use domain::{
    confirmation::is_recent,
    identity::{
        SIGN_IN_TIME, UNLINKED_TIME, ends_at, next_path,
        pkce::CodeVerifier,
        refusal::{self, Reason},
    },
    person_name::PersonName,
};
use http::{HeaderMap, StatusCode, header};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Tx, audit, consents,
    identities::{self, Identity, NewSignIn, NewUnlinked, SignIn},
    persons,
    settings::Settings,
    snils::{self, SealedSnils, Source},
};
use utoipa::{IntoParams, ToSchema};
use web::{
    Body, Client, Env, Path, Problem, Query, Reply, Slug, fresh_id,
    limit::{self, Rule},
    session, sha256,
};

use crate::{
    audits,
    identities::give_up,
    levels,
    opening::{Device, Person},
    provider::{self, Answer, Begun, Fault, IdentityProvider, Who},
    second_factor,
    second_stage::{FirstStep, Stage, second_stage},
    waiting::Waiting,
};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
const PER_DEVICE: Rule = Rule { setting: "limit.provider_sign_in_per_device", window: WINDOW };
const PER_ADDRESS: Rule = Rule { setting: "limit.provider_sign_in_per_address", window: WINDOW };
/// Anybody can make an answer be refused, and the record is kept for ever: of many refusals the first ones tell enough,
/// and those of others leave each network a share.
const RECORDED: Rule = Rule { setting: "limit.provider_refusal", window: SignedDuration::from_hours(1) };

/// Where one can sign in besides the portal itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderList {
    items: Vec<ProviderView>,
}

/// A provider that the operator switched on.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderView {
    #[schema(example = "oidc")]
    pub(crate) provider: &'static str,
    /// What people know it by.
    #[schema(example = "Единый вход города")]
    name: String,
    /// Who signs in there may stand on this level here at most: `basic`, or `confirmed` where it checked documents.
    #[schema(example = "confirmed")]
    level: &'static str,
    /// Whether whom it is sure of may sign in here by СНИЛС and password then.
    tells_snils: bool,
}

/// Providers by which one can sign in
#[utoipa::path(
    get, path = "/api/auth/providers", operation_id = "list_providers", tag = "auth",
    responses((status = 200, body = ProviderList))
)]
pub(crate) async fn list(State(env): State<Env>) -> Result<Reply<ProviderList>, Problem> {
    Ok(Reply::ok(ProviderList { items: views(&env)?.collect() }))
}

pub(crate) fn views(env: &Env) -> Result<impl Iterator<Item = ProviderView>, Problem> {
    let view = |one: Box<dyn IdentityProvider>| ProviderView {
        provider: one.key(),
        name: one.name().to_owned(),
        level: one.level().as_str(),
        tells_snils: one.tells_snils(),
    };
    Ok(provider::all(env)?.into_iter().map(view))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProviderSignIn {
    /// The path of the portal to go on to.
    #[schema(example = "/readings")]
    next: String,
    /// Whether the person is to sign in there anew, as a confirmation by `sign-in` asks: a session that is open at the
    /// provider is not enough then.
    #[serde(default)]
    is_anew: bool,
}

/// A sign-in that goes on at the provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderSignInView {
    /// Where the browser goes now.
    authorize_url: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Begin to sign in at a provider; only the browser that began can finish
#[utoipa::path(
    post, path = "/api/auth/providers/{provider}/sign-ins", operation_id = "begin_provider_sign_in", tag = "auth",
    params(("provider" = String, Path)), request_body = NewProviderSignIn,
    responses(
        (status = 201, body = ProviderSignInView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "provider-unavailable"),
    )
)]
pub(crate) async fn begin(
    State(env): State<Env>,
    client: Client,
    Path(provider): Path<String>,
    Body { value: input, .. }: Body<NewProviderSignIn>,
) -> Result<impl IntoResponse, Problem> {
    let provider = provider::find(&env, &provider)?.ok_or_else(Problem::not_found)?;
    let device = Device::of(&env, &client);
    let (state, nonce) = (provider.state(&env), web::hex(&env.random::<32>()));
    let verifier = CodeVerifier::from_random(env.random());
    let expires_at = ends_at(env.now(), SIGN_IN_TIME);
    let new = NewSignIn {
        state_hash: &sha256(&state),
        provider: provider.key(),
        device: &device.hash(),
        nonce: &nonce,
        code_verifier: verifier.expose(),
        next: next_path(&input.next),
        is_anew: input.is_anew,
        expires_at,
    };
    env.db().write(|tx| keep(tx, &env, &client, &device, &new))?;
    let begun = Begun { state: &state, nonce: &nonce, challenge: &verifier.challenge(), is_anew: input.is_anew };
    let authorize_url = provider.authorize_url(&env, &begun).await.map_err(unavailable)?;
    let view = ProviderSignInView { authorize_url, expires_at: format!("{expires_at:.3}") };
    Ok((AppendHeaders([session::device_cookie(device.as_str())]), Reply::created(view)))
}

fn keep(tx: &Tx<'_>, env: &Env, client: &Client, device: &Device, new: &NewSignIn<'_>) -> Result<(), Problem> {
    let settings = Settings::at(tx, env.now())?;
    limit::count(tx, env, &settings, PER_DEVICE, device.as_str())?;
    limit::count(tx, env, &settings, PER_ADDRESS, &client.household())?;
    Ok(identities::begin(tx, env.now(), new)?)
}

fn unavailable(fault: Fault) -> Problem {
    let detail = "Этот вход сейчас не отвечает. Повторите через минуту или войдите с паролем.";
    Problem::new(Slug::ProviderUnavailable, detail).because(fault)
}

/// What the provider's redirect brings.
#[derive(Deserialize, IntoParams)]
pub(crate) struct Callback {
    /// What the sign-in was begun with.
    state: Option<String>,
    /// What is exchanged for the tokens.
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Why, in the provider's words.
    error_description: Option<String>,
    /// The provider's address (RFC 9207).
    iss: Option<String>,
}

/// Where a provider sends the browser back to; answers with a redirect, to the sign-in page where nobody is let in
#[utoipa::path(
    get, path = "/auth/{provider}/callback", operation_id = "finish_provider_sign_in", tag = "auth",
    params(("provider" = String, Path), Callback),
    responses(
        (status = 303, description = "Signed in, or back at the sign-in page with a reason",
         headers(("location" = String), ("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found"),
    )
)]
pub(crate) async fn finish(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Path(provider): Path<String>,
    callback: Result<Query<Callback>, Problem>,
) -> Result<Response, Problem> {
    let Some(provider) = provider::find(&env, &provider)? else { return Ok(refused(Reason::Unknown)) };
    let device = Device::of(&env, &client);
    let answered = match callback {
        Ok(Query(callback)) => answered(&env, &*provider, &device, &callback).await?,
        Err(_) => Err(Refusal::new(Reason::Distrusted, "its parameters are not those of an answer")),
    };
    match answered {
        Ok(answered) => let_in(&env, &client, &headers, &device, &*provider, &answered).await,
        Err(refusal) => {
            env.db().write(|tx| refuse(tx, &env, &client, &*provider, &refusal))?;
            Ok(refused(refusal.reason))
        }
    }
}

/// In characters: whatever a provider answers, the record of a refusal stays a line.
const CAUSE_MAX: usize = 200;

/// Why nobody is let in: for the page, and for the record.
struct Refusal {
    reason: Reason,
    cause: String,
}

impl Refusal {
    fn new(reason: Reason, cause: &str) -> Self {
        Self { reason, cause: cause.chars().take(CAUSE_MAX).collect() }
    }
}

/// Who signed in at the provider, and where that was to lead.
struct Answered {
    who: Who,
    next: String,
}

/// What came of a sign-in that was begun; it is used up.
async fn answered(
    env: &Env,
    provider: &dyn IdentityProvider,
    device: &Device,
    callback: &Callback,
) -> Result<Result<Answered, Refusal>, Problem> {
    let state_hash = sha256(callback.state.as_deref().unwrap_or_default());
    let taken = env.db().write(|tx| identities::take(tx, env.now(), provider.key(), &state_hash, &device.hash()))?;
    let Some(sign_in) = taken else {
        return Ok(Err(Refusal::new(Reason::Stale, "state: no sign-in of this browser waits for it")));
    };
    Ok(identify(env, provider, callback, &sign_in).await.map(|who| Answered { who, next: sign_in.next }))
}

async fn identify(
    env: &Env,
    provider: &dyn IdentityProvider,
    callback: &Callback,
    sign_in: &SignIn,
) -> Result<Who, Refusal> {
    if callback.iss.as_ref().is_some_and(|issuer| *issuer != provider.issuer()) {
        return Err(Refusal::new(Reason::Distrusted, "another provider answered"));
    }
    let Some(code) = &callback.code else { return Err(without_code(callback)) };
    let answer = Answer { code, issuer: callback.iss.as_deref() };
    let who = provider.identify(env, &answer, sign_in).await;
    let who = who.map_err(|fault| Refusal::new(fault.reason(), &fault.to_string()))?;
    if sign_in.is_anew && !is_recent(who.authenticated_at, env.now()) {
        return Err(Refusal::new(Reason::NotAnew, "auth_time: not a moment ago"));
    }
    Ok(who)
}

/// Of the provider's own words only those that the standard has are kept.
fn without_code(callback: &Callback) -> Refusal {
    let description = callback.error_description.as_deref().unwrap_or_default();
    let nothing = refusal::Refusal { reason: Reason::Distrusted, words: "neither a code nor an error came".into() };
    let refusal::Refusal { reason, words } =
        callback.error.as_ref().map_or(nothing, |error| refusal::of_authorization(error, description));
    Refusal::new(reason, &words)
}

fn refuse(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    provider: &dyn IdentityProvider,
    refusal: &Refusal,
) -> store::Result<()> {
    let settings = Settings::at(tx, env.now())?;
    if !limit::is_within_shared(tx, env, &settings, RECORDED, provider.key(), &client.household())? {
        return Ok(());
    }
    let record = audit::Record {
        actor: "visitor",
        action: "provider-sign-in.refuse",
        object: &format!("provider:{}", provider.key()),
        fields: &[("address", &client.address), ("reason", refusal.reason.as_str()), ("cause", &refusal.cause)],
    };
    audit::record(tx, env.now(), env.random(), &record)
}

fn refused(reason: Reason) -> Response {
    redirect(&format!("/sign-in?reason={}", reason.as_str())).into_response()
}

/// 303 asks for the next page with GET, and no cache keeps the way there.
fn redirect(to: &str) -> impl IntoResponse + use<> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned()), (header::CACHE_CONTROL, "no-store".to_owned())])
}

async fn let_in(
    env: &Env,
    client: &Client,
    headers: &HeaderMap,
    device: &Device,
    provider: &dyn IdentityProvider,
    answered: &Answered,
) -> Result<Response, Problem> {
    let Answered { who, next } = answered;
    let identity = Identity {
        provider: provider.key(),
        issuer: provider.issuer(),
        subject: &who.subject,
        level: who.level,
        name: &who.name,
    };
    // Who signs in anew has decided against what waited before.
    give_up(env, headers)?;
    let waiting = Waiting::fresh(env);
    let known_device = AppendHeaders([session::device_cookie(device.as_str())]);
    match env.db().write(|tx| open(tx, env, client, device, &waiting, identity, answered))? {
        None => Ok((known_device, AppendHeaders([waiting.set()]), redirect("/identity")).into_response()),
        Some(Stage::Opened(opened)) => {
            let (cookies, _) = opened.hand_over(env, client, device, headers).await?;
            Ok((cookies, redirect(next)).into_response())
        }
        Some(Stage::Blocked(kept)) => Ok(redirect(&format!("/sign-in?reason={}", kept.reason)).into_response()),
        Some(Stage::Pending(_)) => {
            let page = format!("/sign-in?{}", domain::identity::form(&[("reason", "second-factor"), ("next", next)]));
            Ok((known_device, redirect(&page)).into_response())
        }
    }
}

/// What the provider says of the person now. Somebody else's СНИЛС stays that one's.
fn take_over(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    identity: Identity<'_>,
    who: &Who,
) -> Result<(), Problem> {
    identities::signed_in(tx, env.now(), identity)?;
    follow_name(tx, env, client, person_id, identity)?;
    if let Some(snils) = &who.snils {
        snils::keep(tx, env.now(), &second_factor::keys(env)?, env.random(), person_id, snils, Source::Esia)?;
    }
    Ok(())
}

/// The name of the profile changes with the provider's where it was taken from there, and its person wrote no other.
fn follow_name(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    identity: Identity<'_>,
) -> Result<(), Problem> {
    let Ok(told) = PersonName::parse(identity.name) else { return Ok(()) };
    let name = persons::name(tx, person_id)?.ok_or_else(nobody)?;
    if name == told.as_str() || !identities::is_name_followed(tx, identity)? {
        return Ok(());
    }
    persons::rename(tx, person_id, told.as_str())?;
    let fields = [("from", name.as_str()), ("to", told.as_str()), ("provider", identity.provider)];
    Ok(audits::of_person(tx, env, client, person_id, "profile.rename", &fields)?)
}

fn nobody() -> Problem {
    Problem::internal("an identity of nobody")
}

/// Nothing that the provider told is lost until the person says who that is here.
fn await_person(
    tx: &Tx<'_>,
    env: &Env,
    waiting: &Waiting,
    identity: Identity<'_>,
    Answered { who, next }: &Answered,
) -> Result<(), Problem> {
    let (id, keys) = (fresh_id(env), second_factor::keys(env)?);
    let new = NewUnlinked {
        unlinked_identity_id: &id,
        identity,
        cookie_hash: &waiting.hash(),
        sid: who.sid.as_deref(),
        authenticated_at: who.authenticated_at,
        snils: who.snils.as_ref().map(|snils| SealedSnils::new(&keys, env.random(), &id, snils)),
        next,
        expires_at: ends_at(env.now(), UNLINKED_TIME),
    };
    Ok(identities::await_person(tx, env.now(), &new)?)
}

/// How far the identity's person comes in; without one the identity waits until somebody says who that is here.
fn open(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    waiting: &Waiting,
    identity: Identity<'_>,
    answered: &Answered,
) -> Result<Option<Stage>, Problem> {
    let who = &answered.who;
    let Some(person_id) = identities::person(tx, identity)? else {
        return await_person(tx, env, waiting, identity, answered).map(|()| None);
    };
    levels::following(tx, env, &person_id, || {
        // Who withdrew the consent gives no new data (ФЗ-152, ст. 21 ч. 5).
        match consents::is_withdrawn(tx, &person_id, consents::PORTAL)? {
            true => identities::seen(tx, env.now(), identity)?,
            false => take_over(tx, env, client, &person_id, identity, who)?,
        }
        Ok(())
    })?;
    let name = persons::name(tx, &person_id)?.ok_or_else(nobody)?;
    let (person, by) = (Person { person_id, name }, who.session(identity.provider));
    Ok(Some(second_stage(tx, env, client, device, person, FirstStep::Provider(by))?))
}
