//! Certificates of electronic signatures: one is connected by signing a text of ours, and whatever is not the person's
//! own signature under that very text connects nothing.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    esia::{SIGNED_IN, esia, with_esia},
    factors::{pass, person_id},
    journal::journal,
    provider::{self, GOOD},
    signing::{ANNA, Owner},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const CERTIFICATES: &str = "/api/auth/certificates";
const CHALLENGES: &str = "/api/auth/certificates/challenges";

async fn anna(suite: &Suite) -> Browser<'_> {
    Browser::signed_in(suite, "83.1.2.3:1", "anna").await
}

/// A text to be signed.
async fn question(browser: &mut Browser<'_>) -> Value {
    let asked = browser.ask_surely("POST", CHALLENGES, None).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    asked.body
}

async fn connect(browser: &mut Browser<'_>, owner: Owner) -> Answer {
    let asked = question(browser).await;
    browser.ask("POST", CERTIFICATES, Some(owner.signed(&asked))).await
}

fn reason(answer: &Answer) -> &str {
    assert_eq!(answer.problem(), "certificate-refused", "{}", answer.body);
    answer.body["detail"].as_str().unwrap()
}

#[tokio::test]
async fn a_certificate_is_connected_by_signing_and_told_of_and_taken_off_again() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    let asked = question(&mut anna).await;
    let text = asked["text"].as_str().unwrap();
    for part in ["http://127.0.0.1:3000", "Кабинет: anna", "20 июля 2026 года, 12:00 МСК"] {
        assert!(text.contains(part), "{text}");
    }
    let connected = anna.ask("POST", CERTIFICATES, Some(ANNA.signed(&asked))).await;
    assert_eq!(connected.status, StatusCode::CREATED, "{}", connected.body);
    let one = &connected.body["items"][0];
    assert_eq!((&one["owner"], &one["issuer"]), (&json!("Иванова Анна Сергеевна"), &json!("УЦ песочницы")));
    assert_eq!((&one["not_after"], &one["state"]), (&json!("2049-01-01T00:00:00.000Z"), &json!("live")));
    let path = format!("{CERTIFICATES}/{}", one["certificate_id"].as_str().unwrap());
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    assert_eq!(boris.ask_surely("DELETE", &path, None).await.problem(), "not-found");
    assert_eq!(anna.ask("DELETE", &path, None).await.problem(), "confirmation-required");
    assert_eq!(anna.ask_surely("DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    let left = anna.ask("GET", CERTIFICATES, None).await.body;
    assert_eq!((&left["is_on"], &left["items"]), (&json!(true), &json!([])));
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let told = suite.rows("select kind from notice where kind like 'certificate-%' order by kind");
    assert_eq!(told, [["certificate-connected"], ["certificate-removed"]]);
    let told = journal(&mut anna, "").await;
    for words in ["Подключён сертификат электронной подписи", "Убран сертификат электронной подписи"]
    {
        assert!(told.to_string().contains(words), "{told}");
    }
}

#[tokio::test]
async fn rsa_and_files_in_pem_are_taken_too() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    let asked = question(&mut anna).await;
    let mut signed = Owner { algorithm: "RSA", ..ANNA }.signed(&asked);
    let lines: Vec<_> =
        signed["signature"].as_str().unwrap().as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    signed["signature"] = json!(format!("-----BEGIN CMS-----\r\n{}\r\n-----END CMS-----\r\n", lines.join("\r\n")));
    let connected = anna.ask("POST", CERTIFICATES, Some(signed)).await;
    assert_eq!(connected.status, StatusCode::CREATED, "{}", connected.body);
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_or_that_nobody_vouches_for_is_refused_with_its_reason() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    for (owner, words) in [
        (Owner { until: "2026-07-20", ..ANNA }, "истёк"),
        (Owner { from: "2026-07-21", ..ANNA }, "ещё не действует"),
        (Owner { trouble: "unknown-centre", ..ANNA }, "не доверяет"),
        (Owner { trouble: "revoked", ..ANNA }, "отозван"),
    ] {
        let refused = connect(&mut anna, owner).await;
        assert!(reason(&refused).contains(words), "{}", refused.body);
    }
    assert!(suite.rows("select 1 from signing_certificate").is_empty());
    assert_eq!(suite.rows("select 1 from audit_entry where action = 'certificate.refuse'").len(), 4);
    let told = journal(&mut anna, "").await.to_string();
    assert!(told.contains("Электронная подпись не подошла") && told.contains("отозван"), "{told}");
}

#[tokio::test]
async fn a_signature_of_another_text_or_no_signature_at_all_connects_nothing() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    let asked = question(&mut anna).await;
    let forged = json!({ "challenge_id": asked["challenge_id"], "text": "Продаю квартиру.\n" });
    let refused = anna.ask("POST", CERTIFICATES, Some(ANNA.signed(&forged))).await;
    assert!(reason(&refused).contains("не подпись под нашим текстом"), "{}", refused.body);
    for (signature, words) in [("", "не файл"), ("подпись", "не файл"), ("MAA=", "не подпись")]
    {
        let sent = json!({ "challenge_id": asked["challenge_id"], "signature": signature });
        let refused = anna.ask("POST", CERTIFICATES, Some(sent)).await;
        assert!(refused.body.to_string().contains(words), "{signature}: {}", refused.body);
    }
    let long = json!({ "challenge_id": asked["challenge_id"], "signature": format!("MAAA{}", "A".repeat(88_000)) });
    let refused = anna.ask("POST", CERTIFICATES, Some(long)).await;
    assert!(refused.body["errors"][0]["detail"].as_str().unwrap().contains("64 КБ"), "{}", refused.body);
    let right = anna.ask("POST", CERTIFICATES, Some(ANNA.signed(&asked))).await;
    assert_eq!(right.status, StatusCode::CREATED, "a mistake uses nothing up: {}", right.body);
}

