//! Passkeys: the person's devices sign in by a key of their own, with a finger, a face or the device's code. Such a
//! sign-in is two factors at once.

mod signature;

use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    passkey::{self, Algorithm, Ceremony, ClientData, Question, Said},
    second_factor::Method,
};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Tx, audit,
    events::{self, Event},
    passkeys::{self, NewChallenge, NewPasskey, Passkey},
    persons,
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, Path, Problem, Reply, Slug,
    confirmation::Confirmation,
    fresh_id,
    limit::{self, Rule},
    session,
};

use crate::{
    codes::Decided,
    opening::{Device, Opened, Person},
    second_factor::{self, recovery_codes::RecoveryCodesView},
    second_stage::{FirstStep, second_stage},
    sessions::SessionView,
};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
const PER_DEVICE: Rule = Rule { setting: "limit.passkey_challenge_per_device", window: WINDOW };
const PER_ADDRESS: Rule = Rule { setting: "limit.passkey_challenge_per_address", window: WINDOW };
/// More than anybody has devices.
const SHOWN_MAX: u32 = 50;
const NAME_CHARACTERS_MAX: usize = 60;

/// What a browser is asked to sign, once.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyChallengeView {
    challenge_id: String,
    /// Base64url, as everything of passkeys.
    challenge: String,
    /// By what name passkeys know the portal.
    #[schema(example = "dom.example")]
    rp_id: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// What a browser needs to make a passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewPasskeyView {
    #[serde(flatten)]
    challenge: PasskeyChallengeView,
    /// The person, as the device keeps it: base64url.
    user_id: String,
    /// What the device shows.
    user_name: String,
    /// The algorithms that are taken, as COSE numbers them.
    #[schema(example = json!([-7, -257]))]
    algorithms: Vec<i32>,
    /// Passkeys that the person has already.
    known_credential_ids: Vec<String>,
}

/// Begin to make a passkey on this device. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/passkeys/challenges", operation_id = "begin_passkey", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = NewPasskeyView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, confirmation-required, confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn begin(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let confirmed = confirmation.named(&env, &actor, Operation::AddSecondFactor, &[])?;
    let device = Device::of(&env, &client);
    let view = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        let challenge = ask(tx, &env, &client, &device, Some(&actor.person_id))?;
        let known = passkeys::of_person(tx, &actor.person_id, SHOWN_MAX)?;
        let profile = persons::profile(tx, &actor.person_id)?.ok_or_else(Problem::unauthenticated)?;
        Ok::<_, Problem>(NewPasskeyView {
            challenge,
            user_id: passkey::text(actor.person_id.as_bytes()),
            user_name: profile.login.unwrap_or(profile.name),
            algorithms: [Algorithm::Es256, Algorithm::Rs256].map(Algorithm::number).into(),
            known_credential_ids: known.into_iter().map(|one| one.credential_id).collect(),
        })
    })?;
    Ok(([session::device_cookie(device.as_str())], Reply::created(view)))
}

fn ask(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person_id: Option<&str>,
) -> Result<PasskeyChallengeView, Problem> {
    let settings = Settings::at(tx, env.now())?;
    limit::count(tx, env, &settings, PER_DEVICE, device.as_str())?;
    limit::count(tx, env, &settings, PER_ADDRESS, &client.household())?;
    let (challenge_id, challenge) = (fresh_id(env), passkey::text(&env.random::<32>()));
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("passkey.challenge_minutes")?);
    let new = NewChallenge {
        challenge_id: &challenge_id,
        challenge: &challenge,
        device: &device.hash(),
        person_id,
        expires_at,
    };
    passkeys::ask(tx, env.now(), &new)?;
    let rp_id = passkey::rp_id(env.public_origin()?).to_owned();
    Ok(PasskeyChallengeView { challenge_id, challenge, rp_id, expires_at: format!("{expires_at:.3}") })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MadePasskey {
    challenge_id: String,
    /// What the person calls it: 1 to 60 characters.
    #[schema(example = "Телефон")]
    name: String,
    /// The device's own name for it.
    credential_id: String,
    /// `clientDataJSON`.
    client_data: String,
    /// `getAuthenticatorData()`.
    authenticator_data: String,
    /// `getPublicKey()`: `SubjectPublicKeyInfo`, DER.
    public_key: String,
    /// `getPublicKeyAlgorithm()`.
    algorithm: i32,
}

/// Sign in by this passkey from now on; the answer has the codes to keep on paper
#[utoipa::path(
    post, path = "/api/auth/passkeys", operation_id = "add_passkey", tag = "auth", security(("session" = [])),
    request_body = MadePasskey,
    responses(
        (status = 201, body = RecoveryCodesView,
         headers(("set-cookie" = String, description = "The session under another name"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, passkey-refused"),
    )
)]
pub(crate) async fn add(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<MadePasskey>,
) -> Result<impl IntoResponse, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let name = name(&input.name)?;
    let made = Made::read(&input)?;
    let device = Device::of(&env, &client).hash();
    let (codes, reissued) = env.db().write(|tx| {
        let challenge = passkeys::take(tx, env.now(), &input.challenge_id, &device, Some(&actor.person_id))?;
        let said = made.answer.judge(&env, Ceremony::Create, &challenge.ok_or_else(stale)?)?;
        keep(tx, &env, &actor, name, &input, &made, said)?;
        second_factor::added(tx, &env, &actor, &client, Method::Passkey)
    })?;
    Ok((reissued.cookie(&env)?, Reply::created(RecoveryCodesView::of(&codes))))
}

