//! Before anybody is signed in: registration, recovery, invitations; and the consents that go with a login.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use api_tests::{Client, Suite, moydom, root};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "сосна-и-72-ели";
/// Longer than a message takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A phone that nobody has, also where the tests run again over one state.
pub(crate) fn fresh_phone() -> String {
    let nanoseconds = Timestamp::now().as_nanosecond().unsigned_abs();
    format!("+79{:09}", nanoseconds / 1_000 % 1_000_000_000)
}

/// The code of the newest message to this contact. A recovery's message goes out after its answer, so it is waited for.
pub(crate) fn code_sent_to(suite: &Suite, contact: &str) -> String {
    let start = Instant::now();
    loop {
        let texts = suite.sent_to(contact);
        // Another text may tell of a sign-in from a new device.
        let newest = texts.iter().find(|text| text.contains("код "));
        let code = newest.and_then(|text| text.split(|sign: char| !sign.is_ascii_digit()).find(|word| word.len() == 6));
        if let Some(code) = code {
            return code.to_owned();
        }
        assert!(start.elapsed() < PATIENCE, "no code came to {contact}: {texts:?}");
        thread::yield_now();
    }
}

fn consent() -> Value {
    json!({ "purpose": "portal", "version": 2 })
}

pub(crate) fn registered(suite: &Suite, contact: &str) -> Client {
    let client = suite.client();
    let asked = client.post("/api/auth/registrations", &json!({ "contact": contact })).expect(201);
    let id = asked["registration_id"].as_str().expect("an id");
    let code = code_sent_to(suite, contact);
    let body = json!({ "code": code, "name": "Мария Ивановна", "password": PASSWORD, "consent": consent() });
    client.post(&format!("/api/auth/registrations/{id}/confirm"), &body).expect(201);
    client
}

#[test]
fn somebody_registers_is_welcomed_and_signs_in_again() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let texts = suite.client().get("/api/auth/consent-texts").expect(200);
    assert_eq!(texts["items"][0]["purpose"], "portal");
    let rules = suite.client().get("/api/auth/password-rules").expect(200);
    assert_eq!(rules["rules"][0]["code"], "long-enough");
    let client = registered(&suite, &phone);
    assert_eq!(client.get("/api/auth/session").expect(200)["name"], "Мария Ивановна");
    suite.run_jobs();
    let notices = client.get("/api/notices").expect(200);
    assert_eq!(notices["items"][0]["kind"], "person-registered");
    let again = suite.client();
    again.post("/api/auth/sign-in", &json!({ "identifier": phone, "password": PASSWORD })).expect(200);
}

#[test]
fn a_consent_is_seen_withdrawn_and_given_again() {
    let suite = Suite::start();
    let client = registered(&suite, &fresh_phone());
    let state = || client.get("/api/auth/consents").expect(200)["items"][0]["state"].clone();
    assert_eq!(state(), "given");
    client.post("/api/auth/consents/portal/withdraw", &Value::Null).expect(204);
    assert_eq!(state(), "withdrawn");
    client.post("/api/homes/links", &json!({ "number": "0000000027" })).problem("consent-withdrawn");
    client.post("/api/auth/consents", &consent()).expect(201);
    assert_eq!(state(), "given");
}

#[test]
fn a_forgotten_password_is_replaced_and_all_other_sessions_end() {
    let suite = Suite::start();
    let phone = fresh_phone();
    let before = registered(&suite, &phone);
    let client = suite.client();
    let asked = client.post("/api/auth/recoveries", &json!({ "identifier": phone })).expect(201);
    let texts = suite.sent_to(&phone).len();
    let start = Instant::now();
    while suite.sent_to(&phone).len() < 2 {
        assert!(start.elapsed() < PATIENCE, "{texts} messages at first");
        thread::yield_now();
    }
    let code = code_sent_to(&suite, &phone);
    let path = format!("/api/auth/recoveries/{}/confirm", asked["recovery_id"].as_str().expect("an id"));
    client.post(&path, &json!({ "code": code, "password": "другая-сосна-73" })).expect(201);
    client.get("/api/auth/session").expect(200);
    before.get("/api/auth/session").problem("unauthenticated");
    let again = suite.client();
    again.post("/api/auth/sign-in", &json!({ "identifier": phone, "password": PASSWORD })).problem("wrong-credentials");
}

