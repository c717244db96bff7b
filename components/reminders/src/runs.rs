//! The job by HTTP, for platforms without a schedule of their own: whoever calls it shows the jobs' token.

use axum::extract::State;
use http::{HeaderMap, header};
use subtle::ConstantTimeEq;
use web::{Env, Problem, Reply, Slug, sha256};

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
    let expected = env.variable("jobs_token")?;
    if !bearer(&headers).is_some_and(|token| is_same(token, &expected)) {
        return Err(Problem::new(
            Slug::Unauthenticated,
            "Нужен токен заданий: заголовок Authorization со значением «Bearer …».",
        )
        .asks_for_bearer());
    }
    Ok(Reply::ok(crate::run(&env, env.now())?))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Digests are compared: their length tells nothing of the token's. An empty token opens nothing.
fn is_same(token: &str, expected: &str) -> bool {
    let same = sha256(token).as_bytes().ct_eq(sha256(expected).as_bytes());
    !expected.is_empty() && same.into()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn opens(authorization: &'static str, expected: &str) -> bool {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(authorization))]);
        bearer(&headers).is_some_and(|token| is_same(token, expected))
    }

    #[test]
    fn only_the_whole_token_opens() {
        assert!(opens("Bearer kalina-42", "kalina-42"));
        assert!(opens("bearer kalina-42", "kalina-42"));
        for wrong in ["", "kalina-42", "Basic kalina-42", "Bearer kalina-4", "Bearer kalina-421", "Bearer KALINA-42"] {
            assert!(!opens(wrong, "kalina-42"), "{wrong}");
        }
    }

    #[test]
    fn where_no_token_is_set_nothing_opens() {
        assert!(!opens("Bearer ", ""));
        assert!(!opens("Bearer", ""));
    }
}
