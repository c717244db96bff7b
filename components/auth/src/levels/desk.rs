//! Where the company sees who waits to be confirmed: the requests, a look at one, its documents.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    access::{Action, Role, Scope},
    level_request::{Answers, Compared, Document, Field, Place, comparison::Registered},
    look::{Purpose, Reason},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    levels::{
        documents,
        requests::{self, OnDesk, Round},
    },
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Body, Client, Env, Path, Problem, Query, Reply, Slug, audit,
    limit::{self, Rule},
    untrusted,
};

use super::{moment, request::CorrectionView, sealed};
/// What one of the staff opens in an hour.
pub(super) const LOOKS: Rule = Rule { setting: "limit.level_look_per_person", window: SignedDuration::from_hours(1) };
const AT_ONCE: u32 = 200;
/// In what role it is done: the person reads it beside the name.
pub(super) const ROLE: (&str, &str) = ("role", Role::Manager.as_str());

/// Requests that wait for a decision; those whose time is over stand first.
#[derive(Serialize, ToSchema)]
pub(crate) struct LevelDesk {
    /// At most 200.
    items: Vec<WaitingView>,
}

/// A request that waits for a decision.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingView {
    level_request_id: String,
    /// How the person wants to be greeted.
    #[schema(example = "Анна Сергеевна")]
    name: String,
    /// House and flat that it rests on.
    address: String,
    /// How often it was sent.
    round: u32,
    #[schema(format = DateTime)]
    submitted_at: Option<String>,
    #[schema(format = DateTime)]
    due_at: Option<String>,
    is_overdue: bool,
    /// Whether it is my own: somebody else decides then.
    is_mine: bool,
}

impl WaitingView {
    fn of(env: &Env, actor: &Actor, one: OnDesk) -> Self {
        let request = one.request;
        Self {
            is_overdue: request.due_at.is_some_and(|due| due < env.now()),
            is_mine: request.person_id == actor.person_id,
            level_request_id: request.level_request_id,
            name: one.name,
            address: one.address,
            round: request.round,
            submitted_at: request.submitted_at.map(moment),
            due_at: request.due_at.map(moment),
        }
    }
}

/// Requests that wait for a decision
#[utoipa::path(
    get, path = "/api/auth/level-desk/requests", operation_id = "list_level_requests", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = LevelDesk),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<LevelDesk>, Problem> {
    let reach = actor.reach(Action::CheckIdentity)?;
    Ok(Reply::ok(env.db().read(|conn| listed(conn, &env, &actor, &reach))?))
}

pub(super) fn listed(conn: &Conn<'_>, env: &Env, actor: &Actor, reach: &[Scope]) -> store::Result<LevelDesk> {
    let items = requests::waiting(conn, reach, AT_ONCE)?.into_iter().map(|one| WaitingView::of(env, actor, one));
    Ok(LevelDesk { items: items.collect() })
}

/// A request that this member of staff may decide about; one of a house out of reach is answered like none.
pub(super) fn within_reach(conn: &Conn<'_>, actor: &Actor, level_request_id: &str) -> Result<OnDesk, Problem> {
    let found = requests::on_the_desk(conn, level_request_id)?.ok_or_else(Problem::not_found)?;
    actor.may_in(Action::CheckIdentity, &found.place).map_err(|_| Problem::not_found())?;
    if found.request.person_id == actor.person_id {
        return Err(Problem::new(Slug::Forbidden, "О вашей личности решает другой сотрудник."));
    }
    Ok(found)
}

/// What a look is for: the person reads it in the journal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelLook {
    /// `identity-check`, `enquiry`, `security`, `authority` or `other`.
    #[schema(example = "identity-check")]
    purpose: String,
    /// The reason in one's own words, up to 500 characters; `other` needs them.
    #[serde(default)]
    words: String,
}

/// A request with all that it says, beside the register.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskRequest {
    level_request_id: String,
    /// `submitted`, `returned`, `confirmed` or `cancelled`.
    #[schema(example = "submitted")]
    stage: &'static str,
    round: u32,
    #[schema(format = DateTime)]
    due_at: Option<String>,
    is_overdue: bool,
    /// In whose name the account is, and who owns the home.
    registered_names: Vec<String>,
    /// House and flat that it rests on.
    registered_address: String,
    /// Empty once the documents were deleted.
    fields: Vec<DeskField>,
    documents: Vec<DeskDocument>,
    /// Every sending, the latest first.
    rounds: Vec<RoundView>,
}

