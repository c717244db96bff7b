//! What has expired is swept away.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::suite::Suite;

const MORNING: &str = "2026-07-20T06:00:00Z";

fn keys(suite: &Suite) -> i64 {
    let file = rusqlite::Connection::open(suite.location.key_value_file()).unwrap();
    file.query_row("select count(*) from spin_key_value", [], |row| row.get(0)).unwrap()
}

fn after(hours: i64) -> Timestamp {
    MORNING.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

fn swept(suite: &Suite) -> usize {
    reminders::run(&suite.env, suite.env.now()).unwrap().sessions_swept
}

#[tokio::test]
async fn sessions_over_by_time_leave_the_key_value_store() {
    let suite = Suite::demo(MORNING);
    suite.sign_in("anna").await;
    suite.set_clock(after(6));
    let cookie = suite.sign_in("boris").await;
    assert_eq!((keys(&suite), swept(&suite)), (4, 0));
    suite.set_clock(after(6) + SignedDuration::from_mins(10));
    assert_eq!(swept(&suite), 0);
    suite.set_clock(after(13));
    assert_eq!((swept(&suite), swept(&suite)), (1, 0));
    assert_eq!(keys(&suite), 2);
    suite.set_clock(after(6) + SignedDuration::from_mins(10));
    let answer = suite.ask("GET", "/api/auth/session", &[("cookie", &cookie)], None).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_that_was_signed_out_is_swept_once_its_time_is_over() {
    let suite = Suite::demo(MORNING);
    let cookie = suite.sign_in("anna").await;
    suite.ask("POST", "/api/auth/sign-out", &[("cookie", &cookie)], None).await;
    assert_eq!(keys(&suite), 0);
    assert_eq!(swept(&suite), 0);
    // A request that was under way at the end may leave a stamp behind: it goes then too.
    suite.set_clock(after(13));
    assert_eq!((swept(&suite), swept(&suite)), (1, 0));
}

#[tokio::test]
async fn answers_of_idempotency_keys_are_kept_for_a_week() {
    let suite = Suite::demo(MORNING);
    let now = suite.env.now();
    let answer = store::requests::KeptAnswer { request_hash: String::new(), status: 201, body: json!({}).to_string() };
    suite.env.db().write(|tx| store::requests::keep_answer(tx, now, "anna", "key", &answer)).unwrap();
    let kept = || suite.rows("select key from idempotency").len();
    for (hours, count) in [(7 * 24 - 1, 1), (7 * 24 + 1, 0)] {
        suite.set_clock(after(hours));
        swept(&suite);
        assert_eq!(kept(), count, "after {hours} hours");
    }
}
