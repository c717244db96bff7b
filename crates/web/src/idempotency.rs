//! `Idempotency-Key`: the same request sent twice does its work once and gets the same answer.
//!
//! Key, hash of the request and answer are kept in the transaction of the work itself, so that there is no moment
//! in which one exists without the other. A refused request keeps nothing: it may be mended and sent again.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use serde::Serialize;
use store::{
    Tx,
    requests::{self, KeptAnswer},
};

use crate::{Env, Problem, Slug, json::json_response, sha256};

/// The key of the request: 1 to 64 visible ASCII characters.
#[derive(Debug)]
pub struct IdempotencyKey {
    key: String,
    target: String,
}

impl FromRequestParts<Env> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Env) -> Result<Self, Problem> {
        let key = parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if key.is_empty() || key.len() > 64 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::new(
                Slug::IdempotencyKeyRequired,
                "Добавьте заголовок Idempotency-Key: до 64 знаков, новый для каждой отправки (например, UUID).",
            ));
        }
        Ok(Self { key: key.to_owned(), target: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

/// An answer that is the first one or its repetition: both look alike.
pub struct Idempotent(KeptAnswer);

impl IdempotencyKey {
    /// Does `work` unless it was done under this key already; `scope` is whose key it is. What `work` decides against
    /// comes back as an inner problem: the transaction then keeps what was counted, but no answer.
    ///
    /// # Errors
    /// Those of `work`, or `idempotency-key-reused` where the key came with another request before.
    pub fn once<T: Serialize>(
        &self,
        tx: &Tx<'_>,
        env: &Env,
        scope: &str,
        body: &[u8],
        work: impl FnOnce() -> Result<Result<T, Problem>, Problem>,
    ) -> Result<Result<Idempotent, Problem>, Problem> {
        let request_hash = sha256([self.target.as_bytes(), b"\n", body].concat());
        if let Some(kept) = requests::kept_answer(tx, scope, &self.key)? {
            return Ok(repeated(kept, &request_hash));
        }
        let done = match work()? {
            Ok(done) => done,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let body = serde_json::to_string(&done).map_err(Problem::internal)?;
        let answer = KeptAnswer { request_hash, status: StatusCode::CREATED.as_u16(), body };
        requests::keep_answer(tx, env.now(), scope, &self.key, &answer)?;
        Ok(Ok(Idempotent(answer)))
    }
}

fn repeated(kept: KeptAnswer, request_hash: &str) -> Result<Idempotent, Problem> {
    if kept.request_hash == request_hash {
        return Ok(Idempotent(kept));
    }
    Err(Problem::new(
        Slug::IdempotencyKeyReused,
        "С этим ключом уже был другой запрос. Отправьте этот с новым Idempotency-Key.",
    ))
}

impl IntoResponse for Idempotent {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::OK);
        json_response(status, self.0.body.into_bytes())
    }
}
