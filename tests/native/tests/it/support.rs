//! The support lets a person in again who is locked out, and leaves a trace of it.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    door::{Browser, guess},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const ENDED: &str = "Сотрудник завершил все ваши входы";

async fn find(support: &mut Browser<'_>, identifier: &str) -> Answer {
    support.ask("POST", "/api/auth/support/searches", Some(search(identifier))).await
}

/// A search for somebody who calls.
pub(crate) fn search(identifier: &str) -> Value {
    json!({ "identifier": identifier, "purpose": "sign-in-help", "words": "звонит сам" })
}

async fn unlock(support: &mut Browser<'_>, person: &Value, reason: &str) -> Answer {
    let path = format!("/api/auth/support/persons/{}/unlock", person["person_id"].as_str().unwrap());
    support.ask("POST", &path, Some(json!({ "reason": reason }))).await
}

#[tokio::test]
async fn a_person_is_found_by_the_whole_login_or_phone_alone_and_with_no_more_than_needed() {
    let suite = Suite::demo(NOW);
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    for identifier in ["anna", "8 900 000-00-15"] {
        let mut found = find(&mut support, identifier).await.body;
        found["person_id"].take();
        let seen = json!({
            "person_id": null, "name": "Анна Сергеевна", "masked_phone": "+7********15", "masked_email": null,
            "is_phone_unproved": false, "is_email_unproved": false, "denial": null, "found_by_former": false,
            "locked_since": null, "block": null, "has_second_factor": false, "waits_for": "anybody",
            "masked_former_contacts": [],
            "question": null, "sessions": 0,
        });
        assert_eq!(found, seen, "{identifier}");
    }
    for identifier in ["ann", "anna1", "anna@example.ru"] {
        let answer = find(&mut support, identifier).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::NOT_FOUND, "not-found"), "{identifier}");
    }
}

#[tokio::test]
async fn the_support_sees_the_lock_lifts_it_with_a_reason_and_the_person_is_told() {
    let suite = Suite::demo(NOW);
    guess(&suite, "anna", 6).await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let locked = find(&mut support, "anna").await.body;
    assert_eq!(locked["locked_since"], "2026-07-20T09:00:04.000Z", "four guesses were answered late before");

    let opened = unlock(&mut support, &locked, "Назвала номер счёта").await;
    assert_eq!((opened.status, &opened.body["locked_since"]), (StatusCode::OK, &Value::Null));
    let mut anna = Browser::new(&suite, "83.1.2.3:1");
    assert_eq!(anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);

    let sql = "select e.actor = p.person_id, e.object, d.fields like '%Назвала номер счёта%'
               from audit_entry e join audit_detail d using (audit_seq), person p
               where e.action = 'sign-in.unlock' and p.login = 'support'";
    let object = format!("person:{}", locked["person_id"].as_str().unwrap());
    assert_eq!(suite.rows(sql), [["1", object.as_str(), "1"]]);
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(suite.rows("select title from notice where kind = 'sign-in-unlocked'"), [["Вход снова открыт"]]);
}

#[tokio::test]
async fn a_lock_of_any_name_is_seen_under_every_other_and_lifted() {
    let suite = Suite::demo(NOW);
    guess(&suite, "+79000000015", 5).await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let locked = find(&mut support, "anna").await.body;
    assert_eq!(locked["locked_since"], "2026-07-20T09:00:04.000Z", "four guesses were answered late before");
    assert_eq!(unlock(&mut support, &locked, "Назвала номер счёта").await.body["locked_since"], Value::Null);
    let mut anna = Browser::new(&suite, "83.1.2.3:1");
    assert_eq!(anna.sign_in("+79000000015", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_known_device_that_locked_itself_is_let_in_too() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for _ in 0..5 {
        anna.sign_in("anna", "guessed-password").await;
    }
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let locked = find(&mut support, "anna").await.body;
    assert!(locked["locked_since"].is_string());
    unlock(&mut support, &locked, "Назвала номер счёта").await;
    assert_eq!(anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_reason_nothing_is_lifted_and_without_a_lock_nothing_happens() {
    let suite = Suite::demo(NOW);
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let open = find(&mut support, "boris").await.body;
    assert_eq!(unlock(&mut support, &open, "Проверка связи").await.status, StatusCode::OK);
    guess(&suite, "anna", 5).await;
    let locked = find(&mut support, "anna").await.body;
    for reason in ["", "  да  ", &"я".repeat(501)] {
        let refused = unlock(&mut support, &locked, reason).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!("/reason")));
    }
    assert!(suite.rows("select 1 from audit_entry where action = 'sign-in.unlock'").is_empty());
    assert!(find(&mut support, "anna").await.body["locked_since"].is_string());
}

#[tokio::test]
async fn looking_people_up_is_limited() {
    let suite = Suite::demo(NOW);
    suite.set("limit.support_per_person", "2");
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    find(&mut support, "anna").await;
    assert_eq!(find(&mut support, "nobody-of-that-name").await.status, StatusCode::NOT_FOUND);
    assert_eq!(find(&mut support, "boris").await.problem(), "rate-limited", "a miss counts too");
}

#[tokio::test]
async fn nobody_but_the_support_may_look_or_unlock() {
    let suite = Suite::demo(NOW);
    for login in ["anna", "admin", "manager", "dispatcher"] {
        let mut browser = Browser::signed_in(&suite, "10.0.0.6:1", login).await;
        let answer = find(&mut browser, "boris").await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::FORBIDDEN, "forbidden"), "{login}");
    }
}

#[tokio::test]
async fn the_support_ends_all_sessions_of_a_person_with_a_reason_that_the_person_reads() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let found = find(&mut support, "anna").await.body;
    let path = format!("/api/auth/support/persons/{}/sign-out", found["person_id"].as_str().unwrap());
    let refused = support.ask("POST", &path, Some(json!({ "reason": " " }))).await;
    assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!("/reason")));
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);

    assert_eq!(support.ask("POST", &path, Some(json!({ "reason": "Украли телефон" }))).await.status, StatusCode::OK);
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    for other in [&mut boris, &mut support] {
        assert_eq!(other.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    }
    anna.sign_in("anna", PASSWORD).await;
    let journal = anna.ask("GET", "/api/auth/journal", None).await.body;
    let told = journal["items"].as_array().unwrap().iter().find(|item| item["who"] == "staff" && item["what"] == ENDED);
    assert!(told.unwrap()["details"].to_string().contains("Украли телефон"), "{journal}");
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(suite.rows("select title from notice where kind = 'sessions-ended'").len(), 1);
}
