//! Devices on which the second factor is not asked for.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    user_agent,
};
use http::StatusCode;
use serde::Serialize;
use store::trusted_devices::{self, Trusted};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Path, Problem, Reply, audit};

use crate::opening::Device;

const SHOWN_MAX: u32 = 100;

/// The devices that somebody trusts.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrustedDeviceList {
    /// The last used first.
    items: Vec<TrustedDeviceView>,
}

/// A device on which the second factor is not asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrustedDeviceView {
    trusted_device_id: String,
    /// Browser and system in plain words.
    #[schema(example = "Chrome, Android")]
    device: String,
    #[schema(format = DateTime)]
    trusted_at: String,
    /// The last sign-in there.
    #[schema(format = DateTime)]
    used_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// The device that asks.
    is_current: bool,
}

/// On which devices I am not asked for the second factor
#[utoipa::path(
    get, path = "/api/auth/trusted-devices", operation_id = "list_trusted_devices", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = TrustedDeviceList),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
) -> Result<Reply<TrustedDeviceList>, Problem> {
    actor.may(Action::ManageSessions, Relation::Own)?;
    let current = Device::of(&env, &client).hash();
    let trusted = env.db().read(|conn| trusted_devices::of_person(conn, env.now(), &actor.person_id, SHOWN_MAX))?;
    Ok(Reply::ok(TrustedDeviceList { items: trusted.into_iter().map(|one| view(one, &current)).collect() }))
}

fn view(trusted: Trusted, current: &str) -> TrustedDeviceView {
    TrustedDeviceView {
        trusted_device_id: trusted.trusted_device_id,
        device: user_agent::in_words(&trusted.user_agent),
        trusted_at: format!("{:.3}", trusted.trusted_at),
        used_at: format!("{:.3}", trusted.used_at),
        expires_at: format!("{:.3}", trusted.expires_at),
        is_current: trusted.device == current,
    }
}

/// Ask me for the second factor on this device again
#[utoipa::path(
    delete, path = "/api/auth/trusted-devices/{trusted_device_id}", operation_id = "end_trusted_device", tag = "auth",
    security(("session" = [])), params(("trusted_device_id" = String, Path)),
    responses(
        (status = 204, description = "The device is trusted no more"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn end_one(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(trusted_device_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageSessions, Relation::Own)?;
    env.db().write(|tx| {
        if !trusted_devices::end_one(tx, &actor.person_id, &trusted_device_id)? {
            return Err(Problem::not_found());
        }
        Ok(audit::record(tx, &env, &actor, &client, "device.distrust", &object(&actor), &[])?)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask me for the second factor on every device again
#[utoipa::path(
    delete, path = "/api/auth/trusted-devices", operation_id = "end_trusted_devices", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 204, description = "No device is trusted"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn end_all(State(env): State<Env>, actor: Actor, client: Client) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageSessions, Relation::Own)?;
    env.db().write(|tx| {
        trusted_devices::end_all(tx, &actor.person_id)?;
        audit::record(tx, &env, &actor, &client, "device.distrust", &object(&actor), &[])
    })?;
    Ok(StatusCode::NO_CONTENT)
}

fn object(actor: &Actor) -> String {
    format!("person:{}", actor.person_id)
}
