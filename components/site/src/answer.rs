//! From a request's head to an answer: which file, in which form, or that the browser has it already.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use web::Problem;

use crate::files::{Content, Files, Form};

/// Browsers keep what they got and ask each time whether it still holds: a new version is seen at once.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
/// What has its fingerprint in its address never changes.
const KEPT_FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ALLOWED: &str = "GET, HEAD";

pub(crate) fn to(files: &Files, method: &Method, path: &str, headers: &HeaderMap, request_id: &str) -> Response {
    if method != Method::GET && method != Method::HEAD {
        if is_api(path) {
            return Problem::method_not_allowed(ALLOWED).render(request_id);
        }
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, ALLOWED)], "Эту страницу можно только открыть.\n")
            .into_response();
    }
    let (status, file) = match files.find(path) {
        Some(file) => (StatusCode::OK, Some(file)),
        None => (StatusCode::NOT_FOUND, files.named("404.html")),
    };
    let Some(file) = file else { return status.into_response() };
    let is_kept = status == StatusCode::OK && files.is_present(path);
    match files.content(file) {
        Ok(content) => content_response(status, content, is_kept, headers),
        Err(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "Страница не читается. Повторите через минуту.\n").into_response()
        }
    }
}

/// The page about the API and its document lie under `/api`, where every error is a problem.
fn is_api(path: &str) -> bool {
    path.strip_prefix("/api").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn content_response(status: StatusCode, content: &Content, is_kept: bool, headers: &HeaderMap) -> Response {
    let zipped = content.gzip.as_ref().filter(|_| accepts_gzip(headers));
    let form = zipped.unwrap_or(&content.plain);
    let is_known = status == StatusCode::OK && knows(headers, form);
    // To HEAD the server sends no body; it takes the length from this one.
    let body = if is_known { Body::empty() } else { Body::from(form.bytes.clone()) };

    let mut response = Response::new(body);
    *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { status };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, if is_kept { KEPT_FOR_GOOD } else { REVALIDATED });
    if content.gzip.is_some() {
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    // Whether what never changes still holds, nobody asks.
    if status == StatusCode::OK && !is_kept {
        out.insert(header::ETAG, form.etag.clone());
    }
    if !is_known {
        out.insert(header::CONTENT_TYPE, content.media_type.clone());
        if zipped.is_some() {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    response
}

/// Whether the browser named this very form in `If-None-Match`. A proxy may have weakened the tag.
fn knows(headers: &HeaderMap, form: &Form) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|list| list.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || form.etag == tag)
}

/// Whether `Accept-Encoding` names gzip, or everything, without refusing it by `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let codings: Vec<_> = lists.flat_map(|list| list.split(',')).map(coding).collect();
    let named = |wanted: &str| codings.iter().find(|(name, _)| name == wanted);
    named("gzip").or_else(|| named("*")).is_some_and(|(_, is_wanted)| *is_wanted)
}

/// `gzip;q=0.5` → (`gzip`, true)
fn coding(text: &str) -> (String, bool) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let is_refused = quality.is_some_and(|value| value.chars().all(|character| matches!(character, '0' | '.')));
    (name, !is_refused)
}