/// An answer, and what came of comparing it with the register.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskField {
    #[schema(example = "surname")]
    field: &'static str,
    #[schema(example = "фамилия")]
    words: &'static str,
    value: String,
    /// `match`, `differs` or `not-in-register`.
    #[schema(example = "match")]
    outcome: &'static str,
}

/// A document of a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskDocument {
    #[schema(example = "passport-scan")]
    document: &'static str,
    #[schema(example = "скан паспорта")]
    words: &'static str,
    /// Its files in their order: pages, as a rule.
    files: Vec<DeskFile>,
    /// Whether it came with the latest sending.
    is_new: bool,
}

/// A file of a document.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskFile {
    /// Which one it is, from 1.
    #[schema(example = 1)]
    file: u32,
    content_type: String,
    size_bytes: u64,
}

/// One sending of a request, and what came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoundView {
    round: u32,
    #[schema(format = DateTime)]
    submitted_at: String,
    #[schema(format = DateTime)]
    decided_at: Option<String>,
    corrections: Vec<CorrectionView>,
}

impl From<Round> for RoundView {
    fn from(round: Round) -> Self {
        Self {
            round: round.round,
            submitted_at: moment(round.submitted_at),
            decided_at: round.decided_at.map(moment),
            corrections: round.corrections.iter().filter_map(CorrectionView::of).collect(),
        }
    }
}

/// Look at a request; the look and its purpose are noted in the person's journal
#[utoipa::path(
    post, path = "/api/auth/level-desk/requests/{level_request_id}/looks", operation_id = "look_at_level_request",
    tag = "auth", security(("session" = [])), params(("level_request_id" = String, Path)), request_body = LevelLook,
    responses(
        (status = 200, body = DeskRequest),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, rate-limited"),
    )
)]
pub(crate) async fn look(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(level_request_id): Path<String>,
    Body { value: input, .. }: Body<LevelLook>,
) -> Result<Reply<DeskRequest>, Problem> {
    actor.reach(Action::CheckIdentity)?;
    let reason = reason(&input)?;
    let seen = env.db().write(|tx| see(tx, &env, &actor, &client, &level_request_id, &reason))?;
    let answers = seen.form().map_or(Ok(Answers::new()), |file_id| sealed::answers(&env, file_id))?;
    Ok(Reply::ok(seen.view(&env, &answers)))
}

fn reason(input: &LevelLook) -> Result<Reason, Problem> {
    Reason::parse(&input.purpose, &input.words).map_err(|_| {
        let detail = "Выберите из списка, зачем вы смотрите; к другой причине напишите пояснение, от 3 до 500 знаков.";
        Problem::field("/purpose", detail)
    })
}

/// What the database knows of a request.
struct Seen {
    one: OnDesk,
    registered: Registered,
    documents: Vec<documents::Document>,
    rounds: Vec<Round>,
}

/// Each look is counted and noted, before anything is shown.
fn see(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    level_request_id: &str,
    reason: &Reason,
) -> Result<Seen, Problem> {
    let one = within_reach(tx, actor, level_request_id)?;
    limit::count(tx, env, &Settings::at(tx, env.now())?, LOOKS, &actor.person_id)?;
    let fields = [ROLE, ("purpose", reason.purpose.as_str()), ("words", &reason.words)];
    audit::record(tx, env, actor, client, "level.look", &object(&one), &fields)?;
    let link = one.request.account_link_id.as_deref().unwrap_or_default();
    Ok(Seen {
        registered: requests::registered_by_link(tx, link)?.unwrap_or_default(),
        documents: documents::latest(tx, level_request_id)?,
        rounds: requests::rounds(tx, level_request_id)?,
        one,
    })
}

pub(super) fn object(one: &OnDesk) -> String {
    format!("person:{}", one.request.person_id)
}

impl Seen {
    fn form(&self) -> Option<&str> {
        self.documents.iter().find(|one| one.kind == documents::FORM).map(|form| form.file_id.as_str())
    }

