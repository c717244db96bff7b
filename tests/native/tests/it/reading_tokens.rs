//! Programs of residents: a token gives readings of its meters, and opens nothing else.

use std::{fs, path::Path, process::Command};

use domain::reading::ReadingToken;
use http::StatusCode;
use native_suite::access::{Access, FOR_PROGRAMS, OPERATIONS};
use serde_json::{Value, json};
use store::homes;

use crate::{
    door::Browser,
    example::example,
    home_of::{Objects, settle},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const TOKENS: &str = "/api/readings/tokens";
const SUBMISSIONS: &str = "/api/readings/submissions";

/// Anna with a home of her own, her browser and a token for its meter.
async fn anna(suite: &Suite) -> (Objects, Browser<'_>, String) {
    let objects = settle(suite, "anna", 1).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute(
        "update meter set kind = 'cold_water', rates = 1, digits_integer = 5, digits_fraction = 3 where meter_id = ?1",
        [&objects.meter_id],
    )
    .unwrap();
    let mut browser = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    let token = make(&mut browser, &objects, "2026-12-31").await;
    (objects, browser, token)
}

fn wish(objects: &Objects, until: &str) -> Value {
    json!({ "name": "Home Assistant", "account_id": objects.account_id, "meter_ids": [objects.meter_id],
            "until": until })
}

async fn make(browser: &mut Browser<'_>, objects: &Objects, until: &str) -> String {
    let made = browser.ask_surely("POST", TOKENS, Some(wish(objects, until))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    made.body["token"].as_str().unwrap().to_owned()
}

async fn give(suite: &Suite, token: &str, objects: &Objects, key: &str, value: &str) -> Answer {
    give_of(suite, token, &objects.account_id, &objects.meter_id, key, value).await
}

async fn give_of(suite: &Suite, token: &str, account: &str, meter: &str, key: &str, value: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &bearer[..]), ("idempotency-key", key), ("spin-client-addr", "83.9.9.9:1")];
    let body = json!({ "account_id": account, "items": [{ "meter_id": meter, "values": [value] }] });
    suite.ask("POST", SUBMISSIONS, &headers, Some(body)).await
}

async fn last(suite: &Suite, token: &str, meter_id: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    suite.ask("GET", &format!("/api/readings/last?meter_id={meter_id}"), &[("authorization", &bearer)], None).await
}

#[tokio::test]
async fn a_token_gives_a_reading_of_its_meter_and_the_reading_keeps_the_way_it_came() {
    let suite = Suite::demo(NOW);
    let (objects, mut browser, token) = anna(&suite).await;
    assert_eq!(last(&suite, &token, &objects.meter_id).await.body["reading"], Value::Null);
    let given = give(&suite, &token, &objects, "one", "131,789").await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
    let again = give(&suite, &token, &objects, "one", "131,789").await;
    assert_eq!((again.status, again.text), (given.status, given.text));
    let path = format!("/api/readings/history?meter_id={}", objects.meter_id);
    let history = browser.ask("GET", &path, None).await.body;
    assert_eq!(history["items"].as_array().unwrap().len(), 1);
    assert_eq!(history["items"][0]["channel"], "token");
    let seen = last(&suite, &token, &objects.meter_id).await;
    assert_eq!(seen.body["reading"]["values"], json!(["131.789"]));
    let listed = browser.ask("GET", TOKENS, None).await.body;
    let mine = listed["items"].as_array().unwrap().iter().find(|one| one["name"] == "Home Assistant").unwrap();
    assert_eq!(mine["last_used_at"], "2026-07-20T09:00:00.000Z");
    let journal = browser.ask("GET", "/api/auth/journal", None).await.text;
    assert!(journal.contains("Переданы показания") && journal.contains("Home Assistant"), "{journal}");
    assert!(journal.contains("Программе разрешено передавать показания"), "{journal}");
}

#[tokio::test]
async fn a_token_is_kept_as_a_hash_and_shown_once() {
    let suite = Suite::demo(NOW);
    let (_, mut browser, token) = anna(&suite).await;
    assert!(!browser.ask("GET", TOKENS, None).await.text.contains(&token));
    let file = fs::read(suite.location.database_file()).unwrap();
    let wal = fs::read(format!("{}-wal", suite.location.database_file().display())).unwrap_or_default();
    let is_in = |bytes: &[u8]| bytes.windows(token.len()).any(|window| window == token.as_bytes());
    assert!(!is_in(&file) && !is_in(&wal));
}

