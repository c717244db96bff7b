//! What a person sees and changes of the own login; what the support may do for somebody else.

use api_tests::{Suite, moydom};
use serde_json::{Value, json};

use crate::contacts::confirmed;

#[test]
fn a_person_renames_themselves_and_finds_it_in_the_journal() {
    let suite = Suite::start();
    let anna = suite.signed_in("anna");
    let before = anna.get("/api/auth/profile").expect(200);
    assert_eq!(before["login"], "anna");
    let body = json!({ "name": "Анна С." }).to_string();
    let headers = [("content-type", "application/json")];
    let after = anna.send("PATCH", "/api/auth/profile", &headers, Some(&body)).expect(200);
    assert_eq!(after["name"], "Анна С.");
    let journal = anna.get("/api/auth/journal").expect(200);
    let newest = &journal["items"][0];
    assert_eq!(newest["details"][1], json!({ "name": "стало", "value": "Анна С." }), "{newest}");
    let back = json!({ "name": before["name"] }).to_string();
    anna.send("PATCH", "/api/auth/profile", &headers, Some(&back)).expect(200);
}

#[test]
fn an_ended_session_is_refused_at_its_next_request() {
    let suite = Suite::start();
    let (here, there) = (suite.signed_in("resident03"), suite.signed_in("resident03"));
    let sessions = here.get("/api/auth/sessions").expect(200);
    let other = sessions["items"].as_array().into_iter().flatten().find(|one| one["is_current"] == false);
    let other = other.expect("the other session")["session_id"].as_str().expect("an id").to_owned();
    here.send("DELETE", &format!("/api/auth/sessions/{other}"), &[], None).expect(204);
    there.get("/api/auth/session").problem("unauthenticated");
    let third = suite.signed_in("resident03");
    here.send("DELETE", "/api/auth/sessions", &[], None).expect(204);
    third.get("/api/auth/session").problem("unauthenticated");
    here.get("/api/auth/session").expect(200);
}

#[test]
fn the_support_lets_somebody_in_again_and_nobody_else_may() {
    let suite = Suite::start();
    let search = json!({ "identifier": "resident04", "purpose": "sign-in-help", "words": "" });
    suite.signed_in("anna").post("/api/auth/support/searches", &search).problem("forbidden");
    let support = suite.signed_in("support");
    let found = support.post("/api/auth/support/searches", &search).expect(200);
    let person_id = found["person_id"].as_str().or_else(|| found["person"]["person_id"].as_str()).expect("an id");
    let path = format!("/api/auth/support/persons/{person_id}/unlock");
    let errors = support.post(&path, &json!({ "reason": "" })).problem("validation");
    assert_eq!(errors["errors"][0]["pointer"], "/reason");
    support.post(&path, &json!({ "reason": "позвонил, назвал номер договора" })).expect(200);
}

#[test]
fn the_support_signs_a_person_out_everywhere() {
    let suite = Suite::start();
    let resident = suite.signed_in("resident04");
    let support = suite.signed_in("support");
    let search = json!({ "identifier": "resident04", "purpose": "security", "words": "" });
    let found = support.post("/api/auth/support/searches", &search).expect(200);
    let person_id = found["person_id"].as_str().expect("an id");
    let path = format!("/api/auth/support/persons/{person_id}/sign-out");
    resident.post(&path, &json!({ "reason": "чужой вход" })).problem("forbidden");
    support.post(&path, &json!({ "reason": "украли телефон" })).expect(200);
    resident.get("/api/auth/session").problem("unauthenticated");
    let path = format!("/api/auth/support/persons/{person_id}/block");
    support.post(&path, &json!({ "reason": "украли телефон" })).problem("confirmation-required");
}

#[test]
fn a_person_takes_the_journal_away_and_the_operator_finds_the_extract_in_the_log() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let anna = suite.signed_in("anna");
    let table = anna.get("/api/auth/journal/export?format=csv");
    assert!(table.status == 200 && table.text.contains("Вход в личный кабинет"), "{table:?}");
    assert!(table.header("content-disposition").starts_with("attachment"), "{table:?}");
    let data = anna.get("/api/auth/export").expect(200);
    assert_eq!((&data["format"], &data["sections"][0]["table"]), (&json!("moydom-export-1"), &json!("person")));
    let paper = anna.get("/api/auth/export?format=pdf");
    assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"));
    let extract = anna.get("/api/auth/journal/extract");
    let file = suite.state().join("extract.json");
    std::fs::write(&file, &extract.text).expect("a file");
    let verdict = moydom(&["audit", "verify", "--extract", file.to_str().expect("a path")], suite.state());
    assert!(verdict.contains("\"faults\":[]"), "{verdict}");
}

#[test]
fn a_person_asks_to_be_forgotten_and_changes_their_mind_and_the_administrator_sees_no_act() {
    let suite = Suite::start();
    let client = suite.signed_in("resident17");
    let plan = client.get("/api/auth/erasure").expect(200);
    assert!(plan["items"].as_array().is_some_and(|items| items.len() > 2) && plan["request"].is_null(), "{plan}");
    let phone = "+79000000047";
    let asked = confirmed(&suite, &client, "/api/auth/erasure", &json!({}), ("sms", phone)).expect(201);
    assert_eq!(asked["request"]["reason"], "request");
    // The person is told where only the person gets it, after the answer.
    while !suite.sent_to(phone)[0].contains("сотрём") {
        std::thread::yield_now();
    }
    client.send("DELETE", "/api/auth/erasure", &[], None).expect(204);
    client.send("DELETE", "/api/auth/erasure", &[], None).problem("not-found");
    assert_eq!(client.get("/api/auth/erasure").expect(200)["request"], Value::Null);
    let admin = suite.signed_in("admin");
    admin.get("/api/auth/erasures").expect(200);
    admin.get("/api/auth/erasures/of-nobody").problem("not-found");
}

#[test]
fn the_administrator_sees_who_works_here_and_decides_nothing_without_a_confirmation() {
    let suite = Suite::start();
    suite.signed_in("anna").get("/api/auth/staff").problem("forbidden");
    let admin = suite.signed_in("admin");
    let list = admin.get("/api/auth/staff").expect(200);
    let other = list["people"].as_array().into_iter().flatten().find(|one| one["is_me"] == false);
    let id = other.expect("somebody else")["staff_id"].as_str().expect("an id").to_owned();
    let wish =
        json!({ "login": "somebody-new", "name": "Новый", "roles": ["dispatcher"], "scope": { "kind": "portal" } });
    admin.post("/api/auth/staff/invitations", &wish).problem("confirmation-required");
    admin.send("DELETE", "/api/auth/staff/invitations/of-nobody", &[], None).problem("not-found");
    admin.post(&format!("/api/auth/staff/{id}/reset"), &json!({})).problem("confirmation-required");
    let reason = json!({ "reason": "пришёл с паспортом" });
    admin.post(&format!("/api/auth/staff/{id}/unblock"), &reason).problem("confirmation-required");
    admin.post(&format!("/api/auth/staff/{id}/block"), &reason).problem("confirmation-required");
    admin.post(&format!("/api/auth/staff/{id}/sign-out"), &json!({})).problem("confirmation-required");
    let role = json!({ "role": "manager", "scope": { "kind": "portal" } });
    admin.post(&format!("/api/auth/staff/{id}/roles"), &role).problem("confirmation-required");
    admin.send("DELETE", &format!("/api/auth/staff/{id}/roles/1"), &[], None).problem("confirmation-required");
    suite.signed_in("admin2").get("/api/auth/erasures").problem("forbidden");
}
