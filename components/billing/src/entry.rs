//! What the host calls.

use std::sync::LazyLock;

use axum::Router;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;
use tower_service::Service;
use web::Env;

static ROUTER: LazyLock<Router> = LazyLock::new(|| crate::router(Env::granted()));

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    ROUTER.clone().call(request).await
}
