//! The job by HTTP.

use http::StatusCode;
use serde_json::json;

use crate::suite::{JOBS_TOKEN, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

#[tokio::test]
async fn the_job_runs_for_who_shows_the_token() {
    let suite = Suite::demo(NOW);
    let headers = [("authorization", format!("Bearer {JOBS_TOKEN}"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let first = suite.ask("POST", "/api/reminders/run", &headers, None).await;
    assert_eq!(first.status, StatusCode::OK);
    // Anna alone has a linked account, and no reading of July.
    assert_eq!(first.body, json!({ "reminded": 1, "events_handled": 0, "persons_erased": 0, "sessions_swept": 0 }));
    let second = suite.ask("POST", "/api/reminders/run", &headers, None).await;
    assert_eq!(second.body, json!({ "reminded": 0, "events_handled": 0, "persons_erased": 0, "sessions_swept": 0 }));
}

#[tokio::test]
async fn without_the_token_nothing_runs() {
    let suite = Suite::demo(NOW);
    for headers in [&[][..], &[("authorization", "Bearer guessed")], &[("authorization", "Bearer ")]] {
        let answer = suite.ask("POST", "/api/reminders/run", headers, None).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, "unauthenticated"), "{headers:?}");
    }
    assert!(suite.rows("select 1 from notice").is_empty());
}

#[tokio::test]
async fn a_job_is_not_looked_at() {
    let suite = Suite::demo(NOW);
    let answer = suite.ask("GET", "/api/reminders/run", &[], None).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
    assert_eq!(answer.headers["allow"], "POST");
}
