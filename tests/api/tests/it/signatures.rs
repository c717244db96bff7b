//! Electronic signatures and electronic addresses over HTTP: a certificate is connected by the program that signs; an
//! address begins by a consent, and a company takes those of its houses.

use api_tests::Suite;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    factors::confirmed,
    newcomers::{fresh_phone, registered},
};

/// What the program on somebody's computer makes of a text: base64 of a detached CMS.
fn signature(suite: &Suite, surname: &str, text: &str) -> String {
    let form = [
        ("surname", surname),
        ("given_name", "Ольга Петровна"),
        ("from", "2020-01-01"),
        ("until", "2049-01-01"),
        ("text", text),
    ];
    let answer = ureq::post(format!("{}/signature", suite.sandbox_url())).send_form(form);
    STANDARD.encode(answer.expect("the program signs").body_mut().read_to_vec().expect("a signature"))
}

#[test]
fn a_certificate_is_connected_by_signing_listed_and_taken_off() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    let asked = confirmed(&suite, &owner, &phone, "POST", "/api/auth/certificates/challenges");
    let text = asked["text"].as_str().expect("a text");
    // One certificate is one person's, also where a suite outlives its tests.
    let surname = format!("Смирнова{}", &phone[2..]);
    let answer = |text: &str| {
        let signature = signature(&suite, &surname, text);
        owner.post("/api/auth/certificates", &json!({ "challenge_id": asked["challenge_id"], "signature": signature }))
    };
    answer("Другой текст").problem("certificate-refused");
    let connected = answer(text).expect(201);
    assert_eq!(connected["items"][0]["owner"], format!("{surname} Ольга Петровна"));
    answer(text).problem("certificate-refused");
    let list = owner.get("/api/auth/certificates").expect(200);
    assert_eq!((&list["is_on"], &list["items"][0]["state"]), (&json!(true), &json!("live")));
    let path = format!("/api/auth/certificates/{}", list["items"][0]["certificate_id"].as_str().expect("an id"));
    confirmed(&suite, &owner, &phone, "DELETE", &path);
    assert_eq!(owner.get("/api/auth/certificates").expect(200)["items"], json!([]));
}

#[test]
fn an_electronic_address_needs_an_e_mail_and_a_list_of_them_a_purpose() {
    let suite = Suite::start();
    let owner = registered(&suite, &fresh_phone());
    let choice = json!({ "purpose": "electronic-address", "version": 1 });
    let refused = owner.post("/api/auth/consents", &choice).problem("validation");
    assert_eq!(refused["errors"][0]["pointer"], "/purpose");
    assert_eq!(owner.get("/api/auth/profile").expect(200)["electronic_address_since"], Value::Null);
    owner.get("/api/auth/electronic-addresses?purpose=register").problem("forbidden");
    let manager = suite.signed_in("manager");
    manager.get("/api/auth/electronic-addresses?purpose=other").problem("validation");
    let list = manager.get("/api/auth/electronic-addresses?purpose=register");
    assert_eq!((list.status, list.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(
        list.text.contains("\"number\";\"address\";\"name\";\"electronic_address\";\"since\"\r\n"),
        "{}",
        list.text
    );
}