#[tokio::test]
async fn a_text_is_of_one_session_for_fifteen_minutes_and_counts_once() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    let asked = question(&mut anna).await;
    let mut elsewhere = Browser::signed_in(&suite, "83.1.2.9:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    for other in [&mut elsewhere, &mut boris] {
        let refused = other.ask("POST", CERTIFICATES, Some(ANNA.signed(&asked))).await;
        assert!(reason(&refused).contains("больше не ждёт"), "{}", refused.body);
    }
    suite.set("limit.certificate_per_person", "1000");
    let outcomes = anna.ask_at_once(CERTIFICATES, &ANNA.signed(&asked));
    assert_eq!(outcomes.iter().filter(|problem| problem.is_empty()).count(), 1, "{outcomes:?}");
    assert_eq!(suite.rows("select 1 from signing_certificate").len(), 1);
    let asked = question(&mut anna).await;
    for _ in 0..2 {
        pass(&suite, 451);
        anna.ask("GET", CERTIFICATES, None).await;
    }
    let refused = anna.ask("POST", CERTIFICATES, Some(ANNA.signed(&asked))).await;
    assert!(reason(&refused).contains("больше не ждёт"), "{}", refused.body);
}

#[tokio::test]
async fn a_certificate_is_of_one_person_and_connected_once() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    assert_eq!(connect(&mut anna, ANNA).await.status, StatusCode::CREATED);
    assert!(reason(&connect(&mut anna, ANNA).await).contains("к вашему кабинету"));
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    assert!(reason(&connect(&mut boris, ANNA).await).contains("к другому кабинету"));
    assert_eq!(suite.rows("select person_id from signing_certificate"), [[person_id(&suite, "anna")]]);
}

#[tokio::test]
async fn of_who_is_known_the_certificate_must_say_the_same() {
    let suite = with_esia(&[("esia_scope", "openid fullname snils")]);
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(esia(&mut anna, "/", SIGNED_IN).await, "/identity");
    assert_eq!(provider::link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(esia(&mut anna, "/", SIGNED_IN).await, "/");
    assert_eq!(suite.rows("select 1 from person_snils").len(), 1);
    for (owner, words) in [
        (Owner { snils: "087-654-303 00", ..ANNA }, "СНИЛС в сертификате не тот"),
        (Owner { surname: "Петрова", ..ANNA }, "Имя в сертификате не то"),
        (Owner { surname: "Петрова", snils: "", ..ANNA }, "Имя в сертификате не то"),
    ] {
        let refused = connect(&mut anna, owner).await;
        assert!(reason(&refused).contains(words), "{}", refused.body);
    }
    let connected = connect(&mut anna, ANNA).await;
    assert_eq!(connected.status, StatusCode::CREATED, "{}", connected.body);
    let database = std::fs::read(suite.location.database_file()).unwrap();
    assert!(!database.windows(11).any(|bytes| bytes == b"11223344595"), "the number is compared, not kept");
}

#[tokio::test]
async fn only_who_is_known_by_a_provider_s_name_is_asked_for_it() {
    let suite = Suite::with_provider();
    let mut anna = anna(&suite).await;
    provider::sign_in(&mut anna, "/", GOOD).await;
    provider::link(&mut anna).await;
    let refused = connect(&mut anna, Owner { surname: "Петрова", ..ANNA }).await;
    assert!(reason(&refused).contains("Имя в сертификате не то"), "{}", refused.body);
    let mut boris = Browser::signed_in(&suite, "83.1.2.4:1", "boris").await;
    assert_eq!(connect(&mut boris, ANNA).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn without_the_service_nothing_is_asked_to_be_signed_and_what_is_there_is_seen() {
    let suite = Suite::with_provider_but(&[("esia_signer_token", "")]);
    let mut anna = anna(&suite).await;
    assert_eq!(anna.ask("POST", CHALLENGES, None).await.problem(), "signatures-off");
    let sent = json!({ "challenge_id": "any", "signature": "MAA=" });
    assert_eq!(anna.ask("POST", CERTIFICATES, Some(sent)).await.problem(), "signatures-off");
    crate::signing::keep(&suite, &person_id(&suite, "anna"), "kept");
    let list = anna.ask("GET", CERTIFICATES, None).await.body;
    assert_eq!((&list["is_on"], &list["items"][0]["state"]), (&json!(false), &json!("ending")));
    assert_eq!(anna.ask_surely("DELETE", &format!("{CERTIFICATES}/kept"), None).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_service_that_does_not_answer_uses_nothing_up() {
    let suite = Suite::with_provider_but(&[("esia_signer_token", "another token than the service's")]);
    let mut anna = anna(&suite).await;
    let asked = question(&mut anna).await;
    let answer = anna.ask("POST", CERTIFICATES, Some(ANNA.signed(&asked))).await;
    assert_eq!(answer.problem(), "signatures-unavailable");
    assert!(suite.rows("select used_at from certificate_challenge where used_at is not null").is_empty());
}