#[test]
fn the_first_administrator_comes_by_the_link_that_the_operator_made() {
    let Some(suite) = Suite::start_with_clock() else { return };
    // The program looks at the clock on the wall.
    suite.set_clock(&Timestamp::now().to_string());
    let manifest = root().join("spin.toml");
    let create = ["admin", "create", "--login", "Olga", "--name", "Ольга Дмитриевна", "--manifest"];
    let link = moydom(&[&create[..], &[manifest.to_str().expect("a path")]].concat(), suite.state());
    let (page, token) = link.trim().split_once('#').expect("a token in the link");
    assert!(page.ends_with("/invitation"), "{page}");
    let client = suite.client();
    let seen = client.post("/api/auth/invitations/view", &json!({ "token": token })).expect(200);
    assert_eq!((&seen["login"], &seen["name"]), (&json!("olga"), &json!("Ольга Дмитриевна")));
    let body = json!({ "token": token, "password": PASSWORD });
    let session = client.post("/api/auth/invitations/accept", &body).expect(201);
    assert_eq!(session["roles"], json!(["admin"]));
    suite.client().post("/api/auth/invitations/accept", &body).problem("invitation-used");
    let again = suite.client();
    again.post("/api/auth/sign-in", &json!({ "identifier": "olga", "password": PASSWORD })).expect(200);
    let verdict = moydom(&["audit", "verify"], suite.state());
    assert!(verdict.contains("\"faults\":[]"), "{verdict}");
}

#[test]
fn a_text_of_consent_that_the_operator_publishes_is_asked_for_from_then_on() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let file = suite.state().join("consent.txt");
    std::fs::write(&file, "Даю согласие.\n\nИ ещё раз.\n").expect("a file");
    let publish = ["consent", "publish", "--title", "Согласие", "--valid-from", "2026-07-01"];
    let told = moydom(&[&publish[..], &[file.to_str().expect("a path")]].concat(), suite.state());
    assert_eq!(told.trim(), r#"{"purpose":"portal","version":3}"#);
    let texts = suite.client().get("/api/auth/consent-texts").expect(200);
    assert_eq!(
        (&texts["items"][0]["version"], &texts["items"][0]["text"]),
        (&json!(3), &json!("Даю согласие.\n\nИ ещё раз."))
    );
}

/// A gateway that takes one connection after another and does this with each.
fn gateway(answer: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    origin
}

/// What comes of a registration through this gateway, and after what time.
fn asked_through(origin: &str) -> Option<Duration> {
    let suite = Suite::start_configured(|builder| builder.variable("sms_gateway_origin", origin))?;
    let start = Instant::now();
    suite
        .client()
        .post("/api/auth/registrations", &json!({ "contact": "+79161234567" }))
        .problem("gateway-unavailable");
    Some(start.elapsed())
}

#[test]
fn a_gateway_that_hangs_is_given_up_after_ten_seconds() {
    let held = std::sync::Mutex::new(Vec::new());
    let origin = gateway(move |connection| held.lock().expect("no panic before").push(connection));
    let Some(time) = asked_through(&origin) else { return };
    assert!((10..20).contains(&time.as_secs()), "{time:?}");
}

#[test]
fn a_gateway_that_never_stops_talking_is_not_listened_to() {
    let origin = gateway(|mut connection| {
        let _request = connection.read(&mut [0; 4096]);
        let _until_nobody_listens = connection
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
            .and_then(|()| (0..10_000).try_for_each(|_| connection.write_all(&[b' '; 16 * 1024])));
    });
    let Some(time) = asked_through(&origin) else { return };
    assert!(time < Duration::from_secs(10), "{time:?}");
}
