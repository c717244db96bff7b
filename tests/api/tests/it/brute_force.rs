//! Guessing from 64 connections at once: the limits hold to the very attempt, and nobody else is kept out.

use std::collections::BTreeMap;

use api_tests::{Answer, Client, PASSWORD, Suite};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    contacts::give,
    newcomers::{PASSWORD as NEW_PASSWORD, code_sent_to, fresh_phone, registered},
};

const CONNECTIONS: usize = 64;

/// What came of one guess on each connection: how many answers there were of each kind, by the problem's slug.
fn at_once(guess: impl Fn(usize) -> Answer + Sync) -> BTreeMap<String, usize> {
    let answers: Vec<_> = std::thread::scope(|scope| {
        let guess = &guess;
        let guessing: Vec<_> = (0..CONNECTIONS).map(|number| scope.spawn(move || guess(number))).collect();
        guessing.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    let mut counted = BTreeMap::new();
    for answer in answers {
        *counted.entry(slug(&answer)).or_default() += 1;
    }
    counted
}

fn slug(answer: &Answer) -> String {
    let kind = answer.json()["type"].as_str().unwrap_or_default().to_owned();
    kind.rsplit('/').next().unwrap_or_default().to_owned()
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(slug, count)| ((*slug).to_owned(), *count)).collect()
}

/// Tries a password; who is told that all places for hashing are taken tries again, as a guesser would.
fn guess(client: &Client, identifier: &str) -> Answer {
    let body = json!({ "identifier": identifier, "password": "guessed-password" });
    loop {
        let answer = client.post("/api/auth/sign-in", &body);
        if answer.status != 503 {
            return answer;
        }
    }
}

/// A client that goes on with the cookies of another one, on a connection of its own.
fn beside(suite: &Suite, cookies: &[(&str, String)]) -> Client {
    let client = suite.client();
    cookies.iter().for_each(|(name, value)| client.set_cookie(name, value));
    client
}

fn cookies(client: &Client, names: &[&'static str]) -> Vec<(&'static str, String)> {
    names.iter().map(|name| (*name, client.cookie(name).expect("a cookie"))).collect()
}

fn set(suite: &Suite, setting: &str, value: u32) {
    let database = Connection::open(suite.state().join("sqlite_db.db")).expect("the database");
    database.execute("update setting set value = ?2 where name = ?1", (setting, value.to_string())).expect("a setting");
}

#[test]
fn of_64_guesses_at_a_password_five_are_looked_at_and_the_owner_comes_in() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let own = suite.signed_in("manager");
    let counted = at_once(|_| guess(&suite.client(), "manager"));
    assert_eq!(counted, counts(&[("wrong-credentials", 4), ("sign-in-locked", 60)]));
    own.sign_in("manager");
    suite.signed_in("anna");
}

#[test]
fn of_64_logins_tried_from_one_address_as_many_as_the_limit_are_looked_at_and_a_known_device_comes_in() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let neighbour = suite.signed_in("anna");
    set(&suite, "limit.sign_in_per_address", 10);
    let counted = at_once(|number| guess(&suite.client(), &format!("nobody-{number}")));
    assert_eq!(counted, counts(&[("wrong-credentials", 10), ("rate-limited", 54)]));
    neighbour.sign_in("anna");
    let body = json!({ "identifier": "anna", "password": PASSWORD });
    suite.client().post("/api/auth/sign-in", &body).problem("rate-limited");
}

#[test]
fn of_64_guesses_at_a_code_five_are_looked_at_and_the_right_one_comes_too_late() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let phone = fresh_phone();
    let stranger = suite.client();
    let asked = stranger.post("/api/auth/registrations", &json!({ "contact": phone })).expect(201);
    let device = cookies(&stranger, &["__Host-device"]);
    let path = format!("/api/auth/registrations/{}/confirm", asked["registration_id"].as_str().expect("an id"));
    let right = code_sent_to(&suite, &phone);
    let confirm = |code: &str| {
        let consent = json!({ "purpose": "portal", "version": 2 });
        let body = json!({ "code": code, "name": "Мария", "password": NEW_PASSWORD, "consent": consent });
        beside(&suite, &device).post(&path, &body)
    };
    let counted = at_once(|number| confirm(&another(&right, number)));
    assert_eq!(counted, counts(&[("wrong-code", 5), ("code-spent", 59)]));
    confirm(&right).problem("code-spent");
}

/// Another code than the right one, for each guess its own.
fn another(right: &str, number: usize) -> String {
    let right: usize = right.parse().expect("six digits");
    format!("{:06}", (right + 1 + number) % 1_000_000)
}

#[test]
fn of_64_guesses_at_a_recovery_code_five_are_looked_at_and_the_right_one_comes_too_late() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let phone = fresh_phone();
    let owner = registered(&suite, &phone);
    let path = "/api/auth/second-factor/contact";
    let asked = owner.send("POST", path, &[], None).problem("confirmation-required");
    let id = give(&suite, &owner, &asked, ("sms", &phone));
    let codes = owner.send("POST", path, &[("confirmation", &id)], None).expect(201)["recovery_codes"].clone();
    let stranger = suite.client();
    let body = json!({ "identifier": phone, "password": NEW_PASSWORD });
    let asked = stranger.post("/api/auth/sign-in", &body).problem("second-factor-required");
    let path = format!("/api/auth/sign-ins/{}/answers", asked["second_factor"]["sign_in_id"].as_str().expect("an id"));
    let device = cookies(&stranger, &["__Host-device"]);
    let answer =
        |code: &Value| beside(&suite, &device).post(&path, &json!({ "method": "recovery-code", "answer": code }));
    let counted = at_once(|number| answer(&json!(format!("{number:024}"))));
    assert_eq!(counted, counts(&[("wrong-code", 5), ("sign-in-stale", 59)]));
    answer(&codes[0]).problem("sign-in-stale");
}

#[test]
fn of_64_account_numbers_tried_as_many_as_the_limit_are_looked_up() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let resident = cookies(&suite.signed_in("resident05"), &["__Host-device", "__Host-session"]);
    let counted = at_once(|number| {
        let body = json!({ "number": format!("99999999{number:02}") });
        beside(&suite, &resident).post("/api/homes/links", &body)
    });
    assert_eq!(counted, counts(&[("account-not-found", 10), ("rate-limited", 54)]));
    let neighbour = suite.signed_in("resident06");
    neighbour.post("/api/homes/links", &json!({ "number": crate::home::number(6) })).expect(201);
}

#[test]
fn no_guess_at_a_session_s_token_is_anybody() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let own = suite.signed_in("anna");
    let token = own.cookie("__Host-session").expect("a session");
    let counted = at_once(|number| {
        let at = number % token.len();
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        let guessed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        beside(&suite, &[("__Host-session", guessed)]).get("/api/auth/session")
    });
    assert_eq!(counted, counts(&[("unauthenticated", CONNECTIONS)]));
    own.get("/api/auth/session").expect(200);
}