fn name(text: &str) -> Result<&str, Problem> {
    let name = text.trim();
    let detail = "Назовите ключ так, чтобы потом узнать его: от 1 до 60 знаков.";
    let fault = || Problem::field("/name", detail);
    (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count()).then_some(name).ok_or_else(fault)
}

/// A passkey as the browser tells of it, read.
struct Made {
    answer: Answered,
    public_key: Vec<u8>,
    algorithm: Algorithm,
}

impl Made {
    fn read(input: &MadePasskey) -> Result<Self, Problem> {
        let public_key = passkey::bytes(&input.public_key).map_err(refused)?;
        let algorithm = Algorithm::of(input.algorithm).filter(|algorithm| signature::is_key(*algorithm, &public_key));
        let algorithm = algorithm.ok_or_else(|| refused("a key of another kind"))?;
        Ok(Self { answer: Answered::read(&input.client_data, &input.authenticator_data)?, public_key, algorithm })
    }
}

fn keep(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    name: &str,
    input: &MadePasskey,
    made: &Made,
    said: Said,
) -> Result<(), Problem> {
    let new = NewPasskey {
        passkey_id: &fresh_id(env),
        person_id: &actor.person_id,
        credential_id: &input.credential_id,
        public_key: &made.public_key,
        algorithm: made.algorithm.number(),
        sign_count: said.sign_count,
        is_backed_up: said.is_backed_up,
        name,
    };
    let added = passkeys::add(tx, env.now(), &new);
    added.map_err(|error| if error.is_duplicate_of("passkey.") { refused("somebody's already") } else { error.into() })
}

/// What a browser and its device answered.
struct Answered {
    client_data: Vec<u8>,
    client: ClientData,
    authenticator_data: Vec<u8>,
}

impl Answered {
    fn read(client_data: &str, authenticator_data: &str) -> Result<Self, Problem> {
        let client_data = passkey::bytes(client_data).map_err(refused)?;
        let client = serde_json::from_slice(&client_data).map_err(refused)?;
        Ok(Self { client_data, client, authenticator_data: passkey::bytes(authenticator_data).map_err(refused)? })
    }

    fn judge(&self, env: &Env, ceremony: Ceremony, challenge: &str) -> Result<Said, Problem> {
        let question = Question { ceremony, challenge, origin: env.public_origin()? };
        question.read(&self.client, &self.authenticator_data).map_err(refused)
    }
}

/// The same words for whatever is wrong with it; the log has the cause.
pub(crate) fn refused(cause: impl ToString) -> Problem {
    let detail = "Ключ не подошёл. Попробуйте ещё раз или войдите другим способом.";
    Problem::new(Slug::PasskeyRefused, detail).because(cause)
}

fn stale() -> Problem {
    refused("the question is over, answered, or of another browser")
}

/// The passkeys of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyList {
    /// The last used first.
    items: Vec<PasskeyView>,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyView {
    passkey_id: String,
    #[schema(example = "Телефон")]
    name: String,
    /// Whether the device's maker keeps it too, so that it outlives the device.
    is_backed_up: bool,
    #[schema(format = DateTime)]
    created_at: String,
    /// The last sign-in by it.
    #[schema(format = DateTime)]
    used_at: String,
}

/// By which passkeys I sign in
#[utoipa::path(
    get, path = "/api/auth/passkeys", operation_id = "list_passkeys", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = PasskeyList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<PasskeyList>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let found = env.db().read(|conn| passkeys::of_person(conn, &actor.person_id, SHOWN_MAX))?;
    Ok(Reply::ok(PasskeyList { items: found.into_iter().map(view).collect() }))
}

fn view(passkey: Passkey) -> PasskeyView {
    PasskeyView {
        passkey_id: passkey.passkey_id,
        name: passkey.name,
        is_backed_up: passkey.is_backed_up,
        created_at: format!("{:.3}", passkey.created_at),
        used_at: format!("{:.3}", passkey.used_at),
    }
}

