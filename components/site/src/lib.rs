//! The files of `static/`: pages under their short addresses, styles and scripts, the API's document.

mod answer;
#[cfg(target_arch = "wasm32")]
mod entry;
mod files;
mod fingerprint;
mod media;
mod styles;

use std::{path::Path, sync::Arc};

use axum::{Router, extract::State, response::Response};
use http::{HeaderMap, HeaderValue, Request, header};

use files::Files;

/// What answers everything that is not the API, from the files under `root`. Only what lies there when it starts is
/// ever served. `is_https` is the scheme of the public origin.
pub fn router(root: &Path, is_https: bool) -> Router {
    let site = Arc::new(Site { files: Files::under(root), is_https });
    Router::new().fallback(serve).with_state(site)
}

struct Site {
    files: Files,
    is_https: bool,
}

async fn serve(State(site): State<Arc<Site>>, request: Request<axum::body::Body>) -> Response {
    let request_id = web::stateless_id();
    let mut response = answer::to(&site.files, request.method(), request.uri().path(), request.headers(), &request_id);
    web::secure(response.headers_mut(), site.is_https);
    if is_part_of_a_page(request.uri().path(), response.headers()) {
        OF_DOCUMENTS.iter().for_each(|name| drop(response.headers_mut().remove(*name)));
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Headers that only a document obeys (a service worker obeys the first). On thirty scripts and styles they would
/// weigh as much as a third of a page.
const OF_DOCUMENTS: [&str; 5] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "referrer-policy",
    "x-frame-options",
];

fn is_part_of_a_page(path: &str, headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    path != "/service-worker.js" && (media_type.starts_with("text/css") || media_type.starts_with("text/javascript"))
}
