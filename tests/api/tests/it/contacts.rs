//! Another phone or e-mail in the profile: confirmed once more, then proved by its own code.

use api_tests::{Client, Suite};
use serde_json::{Value, json};

const CONTACTS: &str = "/api/auth/profile/contacts";

/// The code in the newest text to this contact that has one; another text may tell of a new device.
fn code(suite: &Suite, contact: &str) -> String {
    let text = suite.sent_to(contact).into_iter().find(|text| text.contains("код ")).expect("a code was sent");
    text.split(|character: char| !character.is_ascii_digit()).find(|word| word.len() == 6).expect("a code").to_owned()
}

/// Gives the confirmation that was asked for by a code to the contact; answers its id.
pub(crate) fn give(suite: &Suite, client: &Client, asked: &Value, by: (&str, &str)) -> String {
    let id = asked["confirmation"]["confirmation_id"].as_str().expect("an id").to_owned();
    let shown = client.get(&format!("/api/auth/confirmations/{id}")).expect(200);
    assert!(shown["methods"].to_string().contains(by.0), "{shown}");
    client.post(&format!("/api/auth/confirmations/{id}/codes"), &json!({ "method": by.0 })).expect(201);
    let answer = json!({ "method": by.0, "code": code(suite, by.1) });
    client.post(&format!("/api/auth/confirmations/{id}/answers"), &answer).expect(204);
    id
}

/// Makes the request, confirms it by a code, and makes it again.
pub(crate) fn confirmed(
    suite: &Suite,
    client: &Client,
    path: &str,
    body: &Value,
    by: (&str, &str),
) -> api_tests::Answer {
    let id = give(suite, client, &client.post(path, body).problem("confirmation-required"), by);
    client.post_with(path, &[("confirmation", &id)], body)
}

#[test]
fn a_person_changes_the_phone_and_adds_an_e_mail_and_each_step_is_confirmed() {
    let suite = Suite::start();
    let client = suite.signed_in("resident05");
    let old = "+79000000035";
    let wish = json!({ "contact": "anything@example.ru" });
    let asked = confirmed(&suite, &client, CONTACTS, &wish, ("sms", old)).expect(201);
    let id = asked["contact_code_id"].as_str().expect("an id");
    let proof = json!({ "code": code(&suite, "anything@example.ru") });
    let profile = client.post(&format!("/api/auth/profile/contacts/{id}/confirm"), &proof).expect(200);
    assert_eq!(profile["masked_email"], "a***@example.ru");
    // The phone hears of it, after the answer.
    while !suite.sent_to(old)[0].contains("новый контакт") {
        std::thread::yield_now();
    }

    let forget = json!({ "channel": "sms" });
    let by_email = ("email", "anything@example.ru");
    let left = confirmed(&suite, &client, "/api/auth/profile/contacts/forget", &forget, by_email).expect(200);
    assert_eq!((&left["masked_phone"], &left["masked_email"]), (&Value::Null, &json!("a***@example.ru")));
    client.post("/api/auth/profile/contacts/forget", &json!({ "channel": "email" })).problem("last-way-in");
    suite
        .client()
        .post("/api/auth/sign-in", &json!({ "identifier": old, "password": "moydom-demo-2026" }))
        .problem("wrong-credentials");
}
