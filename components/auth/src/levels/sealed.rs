//! The sealed files of a request: named first, then put. They are kept by the transaction that says what they are.

use domain::level_request::{Answers, Place, ROUND_BYTES_MAX};
use jiff::SignedDuration;
use store::levels::{
    documents::{self, Document, NewDocument},
    requests::Request,
};
use web::{Env, Problem, Slug, fresh_id};

use crate::second_factor::keys;

/// Seals a file for the next round of the request; answers its id. Until it is kept, it goes by itself.
pub(super) fn put(
    env: &Env,
    request: &Request,
    (kind, place): (&str, Place),
    content_type: &str,
    bytes: &[u8],
) -> Result<String, Problem> {
    let document = Document {
        file_id: fresh_id(env),
        kind: kind.to_owned(),
        place,
        round: request.round + 1,
        content_type: content_type.to_owned(),
        size_bytes: bytes.len() as u64,
    };
    let new =
        NewDocument { document: &document, level_request_id: &request.level_request_id, person_id: &request.person_id };
    if !env.db().write(|tx| documents::name(tx, env.now(), &new))? {
        return Err(too_many());
    }
    let put = env.files().put(env.now(), &keys(env)?, env.random(), &document.file_id, bytes);
    put.map_err(Problem::internal)?;
    Ok(document.file_id)
}

/// Replaced files go with the next runs of the job.
fn too_many() -> Problem {
    let detail = format!(
        "Файлов в этой заявке стало слишком много: вместе до {} МБ, а прежние ещё удаляются. Уменьшите снимки или повторите \
         через 15 минут.",
        ROUND_BYTES_MAX >> 20
    );
    Problem::new(Slug::RateLimited, detail).retry_after(SignedDuration::from_mins(15))
}

/// The whole of a file.
pub(super) fn read(env: &Env, file_id: &str) -> Result<Vec<u8>, Problem> {
    let file = env.files().open(&keys(env)?, file_id).map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    file.read(0..file.info().size_bytes).map_err(Problem::internal)
}

/// The answers that a file holds.
pub(super) fn answers(env: &Env, file_id: &str) -> Result<Answers, Problem> {
    serde_json::from_slice(&read(env, file_id)?).map_err(|_| Problem::internal("a sealed form holds no answers"))
}
