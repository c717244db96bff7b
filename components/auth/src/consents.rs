//! Consents to the processing of personal data: the texts, what a person gave, giving and withdrawing.

use axum::extract::State;
use domain::access::{Action, Relation};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    consents::{self, Act, ELECTRONIC_ADDRESS, LastAct, PORTAL, PROOF, Text},
    erasures,
    events::{self, Event},
    levels::{documents, requests},
    persons::Profile,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, Path, Problem, Reply, Slug};

use crate::{
    audits, electronic_addresses,
    erasures::{after_withdrawal, tell_of_withdrawal},
    profile,
};

/// The texts that hold today, one for each purpose.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentTexts {
    items: Vec<TextView>,
}

/// What a person is asked to agree to.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextView {
    /// For what: `portal` is the login itself.
    #[schema(example = "portal")]
    purpose: String,
    version: u32,
    title: String,
    /// An empty line stands between paragraphs.
    text: String,
    /// Hex SHA-256 of the text.
    sha256: String,
}

impl From<Text> for TextView {
    fn from(text: Text) -> Self {
        let Text { purpose, version, title, body, sha256 } = text;
        Self { purpose, version, title, text: body, sha256 }
    }
}

/// What the portal asks consent for
#[utoipa::path(
    get, path = "/api/auth/consent-texts", operation_id = "list_consent_texts", tag = "auth",
    responses((status = 200, body = ConsentTexts))
)]
pub(crate) async fn texts(State(env): State<Env>) -> Result<Reply<ConsentTexts>, Problem> {
    let texts = env.db().read(|conn| consents::in_force(conn, env.now()))?;
    Ok(Reply::ok(ConsentTexts { items: texts.into_iter().map(TextView::from).collect() }))
}

/// A person's consents, one for each purpose.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentList {
    items: Vec<ConsentView>,
}

/// What holds today for one purpose, and what the person did last about it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentView {
    in_force: TextView,
    /// `given`, `withdrawn` or `none`.
    #[schema(example = "given")]
    state: &'static str,
    /// When the person gave or withdrew it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    at: Option<String>,
    /// The text that the person then saw, where it is not the one in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<TextView>,
}

/// My consents
#[utoipa::path(
    get, path = "/api/auth/consents", operation_id = "list_consents", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = ConsentList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<ConsentList>, Problem> {
    actor.may(Action::ManageConsents, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor))?))
}

fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<ConsentList> {
    let (texts, acts) = (consents::in_force(conn, env.now())?, consents::last_acts(conn, &actor.person_id)?);
    let view = |text: Text| {
        let act = acts.iter().find(|act| act.text.purpose == text.purpose);
        consent(text, act.cloned())
    };
    Ok(ConsentList { items: texts.into_iter().map(view).collect() })
}

fn consent(text: Text, act: Option<LastAct>) -> ConsentView {
    let state = match &act {
        None => "none",
        Some(act) if act.is_withdrawal => "withdrawn",
        Some(_) => "given",
    };
    let at = act.as_ref().map(|act| act.at.clone());
    let earlier = act.map(|act| act.text).filter(|earlier| earlier.version != text.version).map(TextView::from);
    ConsentView { in_force: text.into(), state, at, earlier }
}

/// Which text a person agreed to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentChoice {
    #[schema(example = "portal")]
    purpose: String,
    /// The version that the person saw.
    #[schema(minimum = 1, example = 2)]
    version: u32,
}

impl ConsentChoice {
    /// The text that was agreed to.
    ///
    /// # Errors
    /// `consent-outdated` where it holds no more, `validation` where the purpose is another one.
    pub(crate) fn text(&self, conn: &Conn<'_>, env: &Env, purpose: &str) -> Result<Text, Problem> {
        let text = consents::in_force(conn, env.now())?.into_iter().find(|text| text.purpose == purpose);
        let text = text.filter(|_| self.purpose == purpose).ok_or_else(|| {
            let detail = "Такого согласия нет. Список — по адресу /api/auth/consent-texts.";
            Problem::field("/consent/purpose", detail)
        })?;
        if text.version == self.version { Ok(text) } else { Err(outdated()) }
    }
}

fn outdated() -> Problem {
    Problem::new(Slug::ConsentOutdated, "Прочитайте новый текст согласия и решите ещё раз.")
}

