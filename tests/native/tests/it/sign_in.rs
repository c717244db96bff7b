//! What a sign-in leaves in the browser, and what a password is worth while another one is set.

use http::StatusCode;
use serde_json::json;
use store::demo::PASSWORD;

use crate::{door::Browser, suite::Suite};

#[tokio::test]
async fn a_sign_in_gives_the_session_and_the_device_a_cookie_each() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let body = json!({ "identifier": "anna", "password": PASSWORD });
    let answer = suite.ask("POST", "/api/auth/sign-in", &[], Some(body)).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let mut names: Vec<_> = cookies.filter_map(|cookie| cookie.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["__Host-device", "__Host-session"]);
}

/// A slot is taken once the credentials are read: there another request of the person comes between.
const IS_READ: &str = "insert on hashing_slot";
const PASSWORD_IS_SET: &str = "update person set password_hash = 'another', password_no = password_no + 1";
/// By somebody else who signs in at the same moment.
const HASH_IS_RENEWED: &str = "update person set password_hash = 'renewed'";

#[tokio::test]
async fn who_signs_in_while_the_hash_is_made_anew_comes_in_and_the_first_new_hash_stays() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    suite.set("hashing.passes", "3");
    suite.on(IS_READ, HASH_IS_RENEWED);
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(suite.rows("select 1 from sign_in_failure").is_empty());
    assert_eq!(suite.rows("select distinct password_hash from person"), [["renewed"]]);
}

#[tokio::test]
async fn a_password_that_was_changed_while_it_was_verified_opens_no_session() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    suite.on(IS_READ, PASSWORD_IS_SET);
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, "wrong-credentials"));
    assert!(suite.rows("select 1 from session").is_empty());
    assert_eq!(suite.rows("select failures from sign_in_failure"), [["1"]]);
}

#[tokio::test]
async fn a_password_that_was_changed_while_it_was_verified_sets_no_other() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    suite.on(IS_READ, PASSWORD_IS_SET);
    let body = json!({ "old_password": PASSWORD, "new_password": "сосна-и-72-ели" });
    let answer = browser.ask("POST", "/api/auth/password", Some(body)).await;
    assert_eq!((answer.problem(), &answer.body["errors"][0]["pointer"]), ("validation", &json!("/old_password")));
    assert_eq!(suite.rows("select distinct password_hash from person"), [["another"]]);
}

#[tokio::test]
async fn a_password_is_not_set_without_the_end_of_the_other_sessions() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let before = suite.rows("select password_hash from person");
    let _thief = Browser::signed_in(&suite, "6.6.6.6:1", "anna").await;
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let asked = crate::newcomer::recovering(&suite, "anna").await;
    suite.on("update of ended_at on session", "select raise(abort, 'no session can be ended')");
    let body = json!({ "old_password": PASSWORD, "new_password": "сосна-и-72-ели" });
    assert_eq!(browser.ask("POST", "/api/auth/password", Some(body)).await.problem(), "internal");
    let recovered = crate::newcomer::recover(&suite, &asked.id, &asked.code, "сосна-и-72-ели").await;
    assert_eq!(recovered.problem(), "internal");
    assert_eq!(suite.rows("select password_hash from person"), before);
}
