//! My request to have my identity confirmed: documents one by one, then the answers; what has to be corrected goes the
//! same way, and nothing else.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    identity::ends_at,
    level_request::{
        Answers, Correction, DOCUMENT_BYTES_MAX, DOCUMENT_FILES_MAX, Document, Fault, Field, Item, Place, answers,
        comparison,
    },
};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx, files,
    levels::{
        documents,
        requests::{self, Request, Sending},
    },
    settings::Settings,
};
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Body, Client, Env, FieldError, Path, Problem, Query, Reply, Slug, audit,
    confirmation::Confirmation,
    consent, fresh_id,
    limit::{self, Rule},
};

use super::{moment, sealed};
use crate::profile;

/// The answers are a file like the documents.
const UPLOADS: Rule = Rule { setting: "limit.level_upload_per_person", window: SignedDuration::from_hours(24) };

/// My request to have my identity confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct LevelRequestView {
    /// `draft`, `submitted`, `returned`; a confirmed one is over, and `level` tells it.
    #[schema(example = "draft")]
    stage: &'static str,
    /// How often it was sent.
    round: u32,
    #[schema(format = DateTime)]
    submitted_at: Option<String>,
    /// The company decides until then.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// The documents that are there.
    documents: Vec<LevelDocumentView>,
    /// What has to be corrected; empty where nothing has.
    corrections: Vec<CorrectionView>,
}

/// A document that I sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct LevelDocumentView {
    /// `passport-scan`, `snils-scan` or `basis-scan`.
    #[schema(example = "passport-scan")]
    document: &'static str,
    /// How many files it has: pages, as a rule.
    #[schema(example = 2)]
    file_count: u32,
    /// Whether each of them is there.
    is_whole: bool,
    /// Whether it goes with the next sending: it is no part of an earlier one.
    is_new: bool,
}

/// Something to correct.
#[derive(Serialize, ToSchema)]
pub(crate) struct CorrectionView {
    /// A field (`surname`) or a document (`passport-scan`).
    #[schema(example = "passport-scan")]
    item: &'static str,
    /// What people call it.
    #[schema(example = "скан паспорта")]
    item_words: &'static str,
    /// `mismatch`, `unreadable`, `incomplete`, `wrong-document`, `expired` or `other`.
    #[schema(example = "unreadable")]
    reason: &'static str,
    /// What is wrong, and how to mend it.
    reason_words: &'static str,
    /// What the company adds to it.
    words: String,
}

impl CorrectionView {
    pub(super) fn of(correction: &Correction) -> Option<Self> {
        let (item, reason) = (correction.item()?, correction.reason());
        Some(Self {
            item: item.as_str(),
            item_words: item.words(),
            reason: reason.as_str(),
            reason_words: reason.words(),
            words: correction.words.clone(),
        })
    }
}

/// The person's open request, as it is shown.
pub(super) fn view(conn: &Conn<'_>, request: &Request) -> store::Result<LevelRequestView> {
    let next = request.round + 1;
    let there = documents::latest(conn, &request.level_request_id)?;
    let documents = Document::ALL.into_iter().filter_map(|document| {
        let first = there.iter().find(|one| one.kind == document.as_str())?;
        Some(LevelDocumentView {
            document: document.as_str(),
            file_count: first.place.count(),
            is_whole: documents::is_whole(&there, document.as_str()),
            is_new: first.round == next,
        })
    });
    Ok(LevelRequestView {
        stage: request.stage.as_str(),
        round: request.round,
        submitted_at: request.submitted_at.map(moment),
        due_at: request.due_at.map(moment),
        documents: documents.collect(),
        corrections: corrections(conn, request)?.iter().filter_map(CorrectionView::of).collect(),
    })
}

/// What has to be corrected before the request can be sent again.
fn corrections(conn: &Conn<'_>, request: &Request) -> store::Result<Vec<Correction>> {
    if !request.stage.takes_more() {
        return Ok(Vec::new());
    }
    Ok(requests::rounds(conn, &request.level_request_id)?
        .into_iter()
        .next()
        .map(|last| last.corrections)
        .unwrap_or_default())
}

