//! A request to have an identity confirmed: what it takes, who decides, what has to be corrected, and what is left of it.

use std::fs;

use jiff::SignedDuration;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    door::Browser,
    journal::journal,
    newcomer::consent,
    proof::{PDF, PNG, agree, answers, of, put, put_all, send, submitted},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const DESK: &str = "/api/auth/level-desk/requests";
const REQUEST: &str = "/api/auth/level-request";

async fn anna(suite: &Suite) -> Browser<'_> {
    Browser::signed_in(suite, "83.1.2.3:1", "anna").await
}

async fn manager(suite: &Suite) -> Browser<'_> {
    Browser::signed_in(suite, "83.5.5.5:1", "manager").await
}

async fn look(manager: &mut Browser<'_>, id: &str) -> Answer {
    let purpose = json!({ "purpose": "identity-check", "words": "" });
    manager.ask("POST", &format!("{DESK}/{id}/looks"), Some(purpose)).await
}

async fn decide(manager: &mut Browser<'_>, id: &str, decision: Value) -> Answer {
    opened(manager, id).await;
    manager.ask("POST", &format!("{DESK}/{id}/decisions"), Some(decision)).await
}

/// Each document is opened.
async fn opened(manager: &mut Browser<'_>, id: &str) {
    for document in ["passport-scan", "snils-scan", "basis-scan"] {
        manager.ask("GET", &format!("{DESK}/{id}/documents/{document}?purpose=identity-check"), None).await;
    }
}

async fn level(browser: &mut Browser<'_>) -> Value {
    browser.ask("GET", "/api/auth/level", None).await.body
}

fn returned() -> Value {
    let corrections = json!([
        { "item": "surname", "reason": "mismatch" },
        { "item": "passport-scan", "reason": "other", "words": "Нет страницы с пропиской" },
    ]);
    json!({ "round": 1, "verdict": "returned", "corrections": corrections })
}

fn files(suite: &Suite) -> usize {
    let file = rusqlite::Connection::open(suite.location.files_file()).unwrap();
    file.query_row("select count(*) from file", [], |row| row.get::<_, i64>(0)).unwrap().try_into().unwrap()
}

fn later(suite: &Suite, days: i64) {
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24 * days));
    reminders::run(&suite.env, suite.env.now()).unwrap();
}

#[tokio::test]
async fn whoever_is_asked_again_is_basic_at_once_and_confirmed_by_the_company_again() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut manager) = (anna(&suite).await, manager(&suite).await);
    let wish = json!({ "identifier": "anna", "reason": "Сменился собственник." });
    assert_eq!(manager.ask("POST", "/api/auth/level-desk/ask-again", Some(wish)).await.status, 201);
    assert!(suite.last_message()["text"].as_str().unwrap().contains("/level"), "{}", suite.last_message());
    let own = level(&mut anna).await;
    assert_eq!((&own["level"], &own["asked_again"]), (&json!("basic"), &json!("Сменился собственник.")));
    suite.set_clock(suite.env.now() + SignedDuration::from_mins(1));
    let id = submitted(&suite, &mut anna).await;
    assert_eq!(level(&mut anna).await["request"]["due_at"], "2026-07-21T09:01:00.000Z");
    let list = decide(&mut manager, &id, json!({ "round": 1, "verdict": "confirmed" })).await;
    assert_eq!((list.status.as_u16(), &list.body["items"]), (201, &json!([])));
    assert_eq!(level(&mut anna).await["level"], json!(null), "no session of before gets what the level opens");
    anna.sign_in("anna", PASSWORD).await;
    let own = level(&mut anna).await;
    assert_eq!(
        (&own["level"], &own["source"], &own["request"]),
        (&json!("confirmed"), &json!("company"), &json!(null))
    );
    assert_eq!(own["asked_again"], json!(null));
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let told = suite.rows("select kind from notice where kind like 'level-%' order by kind");
    assert_eq!(told, [["level-asked-again"], ["level-confirmed"]]);
}

