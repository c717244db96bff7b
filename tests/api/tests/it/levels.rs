//! Whoever shows documents is confirmed by the company, and may then trust others.

use api_tests::{Client, Suite};
use serde_json::{Value, json};

use crate::{contacts::confirmed, home::linked};

const PDF: &str = "%PDF-1.7 a page";

fn answers(account: &Value) -> Value {
    json!({
        "account_id": account["account_id"], "surname": "Иванова", "first_name": "Анна", "birth_date": "1986-04-12",
        "passport": "6112 345678", "issued_by": "УМВД России", "issued_on": "2006-05-02", "snils": "112-233-445 95",
        "address": account["address"],
    })
}

/// Sends a request with every document; answers its id and who decides.
fn sent(suite: &Suite, client: &Client, resident: u32, account: &Value) -> (String, Client) {
    client.post("/api/auth/consents", &json!({ "purpose": "proof", "version": 1 })).expect(201);
    let headers = [("content-type", "application/octet-stream")];
    for document in ["passport-scan", "snils-scan", "basis-scan"] {
        client.send("PUT", &format!("/api/auth/level-request/documents/{document}"), &headers, Some(PDF)).expect(200);
    }
    let phone = format!("+7900{:07}", resident + 30);
    confirmed(suite, client, "/api/auth/level-request", &answers(account), ("sms", &phone)).expect(201);
    let manager = suite.signed_in("manager");
    let waiting = manager.get("/api/auth/level-desk/requests").expect(200);
    let mine = waiting["items"].as_array().into_iter().flatten().find(|one| one["address"] == account["address"]);
    (mine.expect("the request")["level_request_id"].as_str().expect("an id").to_owned(), manager)
}

/// Lets the company confirm who this resident is, who signs in again after it: no session rises with the rights.
pub(crate) fn known(suite: &Suite, client: &Client, resident: u32, account: &Value) -> Client {
    let (id, manager) = sent(suite, client, resident, account);
    let path = format!("/api/auth/level-desk/requests/{id}/decisions");
    let decision = json!({ "round": 1, "verdict": "confirmed" });
    manager.post(&path, &decision).problem("validation");
    for document in ["passport-scan", "snils-scan", "basis-scan"] {
        let file = format!("/api/auth/level-desk/requests/{id}/documents/{document}?purpose=identity-check");
        manager.send("GET", &file, &[], None);
    }
    manager.post(&path, &decision).expect(201);
    client.get("/api/auth/level").problem("unauthenticated");
    suite.signed_in(&format!("resident{resident:02}"))
}

#[test]
fn a_resident_is_confirmed_by_documents_and_asked_again() {
    let suite = Suite::start();
    let (client, account) = linked(&suite, 12);
    assert_eq!(client.get("/api/auth/level").expect(200)["level"], "basic");
    let (id, manager) = sent(&suite, &client, 12, &account);
    client.get("/api/auth/level-desk/requests").problem("forbidden");
    let look = json!({ "purpose": "identity-check", "words": "" });
    let seen = manager.post(&format!("/api/auth/level-desk/requests/{id}/looks"), &look).expect(200);
    assert!(seen["fields"].to_string().contains("not-in-register"), "{seen}");
    let file = manager.get(&format!("/api/auth/level-desk/requests/{id}/documents/snils-scan?purpose=identity-check"));
    assert_eq!((file.status, file.text.as_str(), file.header("content-type")), (200, PDF, "application/pdf"));
    assert!(file.header("content-security-policy").contains("sandbox"), "{file:?}");
    assert!(file.header("content-disposition").starts_with("attachment"), "{file:?}");
    let back = json!([{ "item": "surname", "reason": "mismatch" }]);
    let decision = json!({ "round": 1, "verdict": "returned", "corrections": back });
    manager.post(&format!("/api/auth/level-desk/requests/{id}/decisions"), &decision).expect(201);
    let returned = client.get("/api/auth/level").expect(200);
    assert_eq!(returned["request"]["corrections"][0]["item"], "surname", "{returned}");
    client.send("DELETE", "/api/auth/level-request", &[], None).expect(204);
    let client = known(&suite, &client, 12, &account);
    assert_eq!(client.get("/api/auth/level").expect(200)["source"], "company");
    let again = json!({ "identifier": "resident12", "reason": "Сменился собственник." });
    manager.post("/api/auth/level-desk/ask-again", &again).expect(201);
    assert_eq!(client.get("/api/auth/level").expect(200)["asked_again"], "Сменился собственник.");
}
