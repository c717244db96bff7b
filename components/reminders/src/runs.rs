//! The job by HTTP, for platforms without a schedule of their own: whoever calls it shows the jobs' token.

use axum::extract::State;
use http::HeaderMap;
use web::{Env, Problem, Reply, bearer};

use crate::Report;

/// Do what is due: remind of readings, tell events, sweep what has expired
#[utoipa::path(
    post, path = "/api/reminders/run", tag = "reminders", security(("job" = [])),
    responses(
        (status = 200, body = Report),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
    )
)]
pub(crate) async fn run(State(env): State<Env>, headers: HeaderMap) -> Result<Reply<Report>, Problem> {
    let words = "Нужен токен заданий: заголовок Authorization со значением «Bearer …».";
    bearer::require(&env, &headers, "jobs_token", words)?;
    Ok(Reply::ok(crate::run(&env, env.now())?))
}