#[tokio::test]
async fn a_request_goes_back_with_exactly_what_to_correct_and_comes_again_with_nothing_else() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut manager) = (anna(&suite).await, manager(&suite).await);
    let id = submitted(&suite, &mut anna).await;
    assert_eq!(decide(&mut manager, &id, returned()).await.status, 201);
    let request = level(&mut anna).await["request"].take();
    assert_eq!((&request["stage"], &request["round"]), (&json!("returned"), &json!(1)));
    let corrections: Vec<_> = request["corrections"].as_array().unwrap().iter().map(|one| &one["item"]).collect();
    assert_eq!(corrections, ["surname", "passport-scan"]);
    assert_eq!(request["corrections"][1]["words"], "Нет страницы с пропиской");
    let account_id = anna.ask("GET", "/api/homes/accounts", None).await.body["items"][0]["account_id"].take();
    let nothing = send(&mut anna, json!({ "account_id": account_id })).await;
    let pointers: Vec<_> = nothing.body["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["/surname", "/documents/passport-scan"]);
    assert_eq!(put(&suite, &anna, "passport-scan", PDF).await.body["documents"][0]["is_new"], true);
    let again = send(&mut anna, json!({ "account_id": account_id, "surname": "Ив4нова" })).await;
    assert_eq!(again.problem(), "validation", "a digit is no letter of a name");
    let again = send(&mut anna, json!({ "account_id": account_id, "surname": "Иванова-Петрова" })).await;
    assert_eq!((again.status.as_u16(), &again.body["round"]), (201, &json!(2)));
    let stale = decide(&mut manager, &id, json!({ "round": 1, "verdict": "confirmed" })).await;
    assert_eq!(stale.problem(), "level-request-stale", "what was sent since was not seen");
    let seen = look(&mut manager, &id).await.body;
    let value =
        |field: &str| seen["fields"].as_array().unwrap().iter().find(|one| one["field"] == field).unwrap().clone();
    assert_eq!(
        (&value("surname")["value"], &value("first_name")["value"]),
        (&json!("Иванова-Петрова"), &json!("Анна"))
    );
    let rounds: Vec<_> =
        seen["rounds"].as_array().unwrap().iter().map(|one| one["corrections"].as_array().unwrap().len()).collect();
    assert_eq!(rounds, [0, 2], "the earlier sending is kept with what was wrong in it");
    assert_eq!(decide(&mut manager, &id, json!({ "round": 2, "verdict": "confirmed" })).await.status, 201);
}

#[tokio::test]
async fn the_desk_compares_each_field_with_the_register_and_each_look_stands_in_the_journal() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut manager) = (anna(&suite).await, manager(&suite).await);
    let id = submitted(&suite, &mut anna).await;
    let holder = suite.rows("select holder from account join account_link using (account_id)").concat().concat();
    let unnamed = manager.ask("POST", &format!("{DESK}/{id}/looks"), Some(json!({ "purpose": "other" }))).await;
    assert_eq!(unnamed.problem(), "validation");
    let seen = look(&mut manager, &id).await.body;
    assert!(seen["registered_names"].as_array().unwrap().contains(&json!(holder)), "{seen}");
    let outcome = |field: &str| {
        let fields = seen["fields"].as_array().unwrap();
        fields.iter().find(|one| one["field"] == field).unwrap()["outcome"].clone()
    };
    assert_eq!((outcome("surname"), outcome("first_name")), (json!("match"), json!("match")), "{seen}");
    assert_eq!((outcome("snils"), outcome("birth_date")), (json!("not-in-register"), json!("not-in-register")));
    let path = format!("{DESK}/{id}/documents/snils-scan?purpose=identity-check");
    let file = manager.ask("GET", &path, None).await;
    assert_eq!(file.text, String::from_utf8_lossy(PNG));
    let header = |name: &str| file.headers[name].to_str().unwrap();
    assert_eq!((header("content-type"), header("cache-control")), ("image/png", "no-store"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"), "{:?}", file.headers);
    assert!(header("content-disposition").contains("filename=\"snils-scan.png\""), "{:?}", file.headers);
    let without = manager.ask("GET", &format!("{DESK}/{id}/documents/snils-scan?purpose=other"), None).await;
    assert_eq!(without.problem(), "validation");
    let page = journal(&mut anna, "").await;
    assert_eq!(page["items"][0]["what"], "Сотрудник открыл ваш документ");
    assert_eq!(page["items"][1]["what"], "Сотрудник посмотрел вашу заявку на подтверждение личности");
    assert_eq!(page["items"][1]["by"], "Глеб Николаевич, руководитель");
    let purpose = json!({ "name": "зачем", "value": "подтверждение личности" });
    assert!(page["items"][1]["details"].as_array().unwrap().contains(&purpose), "{page}");
}

#[tokio::test]
async fn of_many_decisions_and_of_many_sendings_a_single_one_counts() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut manager) = (anna(&suite).await, manager(&suite).await);
    let id = submitted(&suite, &mut anna).await;
    let unseen = json!({ "round": 1, "verdict": "confirmed" });
    let refused = manager.ask("POST", &format!("{DESK}/{id}/decisions"), Some(unseen)).await;
    let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("Сначала откройте") && detail.contains("скан паспорта"), "{detail}");
    opened(&mut manager, &id).await;
    let told = manager.ask_at_once(&format!("{DESK}/{id}/decisions"), &json!({ "round": 1, "verdict": "confirmed" }));
    assert_eq!(told.iter().filter(|problem| problem.is_empty()).count(), 1, "{told:?}");
    assert!(told.iter().all(|problem| problem.is_empty() || problem == "level-request-stale"), "{told:?}");
    assert_eq!(suite.rows("select 1 from audit_entry where action = 'level.confirm'").len(), 1);
}