/// Which of the document's files is put.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilePlace {
    /// Which one, from 1; the first where it is not said.
    #[param(example = 1)]
    file: Option<u32>,
    /// Of how many, at most 5; of one where it is not said.
    #[param(example = 2)]
    of: Option<u32>,
}

impl FilePlace {
    fn parse(self) -> Result<Place, Problem> {
        let (no, count) = (self.file.unwrap_or(Place::ONLY.no()), self.of.unwrap_or(Place::ONLY.count()));
        Place::new(no, count).ok_or_else(|| {
            let detail =
                format!("У документа от 1 до {DOCUMENT_FILES_MAX} файлов: file — который из них, of — сколько всего.");
            Problem::field("?file", detail)
        })
    }
}

/// Put a file of a document of my request, in the place of the earlier one and of those after it; the first one begins the request
#[utoipa::path(
    put, path = "/api/auth/level-request/documents/{document}", operation_id = "put_level_document", tag = "auth",
    security(("session" = [])),
    params(
        ("document" = String, Path, description = "`passport-scan`, `snils-scan` or `basis-scan`"),
        FilePlace,
    ),
    request_body(content_type = "application/octet-stream", description = "JPEG, PNG or PDF, at most 5 MB"),
    responses(
        (status = 200, body = LevelRequestView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, body-too-large, consent-withdrawn, \
                        consent-required, consent-outdated, level-request-stale, rate-limited"),
    )
)]
pub(crate) async fn put_document(
    State(env): State<Env>,
    actor: Actor,
    Path(document): Path<String>,
    Query(place): Query<FilePlace>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Reply<LevelRequestView>, Problem> {
    actor.may(Action::ProveIdentity, Relation::Own)?;
    let document = Document::parse(&document).ok_or_else(Problem::not_found)?;
    let place = place.parse()?;
    let bytes = body.map_err(|_| too_large())?;
    let content_type = taken(document, &bytes)?;
    let request = env.db().write(|tx| begin(tx, &env, &actor))?;
    let file_id = sealed::put(&env, &request, (document.as_str(), place), content_type, &bytes)?;
    let view = env.db().write(|tx| match documents::keep(tx, env.now(), &file_id)? {
        true => Ok(Ok(view(tx, &request)?)),
        false => Ok::<_, Problem>(Err(stale())),
    })??;
    Ok(Reply::ok(view))
}

fn too_large() -> Problem {
    let detail =
        format!("Файл больше {} МБ. Снимите страницу с меньшим разрешением или сожмите PDF.", DOCUMENT_BYTES_MAX >> 20);
    Problem::new(Slug::BodyTooLarge, detail)
}

/// The media type of a file that is taken.
fn taken(document: Document, bytes: &[u8]) -> Result<&'static str, Problem> {
    let content_type = files::content_type(bytes);
    if Document::is_taken(content_type) {
        return Ok(content_type);
    }
    let detail = "Выберите снимок JPEG или PNG либо документ PDF: другие файлы мы не открываем.";
    Err(Problem::field(pointer(Item::Document(document)), detail))
}

