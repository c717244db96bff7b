//! Documents of a request: how many may lie there, who sees them, and that each goes in time.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{
    homes::{self, Right},
    levels::{
        documents::{self, NewDocument},
        requests,
    },
};
use web::fresh_id;

use crate::{
    door::Browser,
    factors::{self, person_id},
    proof::{PNG, agree, answers, file, gather, put, put_all, send, submitted},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const DESK: &str = "/api/auth/level-desk/requests";
const REQUEST: &str = "/api/auth/level-request";

async fn anna(suite: &Suite) -> Browser<'_> {
    let mut anna = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    agree(&mut anna).await;
    anna
}

async fn account(browser: &mut Browser<'_>) -> Value {
    browser.ask("GET", "/api/homes/accounts", None).await.body["items"][0]["account_id"].take()
}

fn files(suite: &Suite) -> i64 {
    let file = rusqlite::Connection::open(suite.location.files_file()).unwrap();
    file.query_row("select count(*) from file", [], |row| row.get(0)).unwrap()
}

/// The job, after so many hours.
fn later(suite: &Suite, hours: i64) {
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(hours));
    reminders::run(&suite.env, suite.env.now()).unwrap();
}

fn execute(suite: &Suite, sql: &str) {
    assert_ne!(rusqlite::Connection::open(suite.location.database_file()).unwrap().execute(sql, []).unwrap(), 0);
}

#[tokio::test]
async fn of_one_round_no_more_lies_there_than_is_needed() {
    let large = [PNG, &vec![0; (5 << 20) - PNG.len()]].concat();
    for (bytes, most) in [(PNG, 32), (&large[..], 8)] {
        let suite = Suite::demo(NOW);
        let anna = anna(&suite).await;
        for _ in 0..most {
            assert_eq!(put(&suite, &anna, "passport-scan", bytes).await.status, StatusCode::OK);
        }
        let refused = put(&suite, &anna, "passport-scan", bytes).await;
        assert_eq!((refused.problem(), files(&suite)), ("rate-limited", most));
        assert!(refused.headers.contains_key("retry-after"));
        later(&suite, 0);
        assert_eq!(files(&suite), 1);
        assert_eq!(put(&suite, &anna, "passport-scan", bytes).await.status, StatusCode::OK, "replaced ones are gone");
    }
}

#[tokio::test]
async fn a_document_of_several_files_goes_whole_and_in_order_to_the_desk() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    for document in ["snils-scan", "basis-scan"] {
        put(&suite, &anna, document, PNG).await;
    }
    let page = |no: u32| [PNG, no.to_string().as_bytes()].concat();
    for (no, bytes) in [(1, page(7)), (2, page(8)), (3, page(9)), (1, page(1))] {
        let kept = put(&suite, &anna, &format!("passport-scan?file={no}&of=3"), &bytes).await;
        assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    }
    let body = answers(&account(&mut anna).await);
    let refused = send(&mut anna, body.clone()).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/documents/passport-scan", "the first file began it anew");
    for no in [2, 3] {
        put(&suite, &anna, &format!("passport-scan?file={no}&of=3"), &page(no)).await;
    }
    assert_eq!(send(&mut anna, body).await.status, StatusCode::CREATED);
    let id = suite.rows("select level_request_id from level_request").concat().concat();
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    let look = json!({ "purpose": "identity-check" });
    let seen = manager.ask("POST", &format!("{DESK}/{id}/looks"), Some(look)).await;
    let files: Vec<_> = seen.body["documents"][0]["files"].as_array().unwrap().iter().map(|one| &one["file"]).collect();
    assert_eq!(files, [1, 2, 3], "{}", seen.body);
    let path = format!("{DESK}/{id}/documents/passport-scan?purpose=identity-check");
    for no in 1..=3 {
        let file = manager.ask("GET", &format!("{path}&file={no}"), None).await;
        assert_eq!(file.text, String::from_utf8_lossy(&page(no)));
    }
    assert_eq!(manager.ask("GET", &format!("{path}&file=4"), None).await.problem(), "not-found");
}

#[tokio::test]
async fn a_document_has_no_file_beyond_its_fifth() {
    let suite = Suite::demo(NOW);
    let anna = anna(&suite).await;
    for place in ["file=1&of=6", "file=3&of=2", "file=0&of=1"] {
        let refused = put(&suite, &anna, &format!("passport-scan?{place}"), PNG).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "?file", "{place}: {}", refused.body);
    }
    assert_eq!(files(&suite), 0);
}

