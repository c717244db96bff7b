//! What time itself brings about: reminders of readings, events told in feeds, expired records swept away.
//!
//! One job, reachable two ways: by the host's schedule, and by HTTP for platforms without one. It may be run twice
//! at once or not for hours: a subject is told once, and what was missed is made up for.

mod addresses;
mod billing;
mod certificates;
mod delegations;
#[cfg(target_arch = "wasm32")]
mod entry;
mod erasures;
mod events;
mod job;
mod ledgers;
mod levels;
mod log;
mod readings;
mod runs;
mod sweep;
mod tariff_words;
mod tariffs;
mod words;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

pub use job::{Report, run};

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new().routes(routes!(runs::run))
}

/// What answers `/api/reminders/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
