//! The files of `static/`: pages under their short addresses, styles and scripts, the API's document.

mod answer;
#[cfg(target_arch = "wasm32")]
mod entry;
mod files;
mod media;

use std::{path::Path, sync::Arc};

use axum::{Router, extract::State, response::Response};
use http::{HeaderValue, Request};
use jiff::Timestamp;

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
    let request_id = web::id_at(Timestamp::now(), random());
    let mut response = answer::to(&site.files, request.method(), request.uri().path(), request.headers(), &request_id);
    web::secure(response.headers_mut(), site.is_https);
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

fn random() -> [u8; 10] {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).expect("a host always has random bytes");
    bytes
}