#[tokio::test]
async fn a_token_opens_no_other_operation() {
    let suite = Suite::demo(NOW);
    let (objects, _, token) = anna(&suite).await;
    let bearer = format!("Bearer {token}");
    let mut opened = Vec::new();
    for operation in OPERATIONS.iter().filter(|one| !matches!(one.access, Access::Everybody | Access::Provider)) {
        let (path, body) = example(operation, &objects);
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k")];
        let status = suite.ask(operation.method, &path, &headers, body).await.status;
        if status != StatusCode::UNAUTHORIZED {
            opened.push(operation.path);
        }
    }
    assert_eq!(opened, FOR_PROGRAMS);
}

#[tokio::test]
async fn other_meters_and_other_homes_are_not_there_for_it() {
    let suite = Suite::demo(NOW);
    let (objects, mut browser, token) = anna(&suite).await;
    let accounts = browser.ask("GET", "/api/readings/meters", None).await.body;
    let accounts = accounts["accounts"].as_array().unwrap();
    let meters = accounts.iter().flat_map(|one| {
        let account = one["account_id"].as_str().unwrap();
        one["meters"].as_array().unwrap().iter().map(move |meter| (account, meter["meter_id"].as_str().unwrap()))
    });
    let others: Vec<_> = meters.filter(|(_, meter)| *meter != objects.meter_id).collect();
    assert!(!others.is_empty());
    for (account, meter) in others {
        assert_eq!(give_of(&suite, &token, account, meter, meter, "10").await.problem(), "not-found");
        assert_eq!(last(&suite, &token, meter).await.problem(), "not-found");
    }
    assert!(suite.rows("select 1 from reading where channel = 'token'").is_empty());
}

