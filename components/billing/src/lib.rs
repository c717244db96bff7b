//! What living in a house costs: services, and what is charged for them.

mod desk;
#[cfg(target_arch = "wasm32")]
mod entry;
mod services;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new().routes(routes!(services::list)).merge(desk::routes())
}

/// What answers `/api/billing/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
