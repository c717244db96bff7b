//! The list of linked accounts.

use http::StatusCode;
use serde_json::{Value, json};

use crate::portal::Portal;

const ACCOUNTS: &str = "/api/homes/accounts";

#[tokio::test]
async fn a_person_sees_the_linked_account_with_its_address_and_company() {
    let portal = Portal::new();
    let answer = portal.get(&portal.sign_in("anna"), ACCOUNTS).await;
    assert_eq!(answer.status, StatusCode::OK);
    let account = &answer.body["items"][0];
    assert_eq!(account["number"], "0000000015");
    assert_eq!(account["address"], "г. Рязань, ул. Ленина, д. 10, кв. 15");
    assert_eq!(account["right"], "owner");
    assert_eq!(account["linked_at"], "2026-07-20T09:00:00.000Z");
    assert!(account["company"]["phone"].is_string());
    assert_eq!(answer.body["next_cursor"], Value::Null);
    assert_eq!(answer.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_person_without_a_link_sees_an_empty_list() {
    let portal = Portal::new();
    let answer = portal.get(&portal.sign_in("boris"), ACCOUNTS).await;
    assert_eq!(answer.body, json!({ "items": [], "next_cursor": null }));
}

#[tokio::test]
async fn the_staff_has_no_accounts_and_a_visitor_must_sign_in() {
    let portal = Portal::new();
    for role in ["dispatcher", "executor", "accountant", "manager", "admin", "inspector", "integrator", "support"] {
        portal.get(&portal.sign_in(role), ACCOUNTS).await.is_problem(403, "forbidden");
    }
    portal.get("", ACCOUNTS).await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_ended_link_is_not_listed() {
    let portal = Portal::new();
    portal.execute("update account_link set ended_at = '2026-07-20T10:00:00.000Z'");
    let answer = portal.get(&portal.sign_in("anna"), ACCOUNTS).await;
    assert_eq!(answer.body["items"], json!([]));
}
