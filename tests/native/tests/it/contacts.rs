//! The phone and the e-mail of the profile: proved by a code, told to the one before.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const CONTACTS: &str = "/api/auth/profile/contacts";
const FORGET: &str = "/api/auth/profile/contacts/forget";

/// The id and the code of a new contact.
async fn waiting(suite: &Suite, browser: &mut Browser<'_>, contact: &str) -> (String, String) {
    let asked = browser.ask_surely("POST", CONTACTS, Some(json!({ "contact": contact }))).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    (asked.body["contact_code_id"].as_str().unwrap().to_owned(), suite.last_code())
}

async fn prove(browser: &mut Browser<'_>, (id, code): &(String, String)) -> Answer {
    browser.ask("POST", &format!("{CONTACTS}/{id}/confirm"), Some(json!({ "code": code }))).await
}

#[tokio::test]
async fn a_new_phone_counts_from_its_proof_on_and_the_old_one_hears_of_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let change = waiting(&suite, &mut anna, "8 (916) 123-45-67").await;
    assert_eq!(suite.last_message()["to"], "+79161234567");
    let before = anna.ask("GET", "/api/auth/profile", None).await;
    assert_eq!(before.body["masked_phone"], "+7********15", "nothing counts before its proof");
    let proved = prove(&mut anna, &change).await;
    assert_eq!((proved.status, &proved.body["masked_phone"]), (StatusCode::OK, &json!("+7********67")));
    let told = suite.last_message();
    assert_eq!(told["to"], "+79000000015");
    let text = told["text"].as_str().unwrap();
    let start =
        "Мой дом: в профиле новый контакт +7********67. Это не вы? Остановите вход: http://127.0.0.1:3000/not-me#";
    assert!(text.starts_with(start) && text.contains("Поддержка: "), "{text}");
    let mut by_phone = Browser::new(&suite, "83.1.2.4:1");
    assert_eq!(by_phone.sign_in("+79161234567", store::demo::PASSWORD).await.status, StatusCode::OK);
    let journal = anna.ask("GET", "/api/auth/journal", None).await.body["items"].to_string();
    assert!(journal.contains("Телефон или почта для входа изменены") && journal.contains("+7********67"), "{journal}");
    assert_eq!(prove(&mut anna, &change).await.problem(), "code-spent");
    assert_eq!(suite.rows("select 1 from event where kind = 'contact.changed'").len(), 1);
}

#[tokio::test]
async fn a_contact_is_proved_by_who_asked_for_it_alone() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.5:1", "boris").await;
    let change = waiting(&suite, &mut anna, "new@example.ru").await;
    assert_eq!(prove(&mut boris, &change).await.problem(), "not-found");
    assert_eq!(prove(&mut anna, &change).await.body["masked_email"], "n***@example.ru");
}

#[tokio::test]
async fn a_contact_of_somebody_else_is_told_only_to_whoever_holds_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let change = waiting(&suite, &mut anna, "+79000000027").await;
    assert_eq!(prove(&mut anna, &change).await.problem(), "already-registered");
    let profile = anna.ask("GET", "/api/auth/profile", None).await;
    assert_eq!(profile.body["masked_phone"], "+7********15");
}

#[tokio::test]
async fn what_is_no_contact_or_is_there_already_is_refused_before_anything_is_confirmed() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for contact in ["", "anna", "123", "+79000000015"] {
        let refused = anna.ask("POST", CONTACTS, Some(json!({ "contact": contact }))).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!("/contact")));
    }
    assert_eq!(suite.rows("select 1 from confirmation").len(), 0);
}

#[tokio::test]
async fn the_last_contact_stays_and_one_of_two_may_go() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let last = anna.ask_surely("POST", FORGET, Some(json!({ "channel": "sms" }))).await;
    assert_eq!(last.problem(), "last-way-in");
    let none = anna.ask_surely("POST", FORGET, Some(json!({ "channel": "email" }))).await;
    assert_eq!((none.problem(), &none.body["errors"][0]["pointer"]), ("validation", &json!("/channel")));
    let change = waiting(&suite, &mut anna, "new@example.ru").await;
    prove(&mut anna, &change).await;
    let gone = anna.ask_surely("POST", FORGET, Some(json!({ "channel": "sms" }))).await;
    assert_eq!((gone.status, &gone.body["masked_phone"]), (StatusCode::OK, &Value::Null), "{}", gone.body);
}

#[tokio::test]
async fn a_recovery_that_waits_for_the_old_phone_is_over_with_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let recovery = crate::newcomer::recovering(&suite, "anna").await;
    let change = waiting(&suite, &mut anna, "+79161234567").await;
    prove(&mut anna, &change).await;
    let late = crate::newcomer::recover(&suite, &recovery.id, &recovery.code, "сосна-и-72-ели").await;
    assert_eq!(late.problem(), "code-spent");
}
