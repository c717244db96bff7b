//! What the portal knows of a person, and the journal of what happened with it.

use http::StatusCode;
use serde_json::json;
use store::demo::PASSWORD;

use crate::{
    door::{Browser, guess},
    journal::{column, journal},
    newcomer::{recover, recovering},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const NEW_PASSWORD: &str = "сосна-и-72-ели";

async fn change(browser: &mut Browser<'_>, old: &str, new: &str) -> crate::suite::Answer {
    browser.ask("POST", "/api/auth/password", Some(json!({ "old_password": old, "new_password": new }))).await
}

#[tokio::test]
async fn a_person_sees_the_profile_with_masked_contacts() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut profile = anna.ask("GET", "/api/auth/profile", None).await.body;
    profile["person_id"].take();
    let seen = json!({
        "person_id": null, "name": "Анна Сергеевна", "login": "anna", "masked_phone": "+7********15",
        "masked_email": null, "is_phone_unproved": false, "is_email_unproved": false,
        "electronic_address_since": null, "has_password": true, "sign_in_by": ["phone", "login"], "roles": ["resident"],
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
async fn a_new_password_ends_the_codes_that_could_set_another() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let asked = recovering(&suite, "anna").await;
    assert_eq!(change(&mut anna, PASSWORD, NEW_PASSWORD).await.status, StatusCode::NO_CONTENT);
    assert_eq!(recover(&suite, &asked.id, &asked.code, "другая-сосна-73").await.problem(), "code-spent");
}

#[tokio::test]
async fn who_has_no_password_sets_one_by_a_confirmation_and_who_has_one_does_not() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let wish = |password: &str| Some(json!({ "new_password": password }));
    let refused = anna.ask("PUT", "/api/auth/password", wish(NEW_PASSWORD)).await;
    assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!("/new_password")));
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update person set password_hash = '' where login = 'anna'", []).unwrap();
    let profile = anna.ask("GET", "/api/auth/profile", None).await.body;
    assert_eq!((&profile["has_password"], &profile["sign_in_by"]), (&json!(false), &json!([])));
    let refused = change(&mut anna, PASSWORD, NEW_PASSWORD).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/old_password");
    assert_eq!(anna.ask("PUT", "/api/auth/password", wish("short1")).await.problem(), "validation");
    let asked = anna.ask("PUT", "/api/auth/password", wish(NEW_PASSWORD)).await;
    assert_eq!(
        (asked.problem(), &asked.body["confirmation"]["operation"]),
        ("confirmation-required", &json!("set-password"))
    );
    let set = anna.ask_surely("PUT", "/api/auth/password", wish(NEW_PASSWORD)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    assert_eq!(set.body["sign_in_by"], json!(["phone", "login"]), "what to type with the password");
    let mut again = Browser::new(&suite, "83.1.2.5:1");
    assert_eq!(again.sign_in("anna", NEW_PASSWORD).await.status, StatusCode::OK);
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
