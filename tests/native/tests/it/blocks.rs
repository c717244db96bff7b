//! A sign-in on a new device, «Это не я», a lost device, and the ways back in.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    door::Browser,
    factors::{Equipped, pass, person_id},
    newcomer::{self, recovering},
    suite::{Answer, Suite},
    support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const NOTICES: &str = "/api/auth/sign-in-notices";

/// Anna's own browser, and one that is new to her: what came of it.
async fn surprised(suite: &Suite) -> (Browser<'_>, Browser<'_>) {
    let own = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    let stranger = Browser::signed_in(suite, "6.6.6.6:1", "anna").await;
    (own, stranger)
}

/// The token of the link in the last message.
fn token(suite: &Suite) -> Value {
    let message = suite.last_message();
    let (_, token) = message["text"].as_str().unwrap().split_once("/not-me#").expect("a link");
    json!({ "token": token })
}

async fn post(suite: &Suite, path: &str, body: Value) -> Answer {
    suite.ask("POST", path, &[], Some(body)).await
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.ask("GET", "/api/auth/session", None).await.status == StatusCode::OK
}

/// What the support is told of Anna's block.
async fn waits_for(support: &mut Browser<'_>) -> Value {
    let found = support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await;
    found.body["block"]["waits_for"].clone()
}

async fn unblock(support: &mut Browser<'_>, anna: &str) -> Value {
    let path = format!("/api/auth/support/persons/{anna}/unblock");
    let answer = support.ask("POST", &path, Some(json!({ "reason": "Пришла с паспортом" }))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["block"]["waits_for"].clone()
}

#[tokio::test]
async fn the_first_device_is_news_to_nobody_and_the_next_one_is() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.sign_in("anna", PASSWORD).await;
    assert!(suite.rows("select 1 from event").is_empty() && suite.sent_count() == 0);
    Browser::signed_in(&suite, "6.6.6.6:1", "anna").await;
    let payload = suite.rows("select payload from event where kind = 'sign-in.new-device'").concat().concat();
    let told: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(told, json!({ "device": "Chrome, Android", "address": "6.6.6.6" }));
    let text = suite.last_message()["text"].as_str().unwrap().to_owned();
    let start = "Мой дом: вход с нового устройства: Chrome, Android, 20.07 в 12:00 МСК, адрес 6.6.6.6. Это не вы? \
                 http://127.0.0.1:3000/not-me#";
    assert!(text.starts_with(start), "{text}");
}

#[tokio::test]
async fn not_me_ends_everything_at_once_and_no_password_lets_in() {
    let suite = Suite::demo(NOW);
    let (mut own, mut stranger) = surprised(&suite).await;
    let seen = post(&suite, &format!("{NOTICES}/view"), token(&suite)).await;
    assert_eq!(
        seen.body,
        json!({ "device": "Chrome, Android", "address": "6.6.6.6", "signed_in_at": "2026-07-20T09:00:00.000Z" })
    );
    assert!(is_signed_in(&mut stranger).await, "a look changes nothing");
    assert_eq!(post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&mut own).await && !is_signed_in(&mut stranger).await);
    let refused = stranger.sign_in("anna", PASSWORD).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::LOCKED, "sign-in-locked"));
    assert!(refused.body["detail"].as_str().unwrap().contains("Забыли пароль?"), "{}", refused.body);
    let guessed = stranger.sign_in("anna", "not-the-password").await;
    assert_eq!(guessed.problem(), "wrong-credentials", "who does not know the password is told nothing");
}

#[tokio::test]
async fn the_link_works_once_out_of_64_and_for_a_week() {
    let suite = Suite::demo(NOW);
    let (own, _) = surprised(&suite).await;
    let old = token(&suite);
    let outcomes = own.ask_at_once(&format!("{NOTICES}/deny"), &old);
    assert_eq!(outcomes.iter().filter(|problem| problem.is_empty()).count(), 1, "{outcomes:?}");
    assert_eq!(post(&suite, &format!("{NOTICES}/view"), old).await.problem(), "not-found");

    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    pass(&suite, 7 * 24 * 3600 + 1);
    for path in ["view", "deny"] {
        assert_eq!(post(&suite, &format!("{NOTICES}/{path}"), token(&suite)).await.problem(), "not-found");
    }
    assert_eq!(post(&suite, &format!("{NOTICES}/deny"), json!({ "token": "x" })).await.problem(), "not-found");
}

