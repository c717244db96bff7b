//! An account's life: found by its address, set, suspended, unlinked, kept in the archive.

use api_tests::{Client, Suite};
use serde_json::{Value, json};

use crate::{
    contacts::confirmed,
    home::{linked, number},
    levels,
};

/// The code in the newest text to this contact.
fn code(suite: &Suite, contact: &str) -> String {
    let text = suite.sent_to(contact).into_iter().next().expect("a text was sent");
    text.split(|character: char| !character.is_ascii_digit()).find(|word| word.len() == 6).expect("a code").to_owned()
}

fn confirm(client: &Client, asked: &Value, code: &str) -> api_tests::Answer {
    let id = asked["account_code_id"].as_str().expect("an id");
    client.post(&format!("/api/homes/account-codes/{id}/confirm"), &json!({ "code": code }))
}

#[test]
fn a_flat_is_found_however_it_is_typed_and_its_number_must_be_its_own() {
    let suite = Suite::start();
    let client = suite.signed_in("resident09");
    assert_eq!(client.get("/api/homes/municipalities").expect(200)["items"], json!(["г. Рязань"]));
    // «линина 10 39», and «ленина 10 39» in the wrong layout.
    let typed = ["%D0%BB%D0%B8%D0%BD%D0%B8%D0%BD%D0%B0+10+39", "ktybyf+10+39"];
    let found = typed.map(|typed| client.get(&format!("/api/homes/addresses?q={typed}")).expect(200));
    assert_eq!(found[0]["items"][0]["address"], "г. Рязань, ул. Ленина, д. 10, кв. 39");
    assert_eq!(found[0], found[1]);
    client.get("/api/homes/addresses?q=10&limit=0").problem("validation");

    let premises_id = &found[0]["items"][0]["premises_id"];
    let ask =
        |resident| client.post("/api/homes/links", &json!({ "number": number(resident), "premises_id": premises_id }));
    ask(10).problem("account-not-found");
    ask(9).expect(201);
}

#[test]
fn an_account_is_set_suspended_and_resumed() {
    let suite = Suite::start();
    let (client, account) = linked(&suite, 9);
    let id = account["account_id"].as_str().expect("an id");
    let settings = format!("/api/homes/accounts/{id}/settings");
    client.post(&settings, &json!({ "label": "", "notify_by": ["sms"] })).problem("validation");
    let asked = client.post(&format!("/api/homes/accounts/{id}/contacts"), &json!({ "contact": "8 916 123-45-67" }));
    let done = confirm(&client, &asked.expect(201), &code(&suite, "+79161234567")).expect(200);
    assert_eq!(done["account"]["notices"]["masked_phone"], "+7********67");
    let set = client.post(&settings, &json!({ "label": "Дача", "notify_by": ["sms"] })).expect(200);
    assert_eq!((&set["label"], &set["notices"]["notify_by"]), (&json!("Дача"), &json!(["sms"])));

    let rests = client.post(&format!("/api/homes/accounts/{id}/suspend"), &Value::Null).expect(200);
    assert!(rests["suspended_at"].is_string());
    let goes_on = client.post(&format!("/api/homes/accounts/{id}/resume"), &Value::Null).expect(200);
    assert_eq!(goes_on["suspended_at"], Value::Null);
    let forget = json!({ "channel": "sms" });
    let forgotten = client.post(&format!("/api/homes/accounts/{id}/contacts/forget"), &forget).expect(200);
    assert_eq!(forgotten["notices"]["masked_phone"], Value::Null);
}

#[test]
fn an_account_is_unlinked_by_a_code_and_stays_in_the_archive() {
    let suite = Suite::start();
    let (client, account) = linked(&suite, 9);
    let id = account["account_id"].as_str().expect("an id");
    let unlink = format!("/api/homes/accounts/{id}/unlink");
    suite.signed_in("boris").post(&unlink, &Value::Null).problem("not-found");
    let asked = client.post(&unlink, &Value::Null).expect(201);
    confirm(&client, &asked, &code(&suite, "+79000000039")).expect(200);
    assert_eq!(client.get("/api/homes/accounts").expect(200)["items"], json!([]));
    assert_eq!(client.get("/api/homes/past-accounts").expect(200)["items"][0]["account_id"], id);
    let archive = client.get(&format!("/api/homes/past-accounts/{id}/submissions")).expect(200);
    assert_eq!(archive["items"], json!([]));
}