#[tokio::test]
async fn it_ends_at_once_with_its_day_and_with_the_right_to_the_home() {
    let suite = Suite::demo(NOW);
    let (objects, mut browser, taken_back) = anna(&suite).await;
    let today = make(&mut browser, &objects, "2026-07-20").await;
    let of_link = make(&mut browser, &objects, "2026-12-31").await;
    let hash = ReadingToken::parse(&taken_back).unwrap().hash();
    let id = suite.rows(&format!("select reading_token_id from reading_token where token_hash = '{hash}'"));
    let path = format!("{TOKENS}/{}", id[0][0]);
    assert_eq!(browser.ask("DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.ask("DELETE", &path, None).await.problem(), "not-found");
    assert_eq!(last(&suite, &taken_back, &objects.meter_id).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(last(&suite, &today, &objects.meter_id).await.status, StatusCode::OK);
    suite.set_clock("2026-07-21T09:00:00Z".parse().unwrap());
    assert_eq!(last(&suite, &today, &objects.meter_id).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(last(&suite, &of_link, &objects.meter_id).await.status, StatusCode::OK);
    // Whoever links the home again makes a new one.
    let now = suite.env.now();
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute(
        "update account_link set ended_at = ?1 where account_id = ?2",
        [&format!("{now:.3}"), &objects.account_id],
    )
    .unwrap();
    assert_eq!(last(&suite, &of_link, &objects.meter_id).await.status, StatusCode::UNAUTHORIZED);
    let relink = suite
        .env
        .db()
        .write(|tx| homes::add_link(tx, now, "again", &objects.person_id, &objects.account_id, homes::Right::Owner));
    relink.unwrap();
    assert_eq!(give(&suite, &of_link, &objects, "k", "10").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stopped_sign_in_stops_its_programs() {
    let suite = Suite::demo(NOW);
    let (objects, _, token) = anna(&suite).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "insert into sign_in_block (person_id, cause, blocked_at) values (?1, 'not-me', ?2)";
    file.execute(sql, [objects.person_id.as_str(), NOW]).unwrap();
    assert_eq!(give(&suite, &token, &objects, "k", "10").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_tokens_are_counted_and_the_right_one_is_taken_all_the_same() {
    let suite = Suite::demo(NOW);
    suite.set("limit.reading_token_guess", "3");
    let (objects, _, token) = anna(&suite).await;
    let (beginning, last) = token.split_at(token.len() - 1);
    let wrong = format!("{beginning}{}", if last == "A" { "B" } else { "A" });
    for expected in [401, 401, 401, 429] {
        let answer = give(&suite, &wrong, &objects, "k", "10").await;
        assert_eq!(answer.status.as_u16(), expected);
    }
    assert_eq!(give(&suite, &token, &objects, "k", "10").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_program_that_errs_uses_up_its_own_limit_alone() {
    let suite = Suite::demo(NOW);
    suite.set("limit.submit_per_token", "1");
    let (objects, browser, token) = anna(&suite).await;
    assert_eq!(give(&suite, &token, &objects, "a", "10").await.status, StatusCode::CREATED);
    assert_eq!(give(&suite, &token, &objects, "b", "11").await.problem(), "rate-limited");
    let headers = [("cookie", &browser.cookies()[..]), ("idempotency-key", "c")];
    let item = json!({ "meter_id": objects.meter_id, "values": ["11"] });
    let body = json!({ "account_id": objects.account_id, "items": [item] });
    assert_eq!(suite.ask("POST", SUBMISSIONS, &headers, Some(body)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_token_is_made_for_own_meters_by_whoever_confirms_it() {
    let suite = Suite::demo(NOW);
    let (objects, mut browser, _) = anna(&suite).await;
    let asked = browser.ask("POST", TOKENS, Some(wish(&objects, "2026-12-31"))).await;
    assert_eq!(asked.problem(), "confirmation-required");
    let foreign = suite.rows(&format!(
        "select meter_id from meter where premises_id <> (select premises_id from meter where meter_id = '{}') limit 1",
        objects.meter_id
    ));
    for (pointer, field, value) in [
        ("/name", "name", json!(" ")),
        ("/meter_ids", "meter_ids", json!([])),
        ("/meter_ids", "meter_ids", json!([foreign[0][0]])),
        ("/until", "until", json!("2026-07-19")),
        ("/until", "until", json!("2036-07-19")),
    ] {
        let mut wish = wish(&objects, "2026-12-31");
        wish[field] = value;
        let answer = browser.ask("POST", TOKENS, Some(wish)).await;
        assert_eq!((answer.problem(), &answer.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
}

/// The blocks of this language in the document on programs, with what a reader puts in.
fn recipes(language: &str, portal: &str, objects: &Objects, token: &str) -> Vec<String> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let page = fs::read_to_string(root.join("docs/telemetry.md")).unwrap();
    let fence = format!("```{language}\n");
    let blocks = page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap());
    let filled = blocks.map(|block| {
        let block = block.replace("127.0.0.1:3000", portal).replace("ACCOUNT_ID", &objects.account_id);
        block.replace("METER_ID", &objects.meter_id).replace("TOKEN", token)
    });
    filled.collect()
}

#[test]
fn the_recipe_for_curl_is_taken_and_read_back() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let suite = Suite::demo(NOW);
    let (objects, _, token) = runtime.block_on(anna(&suite));
    let router = native_suite::router(&suite.env, Path::new("static"));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let portal = listener.local_addr().unwrap().to_string();
    runtime.spawn(async { axum::serve(listener, router).await });
    let answers = recipes("sh", &portal, &objects, &token).into_iter().map(|recipe| {
        let output = Command::new("sh").args(["-euc", &recipe]).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    });
    let [given, read] = answers.collect::<Vec<_>>().try_into().unwrap();
    assert!(given["confirmation_code"].is_string(), "{given}");
    assert_eq!(read["reading"]["values"], json!(["131.789"]));
}

#[tokio::test]
async fn the_request_of_a_device_is_taken_as_it_stands() {
    let suite = Suite::demo(NOW);
    let (objects, _, token) = anna(&suite).await;
    let [request] = recipes("http", "127.0.0.1:3000", &objects, &token).try_into().unwrap();
    let (head, body) = request.trim_end().split_once("\n\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /api/readings/submissions HTTP/1.1"));
    let headers: Vec<_> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let length = headers.iter().find(|(name, _)| *name == "Content-Length").unwrap().1;
    assert_eq!(length, body.len().to_string());
    let answer = suite.send("POST", SUBMISSIONS, &headers, body.into()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
}

#[tokio::test]
async fn the_command_of_home_assistant_sends_what_is_taken() {
    let suite = Suite::demo(NOW);
    let (objects, _, token) = anna(&suite).await;
    let [recipe] = recipes("yaml", "127.0.0.1:3000", &objects, &token).try_into().unwrap();
    // As its templates come out on that day.
    let recipe = recipe
        .replace("!secret moydom_token", &format!("\"Bearer {token}\""))
        .replace("{{ now().strftime('%Y-%m-%d') }}", "2026-07-20")
        .replace("{{ meter_id }}", &objects.meter_id)
        .replace("{{ value }}", "131.789");
    let after = |key: &str| {
        let line = recipe.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap();
        line.trim().trim_matches('"').to_owned()
    };
    assert!(after("url:").ends_with(SUBMISSIONS), "{}", after("url:"));
    assert_eq!(after("method:"), "post");
    let [authorization, key, kind] = ["authorization:", "idempotency-key:", "content_type:"].map(after);
    let payload = recipe.split("payload: >-\n").nth(1).unwrap().lines().next().unwrap().trim();
    let headers = [("authorization", &authorization[..]), ("idempotency-key", &key), ("content-type", &kind)];
    let answer = suite.send("POST", SUBMISSIONS, &headers, payload.into()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
}
