//! Stickers for meters: what a camera sees on them, whose they are, and by which way a reading then came.

use http::StatusCode;
use serde_json::json;

use crate::{door::Browser, journal::journal, paper_code::codes, suite::Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

#[tokio::test]
async fn each_meter_has_a_sticker_whose_code_opens_the_form_at_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let account = anna.ask("GET", "/api/readings/meters", None).await.body["accounts"][0].take();
    let path = format!("/api/readings/stickers?account_id={}", account["account_id"].as_str().unwrap());
    let file = anna.ask("GET", &path, None).await;
    assert_eq!((file.status, &file.headers["content-type"]), (StatusCode::OK, &"application/pdf".parse().unwrap()));
    let mut seen = codes(&lopdf::Document::load_mem(&file.bytes).unwrap());
    let meters = account["meters"].as_array().unwrap();
    let link = |meter: &serde_json::Value| {
        format!("http://127.0.0.1:3000/readings?meter={}", meter["meter_id"].as_str().unwrap()).into_bytes()
    };
    let mut wanted: Vec<_> = meters.iter().map(link).collect();
    seen.sort();
    wanted.sort();
    assert!(wanted.len() > 3);
    assert_eq!(seen, wanted);
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    assert_eq!(boris.ask("GET", &path, None).await.problem(), "not-found");
}

#[tokio::test]
async fn what_was_given_by_a_sticker_says_so_and_what_came_along_does_not() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let account = anna.ask("GET", "/api/readings/meters", None).await.body["accounts"][0].take();
    let meters = account["meters"].as_array().unwrap();
    let item = |meter: &serde_json::Value, is_by_sticker: bool| json!({ "meter_id": meter["meter_id"], "values": meter["last"]["values"], "is_by_sticker": is_by_sticker });
    let give = async |key: &str, items: Vec<serde_json::Value>| {
        let body = json!({ "account_id": account["account_id"], "items": items });
        let cookies = anna.cookies();
        let headers = [("cookie", cookies.as_str()), ("idempotency-key", key)];
        suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await.status
    };
    assert_eq!(give("one", vec![item(&meters[0], true)]).await, StatusCode::CREATED);
    assert_eq!(give("two", vec![item(&meters[1], true), item(&meters[2], false)]).await, StatusCode::CREATED);
    let channels = "select channel from reading where period = '2026-07' and source = 'resident' order by reading_seq";
    assert_eq!(suite.rows(channels), [["link"], ["link"], ["portal"]]);
    let told = journal(&mut anna, "").await;
    let ways = |at: usize| {
        let details = told["items"][at]["details"].as_array().unwrap();
        details.iter().filter(|one| one["name"] == "как").map(|one| one["value"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ways(1), [json!("по наклейке на счётчике")]);
    assert!(ways(0).is_empty(), "of two ways none is told");
}
