//! The feed: reminders by the schedule, events, reading marks.

use api_tests::{Client, Suite};
use serde_json::{Value, json};

use crate::{
    home::linked,
    readings::{confirmed, meters, raised, submit},
};

fn feed(client: &Client) -> Vec<Value> {
    client.get("/api/notices").expect(200)["items"].as_array().expect("items").clone()
}

fn about_the_window(client: &Client) -> Vec<Value> {
    feed(client)
        .into_iter()
        .filter(|notice| {
            notice["link"] == "/readings" && notice["kind"].as_str().is_some_and(|kind| kind.starts_with("window"))
        })
        .collect()
}

fn submit_all(client: &Client) {
    let account = meters(client);
    let items: Vec<_> = account["meters"]
        .as_array()
        .expect("meters")
        .iter()
        .map(|meter| {
            let values = raised(meter, 1_000);
            let confirmed = confirmed(&values, &["above-usual", "far-above-usual", "unchanged-for-months"]);
            json!({ "meter_id": meter["meter_id"], "values": values, "confirmed": confirmed })
        })
        .collect();
    let body = json!({ "account_id": account["account_id"], "items": items });
    submit(client, "all", &body).expect(201);
}

#[test]
fn an_open_window_is_told_once_and_its_end_once_more() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.signed_in("anna");
    suite.run_jobs();
    suite.run_jobs();
    assert_eq!(about_the_window(&client).len(), 1, "{:?}", feed(&client));
    suite.set_clock("2026-07-29T06:00:00Z");
    suite.run_jobs();
    suite.run_jobs();
    let client = suite.signed_in("anna");
    assert_eq!(about_the_window(&client).len(), 2, "{:?}", feed(&client));
    assert!(feed(&suite.signed_in("boris")).is_empty());
}

#[test]
fn whoever_has_submitted_is_not_reminded() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.signed_in("anna");
    submit_all(&client);
    suite.run_jobs();
    assert!(about_the_window(&client).is_empty(), "{:?}", feed(&client));
}

#[test]
fn what_happened_comes_to_the_feed_and_can_be_marked_as_read() {
    let suite = Suite::start();
    let (client, account) = linked(&suite, 16);
    submit_all(&client);
    suite.run_jobs();
    let notices = feed(&client);
    let number = account["number"].as_str().expect("a number");
    assert!(
        notices.iter().any(|notice| notice["body"].as_str().is_some_and(|body| body.contains(number))),
        "{notices:?}"
    );
    let unread = client.get("/api/notices").expect(200)["unread"].as_u64().expect("a count");
    assert_eq!(unread as usize, notices.len());
    let id = notices[0]["notice_id"].as_str().expect("an id");
    let path = format!("/api/notices/{id}/read");
    suite.signed_in("boris").post(&path, &json!({})).problem("not-found");
    client.post(&path, &json!({})).expect(204);
    client.post(&path, &json!({})).expect(204);
    assert_eq!(client.get("/api/notices").expect(200)["unread"], json!(unread - 1));
}

#[test]
fn the_jobs_are_run_over_http_only_by_who_knows_the_token() {
    let suite = Suite::start();
    let client = suite.client();
    for bearer in ["", "Bearer ", "Bearer nonsense", "Basic eDp5"] {
        client.post_with("/api/reminders/run", &[("authorization", bearer)], &json!({})).problem("unauthenticated");
    }
    suite.signed_in("admin").post("/api/reminders/run", &json!({})).problem("unauthenticated");
    let bearer = format!("Bearer {}", suite.jobs_token());
    client.post_with("/api/reminders/run", &[("authorization", &bearer)], &json!({})).expect(200);
}
