//! Invitations: a link that lets one new person set a password, once.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    door::{Browser, guess},
    newcomer::{PASSWORD, invite, reset},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";

async fn view(suite: &Suite, token: &str) -> Answer {
    suite.ask("POST", "/api/auth/invitations/view", &[], Some(json!({ "token": token }))).await
}

async fn accept(suite: &Suite, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    suite.ask("POST", "/api/auth/invitations/accept", &[], Some(body)).await
}

#[tokio::test]
async fn the_link_sets_a_password_and_signs_in_with_the_roles_of_the_invitation() {
    let suite = Suite::empty(NOW);
    let token = invite(&suite, "olga");
    let seen = view(&suite, &token).await;
    assert_eq!(seen.status, StatusCode::OK);
    let expected = json!({ "login": "olga", "is_login_masked": false, "name": "Ольга Дмитриевна", "roles": ["admin"],
                           "scope": { "kind": "portal", "id": null, "title": "" },
                           "is_reset": false, "is_let_in": false, "lacks_contact": true,
                           "expires_at": "2026-07-21T09:00:00.000Z" });
    assert_eq!(seen.body, expected);
    let answer = accept(&suite, &token, PASSWORD).await;
    assert_eq!((answer.status, &answer.body["roles"]), (StatusCode::CREATED, &json!(["admin"])));
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(browser.sign_in("olga", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(suite.rows("select kind from state"), [["live"]]);
    assert_eq!(suite.rows("select count(*) from audit_entry where action = 'invitation.accept'"), [["1"]]);
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let suite = Suite::demo(NOW);
    let token = invite(&suite, "olga");
    assert_eq!(accept(&suite, &token, PASSWORD).await.status, StatusCode::CREATED);
    suite.count_hashes();
    assert_eq!(accept(&suite, &token, "другой-пароль-1").await.problem(), "invitation-used");
    assert_eq!(view(&suite, &token).await.problem(), "invitation-used");
    assert_eq!(suite.hashes(), 0);
}

#[tokio::test]
async fn an_invitation_expires_and_a_newer_one_replaces_it() {
    let suite = Suite::demo(NOW);
    let late = invite(&suite, "olga");
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24) + SignedDuration::from_secs(1));
    assert_eq!(accept(&suite, &late, PASSWORD).await.problem(), "invitation-expired");
    let (first, second) = (invite(&suite, "olga"), invite(&suite, "olga"));
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(1));
    assert_eq!(view(&suite, &first).await.problem(), "invitation-expired");
    assert_eq!(accept(&suite, &second, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_token_that_was_never_made_is_not_there() {
    let suite = Suite::demo(NOW);
    for token in ["", "short", &"A".repeat(43)] {
        assert_eq!(view(&suite, token).await.problem(), "not-found");
        assert_eq!(accept(&suite, token, PASSWORD).await.problem(), "not-found");
    }
}

#[tokio::test]
async fn the_token_itself_is_not_kept() {
    let suite = Suite::demo(NOW);
    let token = invite(&suite, "olga");
    accept(&suite, &token, PASSWORD).await;
    assert!(suite.rows(&format!("select 1 from invitation where token_hash like '%{token}%'")).is_empty());
    assert!(suite.rows(&format!("select 1 from audit_detail where fields like '%{token}%'")).is_empty());
}

#[tokio::test]
async fn the_password_keeps_to_the_policy_and_is_not_the_login() {
    let suite = Suite::demo(NOW);
    let token = invite(&suite, "olga-2026");
    for password in ["12345678", "olga-2026", "Olga-2026 "] {
        let answer = accept(&suite, &token, password).await;
        assert_eq!((answer.problem(), &answer.body["errors"][0]["pointer"]), ("validation", &json!("/password")));
    }
    assert_eq!(accept(&suite, &token, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_login_that_somebody_got_meanwhile_is_told() {
    let suite = Suite::demo(NOW);
    let token = invite(&suite, "anna");
    assert_eq!(accept(&suite, &token, PASSWORD).await.problem(), "already-registered");
}

#[tokio::test]
async fn a_link_for_somebody_who_forgot_sets_a_password_anew_and_ends_all_else() {
    let suite = Suite::demo(NOW);
    let mut elsewhere = Browser::signed_in(&suite, "10.0.0.5:1", "admin").await;
    guess(&suite, "admin", 5).await;
    let token = reset(&suite, "admin");
    let answer = accept(&suite, &token, PASSWORD).await;
    assert_eq!((answer.status, &answer.body["roles"]), (StatusCode::CREATED, &json!(["admin"])), "{}", answer.body);
    assert_eq!(elsewhere.ask("GET", "/api/auth/session", None).await.problem(), "unauthenticated");
    assert_eq!(Browser::new(&suite, "10.0.0.6:1").sign_in("admin", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(
        Browser::new(&suite, "10.0.0.7:1").sign_in("admin", store::demo::PASSWORD).await.problem(),
        "wrong-credentials"
    );
    assert_eq!(accept(&suite, &token, PASSWORD).await.problem(), "invitation-used");
}