fn begin(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<Request, Problem> {
    demand_consent(tx, env, actor)?;
    count_upload(tx, env, actor)?;
    let request = requests::begin(tx, env.now(), &fresh_id(env), &actor.person_id)?;
    if request.stage.takes_more() { Ok(request) } else { Err(stale()) }
}

fn count_upload(tx: &Tx<'_>, env: &Env, actor: &Actor) -> Result<(), Problem> {
    limit::count(tx, env, &Settings::at(tx, env.now())?, UPLOADS, &actor.person_id)
}

/// Documents have a consent of their own (ФЗ-152, ст. 9).
fn demand_consent(conn: &Conn<'_>, env: &Env, actor: &Actor) -> Result<(), Problem> {
    consent::require(conn, actor)?;
    consent::require_given(conn, env, actor, store::consents::PROOF)
}

pub(super) fn stale() -> Problem {
    let detail = "Заявка уже в другом состоянии: отправлена, решена или отозвана. Обновите страницу и посмотрите.";
    Problem::new(Slug::LevelRequestStale, detail)
}

/// Where a fault of an item is told.
fn pointer(item: Item) -> String {
    match item {
        Item::Field(field) => format!("/{}", field.as_str()),
        Item::Document(document) => format!("/documents/{}", document.as_str()),
    }
}

/// What I say of myself. Corrections name the corrected fields alone: what was said before stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelAnswers {
    /// On which of my accounts it rests.
    account_id: String,
    #[serde(default)]
    #[schema(example = "Иванова")]
    surname: Option<String>,
    #[serde(default)]
    #[schema(example = "Анна")]
    first_name: Option<String>,
    /// Left out where there is none.
    #[serde(default)]
    #[schema(example = "Сергеевна")]
    patronymic: Option<String>,
    #[serde(default)]
    #[schema(example = "1986-04-12")]
    birth_date: Option<String>,
    /// Series and number.
    #[serde(default)]
    #[schema(example = "6112 345678")]
    passport: Option<String>,
    #[serde(default)]
    #[schema(example = "УМВД России по Рязанской области")]
    issued_by: Option<String>,
    #[serde(default)]
    #[schema(example = "2006-05-02")]
    issued_on: Option<String>,
    #[serde(default)]
    #[schema(example = "112-233-445 95")]
    snils: Option<String>,
    /// Where I am registered.
    #[serde(default)]
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: Option<String>,
}

impl LevelAnswers {
    fn typed(self) -> (String, Answers) {
        let fields = [
            (Field::Surname, self.surname),
            (Field::FirstName, self.first_name),
            (Field::Patronymic, self.patronymic),
            (Field::BirthDate, self.birth_date),
            (Field::Passport, self.passport),
            (Field::IssuedBy, self.issued_by),
            (Field::IssuedOn, self.issued_on),
            (Field::Snils, self.snils),
            (Field::Address, self.address),
        ];
        (self.account_id, fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect())
    }
}

/// Send my request to the company: it decides within its time. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/level-request", operation_id = "send_level_request", tag = "auth",
    security(("session" = [])), request_body = LevelAnswers,
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = LevelRequestView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, consent-withdrawn, consent-required, consent-outdated, \
                        level-request-stale, confirmation-required, confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn send(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: input, bytes }: Body<LevelAnswers>,
) -> Result<Reply<LevelRequestView>, Problem> {
    actor.may(Action::ProveIdentity, Relation::Own)?;
    let (account_id, typed) = input.typed();
    let Ready { request, answers, account_link_id, registered } = ready(&env, &actor, &account_id, typed)?;
    let confirmed = confirmation.named(&env, &actor, Operation::ProveIdentity, &bytes)?;
    let form = serde_json::to_vec(&answers).map_err(Problem::internal)?;
    env.db().write(|tx| {
        confirmed.check(tx, &env)?;
        count_upload(tx, &env, &actor)
    })?;
    let file_id = sealed::put(&env, &request, (documents::FORM, Place::ONLY), "application/json", &form)?;
    let results = comparison::compare(&answers, &registered);
    let view = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        let hours: i64 = Settings::at(tx, env.now())?.get("level.decide_hours")?;
        let due_at = ends_at(env.now(), SignedDuration::from_hours(hours));
        let sending = Sending { request: &request, account_link_id: &account_link_id, results: &results, due_at };
        let there = documents::latest(tx, &request.level_request_id)?;
        let is_whole = missing(&there).next().is_none();
        if !is_whole || !documents::keep(tx, env.now(), &file_id)? || !requests::submit(tx, env.now(), &sending)? {
            return Err(stale());
        }
        audit::record(tx, &env, &actor, &client, "level.request", &profile::object(&actor), &[])?;
        let sent = requests::open(tx, &actor.person_id)?.ok_or_else(stale)?;
        Ok::<_, Problem>(view(tx, &sent)?)
    })?;
    Ok(Reply::created(view))
}

/// A request that may be sent.
struct Ready {
    request: Request,
    answers: Answers,
    /// The home that it rests on, and what the register says of that.
    account_link_id: String,
    registered: comparison::Registered,
}

