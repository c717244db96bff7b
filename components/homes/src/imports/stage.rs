//! Files on their way in.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use store::{
    Tx,
    import::{self as staging, NewPart, Stage, StagedFile},
    state,
};
use web::{Actor, Body, Env, FieldError, IdempotencyKey, Idempotent, Path, Problem, Reply, Slug, fresh_id};

use super::{
    PART_BYTES, demo_state, find, may, not_ready,
    views::{ImportView, NewFile, NewImport},
};

const FILES_MAX: usize = 20;
const NAME_CHARACTERS_MAX: usize = 100;
/// All files of one import: what a component reads within its memory of 128 MiB. Of a hundred thousand lines, which is
/// what it checks in time, hardly any files are larger.
const BYTES_MAX: u64 = 12 << 20;

/// Begin an import of a company's files; one that was not finished is given up
#[utoipa::path(
    post, path = "/api/homes/imports", operation_id = "begin_import", tag = "homes",
    security(("session" = [])), request_body = NewImport,
    params(("Idempotency-Key" = String, Header, description = "1 to 64 visible ASCII characters")),
    responses(
        (status = 201, body = ImportView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "idempotency-key-required, validation, demo-state, idempotency-key-reused"),
    )
)]
pub(crate) async fn begin(
    State(env): State<Env>,
    actor: Actor,
    key: IdempotencyKey,
    Body { value: input, bytes }: Body<NewImport>,
) -> Result<Idempotent, Problem> {
    may(&actor)?;
    check(&input.files)?;
    env.db().write(|tx| key.once(tx, &env, &actor.person_id, &bytes, || create(tx, &env, &actor, &input).map(Ok)))?
}

fn check(files: &[NewFile]) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if files.is_empty() || files.len() > FILES_MAX {
        errors.push(FieldError::new("/files", "Выберите от 1 до 20 файлов."));
    }
    for (index, file) in files.iter().enumerate() {
        let letters = file.name.chars().count();
        if letters == 0 || letters > NAME_CHARACTERS_MAX || file.name.contains(char::is_control) {
            errors.push(FieldError::new(format!("/files/{index}/name"), "Назовите файл короче 100 знаков."));
        }
        if file.size_bytes == 0 {
            errors.push(FieldError::new(format!("/files/{index}/size_bytes"), "Файл пуст: выберите другой."));
        }
    }
    let total = files.iter().fold(0_u64, |total, file| total.saturating_add(file.size_bytes));
    if total > BYTES_MAX {
        let detail = "Файлы вместе больше 12 МБ: загрузите их по одному или разделите. Всё сразу загрузит тот, кто \
                      обслуживает сервер, командой moydom import.";
        errors.push(FieldError::new("/files", detail));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

fn create(tx: &Tx<'_>, env: &Env, actor: &Actor, input: &NewImport) -> Result<ImportView, Problem> {
    if state::is_demo(tx)? && !input.is_for_demo {
        return Err(demo_state());
    }
    let files: Vec<_> = input.files.iter().map(|file| (file.name.as_str(), file.size_bytes)).collect();
    let import_id = fresh_id(env);
    let (person_id, is_for_demo) = (actor.person_id.as_str(), input.is_for_demo);
    let new = staging::NewImport { import_id: &import_id, person_id, is_for_demo, files: &files };
    staging::create(tx, env.now(), &new)?;
    ImportView::new(find(tx, actor, &import_id)?)
}

/// How far an import is, and what was said of it last
#[utoipa::path(
    get, path = "/api/homes/imports/{import_id}", operation_id = "see_import", tag = "homes",
    security(("session" = [])), params(("import_id" = String, Path)),
    responses(
        (status = 200, body = ImportView),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn see(
    State(env): State<Env>,
    actor: Actor,
    Path(import_id): Path<String>,
) -> Result<Reply<ImportView>, Problem> {
    may(&actor)?;
    let staged = env.db().read(|conn| find(conn, &actor, &import_id))?;
    ImportView::new(staged).map(Reply::ok)
}

/// Send a part of a file; the same part sent again takes its place
#[utoipa::path(
    put, path = "/api/homes/imports/{import_id}/files/{file_no}/parts/{part_no}", operation_id = "put_import_part",
    tag = "homes", security(("session" = [])),
    params(
        ("import_id" = String, Path),
        ("file_no" = u32, Path, description = "from 0, in the order of the files"),
        ("part_no" = u32, Path, description = "from 0"),
    ),
    request_body(content_type = "application/octet-stream", description = "The bytes of the part, never left out"),
    responses(
        (status = 200, body = ImportView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, validation, body-too-large, import-not-ready"),
    )
)]
pub(crate) async fn put_part(
    State(env): State<Env>,
    actor: Actor,
    Path((import_id, file_no, part_no)): Path<(String, u32, u32)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Reply<ImportView>, Problem> {
    may(&actor)?;
    let bytes = body
        .map_err(|_| Problem::new(Slug::BodyTooLarge, "Часть больше 512 КБ: делите файл, как сказано в part_bytes."))?;
    let staged = env.db().write(|tx| {
        let staged = find(tx, &actor, &import_id)?;
        if staged.stage == Stage::Applied {
            return Err(not_ready("Эти файлы уже загружены. Начните новую загрузку."));
        }
        let file = usize::try_from(file_no).ok().and_then(|file_no| staged.files.get(file_no));
        check_part(file.ok_or_else(Problem::not_found)?, part_no, bytes.len())?;
        staging::add_part(tx, NewPart { import_id: &import_id, file_no, part_no, bytes: bytes.to_vec() })?;
        find(tx, &actor, &import_id)
    })?;
    ImportView::new(staged).map(Reply::ok)
}

fn check_part(file: &StagedFile, part_no: u32, length: usize) -> Result<(), Problem> {
    let part_bytes = PART_BYTES as u64;
    let rest = file.size_bytes.checked_sub(u64::from(part_no) * part_bytes).filter(|rest| *rest > 0);
    let expected = rest.ok_or_else(Problem::not_found)?.min(part_bytes);
    if length as u64 == expected {
        return Ok(());
    }
    let detail = format!("В этой части должно быть {expected} байт. Если файл изменился, начните загрузку заново.");
    Err(Problem::field("", detail))
}
