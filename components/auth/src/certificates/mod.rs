//! Electronic signatures: certificates that a person connects to the profile, each by signing a text of ours with it
//! (function 22; docs/decisions/0022).

mod proof;

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    signing_certificate::{Question, Refusal, SigningCertificate, State as Standing},
};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    certificates::{self, Connected, NewChallenge},
    events::{self, Event},
    persons::Profile,
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, Path, Problem, Reply, Slug, audit, capital_time,
    confirmation::Confirmation,
    consent, fresh_id, hex,
    limit::{self, Rule},
};

use crate::{
    codes::Decided,
    profile::{object, own},
    provider::Signer,
};

const PER_PERSON: Rule = Rule { setting: "limit.certificate_per_person", window: SignedDuration::from_mins(15) };
/// More than anybody has.
const SHOWN_MAX: u32 = 50;

/// A text that a person signs with the certificate.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateChallengeView {
    challenge_id: String,
    /// Sign its bytes as they are: UTF-8, a line feed behind each line.
    text: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Begin to connect a certificate: what is to be signed by it. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/certificates/challenges", operation_id = "begin_certificate", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = CertificateChallengeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, signatures-off, consent-withdrawn, confirmation-required, \
                        confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn begin(
    State(env): State<Env>,
    actor: Actor,
    confirmation: Confirmation,
) -> Result<Reply<CertificateChallengeView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    service(&env)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ConnectCertificate, &[])?;
    let view = env.db().write(|tx| {
        consent::require(tx, &actor)?;
        confirmed.take(tx, &env)?;
        ask(tx, &env, &actor)
    })?;
    Ok(Reply::created(view))
}

/// The service that checks signatures, where the operator has one.
fn service(env: &Env) -> Result<Signer, Problem> {
    Signer::switched_on(env)?.ok_or_else(|| {
        let detail = "На этом портале электронную подпись подключить нельзя: служба, которая проверяет подписи, не \
                      настроена. Спросите о ней управляющую организацию.";
        Problem::new(Slug::SignaturesOff, detail)
    })
}

fn ask(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<CertificateChallengeView, Problem> {
    let settings = Settings::at(tx, env.now())?;
    limit::count(tx, env, &settings, PER_PERSON, &actor.person_id)?;
    let Profile { login, name, .. } = own(tx, actor)?;
    let (person, nonce) = (login.unwrap_or(name), hex(&env.random::<16>()));
    let text =
        Question { origin: env.public_origin()?, person: &person, nonce: &nonce, at: capital_time(env.now()) }.text();
    let challenge_id = fresh_id(env);
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("certificate.challenge_minutes")?);
    let (person_id, session_id) = (&actor.person_id, &actor.session_id);
    let new = NewChallenge { challenge_id: &challenge_id, person_id, session_id, text: &text, expires_at };
    certificates::ask(tx, env.now(), &new)?;
    Ok(CertificateChallengeView { challenge_id, text, expires_at: format!("{expires_at:.3}") })
}

/// A text of ours, signed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignedChallenge {
    challenge_id: String,
    /// A detached CMS (PKCS #7) with the certificate in it: PEM, or base64 of its DER; 64 KiB of that at most.
    #[schema(example = "MIIGzQYJKoZIhvcNAQcCoIIGvjCCBroCAQExDzAN…")]
    signature: String,
}

/// Connect the certificate by which the text was signed
#[utoipa::path(
    post, path = "/api/auth/certificates", operation_id = "connect_certificate", tag = "auth",
    security(("session" = [])), request_body = SignedChallenge,
    responses(
        (status = 201, body = CertificateList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, signatures-off, certificate-refused, \
                        consent-withdrawn, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "signatures-unavailable"),
    )
)]
pub(crate) async fn connect(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<SignedChallenge>,
) -> Result<Reply<CertificateList>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let signer = service(&env)?;
    let signature = proof::signature(&input.signature)?;
    let text = env.db().write(|tx| admit(tx, &env, &actor, &client, &input.challenge_id))??;
    let proved = proof::prove(&env, &signer, &text, &signature).await?;
    let list = env.db().write(|tx| keep(tx, &env, &actor, &client, &input.challenge_id, proved))??;
    Ok(Reply::created(list))
}

/// The text that waits for this signature. It commits either way: what is refused is counted and noted.
fn admit(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    challenge_id: &str,
) -> Result<Decided<String>, Problem> {
    consent::require(tx, actor)?;
    limit::count(tx, env, &Settings::at(tx, env.now())?, PER_PERSON, &actor.person_id)?;
    match certificates::waiting(tx, env.now(), challenge_id, &actor.session_id)? {
        Some(text) => Ok(Ok(text)),
        None => refuse(tx, env, actor, client, Refusal::Stale),
    }
}

