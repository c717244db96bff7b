//! Passkeys: one is made, signs in alone, and every answer that is not by its person's device is worth nothing.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    authenticator::Key,
    door::Browser,
    factors::{first_step, pass, person_id, texts},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const PASSKEYS: &str = "/api/auth/passkeys";
const SIGN_INS: &str = "/api/auth/passkey-sign-ins";

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Makes this key Anna's, as her browser would; answers what came of it.
async fn make(browser: &mut Browser<'_>, key: &Key) -> Answer {
    let asked = browser.ask_surely("POST", &format!("{PASSKEYS}/challenges"), None).await.body;
    let made = key.made(text(&asked["challenge_id"]), text(&asked["challenge"]), "Телефон");
    browser.ask("POST", PASSKEYS, Some(made)).await
}

/// A question to sign: where the answer goes, and what is to be signed.
async fn question(browser: &mut Browser<'_>) -> (String, String) {
    let asked = browser.ask("POST", SIGN_INS, None).await.body;
    assert_eq!(asked["rp_id"], "127.0.0.1");
    (format!("{SIGN_INS}/{}/answers", text(&asked["challenge_id"])), text(&asked["challenge"]).to_owned())
}

async fn sign_in(browser: &mut Browser<'_>, key: &Key, count: u32) -> Answer {
    let (path, challenge) = question(browser).await;
    browser.ask("POST", &path, Some(key.signed(&challenge, count))).await
}

fn newcomer(suite: &Suite) -> Browser<'_> {
    Browser::new(suite, "83.1.2.9:1")
}

/// Anna has this key.
async fn with_key(key: &Key) -> Suite {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(make(&mut anna, key).await.status, StatusCode::CREATED);
    suite
}

#[tokio::test]
async fn a_passkey_signs_in_alone_and_a_password_alone_no_more() {
    let (suite, key) = (Suite::demo(NOW), Key::of("phone"));
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let made = make(&mut anna, &key).await;
    assert_eq!((made.status, texts(&made.body["recovery_codes"]).len()), (StatusCode::CREATED, 10));
    pass(&suite, 60);
    let mut browser = newcomer(&suite);
    let opened = sign_in(&mut browser, &key, 0).await;
    assert_eq!((opened.status, &opened.body["name"]), (StatusCode::OK, &json!("Анна Сергеевна")));
    let listed = browser.ask("GET", PASSKEYS, None).await.body;
    assert_eq!((&listed["items"][0]["name"], &listed["items"][0]["is_backed_up"]), (&json!("Телефон"), &json!(false)));
    assert_eq!(listed["items"][0]["used_at"], "2026-07-20T09:01:00.000Z");
    let asked = newcomer(&suite).sign_in("anna", PASSWORD).await;
    assert_eq!(asked.body["second_factor"]["methods"], json!(["passkey", "recovery-code"]));
}

#[tokio::test]
async fn an_answer_that_is_not_by_the_person_s_device_opens_nothing() {
    let suite = with_key(&Key::of("phone")).await;
    let phone = || Key::of("phone");
    let unverified = Key { flags: 1, ..phone() };
    let elsewhere = Key { origin: "http://127.0.0.1:3001", ..phone() };
    for (key, why) in [(unverified, "nobody was verified"), (elsewhere, "another site"), (Key::of("other"), "nobody's")]
    {
        assert_eq!(sign_in(&mut newcomer(&suite), &key, 0).await.problem(), "passkey-refused", "{why}");
    }
    let mut browser = newcomer(&suite);
    let (path, challenge) = question(&mut browser).await;
    let mut forged = phone().signed(&challenge, 0);
    forged["signature"] = Key::of("other").signed(&challenge, 0)["signature"].take();
    assert_eq!(browser.ask("POST", &path, Some(forged)).await.problem(), "passkey-refused", "another key signed");
    let again = browser.ask("POST", &path, Some(phone().signed(&challenge, 0))).await;
    assert_eq!(again.problem(), "passkey-refused", "each question is answered once");
}

#[tokio::test]
async fn a_question_is_of_one_browser_for_five_minutes_and_of_64_answers_one_counts() {
    let key = Key::of("phone");
    let suite = with_key(&key).await;
    let mut browser = newcomer(&suite);
    let (path, challenge) = question(&mut browser).await;
    let answer = key.signed(&challenge, 0);
    assert_eq!(newcomer(&suite).ask("POST", &path, Some(answer.clone())).await.problem(), "passkey-refused");
    let outcomes = browser.ask_at_once(&path, &answer);
    assert_eq!(outcomes.iter().filter(|problem| problem.is_empty()).count(), 1, "{outcomes:?}");
    let (path, challenge) = question(&mut browser).await;
    pass(&suite, 301);
    let late = browser.ask("POST", &path, Some(key.signed(&challenge, 0))).await;
    assert_eq!(late.problem(), "passkey-refused");
}

