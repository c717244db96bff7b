//! Everything that is kept of a person is given to that person, and nothing of anybody else.

use serde_json::{Value, json};
use store::audit::{self, Record};

use crate::{door::Browser, newcomer, suite::Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

/// The section of this table.
fn section<'a>(data: &'a Value, table: &str) -> &'a Value {
    let sections = data["sections"].as_array().unwrap();
    sections.iter().find(|section| section["table"] == table).unwrap_or_else(|| panic!("no section {table}"))
}

#[tokio::test]
async fn the_export_holds_each_field_with_its_purpose_and_term_and_all_rows() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask("POST", "/api/auth/consents", Some(newcomer::consent())).await;
    let answer = anna.ask("GET", "/api/auth/export", None).await;
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"moydom-data-2026-07-20.json\"");
    let data = answer.body;
    let person = &section(&data, "person")["rows"][0];
    assert_eq!((&person["login"], &person["phone"]), (&json!("anna"), &json!("+79000000015")));
    assert_eq!(section(&data, "session")["rows"][0]["address"], "83.1.2.3");
    assert_eq!(section(&data, "consent_act")["rows"][0]["act"], "given");
    assert_eq!(section(&data, "account_link")["rows"].as_array().unwrap().len(), 1);
    assert_eq!(data["journal"][0]["what"], "Скачаны все ваши данные");
    for section in data["sections"].as_array().unwrap() {
        for field in section["fields"].as_array().unwrap() {
            for word in ["title", "purpose", "kept", "at_erasure"] {
                assert!(field[word].as_str().is_some_and(|text| text.len() > 3), "{section} {word}");
            }
        }
    }
}

#[tokio::test]
async fn no_secret_and_nothing_of_a_neighbour_is_in_the_export() {
    let suite = Suite::demo(NOW);
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    boris.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Сосед Борис" }))).await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let data = anna.ask("GET", "/api/auth/export", None).await.text;
    for secret in ["Сосед Борис", "83.9.9.9", "$argon2id$"] {
        assert!(!data.contains(secret), "{secret}");
    }
    let session_id = suite.rows("select session_id from session order by created_at desc").concat();
    assert!(session_id.iter().all(|id| !data.contains(id.as_str())), "the name of a session stays inside");
}

/// What another program reads in a document, without spaces.
fn read(pdf: &[u8]) -> (usize, String) {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text = document.extract_text(&pages).unwrap();
    (pages.len(), text.chars().filter(|letter| !letter.is_whitespace()).collect())
}

#[tokio::test]
async fn the_export_on_paper_says_in_russian_what_is_kept_why_and_how_long() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let answer = anna.ask("GET", "/api/auth/export?format=pdf", None).await;
    assert_eq!(answer.headers["content-type"], "application/pdf");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"moydom-data-2026-07-20.pdf\"");
    let (pages, text) = read(&answer.bytes);
    assert!((2..30).contains(&pages), "{pages}");
    for said in [
        "Анна Сергеевна",
        "+79000000015",
        "Сколько хранится",
        "83.1.2.3",
        "20.07.2026 12:00",
        "Скачаны все ваши данные",
    ] {
        assert!(text.contains(&said.replace(' ', "")), "{said}");
    }
    assert!(!text.contains("argon2id"));
    assert_eq!(anna.ask("GET", "/api/auth/export?format=doc", None).await.problem(), "validation");
}

#[tokio::test]
async fn of_a_long_journal_the_paper_holds_the_newest_entries_and_says_where_the_others_are() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let object = format!("person:{}", suite.rows("select person_id from person where login = 'anna'")[0][0]);
    let record = Record { actor: "system", action: "profile.rename", object: &object, fields: &[] };
    suite.env.db().write(|tx| audit::record_all(tx, suite.env.now(), &vec![([1; 32], record); 2_100])).unwrap();
    let (pages, text) = read(&anna.ask("GET", "/api/auth/export?format=pdf", None).await.bytes);
    assert!(text.contains("Здесьпоследние2000записейиз2"), "what is left out is told");
    assert!(pages < 250, "{pages}");
    let everything = anna.ask("GET", "/api/auth/export", None).await.body;
    assert!(everything["journal"].as_array().unwrap().len() > 2_100, "nothing is left out for a program");
}