fn keep(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    challenge_id: &str,
    proved: Result<SigningCertificate, Refusal>,
) -> Result<Decided<CertificateList>, Problem> {
    let certificate = match proved {
        Ok(certificate) => certificate,
        Err(refusal) => return refuse(tx, env, actor, client, refusal),
    };
    if let Err(refusal) = fits(tx, env, actor, &certificate)? {
        return refuse(tx, env, actor, client, refusal);
    }
    if !certificates::take(tx, env.now(), challenge_id, &actor.session_id)? {
        return refuse(tx, env, actor, client, Refusal::Stale);
    }
    certificates::connect(tx, env.now(), &fresh_id(env), &actor.person_id, &certificate)?;
    let fields =
        [("certificate_owner", certificate.owner.as_str()), ("certificate_fingerprint", &certificate.fingerprint)];
    audit::record(tx, env, actor, client, "certificate.connect", &object(actor), &fields)?;
    events::emit(tx, env.now(), &actor.person_id, &Event::CertificateConnected { owner: certificate.owner })?;
    Ok(Ok(listed(tx, env, actor)?))
}

/// Whether the certificate may be this person's, as far as the portal knows.
fn fits(
    conn: &Conn<'_>,
    env: &Env,
    actor: &Actor,
    certificate: &SigningCertificate,
) -> Result<Result<(), Refusal>, Problem> {
    Ok(match certificates::person(conn, &certificate.fingerprint)? {
        Some(person_id) if person_id == actor.person_id => Err(Refusal::Known),
        Some(_) => Err(Refusal::Elsewhere),
        None => proof::judge(conn, env, actor, certificate)?,
    })
}

fn refuse<T>(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, refusal: Refusal) -> Result<Decided<T>, Problem> {
    audit::record(tx, env, actor, client, "certificate.refuse", &object(actor), &[("reason", refusal.words())])?;
    Ok(Err(Problem::new(Slug::CertificateRefused, refusal.words())))
}

/// The certificates of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateList {
    /// Whether certificates can be connected on this portal.
    is_on: bool,
    /// The one that holds longest first.
    items: Vec<CertificateView>,
}

/// A certificate of an electronic signature.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateView {
    certificate_id: String,
    /// The name in it.
    #[schema(example = "Лугова Анна Сергеевна")]
    owner: String,
    /// Who made it.
    #[schema(example = "Удостоверяющий центр")]
    issuer: String,
    /// Its number there, hex.
    #[schema(example = "01d9a5")]
    serial: String,
    #[schema(format = DateTime)]
    not_after: String,
    /// `live`, `ending` (thirty days at most) or `over`.
    #[schema(example = "live")]
    state: &'static str,
    #[schema(format = DateTime)]
    connected_at: String,
}

/// My certificates of electronic signatures
#[utoipa::path(
    get, path = "/api/auth/certificates", operation_id = "list_certificates", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = CertificateList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<CertificateList>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor))?))
}

fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<CertificateList> {
    let items = certificates::of_person(conn, &actor.person_id, SHOWN_MAX)?;
    let items = items.into_iter().map(|one| view(env, one)).collect();
    Ok(CertificateList { is_on: Signer::switched_on(env)?.is_some(), items })
}

fn view(env: &Env, one: Connected) -> CertificateView {
    CertificateView {
        certificate_id: one.certificate_id,
        owner: one.owner,
        issuer: one.issuer,
        serial: one.serial,
        not_after: format!("{:.3}", one.not_after),
        state: Standing::at(one.not_after, env.now()).as_str(),
        connected_at: format!("{:.3}", one.connected_at),
    }
}

/// Take a certificate off my profile. To be confirmed
#[utoipa::path(
    delete, path = "/api/auth/certificates/{certificate_id}", operation_id = "remove_certificate", tag = "auth",
    security(("session" = [])),
    params(("certificate_id" = String, Path),
           ("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 204, description = "The certificate is nobody's here"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, confirmation-required, confirmation-stale"),
    )
)]
pub(crate) async fn remove(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Path(certificate_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let found = env.db().read(|conn| certificates::find(conn, &actor.person_id, &certificate_id))?;
    let owner = found.ok_or_else(Problem::not_found)?.owner;
    let confirmed = confirmation.named(&env, &actor, Operation::RemoveCertificate, &[])?;
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        if !certificates::remove(tx, &actor.person_id, &certificate_id)? {
            return Err(Problem::not_found());
        }
        let fields = [("certificate_owner", owner.as_str())];
        audit::record(tx, &env, &actor, &client, "certificate.remove", &object(&actor), &fields)?;
        Ok(events::emit(tx, env.now(), &actor.person_id, &Event::CertificateRemoved { owner })?)
    })?;
    Ok(StatusCode::NO_CONTENT)
}
