//! A person's personal accounts: found by address, linked by number and a code, listed, set, unlinked.

mod accounts;
mod addresses;
mod archive;
mod codes;
mod delegations;
#[cfg(target_arch = "wasm32")]
mod entry;
mod imports;
mod links;
mod problem;
mod settings;

use axum::{Router, extract::DefaultBodyLimit};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(accounts::list))
        .routes(routes!(addresses::search))
        .routes(routes!(addresses::municipalities))
        .routes(routes!(imports::stage::begin))
        .routes(routes!(imports::stage::see))
        .routes(routes!(imports::stage::put_part).layer(DefaultBodyLimit::max(imports::PART_BYTES)))
        .routes(routes!(imports::take::check))
        .routes(routes!(imports::take::apply))
        .routes(routes!(links::request))
        .routes(routes!(links::confirm))
        .routes(routes!(settings::set))
        .routes(routes!(settings::add_contact))
        .routes(routes!(settings::forget_contact))
        .routes(routes!(settings::suspend))
        .routes(routes!(settings::resume))
        .routes(routes!(settings::unlink))
        .routes(routes!(codes::confirm))
        .routes(routes!(delegations::list, delegations::grant))
        .routes(routes!(delegations::view))
        .routes(routes!(delegations::take))
        .routes(routes!(delegations::end))
        .routes(routes!(archive::accounts))
        .routes(routes!(archive::submissions))
}

/// What answers `/api/homes/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
