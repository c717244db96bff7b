//! What living in a house costs: services, the prices and norms by which they are charged, and what is charged for them.

mod absences;
mod bill;
mod bills;
mod calculation;
mod desk;
mod document;
#[cfg(target_arch = "wasm32")]
mod entry;
mod filled;
mod penalties;
mod questions;
mod requests;
mod services;
mod tariff_views;
mod tariffs;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(bill::show))
        .routes(routes!(calculation::show))
        .routes(routes!(bills::list))
        .routes(routes!(bills::document))
        .routes(routes!(document::get))
        .routes(routes!(absences::list, absences::ask))
        .routes(routes!(questions::list))
        .routes(routes!(questions::ask))
        .routes(routes!(requests::list, requests::ask))
        .routes(routes!(services::list))
        .routes(routes!(tariffs::show))
        .routes(routes!(tariffs::history))
        .merge(desk::routes())
}

/// What answers `/api/billing/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
