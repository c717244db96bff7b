//! Meters, submissions of readings, and their history.

mod act_checks;
mod act_paper;
mod consumption;
mod coverage;
#[cfg(target_arch = "wasm32")]
mod entry;
mod giver;
mod hints;
mod history;
mod judge;
mod last;
mod life_check;
mod meter_desk;
mod meter_events;
mod meters;
mod reach;
mod sms;
mod stickers;
mod submissions;
mod supply;
mod tokens;
mod transfer_acts;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(meters::list))
        .routes(routes!(submissions::submit))
        .routes(routes!(history::list))
        .routes(routes!(history::document))
        .routes(routes!(consumption::show))
        .routes(routes!(consumption::document))
        .routes(routes!(coverage::houses))
        .routes(routes!(coverage::show))
        .routes(routes!(coverage::remind))
        .routes(routes!(supply::get))
        .routes(routes!(supply::missing))
        .routes(routes!(sms::receive))
        .routes(routes!(stickers::print))
        .routes(routes!(last::show))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::end))
        .routes(routes!(transfer_acts::get))
        .routes(routes!(act_checks::keys))
        .routes(routes!(act_checks::check))
        .routes(routes!(meter_events::list))
        .routes(routes!(meter_desk::find))
        .routes(routes!(meter_desk::record))
}

/// What answers `/api/readings/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
