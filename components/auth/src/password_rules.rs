//! What a password must be, told before it is typed and checked when it comes.

use axum::extract::State;
use serde::Serialize;
use store::settings::Settings;
use utoipa::ToSchema;
use web::{Env, Problem, Reply};

use crate::password;

/// What is asked of a new password.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordRules {
    rules: Vec<RuleView>,
}

/// One thing that is asked of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleView {
    /// Stable name of the rule.
    #[schema(example = "long-enough")]
    code: &'static str,
    /// The rule in words, Russian.
    #[schema(example = "не короче 8 знаков")]
    words: &'static str,
}

/// What a new password must be
#[utoipa::path(
    get, path = "/api/auth/password-rules", operation_id = "show_password_rules", tag = "auth",
    responses((status = 200, body = PasswordRules))
)]
pub(crate) async fn show(State(env): State<Env>) -> Result<Reply<PasswordRules>, Problem> {
    let demands = env.db().read(|conn| password::demands(&Settings::at(conn, env.now())?))?;
    let rules = demands.rules().map(|rule| RuleView { code: rule.as_str(), words: rule.words() }).collect();
    Ok(Reply::ok(PasswordRules { rules }))
}

/// Holds a new password against the policy of the day; `names` are what its owner signs in by.
///
/// # Errors
/// `validation`, with the broken rules under the field `password`.
pub(crate) fn check(settings: &Settings, password: &str, names: &[&str]) -> Result<(), Problem> {
    let faults = password::faults(settings, password, names, "/password")?;
    if faults.is_empty() { Ok(()) } else { Err(Problem::validation(faults)) }
}
