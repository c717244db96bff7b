//! Devices on which the second factor is not asked for, and what ends that.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    door::Browser,
    factors::{Equipped, answer, first_step, pass, path},
    newcomer::{self, recovering_in},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const TRUSTED: &str = "/api/auth/trusted-devices";

/// A browser that Anna has just told to trust.
async fn trusting<'a>(suite: &'a Suite, anna: &Equipped) -> Browser<'a> {
    let mut browser = Browser::new(suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    let body = json!({ "method": "totp", "answer": anna.code(suite), "trust_device": true });
    let opened = browser.ask("POST", &format!("{path}/answers"), Some(body)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    pass(suite, 60);
    browser
}

async fn is_asked(browser: &mut Browser<'_>, password: &str) -> bool {
    let answer = browser.sign_in("anna", password).await;
    assert!(answer.status == StatusCode::OK || answer.problem() == "second-factor-required", "{}", answer.body);
    answer.status != StatusCode::OK
}

async fn listed(browser: &mut Browser<'_>) -> Vec<Value> {
    browser.ask("GET", TRUSTED, None).await.body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_trusted_device_is_not_asked_for_thirty_days() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = trusting(&suite, &anna).await;
    assert!(!is_asked(&mut browser, PASSWORD).await);
    let shown = listed(&mut browser).await;
    assert_eq!((&shown[0]["device"], &shown[0]["is_current"]), (&json!("Chrome, Android"), &json!(true)));
    assert_eq!(shown[0]["used_at"], "2026-07-20T09:02:00.000Z");
    assert!(is_asked(&mut Browser::new(&suite, "83.1.2.9:1"), PASSWORD).await, "another device");
    pass(&suite, 30 * 24 * 3600 - 120);
    assert!(!is_asked(&mut browser, PASSWORD).await);
    pass(&suite, 121);
    assert!(is_asked(&mut browser, PASSWORD).await);
}

#[tokio::test]
async fn trust_in_a_device_is_one_person_s_alone() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    Equipped::in_browser(&suite, &mut boris, "boris").await;
    let mut shared = trusting(&suite, &anna).await;
    assert_eq!(shared.sign_in("boris", PASSWORD).await.problem(), "second-factor-required");
}

#[tokio::test]
async fn the_person_ends_trust_in_one_device_and_in_all() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let (mut one, mut other) = (trusting(&suite, &anna).await, trusting(&suite, &anna).await);
    let shown = listed(&mut other).await;
    let first = shown.iter().find(|one| one["is_current"] == false).unwrap()["trusted_device_id"].as_str().unwrap();
    let path = format!("{TRUSTED}/{first}");
    assert_eq!(other.ask("DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(other.ask("DELETE", &path, None).await.problem(), "not-found");
    assert!(is_asked(&mut one, PASSWORD).await && !is_asked(&mut other, PASSWORD).await);
    assert_eq!(other.ask("DELETE", TRUSTED, None).await.status, StatusCode::NO_CONTENT);
    assert!(is_asked(&mut other, PASSWORD).await);
}

#[tokio::test]
async fn another_password_a_recovery_and_a_removed_factor_end_all_trust() {
    for end in ["password", "recovery", "factor"] {
        let suite = Suite::demo(NOW);
        let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
        let anna = Equipped::in_browser(&suite, &mut own, "anna").await;
        own.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
        let mut browser = trusting(&suite, &anna).await;
        let mut password = newcomer::PASSWORD;
        match end {
            "password" => {
                let body = json!({ "old_password": PASSWORD, "new_password": password });
                own.ask("POST", "/api/auth/password", Some(body)).await;
            }
            "recovery" => {
                let mut lost = Browser::new(&suite, "83.1.2.8:1");
                let recovery = recovering_in(&mut lost, &suite, "anna").await;
                let body = json!({ "code": recovery.code, "password": password });
                let confirm = format!("/api/auth/recoveries/{}/confirm", recovery.id);
                let asked = lost.ask("POST", &confirm, Some(body)).await;
                answer(&mut lost, &path(&asked), "recovery-code", &anna.recovery_codes[0]).await;
            }
            _ => {
                own.ask_surely("DELETE", "/api/auth/second-factor/totp", None).await;
                password = PASSWORD;
            }
        }
        assert!(is_asked(&mut browser, password).await, "{end}");
    }
}
