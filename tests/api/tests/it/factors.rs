//! The second factor over HTTP: switched on, asked for, trusted, taken away; a strange sign-in is denied, a lost device
//! reported.

use api_tests::{Client, PASSWORD as DEMO_PASSWORD, Suite};
use serde_json::{Value, json};

use crate::{
    contacts::give,
    newcomers::{PASSWORD, code_sent_to, fresh_phone, registered},
};

/// Makes a request, confirms it by a code to the phone, makes it again.
pub(crate) fn confirmed(suite: &Suite, client: &Client, phone: &str, method: &str, path: &str) -> Value {
    let asked = client.send(method, path, &[], None).problem("confirmation-required");
    let id = give(suite, client, &asked, ("sms", phone));
    let answer = client.send(method, path, &[("confirmation", &id)], None);
    let status = match (method, path) {
        (_, "/api/auth/block") => 200,
        ("POST", _) => 201,
        _ => 204,
    };
    answer.expect(status)
}

/// The first step of a sign-in: the id by which it goes on.
fn first_step(client: &Client, phone: &str) -> String {
    let body = json!({ "identifier": phone, "password": PASSWORD });
    let asked = client.post("/api/auth/sign-in", &body).problem("second-factor-required");
    asked["second_factor"]["sign_in_id"].as_str().expect("an id").to_owned()
}

fn answer(client: &Client, sign_in_id: &str, answer: &Value) {
    client.post(&format!("/api/auth/sign-ins/{sign_in_id}/answers"), answer).expect(200);
}

#[test]
fn a_code_by_message_is_asked_for_until_the_device_is_trusted() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    confirmed(&suite, &owner, &phone, "POST", "/api/auth/second-factor/contact");
    assert_eq!(owner.get("/api/auth/second-factor").expect(200)["recovery_codes_left"], 10);
    let renewed = confirmed(&suite, &owner, &phone, "POST", "/api/auth/second-factor/recovery-codes");
    let paper = renewed["recovery_codes"][0].as_str().expect("a code").to_owned();

    let client = suite.client();
    let sign_in_id = first_step(&client, &phone);
    assert_eq!(client.get("/api/auth/sign-ins/awaiting").expect(200)["sign_in_id"], sign_in_id.as_str());
    client.post(&format!("/api/auth/sign-ins/{sign_in_id}/codes"), &Value::Null).expect(204);
    let code = code_sent_to(&suite, &phone);
    answer(&client, &sign_in_id, &json!({ "method": "code", "answer": code, "trust_device": true }));
    client.post("/api/auth/sign-in", &json!({ "identifier": phone, "password": PASSWORD })).expect(200);
    let trusted = client.get("/api/auth/trusted-devices").expect(200);
    let id = trusted["items"][0]["trusted_device_id"].as_str().expect("an id");
    client.send("DELETE", &format!("/api/auth/trusted-devices/{id}"), &[], None).expect(204);
    client.send("DELETE", "/api/auth/trusted-devices", &[], None).expect(204);

    let sign_in_id = first_step(&client, &phone);
    answer(&client, &sign_in_id, &json!({ "method": "recovery-code", "answer": paper }));
    confirmed(&suite, &client, &phone, "DELETE", "/api/auth/second-factor/contact");
    suite.client().post("/api/auth/sign-in", &json!({ "identifier": phone, "password": PASSWORD })).expect(200);
}

#[test]
fn an_app_is_begun_and_counts_only_with_its_own_code() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    let begun = confirmed(&suite, &owner, &phone, "POST", "/api/auth/second-factor/totp");
    assert!(begun["uri"].as_str().expect("an address").starts_with("otpauth://totp/"));
    let confirm = "/api/auth/second-factor/totp/confirm";
    owner.post(confirm, &json!({ "code": "12345" })).problem("validation");
    assert_eq!(owner.get("/api/auth/second-factor").expect(200)["is_on"], false);
    owner.send("DELETE", "/api/auth/second-factor/totp", &[], None).problem("not-found");
}