#[test]
fn an_owner_trusts_somebody_who_then_sees_the_meters_until_it_is_taken_back() {
    let suite = Suite::start();
    let ((owner, account), delegate) = (linked(&suite, 19), suite.signed_in("resident17"));
    let owner = levels::known(&suite, &owner, 19, &account);
    let (account, today) = (&account["account_id"], suite.client().get("/api/notices/status").expect(200));
    let wish = json!({
        "name": "Сосед", "account_ids": [account], "powers": ["see-readings"],
        "until": today["checked_at"].as_str().expect("a moment")[..10],
    });
    let asked = confirmed(&suite, &owner, "/api/homes/delegations", &wish, ("sms", "+79000000049")).expect(201);
    let token = asked["link"].as_str().and_then(|link| link.split_once('#')).expect("a link").1.to_owned();
    let link = json!({ "token": token });
    let seen = delegate.post("/api/homes/delegations/view", &link).expect(200);
    assert_eq!(seen["powers"], json!(["see-readings"]));
    delegate.post("/api/homes/delegations/take", &link).expect(201);
    delegate.post("/api/homes/delegations/take", &link).problem("not-found");
    let filter = format!("/api/readings/meters?account_id={}", account.as_str().expect("an id"));
    assert_eq!(delegate.get(&filter).expect(200)["accounts"][0]["delegation"]["may_submit"], false);
    let id = owner.get("/api/homes/delegations").expect(200)["granted"][0]["delegation_id"].take();
    owner.send("DELETE", &format!("/api/homes/delegations/{}", id.as_str().expect("an id")), &[], None).expect(204);
    assert_eq!(delegate.get(&filter).expect(200)["accounts"], json!([]));
}

#[test]
fn a_program_gives_a_reading_by_its_token_until_it_is_taken_back() {
    let suite = Suite::start();
    let (owner, account) = linked(&suite, 19);
    let account_id = account["account_id"].as_str().expect("an id");
    let meters = owner.get(&format!("/api/readings/meters?account_id={account_id}")).expect(200);
    let meters = meters["accounts"][0]["meters"].as_array().expect("meters").clone();
    let meter = meters.iter().find(|meter| meter["kind"] == "cold_water").expect("one of cold water");
    let meter_id = meter["meter_id"].as_str().expect("an id");
    let today = suite.client().get("/api/notices/status").expect(200);
    let wish = json!({
        "name": "Home Assistant", "account_id": account_id, "meter_ids": [meter_id],
        "until": today["checked_at"].as_str().expect("a moment")[..10],
    });
    let made = confirmed(&suite, &owner, "/api/readings/tokens", &wish, ("sms", "+79000000049")).expect(201);
    let bearer = format!("Bearer {}", made["token"].as_str().expect("a token"));
    let program = suite.client();
    let last = format!("/api/readings/last?meter_id={meter_id}");
    let seen = program.send("GET", &last, &[("authorization", &bearer)], None).expect(200);
    assert_eq!(seen["reading"]["values"], meter["last"]["values"]);
    let item = json!({ "meter_id": meter_id, "values": seen["reading"]["values"] });
    let given = json!({ "account_id": account_id, "items": [item] });
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "of-a-program")];
    program.post_with("/api/readings/submissions", &headers, &given).expect(201);
    let id = made["reading_token_id"].as_str().expect("an id");
    owner.send("DELETE", &format!("/api/readings/tokens/{id}"), &[], None).expect(204);
    program.send("GET", &last, &[("authorization", &bearer)], None).problem("unauthenticated");
}
