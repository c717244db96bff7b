//! What the host calls. The manifest mounts `static/` at `/`.

use std::{path::Path, sync::LazyLock};

use axum::Router;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;
use tower_service::Service;

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let is_https = store::variables::get("public_origin").is_ok_and(|origin| origin.starts_with("https:"));
    crate::router(Path::new("/"), is_https)
});

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    ROUTER.clone().call(request).await
}
