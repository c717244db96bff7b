//! The files of `static/`: pages under their short addresses, styles and scripts, the API's document.

mod answer;
#[cfg(target_arch = "wasm32")]
mod entry;
mod files;
mod media;

use std::{path::Path, sync::Arc};

use axum::{Router, extract::State, response::Response};
use http::Request;

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
    let mut response = answer::to(&site.files, request.method(), request.uri().path(), request.headers());
    web::secure(response.headers_mut(), site.is_https);
    response
}
