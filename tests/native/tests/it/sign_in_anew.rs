//! Who has nothing else to confirm with signs in at the provider anew: a session that is open there proves nothing.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    esia::{SIGNED_IN, esia, with_esia},
    provider::{Decision, GOOD, begin, register, sign_in, sign_in_anew},
    suite::Suite,
};

const CONTACTS: &str = "/api/auth/profile/contacts";
const AN_HOUR_AGO: Decision = Decision { since: "an-hour-ago", ..GOOD };

/// What the person of this browser is asked to confirm, by what, and where to sign in anew first.
async fn asked(browser: &mut Browser<'_>) -> (String, Value) {
    let answer = browser.ask("POST", CONTACTS, Some(json!({ "contact": "new@example.ru" }))).await;
    assert_eq!(answer.problem(), "confirmation-required", "{}", answer.body);
    let id = answer.body["confirmation"]["confirmation_id"].as_str().unwrap().to_owned();
    let view = browser.ask("GET", &format!("/api/auth/confirmations/{id}"), None).await;
    assert_eq!(view.body["methods"][0]["method"], "sign-in");
    (id, view.body["methods"][0]["sign_in_at"].clone())
}

/// What an answer by the last sign-in is answered: the problem, or nothing where it is enough.
async fn confirm(browser: &mut Browser<'_>) -> String {
    let (id, _) = asked(browser).await;
    let path = format!("/api/auth/confirmations/{id}/answers");
    browser.ask("POST", &path, Some(json!({ "method": "sign-in" }))).await.problem().to_owned()
}

/// A browser of somebody who has no contact, no password and no factor here.
async fn newcomer<'a>(suite: &'a Suite, decision: Decision) -> Browser<'a> {
    let mut browser = Browser::new(suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut browser, "/", decision).await, "/identity");
    register(&mut browser).await;
    browser
}

#[tokio::test]
async fn who_proved_at_the_provider_a_moment_ago_who_that_is_confirms_by_it_for_five_minutes() {
    let suite = Suite::with_provider();
    let mut browser = newcomer(&suite, GOOD).await;
    assert_eq!(asked(&mut browser).await.1, json!([]));
    assert_eq!(confirm(&mut browser).await, "");
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(301));
    assert_eq!(confirm(&mut browser).await, "validation");
    assert_eq!(asked(&mut browser).await.1[0]["provider"], "oidc");
}

#[tokio::test]
async fn a_session_that_was_left_open_at_the_provider_lets_in_and_confirms_nothing() {
    let suite = Suite::with_provider();
    let mut browser = newcomer(&suite, AN_HOUR_AGO).await;
    assert_eq!(confirm(&mut browser).await, "validation", "as a newcomer");
    for misbehaviour in ["none", "no-auth-time"] {
        let mut again = Browser::new(&suite, "10.0.0.6:1");
        assert_eq!(sign_in(&mut again, "/", Decision { misbehaviour, ..AN_HOUR_AGO }).await, "/");
        assert_eq!(confirm(&mut again).await, "validation", "{misbehaviour}");
    }
}

#[tokio::test]
async fn who_is_asked_to_sign_in_anew_is_asked_by_the_provider_and_confirms_by_that() {
    let suite = Suite::with_provider();
    let mut browser = newcomer(&suite, AN_HOUR_AGO).await;
    assert!(!begin("oidc", &mut browser, "/").await.contains("prompt="), "no more than is wanted");
    assert_eq!(sign_in_anew("oidc", &mut browser, AN_HOUR_AGO).await, "/", "the provider obeys `prompt` and `max_age`");
    assert_eq!(confirm(&mut browser).await, "");
}

#[tokio::test]
async fn the_state_service_cannot_be_asked_and_a_session_open_there_is_refused_with_the_way_out() {
    let suite = with_esia(&[]);
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    let open = Decision { since: "an-hour-ago", ..SIGNED_IN };
    assert_eq!(esia(&mut browser, "/", open).await, "/identity");
    register(&mut browser).await;
    assert_eq!(confirm(&mut browser).await, "validation");
    assert_eq!(asked(&mut browser).await.1[0]["provider"], "esia");
    for refused in [open, Decision { misbehaviour: "no-auth-time", ..SIGNED_IN }] {
        assert_eq!(sign_in_anew("esia", &mut browser, refused).await, "/sign-in?reason=provider-not-anew");
    }
    let session = browser.ask("GET", "/api/auth/session", None).await;
    assert_eq!(session.status, StatusCode::OK, "the session that was there goes on");
    // Signed out there and in again.
    assert_eq!(sign_in_anew("esia", &mut browser, SIGNED_IN).await, "/");
    assert_eq!(confirm(&mut browser).await, "");
}
