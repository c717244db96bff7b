//! What people should know: each person's feed, announced works on the portal, and how the portal is.

#[cfg(target_arch = "wasm32")]
mod entry;
mod feed;
mod maintenance;
mod status;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(feed::list))
        .routes(routes!(feed::read))
        .routes(routes!(maintenance::list, maintenance::announce))
        .routes(routes!(maintenance::change, maintenance::withdraw))
        .routes(routes!(status::show))
}

/// What answers `/api/notices…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