#[tokio::test]
async fn nobody_decides_about_themselves() {
    let suite = Suite::demo(NOW);
    let row = suite.rows("select p.person_id, l.account_id from person p, account_link l where p.login = 'manager'");
    let id = of(&suite, &row[0][0], &row[0][1]);
    let mut manager = manager(&suite).await;
    assert_eq!(manager.ask("GET", DESK, None).await.body["items"][0]["is_mine"], true);
    let decision = json!({ "round": 1, "verdict": "confirmed" });
    assert_eq!(decide(&mut manager, &id, decision).await.problem(), "forbidden");
    assert_eq!(look(&mut manager, &id).await.problem(), "forbidden");
    let again = json!({ "identifier": "manager", "reason": "Просто так" });
    assert_eq!(manager.ask("POST", "/api/auth/level-desk/ask-again", Some(again)).await.problem(), "forbidden");
}

#[tokio::test]
async fn whose_time_is_over_stands_first_and_is_marked() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    let row = suite.rows("select p.person_id, l.account_id from person p, account_link l where p.login = 'boris'");
    let first = submitted(&suite, &mut anna).await;
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(25));
    let second = of(&suite, &row[0][0], &row[0][1]);
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(1));
    let list = manager(&suite).await.ask("GET", DESK, None).await.body;
    let listed: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|one| (&one["level_request_id"], &one["is_overdue"])).collect();
    assert_eq!(listed, [(&json!(first), &json!(true)), (&json!(second), &json!(true))]);
}

#[tokio::test]
async fn a_document_needs_its_consent_its_form_and_its_size() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    assert_eq!(put(&suite, &anna, "passport-scan", PNG).await.problem(), "consent-required");
    agree(&mut anna).await;
    assert_eq!(put(&suite, &anna, "form", PNG).await.problem(), "not-found");
    for wrong in [&b"<html><script>alert(1)</script>"[..], b"GIF89a", b"PK\x03\x04", b""] {
        let refused = put(&suite, &anna, "passport-scan", wrong).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/documents/passport-scan", "{}", refused.body);
    }
    let large = [PNG, &vec![0; 5 << 20]].concat();
    assert_eq!(put(&suite, &anna, "passport-scan", &large).await.problem(), "body-too-large");
    assert_eq!(files(&suite), 0);
    let kept = put(&suite, &anna, "passport-scan", &large[..5 << 20]).await;
    assert_eq!(kept.status, 200, "{}", kept.body);
    put(&suite, &anna, "passport-scan", PDF).await;
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(files(&suite), 1, "a later file takes the place of the earlier one");
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named_field_by_field() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    agree(&mut anna).await;
    let account_id = anna.ask("GET", "/api/homes/accounts", None).await.body["items"][0]["account_id"].take();
    let bare = send(&mut anna, answers(&account_id)).await;
    assert_eq!(bare.body["errors"].as_array().unwrap().len(), 3, "{}", bare.body);
    let mut all = answers(&json!("nobody-s"));
    all["snils"] = json!("1");
    let refused = send(&mut anna, all).await;
    let pointers: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    let documents = ["/documents/passport-scan", "/documents/snils-scan", "/documents/basis-scan"];
    assert_eq!(pointers, [&["/account_id", "/snils"][..], &documents].concat(), "one answer tells all of it");
    put_all(&suite, &anna).await;
    let mut wrong = answers(&account_id);
    wrong["snils"] = json!("112-233-445 96");
    wrong["passport"] = json!("61 12");
    let refused = send(&mut anna, wrong).await;
    let pointers: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["/passport", "/snils"]);
    let foreign =
        suite.rows("select account_id from account where account_id not in (select account_id from account_link)");
    let refused = send(&mut anna, answers(&json!(foreign[0][0]))).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/account_id");
}

