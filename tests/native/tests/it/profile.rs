//! What the portal knows of a person, and the journal of what happened with it.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    door::{Browser, guess},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const NEW_PASSWORD: &str = "сосна-и-72-ели";

async fn change(browser: &mut Browser<'_>, old: &str, new: &str) -> crate::suite::Answer {
    browser.ask("POST", "/api/auth/password", Some(json!({ "old_password": old, "new_password": new }))).await
}

async fn journal(browser: &mut Browser<'_>, query: &str) -> Value {
    let answer = browser.ask("GET", &format!("/api/auth/journal{query}"), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

fn column<'a>(page: &'a Value, name: &str) -> Vec<&'a str> {
    page["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_person_sees_the_profile_with_masked_contacts() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut profile = anna.ask("GET", "/api/auth/profile", None).await.body;
    profile["person_id"].take();
    let seen = json!({
        "person_id": null, "name": "Анна Сергеевна", "login": "anna", "masked_phone": "+7********15",
        "masked_email": null, "roles": ["resident"],
    });
    assert_eq!(profile, seen);
}

#[tokio::test]
async fn a_new_name_is_cleaned_kept_and_greeted_with() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let changed = anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "  Анна   Ивановна " }))).await;
    assert_eq!((changed.status, &changed.body["name"]), (StatusCode::OK, &json!("Анна Ивановна")));
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.body["name"], "Анна Ивановна");
    for name in ["", " ", "123", "Ан\u{202e}на"] {
        let refused = anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": name }))).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!("/name")));
    }
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    let suite = Suite::demo(NOW);
    let mut elsewhere = Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let refused = change(&mut anna, "not-the-password-1", NEW_PASSWORD).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/old_password");
    assert_eq!(elsewhere.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);

    assert_eq!(change(&mut anna, PASSWORD, NEW_PASSWORD).await.status, StatusCode::NO_CONTENT);
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    assert_eq!(elsewhere.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    let mut again = Browser::new(&suite, "83.1.2.5:1");
    assert_eq!(again.sign_in("anna", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(again.sign_in("anna", NEW_PASSWORD).await.status, StatusCode::OK);
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(suite.rows("select count(*) from notice where kind = 'password-changed'"), [["1"]]);
    assert!(suite.rows("select 1 from hashing_slot").is_empty());
}

#[tokio::test]
async fn a_bad_new_password_is_refused_before_anything_is_hashed() {
    let suite = Suite::demo(NOW);
    suite.count_hashes();
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let before = suite.hashes();
    for (old, new, pointer) in [
        (PASSWORD, "12345678", "/new_password"),
        (PASSWORD, "short1", "/new_password"),
        (PASSWORD, PASSWORD, "/new_password"),
        (PASSWORD, "8 900 000-00-15", "/new_password"),
        ("", NEW_PASSWORD, "/old_password"),
    ] {
        let refused = change(&mut anna, old, new).await;
        assert_eq!(
            (refused.problem(), &refused.body["errors"][0]["pointer"]),
            ("validation", &json!(pointer)),
            "{new}"
        );
    }
    assert_eq!(suite.hashes(), before);
}

#[tokio::test]
async fn guessing_the_old_password_is_limited_and_changes_are_not() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut passwords = [PASSWORD, NEW_PASSWORD];
    for _ in 0..8 {
        assert_eq!(change(&mut anna, passwords[0], passwords[1]).await.status, StatusCode::NO_CONTENT);
        passwords.reverse();
    }
    for _ in 0..5 {
        assert_eq!(change(&mut anna, "not-the-password-1", "другой-пароль-1").await.problem(), "validation");
    }
    let refused = change(&mut anna, passwords[0], passwords[1]).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::TOO_MANY_REQUESTS, "rate-limited"));
}

#[tokio::test]
async fn the_journal_tells_what_happened_when_from_where_and_by_whom() {
    let suite = Suite::demo(NOW);
    guess(&suite, "anna", 1).await;
    Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    support.ask("POST", "/api/auth/support/searches", Some(json!({ "identifier": "anna" }))).await;
    let page = journal(&mut anna, "").await;
    assert_eq!(
        column(&page, "what"),
        ["Поддержка проверила, открыт ли вход", "Вход в личный кабинет", "Попытка входа с неверным паролем"]
    );
    assert_eq!(column(&page, "who"), ["staff", "me", "visitor"]);
    assert_eq!(column(&page, "address"), ["", "83.1.2.3", "6.6.6.6"], "the staff's own address is not shown");
    assert_eq!(column(&page, "at"), ["2026-07-20T09:00:00.000Z"; 3]);
}

/// The particulars of the newest thing that happened, as `name: value`.
fn newest(page: &Value) -> Vec<String> {
    let details = page["items"][0]["details"].as_array().unwrap();
    details.iter().map(|one| format!("{}: {}", one["name"].as_str().unwrap(), one["value"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn the_journal_tells_what_was_before_and_after_and_what_the_staff_gave_as_a_reason() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна А" }))).await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна Б" }))).await;
    assert_eq!(newest(&journal(&mut anna, "").await), ["было: Анна А", "стало: Анна Б"]);

    guess(&suite, "anna", 5).await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let found = support.ask("POST", "/api/auth/support/searches", Some(json!({ "identifier": "anna" }))).await.body;
    let unlock = format!("/api/auth/support/persons/{}/unlock", found["person_id"].as_str().unwrap());
    support.ask("POST", &unlock, Some(json!({ "reason": "Назвала адрес и дату рождения" }))).await;
    let page = journal(&mut anna, "").await;
    assert_eq!(
        (page["items"][0]["what"].as_str(), newest(&page)),
        (Some("Вход снова открыт"), vec!["причина: Назвала адрес и дату рождения".to_owned()],)
    );
}

#[tokio::test]
async fn the_journal_is_read_page_by_page_and_nothing_is_shown_twice_or_left_out() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for name in ["Анна А", "Анна Б", "Анна В", "Анна Г"] {
        anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": name }))).await;
        guess(&suite, "boris", 1).await;
    }
    let whole = journal(&mut anna, "").await;
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = journal(&mut anna, &query).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!((seen.len(), &Value::from(seen)), (5, &whole["items"]));
}

#[tokio::test]
async fn what_the_portal_writes_down_has_words_of_its_own() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    change(&mut anna, "not-the-password-1", NEW_PASSWORD).await;
    change(&mut anna, PASSWORD, NEW_PASSWORD).await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна" }))).await;
    anna.ask("POST", "/api/auth/sign-out", None).await;
    guess(&suite, "anna", 5).await;
    anna.sign_in("anna", NEW_PASSWORD).await;
    let what = journal(&mut anna, "").await;
    assert!(!column(&what, "what").contains(&"Другое действие"), "{what}");
    assert_eq!(column(&what, "what").len(), 11);
}
