//! A sign-in that the staff stop at the person's call.

use http::StatusCode;
use serde_json::json;
use store::demo::PASSWORD;

use crate::{
    blocks::{NOTICES, accept, helped, is_signed_in, post, reason, surprised, token},
    door::Browser,
    factors::person_id,
    newcomer::{self, recovering},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";

#[tokio::test]
async fn one_of_the_support_stops_a_sign_in_at_a_call_and_only_two_open_it_again() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let id = person_id(&suite, "anna");
    let path = format!("/api/auth/support/persons/{id}/block");
    let mut support = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    let asked = support.ask("POST", &path, reason()).await;
    assert_eq!(asked.body["confirmation"]["operation"], "stop-sign-in", "{}", asked.body);
    let unreasoned = support.ask("POST", &path, Some(json!({ "reason": " " }))).await;
    assert_eq!((unreasoned.problem(), &unreasoned.body["errors"][0]["pointer"]), ("validation", &json!("/reason")));
    assert!(is_signed_in(&mut anna).await);

    let stopped = support.ask_surely("POST", &path, Some(json!({ "reason": "Позвонила: телефон украли" }))).await;
    assert_eq!((stopped.status, &stopped.body["block"]["cause"]), (StatusCode::OK, &json!("asked-support")));
    assert!(!is_signed_in(&mut anna).await);
    let refused = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    let detail = refused.body["detail"].as_str().unwrap();
    let is_told = detail.contains("остановил сотрудник") && detail.contains("позвоните в поддержку");
    assert!(refused.problem() == "sign-in-locked" && is_told, "{detail}");
    assert_eq!(suite.rows("select count(*) from event where kind = 'sign-in.blocked'"), [["1"]]);
    let sql = "select e.actor = p.person_id, d.fields like '%телефон украли%', d.fields like '%\"support\"%'
               from audit_entry e join audit_detail d using (audit_seq), person p
               where e.action = 'sign-in.block' and p.login = 'support'";
    assert_eq!(suite.rows(sql), [["1", "1", "1"]]);

    let token = helped(&suite, &id).await;
    assert_eq!(accept(&suite, &token).await.status, StatusCode::CREATED);
    let mut back = Browser::new(&suite, "83.1.2.9:1");
    assert_eq!(back.sign_in("anna", newcomer::PASSWORD).await.status, StatusCode::OK);
    let journal = back.ask("GET", "/api/auth/journal", None).await.body["items"].to_string();
    let words = ["Вход остановлен", "об этом попросили от вашего имени", "телефон украли"];
    assert!(words.iter().all(|words| journal.contains(words)), "{journal}");
}

#[tokio::test]
async fn a_stop_at_a_call_ends_what_a_code_would_have_opened_and_the_link_of_two() {
    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await;
    let id = person_id(&suite, "anna");
    let link = helped(&suite, &id).await;
    let code = recovering(&suite, "anna").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.3:1", "support").await;
    support.ask_surely("POST", &format!("/api/auth/support/persons/{id}/block"), reason()).await;
    assert_eq!(suite.rows("select cause from sign_in_block"), [["asked-support"]]);
    assert_eq!(newcomer::recover(&suite, &code.id, &code.code, newcomer::PASSWORD).await.problem(), "code-spent");
    assert!(accept(&suite, &link).await.status.is_client_error());
}

#[tokio::test]
async fn one_of_the_staff_is_stopped_by_an_administrator_within_reach_and_not_by_the_support() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "dispatcher").await;
    let id = person_id(&suite, "dispatcher");
    let mut support = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    let refused = support.ask_surely("POST", &format!("/api/auth/support/persons/{id}/block"), reason()).await;
    assert_eq!(refused.problem(), "forbidden");
    assert!(is_signed_in(&mut own).await);
    let mut admin = Browser::signed_in(&suite, "10.0.0.3:1", "admin").await;
    let path = format!("/api/auth/staff/{id}/block");
    assert_eq!(admin.ask("POST", &path, reason()).await.problem(), "confirmation-required");
    assert_eq!(admin.ask_surely("POST", &path, reason()).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&mut own).await);
    assert_eq!(own.sign_in("dispatcher", PASSWORD).await.problem(), "sign-in-locked");
    let admin_id = person_id(&suite, "admin");
    let own_self = admin.ask_surely("POST", &format!("/api/auth/staff/{admin_id}/block"), reason()).await;
    assert_eq!(own_self.problem(), "forbidden", "another one decides");
}