#[tokio::test]
async fn what_a_person_says_and_shows_lies_sealed() {
    let suite = Suite::demo(NOW);
    submitted(&suite, &mut anna(&suite).await).await;
    for file in [suite.location.database_file(), suite.location.files_file()] {
        let wal = format!("{}-wal", file.display());
        let bytes = [fs::read(&file).unwrap(), fs::read(wal).unwrap_or_default()].concat();
        for clear in ["345678", "112-233-445", "1986-04-12", "the first page"] {
            let is_there = bytes.windows(clear.len()).any(|window| window == clear.as_bytes());
            assert!(!is_there, "{clear} in {}", file.display());
        }
    }
}

#[tokio::test]
async fn documents_go_after_their_time_and_the_fact_stays() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut manager) = (anna(&suite).await, manager(&suite).await);
    let id = submitted(&suite, &mut anna).await;
    decide(&mut manager, &id, returned()).await;
    put(&suite, &anna, "passport-scan", PNG).await;
    let account_id = anna.ask("GET", "/api/homes/accounts", None).await.body["items"][0]["account_id"].take();
    send(&mut anna, json!({ "account_id": account_id, "surname": "Иванова" })).await;
    decide(&mut manager, &id, json!({ "round": 2, "verdict": "confirmed" })).await;
    later(&suite, 30);
    assert_eq!(files(&suite), 6, "each sending's, until its time is over");
    later(&suite, 1);
    assert_eq!(files(&suite), 0);
    assert_eq!(suite.rows("select file_id from level_document"), [[""; 0]; 0]);
    let rounds = suite.rows("select verdict, results, corrections from level_round order by round");
    assert!(rounds[0][1].contains("match") && rounds[0][2].contains("passport-scan"), "{rounds:?}");
    assert!(!rounds[0][2].contains("прописк"), "the words of staff may quote a document: {rounds:?}");
    assert_eq!(rounds[1][0], "confirmed");
    assert_eq!(suite.rows("select stage from level_request"), [["confirmed"]]);
}

#[tokio::test]
async fn a_request_that_nobody_finishes_goes_with_its_documents() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    agree(&mut anna).await;
    put_all(&suite, &anna).await;
    later(&suite, 31);
    assert_eq!((files(&suite), suite.rows("select stage from level_request")), (0, vec![vec!["cancelled".to_owned()]]));
}

#[tokio::test]
async fn whoever_gives_it_up_or_withdraws_the_consent_leaves_no_document() {
    for (method, way) in [
        ("DELETE", REQUEST),
        ("POST", "/api/auth/consents/proof/withdraw"),
        ("POST", "/api/auth/consents/portal/withdraw"),
    ] {
        let suite = Suite::demo(NOW);
        let mut anna = anna(&suite).await;
        assert_eq!(anna.ask("POST", "/api/auth/consents", Some(consent())).await.status, 201);
        submitted(&suite, &mut anna).await;
        assert_eq!(anna.ask(method, way, None).await.status, 204, "{way}");
        reminders::run(&suite.env, suite.env.now()).unwrap();
        assert_eq!(files(&suite), 0, "{way}");
        assert_eq!(level(&mut anna).await["request"], json!(null), "{way}");
        assert_eq!(manager(&suite).await.ask("GET", DESK, None).await.body["items"], json!([]), "{way}");
    }
}

#[tokio::test]
async fn of_whoever_is_erased_no_document_is_left() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    submitted(&suite, &mut anna).await;
    assert_eq!(anna.ask_surely("POST", "/api/auth/erasure", None).await.status, 201);
    later(&suite, 31);
    assert_eq!(files(&suite), 0);
    for table in ["level_request", "level_round", "level_document", "person_level"] {
        assert_eq!(suite.rows(&format!("select 1 from {table}")), [[""; 0]; 0], "{table}");
    }
}

#[tokio::test]
async fn an_upload_that_broke_off_is_found_and_deleted() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    agree(&mut anna).await;
    suite.on("update of put_at on level_document", "select raise(abort, 'the host stopped')");
    assert_eq!(put(&suite, &anna, "passport-scan", PNG).await.problem(), "internal");
    assert_eq!(files(&suite), 1);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("drop trigger meanwhile", []).unwrap();
    later(&suite, 1);
    assert_eq!((files(&suite), suite.rows("select 1 from level_document").len()), (0, 0));
}

#[tokio::test]
async fn whose_confirmation_is_over_hears_of_it_once() {
    let suite = Suite::demo(NOW);
    for _ in 0..2 {
        later(&suite, 1096);
    }
    let told = suite.rows("select p.login from notice join person p using (person_id) where kind = 'level-over'");
    assert_eq!(told, [["anna"]]);
}
