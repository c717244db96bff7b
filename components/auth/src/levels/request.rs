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
    level_request::{Answers, Correction, DOCUMENT_BYTES_MAX, Document, Fault, Field, Item, answers, comparison},
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
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, FieldError, Path, Problem, Reply, Slug, audit,
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
    document: String,
    size_bytes: u64,
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
    let documents = documents::latest(conn, &request.level_request_id)?.into_iter();
    let documents = documents.filter(|one| one.kind != documents::FORM).map(|one| LevelDocumentView {
        document: one.kind,
        size_bytes: one.size_bytes,
        is_new: one.round == next,
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

/// Put a document of my request, in the place of the earlier one; the first one begins the request
#[utoipa::path(
    put, path = "/api/auth/level-request/documents/{document}", operation_id = "put_level_document", tag = "auth",
    security(("session" = [])),
    params(("document" = String, Path, description = "`passport-scan`, `snils-scan` or `basis-scan`")),
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
    body: Result<Bytes, BytesRejection>,
) -> Result<Reply<LevelRequestView>, Problem> {
    actor.may(Action::ProveIdentity, Relation::Own)?;
    let document = Document::parse(&document).ok_or_else(Problem::not_found)?;
    let bytes = body.map_err(|_| too_large())?;
    let content_type = taken(document, &bytes)?;
    let request = env.db().write(|tx| begin(tx, &env, &actor))?;
    let file_id = sealed::put(&env, &request, document.as_str(), content_type, &bytes)?;
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
    let request = env.db().read(|conn| ready(conn, &env, &actor, &typed))?;
    let earlier = env.db().read(|conn| documents::latest(conn, &request.level_request_id))?;
    let answers = merged(&env, &earlier, typed)?;
    let (account_link_id, registered) = env.db().read(|conn| home(conn, &actor, &account_id))?;
    let confirmed = confirmation.named(&env, &actor, Operation::ProveIdentity, &bytes)?;
    let form = serde_json::to_vec(&answers).map_err(Problem::internal)?;
    env.db().write(|tx| {
        confirmed.check(tx, &env)?;
        count_upload(tx, &env, &actor)
    })?;
    let file_id = sealed::put(&env, &request, documents::FORM, "application/json", &form)?;
    let results = comparison::compare(&answers, &registered);
    let view = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        let hours: i64 = Settings::at(tx, env.now())?.get("level.decide_hours")?;
        let due_at = ends_at(env.now(), SignedDuration::from_hours(hours));
        let sending = Sending { request: &request, account_link_id: &account_link_id, results: &results, due_at };
        if !documents::keep(tx, env.now(), &file_id)? || !requests::submit(tx, env.now(), &sending)? {
            return Err(stale());
        }
        audit::record(tx, &env, &actor, &client, "level.request", &profile::object(&actor), &[])?;
        let sent = requests::open(tx, &actor.person_id)?.ok_or_else(stale)?;
        Ok::<_, Problem>(view(tx, &sent)?)
    })?;
    Ok(Reply::created(view))
}

/// The request, where everything that it needs besides the answers is there.
fn ready(conn: &Conn<'_>, env: &Env, actor: &Actor, typed: &Answers) -> Result<Request, Problem> {
    demand_consent(conn, env, actor)?;
    let open = requests::open(conn, &actor.person_id)?;
    let there = open.as_ref().map_or(Ok(Vec::new()), |request| documents::latest(conn, &request.level_request_id))?;
    let is_there = |document: &Document| there.iter().any(|one| one.kind == document.as_str());
    let missing = Document::ALL.into_iter().filter(|document| !is_there(document)).map(|document| {
        let detail = format!("Приложите: {}. JPEG, PNG или PDF, до 5 МБ.", document.words());
        FieldError::new(pointer(Item::Document(document)), detail)
    });
    let mut errors: Vec<_> = missing.collect();
    if let Some(request) = &open {
        errors.extend(uncorrected(conn, request, &there, typed)?);
    }
    match open {
        Some(request) if errors.is_empty() && request.stage.takes_more() => Ok(request),
        Some(request) if !request.stage.takes_more() => Err(stale()),
        _ => Err(Problem::validation(errors)),
    }
}

/// What the company asked to correct, and was not.
fn uncorrected(
    conn: &Conn<'_>,
    request: &Request,
    there: &[documents::Document],
    typed: &Answers,
) -> store::Result<Vec<FieldError>> {
    let is_corrected = |item: &Item| match item {
        Item::Field(field) => typed.contains_key(field),
        Item::Document(document) => {
            there.iter().any(|one| one.kind == document.as_str() && one.round == request.round + 1)
        }
    };
    let asked = corrections(conn, request)?;
    let left = asked.iter().filter_map(Correction::item).filter(|item| !is_corrected(item));
    Ok(left.map(|item| FieldError::new(pointer(item), format!("Исправьте: {}.", item.words()))).collect())
}

/// What was said before, with what is said now in its place.
fn merged(env: &Env, earlier: &[documents::Document], typed: Answers) -> Result<Answers, Problem> {
    let form = earlier.iter().find(|one| one.kind == documents::FORM);
    let mut all = form.map_or(Ok(Answers::new()), |form| sealed::answers(env, &form.file_id))?;
    all.extend(typed);
    answers::check(&all, env.day()).map_err(|faults| Problem::validation(faults.into_iter().map(field_error).collect()))
}

fn field_error((field, detail): Fault) -> FieldError {
    FieldError::new(pointer(Item::Field(field)), detail)
}

/// The home that the request rests on, as the register has it.
fn home(conn: &Conn<'_>, actor: &Actor, account_id: &str) -> Result<(String, comparison::Registered), Problem> {
    requests::registered(conn, &actor.person_id, account_id)?.ok_or_else(|| {
        let detail = "Выберите свой лицевой счёт. Если его нет в списке, сначала привяжите: страница /link.";
        Problem::field("/account_id", detail)
    })
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
