//! Bodies: read into a type with errors that name the field, written with an entity tag.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{Env, Problem, Slug};

/// A JSON body. The bytes are kept beside it, for the idempotency key's hash.
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// As it was sent.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Env> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, env: &Env) -> Result<Self, Problem> {
        if !is_of(request.headers(), "application/json") {
            return Err(Problem::new(Slug::UnsupportedMediaType, "Отправьте тело с Content-Type: application/json."));
        }
        let bytes = read(request, env).await?;
        let value = parse(&bytes)?;
        Ok(Self { value, bytes })
    }
}

async fn read(request: Request, env: &Env) -> Result<Bytes, Problem> {
    Bytes::from_request(request, env)
        .await
        .map_err(|rejection| Problem::for_status(rejection.status()).unwrap_or_else(|| Problem::internal(rejection)))
}

fn is_of(headers: &HeaderMap, kind: &str) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|told| told.trim().eq_ignore_ascii_case(kind))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer);
    parsed
        .and_then(|value| {
            let ended = deserializer.end();
            ended.map(|()| value).map_err(|error| serde_path_to_error::Error::new(empty_path(), error))
        })
        .map_err(|error| unreadable(&error))
}

fn empty_path() -> serde_path_to_error::Path {
    serde_path_to_error::Track::new().path()
}

/// Text that is no JSON at all is malformed; JSON of another shape is a field at fault.
fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = error.inner();
    if inner.is_syntax() || inner.is_eof() {
        let detail = format!("Тело — не JSON: строка {}, столбец {}.", inner.line(), inner.column());
        return Problem::new(Slug::MalformedBody, detail);
    }
    let (field, detail) = fault(&inner.to_string());
    // Not the error's own words: they quote what was sent, and that may be a password.
    let place = format!("line {}, column {} is not of the expected shape", inner.line(), inner.column());
    Problem::field(pointer(error.path()) + &field, detail).because(place)
}

/// What serde says of a field. A missing or doubled one is told of the object around it, so its name is added here.
fn fault(words: &str) -> (String, &'static str) {
    let mut parts = words.split('`');
    let (kind, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let below = || format!("/{}", escaped(name));
    match kind {
        "missing field " => (below(), "Этого поля не хватает: добавьте его, как описано на /api."),
        "duplicate field " => (below(), "Это поле стоит дважды: оставьте одно."),
        "unknown field " => (String::new(), "Такого поля здесь нет: проверьте имя или уберите его."),
        _ => (String::new(), "Здесь ждут значение другого вида: посмотрите на /api."),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escaped(key)),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A query string. A parameter at fault is named: `?limit`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Env> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Env) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        parsed.map(Self).map_err(|error| {
            let detail = "Проверьте этот параметр адреса по описанию на /api.";
            Problem::field(parameter(&error), detail)
        })
    }
}

/// The body of a form. A field at fault is named: `/logout_token`.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Env> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, env: &Env) -> Result<Self, Problem> {
        const FORM: &str = "application/x-www-form-urlencoded";
        if !is_of(request.headers(), FORM) {
            return Err(Problem::new(Slug::UnsupportedMediaType, format!("Отправьте тело с Content-Type: {FORM}.")));
        }
        let bytes = read(request, env).await?;
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(&bytes));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| {
            let pointer = format!("/{}", parameter(&error).trim_start_matches('?'));
            Problem::field(pointer, "Проверьте это поле формы по описанию на /api.")
        })
    }
}

/// Where the path does not tell, a parameter is missing, given twice or unknown: serde names it in backticks, as ours.
fn parameter(error: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> String {
    let path = error.path().to_string();
    let words = error.inner().to_string();
    let named = if path == "." { words.split('`').nth(1).unwrap_or_default() } else { path.as_str() };
    format!("?{named}")
}

/// A part of the path. One that cannot be read means that there is no such thing.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Env> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Env) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, env).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::not_found())
    }
}

/// A JSON answer. A `200` carries an entity tag, and [`crate::app`] answers `304` to who has it already.
pub struct Reply<T> {
    status: StatusCode,
    value: T,
}

impl<T> Reply<T> {
    /// Here it is.
    pub fn ok(value: T) -> Self {
        Self { status: StatusCode::OK, value }
    }

    /// It was made.
    pub fn created(value: T) -> Self {
        Self { status: StatusCode::CREATED, value }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.value) {
            Ok(body) => json_response(self.status, body),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

pub(crate) fn json_response(status: StatusCode, body: Vec<u8>) -> Response {
    let content_type = (header::CONTENT_TYPE, "application/json");
    if status != StatusCode::OK {
        return (status, [content_type, (header::CACHE_CONTROL, "no-store")], body).into_response();
    }
    let tag = entity_tag(&body);
    (status, [content_type, (header::CACHE_CONTROL, "private, no-cache"), (header::ETAG, &tag)], body).into_response()
}

fn entity_tag(body: &[u8]) -> String {
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..12]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        _account_id: String,
        _items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        _meter_id: String,
    }

    fn named(body: &str) -> Value {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        serde_json::to_value(problem).unwrap()["errors"][0]["pointer"].take()
    }

    #[test]
    fn a_missing_an_unknown_and_a_wrong_field_are_each_named() {
        assert_eq!(named("{}"), "/_account_id");
        assert_eq!(named(r#"{"_account_id": "a", "_items": [{}]}"#), "/_items/0/_meter_id");
        assert_eq!(named(r#"{"acount_id": "a"}"#), "/acount_id");
        assert_eq!(named(r#"{"_account_id": "a", "_items": [{"_meter_id": "m", "a/b": 1}]}"#), "/_items/0/a~1b");
        assert_eq!(named(r#"{"_account_id": 5}"#), "/_account_id");
        assert_eq!(named(r#"{"_account_id": "a", "_account_id": "b"}"#), "/_account_id");
        assert_eq!(named("[]"), "");
    }

    proptest! {
        #[test]
        fn a_value_never_passes_for_the_name_of_a_field(value in "(missing field `)?[a-z`]{0,20}") {
            let body = serde_json::json!({ "_account_id": "a", "_items": value });
            prop_assert_eq!(named(&body.to_string()), "/_items");
        }
    }
}