/// Give a consent
#[utoipa::path(
    post, path = "/api/auth/consents", operation_id = "give_consent",
    tag = "auth", security(("session" = [])), request_body = ConsentChoice,
    responses(
        (status = 201, body = ConsentList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, consent-outdated"),
    )
)]
pub(crate) async fn give(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: choice, .. }: Body<ConsentChoice>,
) -> Result<Reply<ConsentList>, Problem> {
    actor.may(Action::ManageConsents, Relation::Own)?;
    let list = env.db().write(|tx| {
        let text = choice.text(tx, &env, &choice.purpose)?;
        act(tx, &env, &actor, &client, &text, Act::Given)?;
        Ok::<_, Problem>(listed(tx, &env, &actor)?)
    })?;
    Ok(Reply::created(list))
}

/// Withdraw a consent; done twice it changes nothing
#[utoipa::path(
    post, path = "/api/auth/consents/{purpose}/withdraw", operation_id = "withdraw_consent",
    tag = "auth", security(("session" = [])),
    params(("purpose" = String, Path, example = "portal")),
    responses(
        (status = 204, description = "The consent is withdrawn"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn withdraw(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(purpose): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageConsents, Relation::Own)?;
    let erased = env.db().write(|tx| match take_back(tx, &env, &actor, &client, &purpose)? {
        true => erased_with_it(tx, &actor, &purpose),
        false => Err(Problem::not_found()),
    })?;
    if let Some((profile, due_at)) = erased {
        tell_of_withdrawal(&env, &profile, due_at).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whose login goes with a withdrawn consent, and from when on; none where the consent was another, or the person works
/// here.
fn erased_with_it(conn: &Conn<'_>, actor: &Actor, purpose: &str) -> Result<Option<(Profile, Timestamp)>, Problem> {
    if purpose != PORTAL {
        return Ok(None);
    }
    let open = erasures::open(conn, &actor.person_id)?;
    open.map(|open| Ok((profile::own(conn, actor)?, open.due_at.parse().map_err(Problem::internal)?))).transpose()
}

/// Withdraws the consent for a purpose, where it is not withdrawn; answers whether the person ever gave it.
pub(crate) fn take_back(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    purpose: &str,
) -> Result<bool, Problem> {
    let acts = consents::last_acts(tx, &actor.person_id)?;
    let Some(last) = acts.into_iter().find(|act| act.text.purpose == purpose) else { return Ok(false) };
    act(tx, env, actor, client, &last.text, Act::Withdrawn).map(|()| true)
}

/// Does what is not done already.
fn act(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, text: &Text, act: Act) -> Result<(), Problem> {
    let last = consents::last_acts(tx, &actor.person_id)?.into_iter().find(|last| last.text.purpose == text.purpose);
    let is_done = last.is_some_and(|last| last.text == *text && last.is_withdrawal == (act == Act::Withdrawn));
    if is_done {
        return Ok(());
    }
    record(tx, env, client, &actor.person_id, text, act)?;
    match (text.purpose.as_str(), act) {
        (PROOF, Act::Withdrawn) => give_up_documents(tx, env, actor)?,
        (ELECTRONIC_ADDRESS, Act::Given) => electronic_addresses::begin(tx, env, actor)?,
        (ELECTRONIC_ADDRESS, Act::Withdrawn) => electronic_addresses::end(tx, env, actor)?,
        (PORTAL, Act::Withdrawn) => {
            give_up_documents(tx, env, actor)?;
            let due_at = after_withdrawal(tx, env, actor)?;
            events::emit(tx, env.now(), &actor.person_id, &Event::ConsentWithdrawn { due_at })?;
        }
        (PORTAL, Act::Given) => {
            erasures::cancel(tx, env.now(), &actor.person_id, Some(erasures::Reason::Withdrawal))?;
        }
        _ => {}
    }
    Ok(())
}

/// Without the consent to them, or to the login, no documents are kept; what was decided by them stays.
fn give_up_documents(tx: &Tx<'_>, env: &Env, actor: &Actor) -> store::Result<()> {
    requests::cancel(tx, env.now(), &actor.person_id)?;
    documents::doom_all(tx, env.now(), &actor.person_id).map(drop)
}

/// Records what a person did about a text, there and in the audit log.
pub(crate) fn record(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    text: &Text,
    act: Act,
) -> store::Result<()> {
    consents::record(tx, env.now(), person_id, text, act, &client.address)?;
    let action = match act {
        Act::Given => "consent.give",
        Act::Withdrawn => "consent.withdraw",
    };
    let version = text.version.to_string();
    let fields = [("purpose", text.purpose.as_str()), ("version", &version), ("sha256", &text.sha256)];
    audits::of_person(tx, env, client, person_id, action, &fields)
}
