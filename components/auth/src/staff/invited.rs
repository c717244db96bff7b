//! Who is invited and has not come: shown, and withdrawn.

use axum::extract::State;
use domain::access::Action;
use http::StatusCode;
use serde::Serialize;
use store::invitations::{self, Invitation};
use utoipa::ToSchema;
use web::{Actor, Client, Env, Path, Problem, audit};

use super::ScopeView;

/// An invitation that nobody has taken yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedView {
    invitation_id: String,
    login: String,
    name: String,
    roles: Vec<String>,
    scope: ScopeView,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<Invitation> for InvitedView {
    fn from(Invitation { invitation_id, login, name, roles, scope, place, expires_at, .. }: Invitation) -> Self {
        Self {
            invitation_id,
            login,
            name,
            roles,
            scope: ScopeView::of(&scope, place),
            expires_at: format!("{expires_at:.3}"),
        }
    }
}

/// Withdraw an invitation that nobody took: its link lets in nobody any more
#[utoipa::path(
    delete, path = "/api/auth/staff/invitations/{invitation_id}", operation_id = "withdraw_invitation", tag = "auth",
    security(("session" = [])), params(("invitation_id" = String, Path)),
    responses(
        (status = 204, description = "It is withdrawn"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn withdraw(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(invitation_id): Path<String>,
) -> Result<StatusCode, Problem> {
    let reach = actor.reach(Action::ManageStaff)?;
    env.db().write(|tx| {
        let login = invitations::withdraw(tx, env.now(), &reach, &invitation_id)?.ok_or_else(Problem::not_found)?;
        let object = format!("invitation:{invitation_id}");
        audit::record(tx, &env, &actor, &client, "staff.invite-withdraw", &object, &[("login", &login)])?;
        Ok(StatusCode::NO_CONTENT)
    })
}
