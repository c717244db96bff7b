//! The feed of what a person should know.

#[cfg(target_arch = "wasm32")]
mod entry;
mod feed;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new().routes(routes!(feed::list)).routes(routes!(feed::read))
}

/// What answers `/api/notices…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
