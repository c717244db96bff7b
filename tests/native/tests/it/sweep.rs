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
    assert_eq!((swept(&suite), keys(&suite)), (0, 2), "its records mean nothing any more");
    suite.set_clock(after(13));
    assert_eq!((swept(&suite), swept(&suite), keys(&suite)), (1, 0, 0));
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

/// How many rows a table has.
fn rows(suite: &Suite, table: &str) -> usize {
    suite.rows(&format!("select 1 from {table}")).len()
}

#[tokio::test]
async fn an_ended_session_is_forgotten_after_half_a_year() {
    let suite = Suite::demo(MORNING);
    suite.sign_in("anna").await;
    // Over after twelve hours; then the 180 days begin.
    for (hours, count) in [(13, 1), (12 + 180 * 24, 1), (13 + 180 * 24, 0)] {
        suite.set_clock(after(hours));
        swept(&suite);
        assert_eq!(rows(&suite, "session"), count, "after {hours} hours");
    }
}

#[tokio::test]
async fn failures_and_counters_and_devices_are_forgotten_in_their_time() {
    let suite = Suite::demo(MORNING);
    suite.sign_in("anna").await;
    for identifier in ["boris", "nobody-of-that-name"] {
        crate::door::guess(&suite, identifier, 2).await;
    }
    for (days, failures, devices) in [(89, 2, 1), (91, 0, 1), (399, 0, 1), (401, 0, 0)] {
        suite.set_clock(after(days * 24));
        swept(&suite);
        assert_eq!((rows(&suite, "sign_in_failure"), rows(&suite, "known_device")), (failures, devices), "{days} days");
        assert_eq!(rows(&suite, "rate_limit"), 0, "{days} days");
    }
}

#[tokio::test]
async fn a_request_to_link_is_forgotten_after_a_month() {
    let suite = Suite::demo(MORNING);
    let cookie = suite.sign_in("boris").await;
    let number = json!({ "number": "0000000027" });
    suite.ask("POST", "/api/homes/links", &[("cookie", &cookie)], Some(number)).await;
    for (days, count) in [(29, 1), (31, 0)] {
        suite.set_clock(after(days * 24));
        swept(&suite);
        assert_eq!(rows(&suite, "link_request"), count, "after {days} days");
    }
}

#[test]
fn what_is_swept_is_found_by_an_index() {
    let suite = Suite::at(MORNING);
    for (table, condition) in [
        ("rate_limit", "window_started_at < 0 order by window_started_at"),
        ("session", "swept_at is not null and expires_at < '' order by expires_at"),
        ("sign_in_failure", "last_failed_at < '' order by last_failed_at"),
        ("known_device", "signed_in_at < '' order by signed_in_at"),
        ("link_request", "created_at < '' order by created_at"),
        ("audit_entry", "object = '' and audit_seq < 0 order by audit_seq desc"),
    ] {
        let plan = suite.rows(&format!("explain query plan select 1 from {table} where {condition} limit 9"));
        let plan: Vec<_> = plan.into_iter().map(|row| row[3].clone()).collect();
        assert!(plan.len() == 1 && plan[0].starts_with(&format!("SEARCH {table} USING ")), "{plan:?}");
    }
}