/// The request, where everything that it needs is there; else all that is wrong with it, at once.
fn ready(env: &Env, actor: &Actor, account_id: &str, typed: Answers) -> Result<Ready, Problem> {
    let (open, there, asked, home) = env.db().read(|conn| {
        demand_consent(conn, env, actor)?;
        let home = requests::registered(conn, &actor.person_id, account_id)?;
        let Some(open) = requests::open(conn, &actor.person_id)? else {
            return Ok((None, Vec::new(), Vec::new(), home));
        };
        let there = documents::latest(conn, &open.level_request_id)?;
        let asked = corrections(conn, &open)?;
        Ok::<_, Problem>((Some(open), there, asked, home))
    })?;
    if open.as_ref().is_some_and(|request| !request.stage.takes_more()) {
        return Err(stale());
    }
    let round = open.as_ref().map_or(0, |request| request.round);
    let left = uncorrected(&asked, round, &there, &typed).chain(missing(&there)).collect::<Vec<_>>();
    match (open, home, merged(env, &there, typed)?) {
        (Some(request), Some((account_link_id, registered)), Ok(answers)) if left.is_empty() => {
            Ok(Ready { request, answers, account_link_id, registered })
        }
        (_, home, answers) => {
            let unknown = home.is_none().then(unknown_account);
            let faults = answers.err().unwrap_or_default().into_iter().map(field_error);
            Err(Problem::validation(unknown.into_iter().chain(faults).chain(left).collect()))
        }
    }
}

fn unknown_account() -> FieldError {
    let detail = "Выберите свой лицевой счёт. Если его нет в списке, сначала привяжите: страница /link.";
    FieldError::new("/account_id", detail)
}

/// The documents that are not there, or not whole.
fn missing(there: &[documents::Document]) -> impl Iterator<Item = FieldError> {
    Document::ALL.into_iter().filter(|document| !documents::is_whole(there, document.as_str())).map(|document| {
        let detail = format!("Приложите: {}. JPEG, PNG или PDF, до 5 МБ каждый файл.", document.words());
        FieldError::new(pointer(Item::Document(document)), detail)
    })
}

/// What the company asked to correct, and was not.
fn uncorrected(
    asked: &[Correction],
    round: u32,
    there: &[documents::Document],
    typed: &Answers,
) -> impl Iterator<Item = FieldError> {
    let is_corrected = move |item: &Item| match item {
        Item::Field(field) => typed.contains_key(field),
        Item::Document(document) => there.iter().any(|one| one.kind == document.as_str() && one.round == round + 1),
    };
    let left = asked.iter().filter_map(Correction::item).filter(move |item| !is_corrected(item));
    left.map(|item| FieldError::new(pointer(item), format!("Исправьте: {}.", item.words())))
}

/// What was said before, with what is said now in its place.
fn merged(env: &Env, earlier: &[documents::Document], typed: Answers) -> Result<Result<Answers, Vec<Fault>>, Problem> {
    let form = earlier.iter().find(|one| one.kind == documents::FORM);
    let mut all = form.map_or(Ok(Answers::new()), |form| sealed::answers(env, &form.file_id))?;
    all.extend(typed);
    Ok(answers::check(&all, env.day()))
}

fn field_error((field, detail): Fault) -> FieldError {
    FieldError::new(pointer(Item::Field(field)), detail)
}

/// Give up my request: what I sent is deleted; harmless where there is none
#[utoipa::path(
    delete, path = "/api/auth/level-request", operation_id = "cancel_level_request", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 204, description = "There is no request"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn cancel(State(env): State<Env>, actor: Actor, client: Client) -> Result<StatusCode, Problem> {
    actor.may(Action::ProveIdentity, Relation::Own)?;
    env.db().write(|tx| match requests::cancel(tx, env.now(), &actor.person_id)? {
        true => audit::record(tx, &env, &actor, &client, "level.cancel", &profile::object(&actor), &[]),
        false => Ok(()),
    })?;
    Ok(StatusCode::NO_CONTENT)
}
