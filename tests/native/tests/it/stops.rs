//! A sign-in that the staff stop at the person's call.

use domain::access::Role;
use http::StatusCode;
use serde_json::json;
use store::demo::PASSWORD;

use crate::{
    blocks::{NOTICES, accept, helped, is_signed_in, post, reason, surprised, token},
    door::Browser,
    factors::{pass, person_id},
    newcomer::{self, recovering},
    scopes::{FIRST, NEIGHBOURS, hire, places},
    suite::Suite,
    support::search,
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
    let told = suite.last_message();
    let text = told["text"].as_str().unwrap();
    assert!(told["to"] == "+79000000015" && text.contains("Звонили не вы? Позвоните: "), "{told}");
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
    let words = ["Вход остановлен", "об этом попросили по телефону", "телефон украли"];
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

const WAITING: &str = "/api/auth/support/waiting";

/// Anna has stopped her sign-in, and the support asked to let her in.
async fn asked(suite: &Suite) -> String {
    let mut anna = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    anna.ask_surely("POST", "/api/auth/block", None).await;
    let id = person_id(suite, "anna");
    let mut one = Browser::signed_in(suite, "10.0.0.1:1", "support").await;
    one.ask_surely("POST", &format!("/api/auth/support/persons/{id}/unblock"), reason()).await;
    let own = one.ask("GET", WAITING, None).await.body;
    assert_eq!((&own["items"][0]["is_mine"], &own["items"][0]["person_id"]), (&json!(true), &json!(id)), "{own}");
    id
}

#[tokio::test]
async fn the_second_of_two_sees_who_waits_who_asked_and_why_and_opens_that_person() {
    let suite = Suite::demo(NOW);
    let id = asked(&suite).await;
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    let list = other.ask("GET", WAITING, None).await.body;
    let question = list["items"][0]["question"].clone();
    let expected = json!([{
        "person_id": id, "initials": "А. С.", "masked_contact": "+7********15", "is_mine": false, "question": question,
        "denial": null,
    }]);
    assert_eq!(list["items"], expected);
    assert_eq!(
        (&question["asked_at"], &question["reason"]),
        (&json!("2026-07-20T09:00:00.000Z"), &reason().unwrap()["reason"])
    );
    let asker = suite.rows("select name from person where login = 'support'").concat().concat();
    assert_eq!(question["asked_by"], json!(asker));
    let looks = "select d.fields like '%sign-in-help%' from audit_entry join audit_detail d using (audit_seq)
                 where action = 'sign-in.look'";
    assert!(suite.rows(looks).is_empty(), "nobody was named yet");

    let path = format!("{WAITING}/{id}/looks");
    let seen = other.ask("POST", &path, None).await.body;
    assert_eq!((&seen["name"], &seen["waits_for"]), (&json!("Анна Сергеевна"), &json!("me")), "{seen}");
    assert_eq!(seen["question"], question);
    assert_eq!(suite.rows(looks), [["1"]]);

    let agreed = other.ask_surely("POST", &format!("/api/auth/support/persons/{id}/unblock"), reason()).await;
    assert_eq!(agreed.body["waits_for"], "person");
    assert_eq!(other.ask("GET", WAITING, None).await.body["items"], json!([]));
    assert_eq!(other.ask("POST", &path, None).await.problem(), "not-found", "who waits for nobody is not opened so");
    suite.set("limit.support_per_person", "0");
    assert_eq!(other.ask("POST", &path, None).await.problem(), "rate-limited");
}

#[tokio::test]
async fn who_waits_is_told_to_those_within_reach_alone_and_of_the_staff_to_nobody_here() {
    let suite = Suite::demo(NOW);
    let id = asked(&suite).await;
    let ([first, _], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    hire(&suite, "support-first", Role::Support, &first);
    hire(&suite, "support-there", Role::Support, &neighbours);
    let path = format!("{WAITING}/{id}/looks");
    for (login, count, status) in [("support-first", 1, StatusCode::OK), ("support-there", 0, StatusCode::NOT_FOUND)] {
        let mut support = Browser::signed_in(&suite, "10.0.0.7:1", login).await;
        let list = support.ask("GET", WAITING, None).await.body;
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{login}: {list}");
        assert_eq!(support.ask("POST", &path, None).await.status, status, "{login}");
    }
    let dispatcher = person_id(&suite, "dispatcher");
    let mut admin = Browser::signed_in(&suite, "10.0.0.3:1", "admin").await;
    admin.ask_surely("POST", &format!("/api/auth/staff/{dispatcher}/block"), reason()).await;
    admin.ask_surely("POST", &format!("/api/auth/staff/{dispatcher}/unblock"), reason()).await;
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(other.ask("GET", WAITING, None).await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(other.ask("POST", &format!("{WAITING}/{dispatcher}/looks"), None).await.problem(), "not-found");

    pass(&suite, 24 * 3600 + 1);
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(other.ask("GET", WAITING, None).await.body["items"], json!([]), "a question is forgotten after a day");
}

#[tokio::test]
async fn the_support_sees_in_how_many_places_a_person_is_signed_in() {
    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    let mut support = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    let path = "/api/auth/support/searches";
    let found = support.ask("POST", path, Some(search("anna"))).await.body;
    assert_eq!(found["sessions"], 2, "{found}");
    let out = format!("/api/auth/support/persons/{}/sign-out", found["person_id"].as_str().unwrap());
    assert_eq!(support.ask("POST", &out, reason()).await.body["sessions"], 0);
}
