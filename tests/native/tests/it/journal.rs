//! The journal of what happened with a person's data, and the files of it that a person takes away.

use std::{fs, path::Path, process::Command};

use http::StatusCode;
use serde_json::{Value, json};
use store::{
    audit::{self, Record, extract::Extract},
    demo::PASSWORD,
    homes::{self, Right},
};
use web::fresh_id;

use crate::{
    door::{Browser, guess},
    suite::Suite,
    support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";

pub(crate) async fn journal(browser: &mut Browser<'_>, query: &str) -> Value {
    let answer = browser.ask("GET", &format!("/api/auth/journal{query}"), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

pub(crate) fn column<'a>(page: &'a Value, name: &str) -> Vec<&'a str> {
    page["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn the_journal_tells_what_happened_when_from_where_and_by_whom() {
    let suite = Suite::demo(NOW);
    guess(&suite, "anna", 1).await;
    Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await;
    let page = journal(&mut anna, "").await;
    assert_eq!(
        column(&page, "what"),
        ["Поддержка посмотрела, кто вы и открыт ли вход", "Вход в личный кабинет", "Попытка входа с неверным паролем"]
    );
    assert_eq!(column(&page, "who"), ["staff", "me", "visitor"]);
    assert_eq!(column(&page, "address"), ["", "83.1.2.3", "6.6.6.6"], "the staff's own address is not shown");
    let at = ["2026-07-20T09:00:01.000Z", "2026-07-20T09:00:01.000Z", "2026-07-20T09:00:00.000Z"];
    assert_eq!(column(&page, "at"), at, "a guess is answered a second later");
}

#[tokio::test]
async fn who_signs_in_anew_in_the_same_browser_has_not_left_and_who_makes_room_for_another_has() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for _ in 0..2 {
        assert_eq!(browser.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    }
    let page = journal(&mut browser, "").await;
    let (renewed, opened) = ("Прежний вход в этом браузере сменился новым", "Вход в личный кабинет");
    assert_eq!(column(&page, "what"), [renewed, opened, renewed, opened, opened]);
    assert_eq!(browser.sign_in("boris", PASSWORD).await.status, StatusCode::OK);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let page = journal(&mut anna, "").await;
    assert_eq!(column(&page, "what")[..2], [opened, "Выход из личного кабинета"]);
}

/// The particulars of the newest thing that happened, as `name: value`.
fn newest(page: &Value) -> Vec<String> {
    let details = page["items"][0]["details"].as_array().unwrap();
    details.iter().map(|one| format!("{}: {}", one["name"].as_str().unwrap(), one["value"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn the_journal_tells_what_was_before_and_after_and_what_the_staff_gave_as_a_reason() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна А" }))).await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна Б" }))).await;
    assert_eq!(newest(&journal(&mut anna, "").await), ["было: Анна А", "стало: Анна Б"]);

    guess(&suite, "anna", 5).await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let found = support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await.body;
    let unlock = format!("/api/auth/support/persons/{}/unlock", found["person_id"].as_str().unwrap());
    support.ask("POST", &unlock, Some(json!({ "reason": "Назвала адрес и дату рождения" }))).await;
    let page = journal(&mut anna, "").await;
    assert_eq!(
        (page["items"][0]["what"].as_str(), newest(&page)),
        (Some("Вход снова открыт"), vec!["причина: Назвала адрес и дату рождения".to_owned()],)
    );
}

#[tokio::test]
async fn the_journal_is_read_page_by_page_and_nothing_is_shown_twice_or_left_out() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for name in ["Анна А", "Анна Б", "Анна В", "Анна Г"] {
        anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": name }))).await;
        guess(&suite, "boris", 1).await;
    }
    let whole = journal(&mut anna, "").await;
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = journal(&mut anna, &query).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!((seen.len(), &Value::from(seen)), (5, &whole["items"]));
}

#[tokio::test]
async fn a_look_of_the_staff_tells_who_looked_in_what_role_and_why() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await;
    let page = journal(&mut anna, "").await;
    assert_eq!(newest(&page), ["зачем: помощь со входом", "пояснение: звонит сам"]);
    let by = page["items"][0]["by"].as_str().unwrap();
    assert!(by.ends_with(", поддержка") && by.len() > ", поддержка".len(), "{by}");
    assert_eq!((&page["items"][0]["device"], &page["items"][1]["device"]), (&Value::Null, &json!("Chrome, Android")));
    assert_eq!(page["items"][1]["by"], Value::Null);
}