#[test]
fn who_did_not_sign_in_says_so_by_the_link_of_the_message() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    let stranger = suite.client();
    stranger.post("/api/auth/sign-in", &json!({ "identifier": phone, "password": PASSWORD })).expect(200);
    let token = loop {
        let texts = suite.sent_to(&phone);
        let link = texts.iter().find_map(|text| text.split_once("/not-me#"));
        if let Some((_, token)) = link {
            break json!({ "token": token });
        }
        std::thread::yield_now();
    };
    suite.client().post("/api/auth/sign-in-notices/view", &token).expect(200);
    suite.client().post("/api/auth/sign-in-notices/deny", &token).expect(200);
    for client in [&owner, &stranger] {
        client.get("/api/auth/session").problem("unauthenticated");
    }
    stranger.post("/api/auth/sign-in", &json!({ "identifier": phone, "password": PASSWORD })).problem("sign-in-locked");
}

#[test]
fn a_lost_device_is_reported_and_two_of_the_support_make_a_link() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    confirmed(&suite, &owner, &phone, "POST", "/api/auth/block");
    owner.get("/api/auth/session").problem("unauthenticated");
    let (one, other) = (suite.signed_in("support"), suite.signed_in("support2"));
    let found = one
        .post("/api/auth/support/searches", &json!({ "identifier": phone, "purpose": "sign-in-help", "words": "" }))
        .expect(200);
    assert_eq!(found["waits_for"], "anybody");
    let path = format!("/api/auth/support/persons/{}/unblock", found["person_id"].as_str().expect("an id"));
    let reason = json!({ "reason": "пришла с паспортом" });
    let agree = |helper: &Client| {
        let asked = helper.post(&path, &reason).problem("confirmation-required");
        let id = asked["confirmation"]["confirmation_id"].as_str().expect("an id");
        let answer = json!({ "method": "password", "password": DEMO_PASSWORD });
        helper.post(&format!("/api/auth/confirmations/{id}/answers"), &answer).expect(204);
        helper.post_with(&path, &[("confirmation", id)], &reason).expect(200)
    };
    assert_eq!(agree(&one)["waits_for"], "another");
    let waiting = other.get("/api/auth/support/waiting").expect(200);
    let listed = waiting["items"].as_array().into_iter().flatten().find(|one| one["person_id"] == found["person_id"]);
    assert_eq!(listed.expect("who waits")["question"]["reason"], "пришла с паспортом");
    let person_id = found["person_id"].as_str().expect("an id");
    let seen = other.post(&format!("/api/auth/support/waiting/{person_id}/looks"), &json!({})).expect(200);
    assert_eq!(seen["waits_for"], "me");
    let agreed = agree(&other);
    let token = agreed["link"]["link"].as_str().and_then(|link| link.split_once('#')).expect("a link").1;
    let accepted = json!({ "token": token, "password": "другая-сосна-73" });
    suite.client().post("/api/auth/invitations/accept", &accepted).expect(201);
}

#[test]
fn a_browser_is_asked_to_make_and_to_sign_by_a_passkey_and_nonsense_is_refused() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    let asked = confirmed(&suite, &owner, &phone, "POST", "/api/auth/passkeys/challenges");
    assert_eq!(asked["algorithms"], json!([-7, -257]));
    let made = json!({
        "challenge_id": asked["challenge_id"], "name": "Телефон", "credential_id": "AAEC", "client_data": "e30",
        "authenticator_data": "AAEC", "public_key": "AAEC", "algorithm": -7,
    });
    owner.post("/api/auth/passkeys", &made).problem("passkey-refused");
    assert_eq!(owner.get("/api/auth/passkeys").expect(200)["items"], json!([]));
    owner.send("DELETE", "/api/auth/passkeys/none", &[], None).problem("not-found");
    let stranger = suite.client();
    let asked = stranger.post("/api/auth/passkey-sign-ins", &Value::Null).expect(201);
    let path = format!("/api/auth/passkey-sign-ins/{}/answers", asked["challenge_id"].as_str().expect("an id"));
    let answer = json!({ "credential_id": "AAEC", "client_data": "e30", "authenticator_data": "", "signature": "" });
    stranger.post(&path, &answer).problem("passkey-refused");
}
