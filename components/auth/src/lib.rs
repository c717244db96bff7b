//! Who is who: registration, sign-in here and at providers, sessions, recovery, consents.

mod audits;
mod blocks;
mod certificates;
mod codes;
mod confirmations;
mod consents;
mod contacts;
mod data_export;
mod electronic_addresses;
#[cfg(target_arch = "wasm32")]
mod entry;
mod erasures;
mod identities;
mod invitations;
mod journal;
mod letting_in;
mod levels;
mod link_denials;
mod locks;
mod new_devices;
mod opening;
mod passkeys;
mod password;
mod password_rules;
mod pending_sign_ins;
mod profile;
mod provider;
mod provider_sign_ins;
mod provider_sign_outs;
mod recoveries;
mod registrations;
mod second_factor;
mod second_stage;
mod sessions;
mod sign_in;
mod staff;
mod support;
mod trusted_devices;
mod unproved;
mod waiting;
mod waiting_helps;

use axum::{Router, extract::DefaultBodyLimit};
use domain::level_request::DOCUMENT_BYTES_MAX;
use second_factor::{contact, recovery_codes, totp};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};
use web::Env;

/// The routes with their descriptions.
pub fn routes() -> OpenApiRouter<Env> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(pending_sign_ins::awaiting))
        .routes(routes!(pending_sign_ins::answer))
        .routes(routes!(pending_sign_ins::send_code))
        .routes(routes!(second_factor::show))
        .routes(routes!(totp::begin, totp::remove))
        .routes(routes!(totp::confirm))
        .routes(routes!(contact::add, contact::remove))
        .routes(routes!(recovery_codes::replace))
        .routes(routes!(passkeys::begin))
        .routes(routes!(passkeys::list, passkeys::add))
        .routes(routes!(passkeys::remove))
        .routes(routes!(passkeys::begin_sign_in))
        .routes(routes!(passkeys::sign_in))
        .routes(routes!(trusted_devices::list, trusted_devices::end_all))
        .routes(routes!(trusted_devices::end_one))
        .routes(routes!(blocks::view))
        .routes(routes!(blocks::deny))
        .routes(routes!(blocks::block_own))
        .routes(routes!(sessions::show))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end_one))
        .routes(routes!(profile::show, profile::change))
        .routes(routes!(profile::change_password, profile::set_password))
        .routes(routes!(certificates::begin))
        .routes(routes!(certificates::list, certificates::connect))
        .routes(routes!(certificates::remove))
        .routes(routes!(electronic_addresses::export))
        .routes(routes!(levels::show))
        .routes(routes!(levels::request::put_document).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(levels::request::send, levels::request::cancel))
        .routes(routes!(levels::desk::list))
        .routes(routes!(levels::desk::look))
        .routes(routes!(levels::desk::open_document))
        .routes(routes!(levels::decisions::decide))
        .routes(routes!(levels::decisions::ask_again))
        .routes(routes!(contacts::request))
        .routes(routes!(contacts::confirm))
        .routes(routes!(contacts::forget))
        .routes(routes!(confirmations::show))
        .routes(routes!(confirmations::send_code))
        .routes(routes!(confirmations::answer))
        .routes(routes!(journal::list))
        .routes(routes!(journal::files::export))
        .routes(routes!(journal::files::extract))
        .routes(routes!(data_export::export))
        .routes(routes!(erasures::show, erasures::request, erasures::cancel))
        .routes(routes!(erasures::list))
        .routes(routes!(erasures::act))
        .routes(routes!(staff::list))
        .routes(routes!(staff::invite))
        .routes(routes!(staff::invited::withdraw))
        .routes(routes!(staff::reset))
        .routes(routes!(staff::unblock))
        .routes(routes!(staff::block))
        .routes(routes!(staff::grant_role))
        .routes(routes!(staff::take_role))
        .routes(routes!(staff::sign_out))
        .routes(routes!(support::search))
        .routes(routes!(support::unlock))
        .routes(routes!(support::unblock))
        .routes(routes!(support::block))
        .routes(routes!(support::sign_out))
        .routes(routes!(waiting_helps::list))
        .routes(routes!(waiting_helps::look))
        .routes(routes!(password_rules::show))
        .routes(routes!(registrations::request))
        .routes(routes!(registrations::confirm))
        .routes(routes!(recoveries::request))
        .routes(routes!(recoveries::confirm))
        .routes(routes!(consents::texts))
        .routes(routes!(consents::list, consents::give))
        .routes(routes!(consents::withdraw))
        .routes(routes!(invitations::view))
        .routes(routes!(invitations::accept))
        .routes(routes!(provider_sign_ins::list))
        .routes(routes!(provider_sign_ins::begin))
        .routes(routes!(provider_sign_ins::finish))
        .routes(routes!(provider_sign_outs::back_channel))
        .routes(routes!(identities::awaiting, identities::decline))
        .routes(routes!(identities::register))
        .routes(routes!(identities::list, identities::link))
        .routes(routes!(identities::unlink))
}

/// What answers `/api/auth/…`, and the callbacks of providers, `/auth/…`.
pub fn router(env: Env) -> Router {
    web::app(routes(), env)
}
