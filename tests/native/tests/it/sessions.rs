//! Where somebody is signed in, and how that ends.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    door::Browser,
    factors::{Equipped, person_id},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";

async fn sessions(browser: &mut Browser<'_>) -> Vec<Value> {
    let answer = browser.ask("GET", "/api/auth/sessions", None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["items"].as_array().unwrap().clone()
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.ask("GET", "/api/auth/session", None).await.status == StatusCode::OK
}

fn later(suite: &Suite, minutes: i64) -> Timestamp {
    suite.env.now() + SignedDuration::from_mins(minutes)
}

#[tokio::test]
async fn a_person_sees_each_session_with_its_device_place_and_time() {
    let suite = Suite::demo(NOW);
    let mut phone = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    suite.set_clock(later(&suite, 1));
    let mut second = Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    Browser::signed_in(&suite, "83.1.2.5:1", "boris").await;
    suite.set_clock(later(&suite, 1));
    is_signed_in(&mut phone).await;
    let items = sessions(&mut second).await;
    let columns = ["device", "address", "opened_at", "last_seen_at"].map(|name| [&items[0][name], &items[1][name]]);
    assert_eq!(items.len(), 2, "nobody else's");
    assert_eq!(columns[0], ["Chrome, Android"; 2]);
    assert_eq!(columns[1], ["83.1.2.4", "83.1.2.3"]);
    assert_eq!(columns[2], ["2026-07-20T09:01:00.000Z", "2026-07-20T09:00:00.000Z"]);
    assert_eq!(columns[3], ["2026-07-20T09:02:00.000Z"; 2]);
    assert_eq!([&items[0]["is_current"], &items[1]["is_current"]], [true, false]);
}

#[tokio::test]
async fn what_a_session_is_called_outside_is_no_key_of_the_store() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let public = sessions(&mut browser).await[0]["session_id"].as_str().unwrap().to_owned();
    let kept = suite.rows("select session_id from session")[0][0].clone();
    assert!(!kept.contains(&public) && suite.env.kv().session(&public).unwrap().is_none());
}

#[tokio::test]
async fn an_ended_session_is_refused_at_its_next_request() {
    let suite = Suite::demo(NOW);
    let mut lost = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut own = Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    let public = sessions(&mut lost).await.iter().find(|one| one["is_current"] == true).unwrap()["session_id"].clone();
    let path = format!("/api/auth/sessions/{}", public.as_str().unwrap());
    assert_eq!(own.ask("DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&mut lost).await);
    assert_eq!(own.ask("DELETE", &path, None).await.status, StatusCode::NOT_FOUND, "it is gone");
    assert_eq!(sessions(&mut own).await.len(), 1);
}

#[tokio::test]
async fn all_others_end_at_once_and_the_one_that_asks_stays() {
    let suite = Suite::demo(NOW);
    let mut others = [
        Browser::signed_in(&suite, "83.1.2.3:1", "anna").await,
        Browser::signed_in(&suite, "83.1.2.4:1", "anna").await,
    ];
    let mut own = Browser::signed_in(&suite, "83.1.2.5:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.6:1", "boris").await;
    for _ in 0..2 {
        assert_eq!(own.ask("DELETE", "/api/auth/sessions", None).await.status, StatusCode::NO_CONTENT);
        assert!(is_signed_in(&mut own).await && is_signed_in(&mut boris).await);
        for other in &mut others {
            assert!(!is_signed_in(other).await);
        }
    }
    let closed = suite.rows("select count(*) from audit_entry where action = 'session.close'");
    assert_eq!(closed, [["2"]]);
}

#[tokio::test]
async fn a_session_is_valid_only_with_both_its_row_and_its_record() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let session_id = suite.rows("select session_id from session").concat().concat();
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let ended = |at: Option<&str>| file.execute("update session set ended_at = ?1", [at]).unwrap();
    ended(Some(NOW));
    assert!(!is_signed_in(&mut browser).await, "the row has ended, the record lies there");
    ended(None);
    assert!(is_signed_in(&mut browser).await);
    suite.env.kv().delete_session(&session_id).unwrap();
    assert!(!is_signed_in(&mut browser).await, "the row is open, the record never came");
}

#[tokio::test]
async fn signing_out_again_with_an_old_cookie_ends_nothing_once_more() {
    let suite = Suite::demo(NOW);
    let cookie = suite.sign_in("anna").await;
    for _ in 0..2 {
        let answer = suite.ask("POST", "/api/auth/sign-out", &[("cookie", &cookie)], None).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(suite.rows("select count(*) from audit_entry where action = 'session.close'"), [["1"]]);
}

#[tokio::test]
async fn however_many_sessions_end_the_key_value_store_is_asked_no_more_than_for_one() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut cost = Vec::new();
    for others in [1, 5] {
        for _ in 0..others {
            Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
        }
        let before = store::stats::calls().kv;
        assert_eq!(own.ask("DELETE", "/api/auth/sessions", None).await.status, StatusCode::NO_CONTENT);
        cost.push(store::stats::calls().kv - before);
    }
    assert_eq!(cost[0], cost[1]);
}

#[tokio::test]
async fn s4_a_session_that_idled_out_is_no_longer_listed() {
    let suite = Suite::demo(NOW);
    let mut idle = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    suite.set_clock(later(&suite, 1));
    let mut own = Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    suite.set_clock(later(&suite, 14));
    assert_eq!(sessions(&mut own).await.len(), 2, "900 seconds: it holds");
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(1));
    assert_eq!(sessions(&mut own).await.len(), 1, "901 seconds: it is over");
    assert!(!is_signed_in(&mut idle).await);
}

/// Whether the session of these cookies goes on.
async fn lives(suite: &Suite, cookies: &str) -> bool {
    suite.ask("GET", "/api/auth/session", &[("cookie", cookies)], None).await.status == StatusCode::OK
}

#[tokio::test]
async fn a_factor_that_is_switched_on_gives_the_session_another_name_and_no_longer_life() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let ends = anna.ask("GET", "/api/auth/session", None).await.body["expires_at"].clone();
    suite.set_clock(suite.env.now() + SignedDuration::from_mins(14));
    assert!(lives(&suite, &anna.cookies()).await);
    suite.set_clock(suite.env.now() + SignedDuration::from_mins(14));
    let of_before = anna.cookies();
    let added = anna.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    assert!(!lives(&suite, &of_before).await, "whoever copied the cookie before has nothing of it");
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.body["expires_at"], ends);
    let listed = anna.ask("GET", "/api/auth/sessions", None).await.body;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["is_current"]), (1, &json!(true)));

    let of_before = anna.cookies();
    Equipped::in_browser(&suite, &mut anna, "anna").await;
    assert!(!lives(&suite, &of_before).await && lives(&suite, &anna.cookies()).await);
}

#[tokio::test]
async fn whoever_gets_a_role_from_somebody_else_signs_in_anew() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let dispatcher = Browser::signed_in(&suite, "10.0.0.7:1", "dispatcher").await;
    let path = format!("/api/auth/staff/{}/roles", person_id(&suite, "dispatcher"));
    let role = json!({ "role": "manager", "scope": { "kind": "portal" } });
    assert_eq!(admin.ask_surely("POST", &path, Some(role)).await.status, StatusCode::CREATED);
    assert!(!lives(&suite, &dispatcher.cookies()).await && lives(&suite, &admin.cookies()).await);
}
