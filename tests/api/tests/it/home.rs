//! Linking a personal account by its number and a code.

use api_tests::{Client, Suite};
use serde_json::{Value, json};

/// The number of the account that the demo resident of this number may link.
pub(crate) fn number(resident: u32) -> String {
    format!("{:010}", resident + 30)
}

fn contact(resident: u32) -> String {
    format!("+7900{:07}", resident + 30)
}

/// The code in the newest text to the contact of this resident's account.
pub(crate) fn code(suite: &Suite, resident: u32) -> String {
    let text = suite.sent_to(&contact(resident)).into_iter().next().expect("a text was sent");
    text.split(|character: char| !character.is_ascii_digit()).find(|word| word.len() == 6).expect("a code").to_owned()
}

fn ask(client: &Client, resident: u32) -> Value {
    client.post("/api/homes/links", &json!({ "number": number(resident) })).expect(201)
}

fn confirm(client: &Client, request: &Value, code: &str) -> api_tests::Answer {
    let id = request["link_request_id"].as_str().expect("an id");
    client.post(&format!("/api/homes/links/{id}/confirm"), &json!({ "code": code }))
}

/// A demo resident who has signed in and linked the account; with the account.
pub(crate) fn linked(suite: &Suite, resident: u32) -> (Client, Value) {
    let client = suite.signed_in(&format!("resident{resident:02}"));
    let request = ask(&client, resident);
    let account = confirm(&client, &request, &code(suite, resident)).expect(201);
    (client, account)
}

fn wrong(code: &str) -> String {
    if code == "000000" { "000001" } else { "000000" }.to_owned()
}

#[test]
fn an_account_is_linked_by_its_number_and_the_code_sent_to_the_contact_that_the_company_holds() {
    let suite = Suite::start();
    let client = suite.signed_in("resident01");
    assert_eq!(client.get("/api/homes/accounts").expect(200)["items"], json!([]));
    let request = ask(&client, 1);
    assert_eq!(request["channel"], "sms");
    assert_eq!(request["masked_contact"], "+7********31");
    let account = confirm(&client, &request, &code(&suite, 1)).expect(201);
    assert_eq!(account["number"], number(1));
    assert!(account["address"].as_str().is_some_and(|address| address.ends_with("кв. 31")));
    assert_eq!(client.get("/api/homes/accounts").expect(200)["items"], json!([account]));
    client.post("/api/homes/links", &json!({ "number": number(1) })).problem("already-linked");
}

#[test]
fn a_number_that_the_register_does_not_know_is_refused_with_a_hint() {
    let suite = Suite::start();
    let client = suite.signed_in("resident02");
    let problem = client.post("/api/homes/links", &json!({ "number": "9999999999" })).problem("account-not-found");
    assert_eq!(problem["errors"][0]["pointer"], "/number");
    client.post("/api/homes/links", &json!({ "number": "" })).problem("validation");
    client.post("/api/homes/links", &json!({ "number": "1".repeat(31) })).problem("validation");
}

#[test]
fn a_code_is_spent_after_five_wrong_attempts_even_if_the_right_one_follows() {
    let suite = Suite::start();
    let client = suite.signed_in("resident03");
    let request = ask(&client, 3);
    let right = code(&suite, 3);
    for left in (0..5).rev() {
        let problem = confirm(&client, &request, &wrong(&right));
        if left > 0 {
            assert_eq!(problem.problem("wrong-code")["errors"][0]["pointer"], "/code");
        }
    }
    confirm(&client, &request, &right).problem("code-spent");
    assert_eq!(client.get("/api/homes/accounts").expect(200)["items"], json!([]));
}

#[test]
fn a_newer_code_spends_the_older_one() {
    let suite = Suite::start();
    let client = suite.signed_in("resident04");
    let first = ask(&client, 4);
    let first_code = code(&suite, 4);
    let second = ask(&client, 4);
    confirm(&client, &first, &first_code).problem("code-spent");
    confirm(&client, &second, &code(&suite, 4)).expect(201);
}

#[test]
fn somebody_else_s_request_looks_absent() {
    let suite = Suite::start();
    let client = suite.signed_in("resident05");
    let request = ask(&client, 5);
    let right = code(&suite, 5);
    let stranger = suite.signed_in("boris");
    confirm(&stranger, &request, &right).problem("not-found");
    confirm(&client, &request, &right).expect(201);
}

#[test]
fn a_code_expires() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.signed_in("resident06");
    let request = ask(&client, 6);
    let right = code(&suite, 6);
    suite.set_clock("2026-07-20T06:10:01Z");
    confirm(&client, &request, &right).problem("code-expired");
}

#[test]
fn codes_are_not_sent_to_one_contact_without_end() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.signed_in("resident07");
    for _ in 0..5 {
        ask(&client, 7);
    }
    let answer = client.post("/api/homes/links", &json!({ "number": number(7) }));
    answer.problem("rate-limited");
    assert!(answer.header("retry-after").parse::<u32>().expect("seconds") <= 3_600);
    assert_eq!(suite.sent_to(&contact(7)).len(), 5);
    suite.set_clock("2026-07-20T07:00:01Z");
    suite.signed_in("resident07").post("/api/homes/links", &json!({ "number": number(7) })).expect(201);
}

#[test]
fn confirming_twice_gives_the_same_link() {
    let suite = Suite::start();
    let client = suite.signed_in("resident08");
    let request = ask(&client, 8);
    let right = code(&suite, 8);
    let first = confirm(&client, &request, &right).expect(201);
    let second = confirm(&client, &request, &right).expect(201);
    assert_eq!(first, second);
    assert_eq!(client.get("/api/homes/accounts").expect(200)["items"], json!([first]));
}