#[tokio::test]
async fn a_counter_that_goes_back_tells_of_a_copy_and_lets_nobody_in() {
    let key = Key::of("phone");
    let suite = with_key(&key).await;
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 5).await.status, StatusCode::OK);
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 5).await.problem(), "passkey-refused");
    assert_eq!(suite.rows("select payload from event where kind = 'passkey.copied'"), [[r#"{"name":"Телефон"}"#]]);
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 6).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_passkey_that_is_taken_away_lets_nobody_in() {
    let (suite, key) = (Suite::demo(NOW), Key::of("phone"));
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    make(&mut anna, &key).await;
    let id = suite.rows("select passkey_id from passkey").concat().concat();
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    assert_eq!(boris.ask_surely("DELETE", &format!("{PASSKEYS}/{id}"), None).await.problem(), "not-found");
    assert_eq!(make(&mut boris, &key).await.problem(), "passkey-refused", "it is somebody's already");
    assert_eq!(anna.ask_surely("DELETE", &format!("{PASSKEYS}/{id}"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 0).await.problem(), "passkey-refused");
    assert_eq!(newcomer(&suite).sign_in("anna", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_that_was_made_for_another_question_or_is_of_another_kind_is_not_kept() {
    let (suite, key) = (Suite::demo(NOW), Key::of("phone"));
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let asked = anna.ask_surely("POST", &format!("{PASSKEYS}/challenges"), None).await.body;
    let id = text(&asked["challenge_id"]);
    let nameless = key.made(id, text(&asked["challenge"]), " ");
    assert_eq!(anna.ask("POST", PASSKEYS, Some(nameless)).await.body["errors"][0]["pointer"], "/name");
    let mut other_kind = key.made(id, text(&asked["challenge"]), "Телефон");
    other_kind["algorithm"] = json!(-257);
    assert_eq!(anna.ask("POST", PASSKEYS, Some(other_kind)).await.problem(), "passkey-refused");
    let foreign = key.made(id, "AAEC", "Телефон");
    assert_eq!(anna.ask("POST", PASSKEYS, Some(foreign)).await.problem(), "passkey-refused");
    assert!(suite.rows("select 1 from passkey").is_empty());
}

#[tokio::test]
async fn a_blocked_person_is_not_let_in_by_a_passkey_either() {
    let (suite, key) = (Suite::demo(NOW), Key::of("phone"));
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    make(&mut anna, &key).await;
    assert_eq!(anna.ask_surely("POST", "/api/auth/block", None).await.status, StatusCode::OK);
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 0).await.problem(), "sign-in-locked");
    let path = format!("/api/auth/support/persons/{}/unblock", person_id(&suite, "anna"));
    let mut link = Value::Null;
    for (login, address) in [("support", "10.0.0.1:1"), ("support2", "10.0.0.2:1")] {
        let mut support = Browser::signed_in(&suite, address, login).await;
        let agreed = support.ask_surely("POST", &path, Some(json!({ "reason": "Пришла с паспортом" }))).await;
        link = agreed.body["link"]["link"].clone();
    }
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 0).await.problem(), "sign-in-locked", "until the link is opened");
    let body = json!({ "token": text(&link).split_once('#').unwrap().1, "password": "другая-сосна-73" });
    let accepted = newcomer(&suite).ask("POST", "/api/auth/invitations/accept", Some(body)).await;
    assert_eq!(accepted.status, StatusCode::CREATED, "{}", accepted.body);
    assert_eq!(sign_in(&mut newcomer(&suite), &key, 0).await.problem(), "passkey-refused", "it went with the device");
}

#[tokio::test]
async fn a_passkey_is_no_answer_that_is_typed() {
    let suite = with_key(&Key::of("phone")).await;
    let mut browser = newcomer(&suite);
    let path = first_step(&mut browser, "anna").await;
    let typed = json!({ "method": "passkey", "answer": "123456" });
    let refused = browser.ask("POST", &format!("{path}/answers"), Some(typed)).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/method");
}

#[tokio::test]
async fn a_passkey_confirms_for_its_own_person_alone() {
    let (suite, key) = (Suite::demo(NOW), Key::of("phone"));
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    make(&mut anna, &key).await;
    let id = suite.rows("select passkey_id from passkey").concat().concat();
    let asked = anna.ask("DELETE", &format!("{PASSKEYS}/{id}"), None).await.body;
    let confirmation = text(&asked["confirmation"]["confirmation_id"]).to_owned();
    let shown = anna.ask("GET", &format!("/api/auth/confirmations/{confirmation}"), None).await.body;
    assert_eq!(shown["methods"][0]["method"], "passkey");
    let boris = Key::of("of boris");
    boris.keep(&suite, &person_id(&suite, "boris"), "of boris");
    for (key, expected) in [(&boris, "passkey-refused"), (&key, "")] {
        let asked = anna.ask("POST", SIGN_INS, None).await.body;
        let answer = key.signed(text(&asked["challenge"]), 0);
        let body =
            json!({ "method": "passkey", "passkey": { "challenge_id": asked["challenge_id"], "answer": answer } });
        let answered = anna.ask("POST", &format!("/api/auth/confirmations/{confirmation}/answers"), Some(body)).await;
        assert_eq!(answered.problem(), expected, "{}", answered.body);
    }
    let removed = anna.confirmed("DELETE", &format!("{PASSKEYS}/{id}"), None, &confirmation).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
}