#[tokio::test]
async fn documents_and_answers_are_counted_by_the_day() {
    let suite = Suite::demo(NOW);
    suite.set("limit.level_upload_per_person", "3");
    let mut first = anna(&suite).await;
    put_all(&suite, &first).await;
    let account_id = account(&mut first).await;
    assert_eq!(send(&mut first, answers(&account_id)).await.problem(), "rate-limited");
    assert_eq!(files(&suite), 3, "what is refused is not put");
    later(&suite, 23);
    let mut again = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(put(&suite, &again, "passport-scan", PNG).await.problem(), "rate-limited");
    later(&suite, 1);
    again.sign_in("anna", store::demo::PASSWORD).await;
    assert_eq!(send(&mut again, answers(&account_id)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn nothing_is_put_before_the_sending_is_confirmed() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    put_all(&suite, &anna).await;
    let body = answers(&account(&mut anna).await);
    let asked = anna.ask("POST", REQUEST, Some(body.clone())).await;
    let unanswered = asked.body["confirmation"]["confirmation_id"].as_str().unwrap().to_owned();
    for id in ["nobody-s", &unanswered] {
        let refused = anna.confirmed("POST", REQUEST, Some(body.clone()), id).await;
        assert_eq!((refused.problem(), files(&suite)), ("confirmation-stale", 3));
    }
    assert!(suite.rows("select 1 from level_document where kind = 'form'").is_empty());
    anna.confirm(&unanswered);
    assert_eq!(anna.confirmed("POST", REQUEST, Some(body), &unanswered).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn of_whoever_lives_there_no_more_the_desk_sees_nothing() {
    let suite = Suite::demo(NOW);
    let mut anna = anna(&suite).await;
    let account_id = account(&mut anna).await.as_str().unwrap().to_owned();
    let id = submitted(&suite, &mut anna).await;
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    execute(&suite, "update account_link set ended_at = '2026-07-20' where ended_at is null");
    let (look, document) = (json!({ "purpose": "identity-check" }), "documents/snils-scan?purpose=identity-check");
    let confirmed = json!({ "round": 1, "verdict": "confirmed" });
    for (method, path, body) in [
        ("POST", format!("{DESK}/{id}/looks"), Some(look)),
        ("POST", format!("{DESK}/{id}/decisions"), Some(confirmed.clone())),
        ("GET", format!("{DESK}/{id}/{document}"), None),
    ] {
        assert_eq!(manager.ask(method, &path, body).await.problem(), "not-found", "{path}");
    }
    assert_eq!(manager.ask("GET", DESK, None).await.body["items"], json!([]));
    let (link_id, anna_id, now) = (fresh_id(&suite.env), person_id(&suite, "anna"), suite.env.now());
    let linked = suite.env.db().write(|tx| homes::add_link(tx, now, &link_id, &anna_id, &account_id, Right::Owner));
    assert!(linked.unwrap());
    assert_eq!(manager.ask("GET", DESK, None).await.body["items"][0]["level_request_id"], id, "linked anew");
    for document in ["passport-scan", "snils-scan", "basis-scan"] {
        manager.ask("GET", &format!("{DESK}/{id}/documents/{document}?purpose=identity-check"), None).await;
    }
    let decided = manager.ask("POST", &format!("{DESK}/{id}/decisions"), Some(confirmed)).await;
    assert_eq!(decided.status, StatusCode::CREATED, "{}", decided.body);
}

#[tokio::test]
async fn a_request_that_nobody_decides_on_goes_with_its_documents_and_its_person_hears_of_it() {
    for lives_there in [true, false] {
        let suite = Suite::demo(NOW);
        submitted(&suite, &mut anna(&suite).await).await;
        if !lives_there {
            execute(&suite, "update account_link set ended_at = '2026-07-20' where ended_at is null");
        }
        later(&suite, 31 * 24);
        assert_eq!(files(&suite), 4, "it was due within a day");
        for _ in 0..2 {
            later(&suite, 1);
        }
        assert_eq!((files(&suite), suite.rows("select 1 from level_document").len()), (0, 0));
        assert_eq!(suite.rows("select stage from level_request"), [["cancelled"]]);
        let told =
            suite.rows("select p.login from notice join person p using (person_id) where kind = 'level-undecided'");
        assert_eq!(told, [["anna"]]);
    }
}

/// A file of the person's request that is named and not put yet.
fn named(suite: &Suite, login: &str) -> String {
    let person_id = person_id(suite, login);
    let document = documents::Document { file_id: fresh_id(&suite.env), ..file(suite, "snils-scan", 1, PNG) };
    let named = suite.env.db().write(|tx| {
        let request = requests::begin(tx, suite.env.now(), &fresh_id(&suite.env), &person_id)?;
        let level_request_id = &request.level_request_id;
        documents::name(
            tx,
            suite.env.now(),
            &NewDocument { document: &document, level_request_id, person_id: &person_id },
        )
    });
    assert!(named.unwrap());
    document.file_id
}

#[tokio::test]
async fn a_file_that_is_let_go_while_it_is_put_is_found_whatever_comes_of_it() {
    for is_kept in [true, false] {
        let suite = Suite::demo(NOW);
        let mut anna = anna(&suite).await;
        let file_id = named(&suite, "anna");
        let before = files(&suite);
        assert_eq!(anna.ask("DELETE", REQUEST, None).await.status, StatusCode::NO_CONTENT);
        later(&suite, 0);
        suite.env.files().put(suite.env.now(), &factors::keys(), suite.env.random(), &file_id, PNG).unwrap();
        if is_kept {
            assert!(!suite.env.db().write(|tx| documents::keep(tx, suite.env.now(), &file_id)).unwrap());
        }
        later(&suite, if is_kept { 0 } else { 2 });
        assert_eq!((files(&suite), suite.rows("select 1 from level_document").len()), (before, 0), "{is_kept}");
    }
}

#[tokio::test]
async fn whoever_asks_for_deletion_waits_behind_nobody() {
    let suite = Suite::demo(NOW);
    let anna = anna(&suite).await;
    for _ in 0..5 {
        put(&suite, &anna, "passport-scan", PNG).await;
    }
    let boris = person_id(&suite, "boris");
    gather(&suite, &boris);
    let (db, now) = (suite.env.db(), suite.env.now() + SignedDuration::from_secs(1));
    assert!(db.write(|tx| requests::cancel(tx, now, &boris)).unwrap());
    let first = db.read(|conn| documents::doomed(conn, now, 3)).unwrap();
    let mut of_boris = suite.rows(&format!("select file_id from level_document where person_id = '{boris}'")).concat();
    of_boris.sort_unstable();
    assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>(), of_boris.iter().collect());
    assert_eq!(db.read(|conn| documents::doomed(conn, now, 10)).unwrap().len(), 7, "and the replaced ones after them");
}