#[tokio::test]
async fn nobody_is_looked_up_without_a_purpose_of_the_list() {
    let suite = Suite::demo(NOW);
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    for (body, pointer) in [
        (json!({ "identifier": "anna" }), "/purpose"),
        (json!({ "identifier": "anna", "purpose": "curiosity" }), "/purpose"),
        (json!({ "identifier": "anna", "purpose": "other", "words": " " }), "/words"),
        (json!({ "identifier": "anna", "purpose": "enquiry", "words": "я".repeat(501) }), "/words"),
    ] {
        let refused = support.ask("POST", "/api/auth/support/searches", Some(body)).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    assert!(suite.rows("select 1 from audit_entry where action = 'sign-in.look'").is_empty());
}

#[tokio::test]
async fn what_another_of_the_same_account_submits_is_told_without_the_name_the_place_and_the_code() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let accounts = anna.ask("GET", "/api/readings/meters", None).await.body["accounts"].take();
    let account_id = accounts[0]["account_id"].as_str().unwrap();
    let boris_id = suite.rows("select person_id from person where login = 'boris'").concat().concat();
    let (now, link_id) = (suite.env.now(), fresh_id(&suite.env));
    let linked = suite.env.db().write(|tx| homes::add_link(tx, now, &link_id, &boris_id, account_id, Right::Owner));
    assert!(linked.unwrap());
    let meter = &accounts[0]["meters"][0];
    let items = json!([{ "meter_id": meter["meter_id"], "values": meter["last"]["values"] }]);
    let submission = json!({ "account_id": account_id, "items": items });
    let cookies = boris.cookies();
    let headers = [("cookie", cookies.as_str()), ("idempotency-key", "a-test"), ("spin-client-addr", "83.9.9.9:1")];
    let submitted = suite.ask("POST", "/api/readings/submissions", &headers, Some(submission)).await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    let page = journal(&mut anna, "").await;
    assert!(newest(&page).iter().any(|one| one.contains(meter["serial"].as_str().unwrap())), "which meter: {page}");
    let told = &page["items"][0];
    assert_eq!((&told["who"], &told["by"], &told["address"]), (&json!("other"), &Value::Null, &Value::Null));
    assert!(!told.to_string().contains(submitted.body["confirmation_code"].as_str().unwrap()), "{told}");
    assert_eq!(journal(&mut boris, "").await["items"][0]["who"], "me");
}

#[tokio::test]
async fn a_consent_is_told_with_what_it_is_for() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for (purpose, version, words) in [
        ("portal", 2, "на что: личный кабинет на портале"),
        ("proof", 1, "на что: документы для подтверждения личности"),
    ] {
        let choice = json!({ "purpose": purpose, "version": version });
        let given = anna.ask("POST", "/api/auth/consents", Some(choice)).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
        assert_eq!(newest(&journal(&mut anna, "").await)[0], words);
    }
}

#[tokio::test]
async fn the_whole_journal_is_in_the_file_however_long_it_is() {
    let suite = Suite::demo(NOW);
    let anna_id = suite.rows("select person_id from person where login = 'anna'").concat().concat();
    let object = format!("person:{anna_id}");
    let record = Record { actor: &anna_id, action: "profile.rename", object: &object, fields: &[("to", "=1;\"2\"")] };
    suite.env.db().write(|tx| audit::record_all(tx, suite.env.now(), &vec![([1; 32], record); 2_100])).unwrap();
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let csv = anna.ask("GET", "/api/auth/journal/export?format=csv", None).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"moydom-journal-2026-07-20.csv\"");
    assert_eq!(csv.text.lines().count(), 1 + 2 + 2_100, "columns, the sign-in, this export, the rest");
    assert!(csv.text.contains("\"стало: =1;\"\"2\"\"\""), "{}", csv.text.lines().last().unwrap());
    let whole = anna.ask("GET", "/api/auth/journal/export?format=json", None).await.body;
    assert_eq!(column(&whole, "what")[..3], ["Скачан журнал", "Скачан журнал", "Вход в личный кабинет"]);
    assert_eq!(column(&whole, "what").len(), 2_103);
    assert_eq!(anna.ask("GET", "/api/auth/journal/export?format=exe", None).await.problem(), "validation");
}

#[tokio::test]
async fn files_of_own_data_are_limited() {
    let suite = Suite::demo(NOW);
    suite.set("limit.export_per_person", "2");
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for path in ["export?format=csv", "extract"] {
        assert_eq!(anna.ask("GET", &format!("/api/auth/journal/{path}"), None).await.status, StatusCode::OK);
    }
    assert_eq!(anna.ask("GET", "/api/auth/journal/extract", None).await.problem(), "rate-limited");
}

/// What the program of docs/audit-extract.md says of an extract.
fn says_python(extract: &str) -> Result<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/audit-extract.md");
    let page = fs::read_to_string(page).unwrap();
    let program = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("extract.json");
    fs::write(&file, extract).unwrap();
    let output = Command::new("python3").args(["-c", program, file.to_str().unwrap()]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[tokio::test]
async fn an_extract_is_proved_by_two_programs_and_an_altered_one_by_none() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна А" }))).await;
    support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await;
    let answer = anna.ask("GET", "/api/auth/journal/extract", None).await;
    let extract: Extract = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(extract.faults(), [""; 0]);
    let published = suite.ask("GET", "/api/notices/status", &[], None).await.body["audit"].take();
    assert_eq!(published["head"], extract.head().unwrap());
    assert_eq!(says_python(&answer.text).unwrap().trim(), format!("4 entries, head {}", extract.head().unwrap()));
    assert!(answer.text.contains("звонит сам") && !answer.text.contains("10.0.0.5"), "the staff's place is kept");
    assert!(!answer.text.contains("\"name\":\"session\""), "the name of a session stays inside");
    for (from, to) in [("Анна А", "Анна Б"), ("profile.rename", "profile.reanme"), ("83.1.2.3", "83.1.2.4")] {
        let altered = answer.text.replacen(from, to, 1);
        assert_ne!(altered, answer.text);
        let read: Extract = serde_json::from_str(&altered).unwrap();
        assert!(!read.faults().is_empty() && says_python(&altered).is_err(), "{from}");
    }
}
