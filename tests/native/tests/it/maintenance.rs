//! Announced works and the status page by HTTP.

use http::StatusCode;
use serde_json::{Value, json};

use crate::suite::{Answer, JOBS_TOKEN, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/notices/maintenance";

fn works(from: &str, until: &str) -> Value {
    json!({ "starts_at": from, "ends_at": until, "words": "Обновляем портал." })
}

fn tonight() -> Value {
    works("2026-07-20T20:00:00Z", "2026-07-20T22:00:00Z")
}

async fn announce(suite: &Suite, cookie: &str, works: Value) -> Answer {
    suite.ask("POST", PATH, &[("cookie", cookie)], Some(works)).await
}

async fn listed(suite: &Suite) -> Vec<Value> {
    let answer = suite.ask("GET", PATH, &[], None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn everybody_sees_announced_works_the_nearest_first_until_they_are_over() {
    let suite = Suite::demo(NOW);
    let cookie = suite.sign_in("admin").await;
    let later = announce(&suite, &cookie, works("2026-07-25T20:00:00Z", "2026-07-26T00:00:00Z")).await;
    assert_eq!(later.status, StatusCode::CREATED, "{}", later.body);
    let sooner = announce(&suite, &cookie, tonight()).await;
    assert_eq!(listed(&suite).await, [sooner.body, later.body.clone()]);
    suite.set_clock("2026-07-20T22:00:00Z".parse().unwrap());
    assert_eq!(listed(&suite).await, [later.body]);
}

#[tokio::test]
async fn works_longer_than_the_rule_backwards_past_or_without_words_are_refused_by_field() {
    let suite = Suite::demo(NOW);
    let cookie = suite.sign_in("admin").await;
    let mut wordless = tonight();
    wordless["words"] = json!("  ");
    for (works, pointer) in [
        (works("2026-07-20T20:00:00Z", "2026-07-21T00:00:01Z"), "/ends_at"),
        (works("2026-07-20T20:00:00Z", "2026-07-20T20:00:00Z"), "/ends_at"),
        (works("2026-07-20T07:00:00Z", "2026-07-20T09:00:00Z"), "/ends_at"),
        (wordless, "/words"),
        (works("завтра", "2026-07-20T22:00:00Z"), "/starts_at"),
    ] {
        let answer = announce(&suite, &cookie, works).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"));
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.body);
    }
    assert!(listed(&suite).await.is_empty());
    suite.set("maintenance.hours_max", "5");
    let longer = announce(&suite, &cookie, works("2026-07-20T20:00:00Z", "2026-07-21T00:00:01Z")).await;
    assert_eq!(longer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn announced_works_are_changed_and_withdrawn_with_an_entry_each() {
    let suite = Suite::demo(NOW);
    let cookie = suite.sign_in("admin").await;
    let announced = announce(&suite, &cookie, tonight()).await;
    let path = format!("{PATH}/{}", announced.body["maintenance_id"].as_str().unwrap());
    let headers = [("cookie", cookie.as_str())];
    let moved = works("2026-07-21T20:00:00Z", "2026-07-21T22:00:00Z");
    let changed = suite.ask("PUT", &path, &headers, Some(moved.clone())).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(listed(&suite).await, [changed.body]);
    assert_eq!(suite.ask("DELETE", &path, &headers, None).await.status, StatusCode::NO_CONTENT);
    assert!(listed(&suite).await.is_empty());
    for (method, body) in [("PUT", Some(moved)), ("DELETE", None)] {
        let gone = suite.ask(method, &path, &headers, body).await;
        assert_eq!((gone.status, gone.problem()), (StatusCode::NOT_FOUND, "not-found"), "{method}");
    }
    let actions = suite.rows("select action from audit_entry where action like 'maintenance.%' order by audit_seq");
    assert_eq!(actions, [["maintenance.announce"], ["maintenance.change"], ["maintenance.withdraw"]]);
}

async fn status(suite: &Suite) -> Value {
    let answer = suite.ask("GET", "/api/notices/status", &[], None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

fn is_ok(status: &Value, part: &str) -> bool {
    let part = status["parts"].as_array().unwrap().iter().find(|found| found["part"] == part).expect("the part");
    part["is_ok"].as_bool().unwrap()
}

#[tokio::test]
async fn the_status_tells_when_the_job_ran_and_that_it_is_late() {
    let suite = Suite::demo(NOW);
    let fresh = status(&suite).await;
    assert!(fresh["is_ok"] == true && fresh["job_ran_at"] == Value::Null, "{fresh}");
    let token = format!("Bearer {JOBS_TOKEN}");
    suite.ask("POST", "/api/reminders/run", &[("authorization", &token)], None).await;
    assert_eq!(status(&suite).await["job_ran_at"], "2026-07-20T09:00:00.000Z");
    suite.set_clock("2026-07-20T09:15:00Z".parse().unwrap());
    assert!(is_ok(&status(&suite).await, "jobs"), "three runs may be missed");
    suite.set_clock("2026-07-20T09:15:01Z".parse().unwrap());
    let late = status(&suite).await;
    assert!(!is_ok(&late, "jobs") && is_ok(&late, "database") && late["is_ok"] == false, "{late}");
}

#[tokio::test]
async fn the_status_is_told_even_when_the_database_is_not_reached() {
    let suite = Suite::demo(NOW);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute_batch("drop table maintenance").unwrap();
    let broken = status(&suite).await;
    assert!(!is_ok(&broken, "database") && is_ok(&broken, "sessions") && broken["is_ok"] == false, "{broken}");
}

#[tokio::test]
async fn the_status_tells_announced_works() {
    let suite = Suite::demo(NOW);
    let cookie = suite.sign_in("admin").await;
    let announced = announce(&suite, &cookie, tonight()).await;
    assert_eq!(status(&suite).await["maintenance"], json!([announced.body]));
}
