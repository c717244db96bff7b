//! Codes to keep on paper: they let in whoever lost the phone.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    recovery_code::{COUNT, RecoveryCode},
};
use serde::Serialize;
use store::{
    Conn, Tx,
    events::{self, Event},
    second_factors,
};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Problem, Reply, Slug, audit, confirmation::Confirmation};

use super::object;

/// Codes to keep on paper; they are shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodesView {
    /// Each lets in once; empty where earlier ones still do.
    #[schema(example = json!(["7hm2-0qxz-94kd-ra1e-c5vt-8w3n"]))]
    recovery_codes: Vec<String>,
}

impl RecoveryCodesView {
    pub(crate) fn of(codes: &[RecoveryCode]) -> Self {
        Self { recovery_codes: codes.iter().map(RecoveryCode::expose).collect() }
    }
}

/// Give me other codes to keep on paper: the earlier ones mean nothing any more
#[utoipa::path(
    post, path = "/api/auth/second-factor/recovery-codes", operation_id = "renew_recovery_codes", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    responses(
        (status = 201, body = RecoveryCodesView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, confirmation-required, confirmation-stale, not-found"),
    )
)]
pub(crate) async fn replace(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
) -> Result<Reply<RecoveryCodesView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    env.db().read(|conn| demand_factor(conn, &actor))?;
    let confirmed = confirmation.named(&env, &actor, Operation::RenewRecoveryCodes, &[])?;
    let codes = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        demand_factor(tx, &actor)?;
        audit::record(tx, &env, &actor, &client, "recovery-codes.renew", &object(&actor), &[])?;
        events::emit(tx, env.now(), &actor.person_id, &Event::RecoveryCodesRenewed)?;
        renew(tx, &env, &actor.person_id)
    })?;
    Ok(Reply::created(RecoveryCodesView::of(&codes)))
}

fn demand_factor(conn: &Conn<'_>, actor: &Actor) -> Result<(), Problem> {
    if second_factors::enrolled(conn, &actor.person_id)?.is_on() {
        return Ok(());
    }
    Err(Problem::new(Slug::NotFound, "Коды восстановления бывают у второго шага входа: сначала включите его."))
}

pub(super) fn renew(tx: &Tx<'_>, env: &Env, person_id: &str) -> Result<Vec<RecoveryCode>, Problem> {
    let codes: Vec<_> = (0..COUNT).map(|_| RecoveryCode::from_random(env.random())).collect();
    second_factors::replace_recovery_codes(tx, env.now(), person_id, &codes)?;
    Ok(codes)
}