#[tokio::test]
async fn a_code_to_the_contact_lets_in_again_after_not_me() {
    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await;
    let recovery = recovering(&suite, "anna").await;
    let recovered = newcomer::recover(&suite, &recovery.id, &recovery.code, newcomer::PASSWORD).await;
    assert_eq!(recovered.status, StatusCode::CREATED, "{}", recovered.body);
    let again = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test]
async fn a_code_to_a_lost_phone_lets_nobody_in_until_two_of_the_support_agree() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(own.ask_surely("POST", "/api/auth/block", None).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&mut own).await);
    let thief = recovering(&suite, "anna").await;
    let refused = newcomer::recover(&suite, &thief.id, &thief.code, newcomer::PASSWORD).await;
    assert_eq!(refused.problem(), "sign-in-locked");
    assert!(refused.body["detail"].as_str().unwrap().contains("поддержку"), "{}", refused.body);

    let anna = person_id(&suite, "anna");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(waits_for(&mut one).await, "anybody");
    assert_eq!(unblock(&mut one, &anna).await, "another");
    assert_eq!(unblock(&mut one, &anna).await, "another", "nobody agrees with oneself");
    assert_eq!(waits_for(&mut other).await, "me");
    assert_eq!(unblock(&mut other, &anna).await, "nobody");
    let acts = "select action, actor from audit_entry where action like 'sign-in.unblock%' order by audit_seq";
    let acts = suite.rows(acts);
    assert_eq!(acts.iter().map(|act| act[0].as_str()).collect::<Vec<_>>(), ["sign-in.unblock-ask", "sign-in.unblock"]);
    assert_ne!(acts[0][1], acts[1][1]);

    let stolen = Browser::new(&suite, "6.6.6.6:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(stolen.problem(), "sign-in-locked", "the password is worth nothing before a recovery");
    let recovery = recovering(&suite, "anna").await;
    let recovered = newcomer::recover(&suite, &recovery.id, &recovery.code, "другая-сосна-73").await;
    assert_eq!(recovered.status, StatusCode::CREATED, "{}", recovered.body);
    assert_eq!(waits_for(&mut one).await, Value::Null);
}

#[tokio::test]
async fn a_question_of_the_support_is_forgotten_after_a_day() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/block", None).await;
    let anna = person_id(&suite, "anna");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    unblock(&mut one, &anna).await;
    pass(&suite, 24 * 3600 + 1);
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(waits_for(&mut other).await, "anybody");
    assert_eq!(unblock(&mut other, &anna).await, "another");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    assert_eq!(unblock(&mut one, &anna).await, "nobody");
}

#[tokio::test]
async fn who_lost_the_second_factor_and_its_paper_is_let_in_by_two_of_the_support() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    Equipped::in_browser(&suite, &mut own, "anna").await;
    let anna = person_id(&suite, "anna");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(unblock(&mut one, &anna).await, "another");
    assert!(!is_signed_in(&mut own).await, "whoever holds the phone is out");
    assert_eq!(unblock(&mut other, &anna).await, "nobody");
    let recovery = recovering(&suite, "anna").await;
    let recovered = newcomer::recover(&suite, &recovery.id, &recovery.code, newcomer::PASSWORD).await;
    assert_eq!(recovered.status, StatusCode::CREATED, "{}", recovered.body);
    let again = Browser::new(&suite, "83.1.2.9:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(again.status, StatusCode::OK, "the second factor is gone");
}

#[tokio::test]
async fn the_support_blocks_nobody_who_has_no_second_factor() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    assert_eq!(unblock(&mut support, &person_id(&suite, "anna")).await, Value::Null);
    assert!(is_signed_in(&mut own).await);
}
