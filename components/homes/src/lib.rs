//! A person's personal accounts: linked by number and a code, listed.

mod accounts;
#[cfg(target_arch = "wasm32")]
mod entry;
mod links;
mod problem;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new().routes(routes!(accounts::list)).routes(routes!(links::request)).routes(routes!(links::confirm))
}

/// What answers `/api/homes/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