/// Sign in by this passkey no more. To be confirmed
#[utoipa::path(
    delete, path = "/api/auth/passkeys/{passkey_id}", operation_id = "remove_passkey", tag = "auth",
    security(("session" = [])),
    params(("passkey_id" = String, Path),
           ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 204, description = "The passkey lets nobody in"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn remove(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(passkey_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let own = env.db().read(|conn| passkeys::of_person(conn, &actor.person_id, SHOWN_MAX))?;
    own.iter().find(|one| one.passkey_id == passkey_id).ok_or_else(Problem::not_found)?;
    let confirmed = confirmation.named(&env, &actor, Operation::RemoveSecondFactor, &[])?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        match passkeys::remove(tx, &actor.person_id, &passkey_id)? {
            true => second_factor::removed(tx, &env, &actor, &client, Method::Passkey),
            false => Err(Problem::not_found()),
        }
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to sign in by a passkey: the device knows whose it is
#[utoipa::path(
    post, path = "/api/auth/passkey-sign-ins", operation_id = "begin_passkey_sign_in", tag = "auth",
    responses(
        (status = 201, body = PasskeyChallengeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "rate-limited"),
    )
)]
pub(crate) async fn begin_sign_in(State(env): State<Env>, client: Client) -> Result<impl IntoResponse, Problem> {
    let device = Device::of(&env, &client);
    let view = env.db().write(|tx| ask(tx, &env, &client, &device, None))?;
    Ok(([session::device_cookie(device.as_str())], Reply::created(view)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyAnswer {
    /// The device's own name for the passkey.
    credential_id: String,
    /// `clientDataJSON`.
    client_data: String,
    authenticator_data: String,
    signature: String,
}

/// Sign in by a passkey, which is two factors at once, in the browser that began
#[utoipa::path(
    post, path = "/api/auth/passkey-sign-ins/{challenge_id}/answers", operation_id = "answer_passkey_sign_in",
    tag = "auth", params(("challenge_id" = String, Path)), request_body = PasskeyAnswer,
    responses(
        (status = 200, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, passkey-refused, sign-in-locked"),
    )
)]
pub(crate) async fn sign_in(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Path(challenge_id): Path<String>,
    Body { value: input, .. }: Body<PasskeyAnswer>,
) -> Result<impl IntoResponse, Problem> {
    let device = Device::of(&env, &client);
    let opened = env.db().write(|tx| let_in(tx, &env, &client, &device, &challenge_id, &input))??;
    opened.answer(&env, &client, &device, &headers).await
}

/// It commits either way: a question is answered once, rightly or not.
fn let_in(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    challenge_id: &str,
    input: &PasskeyAnswer,
) -> Result<Decided<Opened>, Problem> {
    let person_id = match proved(tx, env, client, device, challenge_id, input)? {
        Ok(person_id) => person_id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let name = persons::name(tx, &person_id)?.ok_or_else(stale)?;
    let person = Person { person_id, name };
    Ok(second_stage(tx, env, client, device, person, FirstStep::Both)?.decided(device))
}

/// What a browser sends of a passkey that confirms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyProof {
    /// Of `POST /api/auth/passkey-sign-ins`.
    pub(crate) challenge_id: String,
    pub(crate) answer: PasskeyAnswer,
}

/// Whose passkey answered the question, at sign-in and wherever else a person proves to be there. It commits either way.
pub(crate) fn proved(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    challenge_id: &str,
    input: &PasskeyAnswer,
) -> Result<Decided<String>, Problem> {
    let Some(challenge) = passkeys::take(tx, env.now(), challenge_id, &device.hash(), None)? else {
        return Ok(Err(stale()));
    };
    let Some(found) = passkeys::find(tx, &input.credential_id)? else { return Ok(Err(refused("nobody's"))) };
    let said = match verify(env, &challenge, &found, input) {
        Ok(said) => said,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if passkey::is_copied(found.sign_count, said.sign_count) {
        return refuse_copy(tx, env, client, &found).map(Err);
    }
    passkeys::note_use(tx, env.now(), &found.passkey_id, said.sign_count)?;
    Ok(Ok(found.person_id))
}

fn verify(env: &Env, challenge: &str, found: &Passkey, input: &PasskeyAnswer) -> Result<Said, Problem> {
    let answer = Answered::read(&input.client_data, &input.authenticator_data)?;
    let said = answer.judge(env, Ceremony::Get, challenge)?;
    let message = passkey::signed(&answer.client_data, &answer.authenticator_data);
    let algorithm = i32::try_from(found.algorithm).ok().and_then(Algorithm::of);
    let algorithm = algorithm.ok_or_else(|| refused("a kept key of another kind"))?;
    let signature = passkey::bytes(&input.signature).map_err(refused)?;
    if signature::is_by(algorithm, &found.public_key, &message, &signature) {
        return Ok(said);
    }
    Err(refused("the signature is of another key"))
}

/// Two devices sign by one passkey: one of them is a copy, and nobody knows which.
fn refuse_copy(tx: &Tx<'_>, env: &Env, client: &Client, found: &Passkey) -> Result<Problem, Problem> {
    let object = format!("person:{}", found.person_id);
    let fields = [("address", client.address.as_str()), ("passkey", found.passkey_id.as_str())];
    let record = audit::Record { actor: "visitor", action: "passkey.copied", object: &object, fields: &fields };
    audit::record(tx, env.now(), env.random(), &record)?;
    events::emit(tx, env.now(), &found.person_id, &Event::PasskeyCopied { name: found.name.clone() })?;
    Ok(refused("its counter went back"))
}