    fn view(self, env: &Env, answers: &Answers) -> DeskRequest {
        let (request, results) = (&self.one.request, self.rounds.first().map(|round| round.results.clone()));
        let results = results.unwrap_or_default();
        let documents = Document::ALL.into_iter().filter_map(|document| {
            let files: Vec<_> = self.documents.iter().filter(|kept| kept.kind == document.as_str()).collect();
            Some(DeskDocument {
                document: document.as_str(),
                words: document.words(),
                is_new: files.first()?.round == request.round,
                files: files.into_iter().map(DeskFile::of).collect(),
            })
        });
        DeskRequest {
            level_request_id: request.level_request_id.clone(),
            stage: request.stage.as_str(),
            round: request.round,
            due_at: request.due_at.map(moment),
            is_overdue: request.due_at.is_some_and(|due| due < env.now()),
            fields: Field::ALL.iter().filter_map(|field| desk_field(*field, answers, &results)).collect(),
            documents: documents.collect(),
            registered_names: self.registered.names,
            registered_address: self.registered.address,
            rounds: self.rounds.into_iter().map(RoundView::from).collect(),
        }
    }
}

impl DeskFile {
    fn of(kept: &documents::Document) -> Self {
        Self { file: kept.place.no(), content_type: kept.content_type.clone(), size_bytes: kept.size_bytes }
    }
}

fn desk_field(field: Field, answers: &Answers, results: &[Compared]) -> Option<DeskField> {
    let result = results.iter().find(|result| result.field == field)?;
    let value = answers.get(&field)?.clone();
    Some(DeskField { field: field.as_str(), words: field.words(), value, outcome: result.outcome.as_str() })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentLook {
    /// `identity-check`, `enquiry`, `security` or `authority`.
    #[param(example = "identity-check")]
    purpose: String,
    /// Which of its files; the first where it is not said.
    #[param(example = 1)]
    file: Option<u32>,
}

/// Open a file of a document of a request; the look and its purpose are noted in the person's journal
#[utoipa::path(
    get, path = "/api/auth/level-desk/requests/{level_request_id}/documents/{document}",
    operation_id = "open_level_document", tag = "auth", security(("session" = [])),
    params(
        ("level_request_id" = String, Path),
        ("document" = String, Path, description = "`passport-scan`, `snils-scan` or `basis-scan`"),
        DocumentLook,
    ),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Vec<u8>,
         description = "JPEG, PNG or PDF, as its first bytes told"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, rate-limited"),
    )
)]
pub(crate) async fn open_document(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path((level_request_id, document)): Path<(String, String)>,
    Query(look): Query<DocumentLook>,
) -> Result<Response, Problem> {
    actor.reach(Action::CheckIdentity)?;
    let document = Document::parse(&document).ok_or_else(Problem::not_found)?;
    let purpose = Purpose::parse(&look.purpose)
        .filter(|purpose| *purpose != Purpose::Other)
        .ok_or_else(|| Problem::field("?purpose", "Назовите цель просмотра, например identity-check."))?;
    let kept = env.db().write(|tx| {
        let one = within_reach(tx, &actor, &level_request_id)?;
        limit::count(tx, &env, &Settings::at(tx, env.now())?, LOOKS, &actor.person_id)?;
        let no = look.file.unwrap_or(Place::ONLY.no());
        let mut there = documents::latest(tx, &level_request_id)?.into_iter();
        let kept = there.find(|one| one.kind == document.as_str() && one.place.no() == no);
        let kept = kept.ok_or_else(Problem::not_found)?;
        let words = called(document, kept.place);
        let fields = [ROLE, ("purpose", purpose.as_str()), ("words", &words)];
        audit::record(tx, &env, &actor, &client, "level.open", &object(&one), &fields)?;
        Ok::<_, Problem>(kept)
    })?;
    let bytes = sealed::read(&env, &kept.file_id)?;
    let name = match kept.place {
        Place::ONLY => document.as_str().to_owned(),
        place => format!("{}-{}", document.as_str(), place.no()),
    };
    Ok(untrusted(&name, &kept.content_type, bytes).into_response())
}

/// What the person reads in the journal.
pub(super) fn called(document: Document, place: Place) -> String {
    match place {
        Place::ONLY => document.words().to_owned(),
        place => format!("{}, файл {} из {}", document.words(), place.no(), place.count()),
    }
}
