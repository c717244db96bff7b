//! Sign-in, sessions, sign-out.

#[cfg(target_arch = "wasm32")]
mod entry;
pub mod password;
mod sessions;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(sessions::sign_in))
        .routes(routes!(sessions::show))
        .routes(routes!(sessions::sign_out))
}

/// What answers `/api/auth/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
