//! Meters, submissions, history.

use api_tests::{Answer, Client, Suite, moydom};
use serde_json::{Value, json};

use crate::home::linked;

pub(crate) fn submit(client: &Client, key: &str, body: &Value) -> Answer {
    client.post_with("/api/readings/submissions", &[("idempotency-key", key)], body)
}

/// The first account with its meters.
pub(crate) fn meters(client: &Client) -> Value {
    client.get("/api/readings/meters").expect(200)["accounts"][0].clone()
}

fn meter(account: &Value, kind: &str) -> Value {
    let meters = account["meters"].as_array().expect("meters");
    meters.iter().find(|meter| meter["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {account}")).clone()
}

/// A value so much above the last one, in thousandths; for each rate.
pub(crate) fn raised(meter: &Value, thousandths: i64) -> Vec<String> {
    let digits = meter["digits_fraction"].as_u64().expect("digits") as u32;
    let last = meter["last"]["values"].as_array().expect("a last reading");
    let scale = 10_i64.pow(digits);
    last.iter()
        .map(|value| {
            let units: i64 = value.as_str().expect("text").replace('.', "").parse().expect("digits");
            let units = units + (thousandths * scale + 999) / 1_000;
            match digits {
                0 => units.to_string(),
                _ => format!("{}.{:0width$}", units / scale, units % scale, width = digits as usize),
            }
        })
        .collect()
}

/// «Да, верно» to these questions, for each rate.
pub(crate) fn confirmed(values: &[String], codes: &[&str]) -> Value {
    let of_rate = |rate: usize| codes.iter().map(move |code| json!({ "rate": rate, "code": code }));
    (0..values.len()).flat_map(of_rate).collect()
}

fn one(account: &Value, meter: &Value, values: &[String]) -> Value {
    json!({ "account_id": account["account_id"], "items": [{ "meter_id": meter["meter_id"], "values": values }] })
}

#[test]
fn meters_show_the_last_reading_and_the_window() {
    let suite = Suite::start();
    let account = meters(&suite.signed_in("anna"));
    assert!(account["window"]["is_open"].as_bool().expect("a flag"), "{account}");
    assert!(account["window"]["closes_on"].as_str() >= account["window"]["opens_on"].as_str());
    for kind in ["cold_water", "hot_water", "electricity"] {
        let meter = meter(&account, kind);
        assert_eq!(
            meter["last"]["values"].as_array().map(Vec::len),
            meter["rates"].as_u64().map(|rates| rates as usize)
        );
        assert_eq!(meter["rate_names"].as_array().map(Vec::len), meter["rates"].as_u64().map(|rates| rates as usize));
    }
}

#[test]
fn an_unchanged_list_is_not_sent_again() {
    let suite = Suite::start();
    let client = suite.signed_in("anna");
    let first = client.get("/api/readings/meters");
    let tag = first.header("etag").to_owned();
    assert!(!tag.is_empty());
    let again = client.send("GET", "/api/readings/meters", &[("if-none-match", &tag)], None);
    assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", tag.as_str()));
}

#[test]
fn all_meters_are_submitted_at_once_and_shown_with_their_code() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 9);
    let account = meters(&client);
    let items: Vec<_> = account["meters"]
        .as_array()
        .expect("meters")
        .iter()
        .map(|meter| {
            let values = raised(meter, 1_000);
            let confirmed = confirmed(&values, &["above-usual", "far-above-usual"]);
            json!({ "meter_id": meter["meter_id"], "values": values, "confirmed": confirmed })
        })
        .collect();
    let count = items.len();
    let body = json!({ "account_id": account["account_id"], "items": items });
    let submission = submit(&client, "all-at-once", &body).expect(201);
    assert_eq!(submission["items"].as_array().map(Vec::len), Some(count));
    for meter in meters(&client)["meters"].as_array().expect("meters") {
        assert_eq!(meter["submitted"]["confirmation_code"], submission["confirmation_code"]);
    }
}

#[test]
fn a_comma_and_a_dot_mean_the_same() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 10);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let dotted = raised(&cold, 2_000);
    let comma: Vec<_> = dotted.iter().map(|value| format!(" {} ", value.replace('.', ","))).collect();
    let submission = submit(&client, "comma", &one(&account, &cold, &comma)).expect(201);
    assert_eq!(submission["items"][0]["values"], json!(dotted));
    assert_eq!(submission["items"][0]["consumption"], json!(["2.000"]));
}

#[test]
fn a_repeated_request_is_answered_again_and_done_once() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 11);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let body = one(&account, &cold, &raised(&cold, 1_500));
    let first = submit(&client, "again", &body);
    let second = submit(&client, "again", &body);
    assert_eq!((second.status, &second.text), (201, &first.text));
    let other = one(&account, &cold, &raised(&cold, 1_600));
    submit(&client, "again", &other).problem("idempotency-key-reused");
    let path = format!("/api/readings/history?meter_id={}&limit=2", cold["meter_id"].as_str().expect("an id"));
    let history = client.get(&path).expect(200);
    assert_eq!(history["items"][0]["confirmation_code"], first.json()["confirmation_code"]);
    assert_eq!(history["items"][1]["source"], "company");
}

#[test]
fn a_submitted_reading_has_an_act_that_everybody_can_check() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 11);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let submission = submit(&client, "act", &one(&account, &cold, &raised(&cold, 1_500))).expect(201);
    let reading_id = submission["items"][0]["reading_id"].as_str().expect("an id");
    let act = client.get(&format!("/api/readings/history/{reading_id}/act?format=json"));
    assert_eq!(act.status, 200, "{}", act.text);
    let stranger = suite.client();
    let checked = stranger.post("/api/readings/act-checks", &json!({ "act": act.text })).expect(200);
    assert_eq!((&checked["verdict"], &checked["act"]["values"]), (&json!("valid"), &submission["items"][0]["values"]));
    let keys = stranger.get("/api/readings/act-keys").expect(200);
    assert_eq!(keys["items"][0]["key_id"], act.json()["key_id"]);
    let file = suite.state().join("act.json");
    std::fs::write(&file, &act.text).expect("a file");
    let (file, key) = (file.to_str().expect("a path"), keys["items"][0]["public_key"].as_str().expect("a key"));
    for arguments in [&["verify-act", file][..], &["verify-act", file, "--key", key]] {
        let told: Value = serde_json::from_str(&moydom(arguments, suite.state())).expect("JSON");
        assert_eq!(told["act"], act.json()["content"]);
    }
}

#[test]
fn the_same_request_sent_eight_times_at_once_is_done_once() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 12);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let body = one(&account, &cold, &raised(&cold, 1_500));
    let session = client.cookie("__Host-session").expect("a session");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let client = suite.client();
                    client.set_cookie("__Host-session", &session);
                    let answer = submit(&client, "storm", &body);
                    (answer.status, answer.text)
                })
            })
            .collect();
        tasks.into_iter().map(|task| task.join().expect("no panic")).collect()
    });
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, 201);
    let path = format!("/api/readings/history?meter_id={}&limit=2", cold["meter_id"].as_str().expect("an id"));
    assert_eq!(client.get(&path).expect(200)["items"][1]["source"], "company");
}

#[test]
fn a_key_is_asked_for() {
    let suite = Suite::start();
    let client = suite.signed_in("anna");
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let body = one(&account, &cold, &raised(&cold, 1_000));
    client.post("/api/readings/submissions", &body).problem("idempotency-key-required");
    submit(&client, &"k".repeat(65), &body).problem("idempotency-key-required");
}

#[test]
fn a_reading_below_the_previous_one_is_questioned_and_nothing_is_saved() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 13);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let below = one(&account, &cold, &raised(&cold, -1_000));
    let problem = submit(&client, "below", &below).problem("reading-questioned");
    assert_eq!(problem["errors"][0]["pointer"], "/items/0/values/0");
    assert_eq!(problem["errors"][0]["code"], "decrease");
    assert_eq!(problem["errors"][0]["confirm"], json!({ "rate": 0, "code": "rolled-over" }));
    assert_eq!(meter(&meters(&client), "cold_water")["submitted"], Value::Null);
}

#[test]
fn a_reading_far_above_usual_is_kept_once_confirmed_and_the_company_looks_at_it() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 14);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let mut body = one(&account, &cold, &raised(&cold, 900_000));
    let problem = submit(&client, "spike", &body).problem("reading-questioned");
    assert_eq!(problem["errors"][0]["code"], "far-above-usual");
    assert!(problem["errors"][0]["detail"].as_str().is_some_and(|detail| detail.contains("900")), "{problem}");
    body["items"][0]["confirmed"] = json!([problem["errors"][0]["confirm"]]);
    let submission = submit(&client, "spike-confirmed", &body).expect(201);
    assert_eq!(submission["items"][0]["review"], "pending");
}

#[test]
fn a_value_that_cannot_be_true_is_refused_and_the_field_is_named() {
    let suite = Suite::start();
    let client = suite.signed_in("anna");
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    for (text, code) in [
        ("", "not-a-number"),
        ("1 31", "not-a-number"),
        ("-5", "negative"),
        ("1.2345", "too-many-decimals"),
        ("12345678", "overflow"),
        ("１２", "not-a-number"),
    ] {
        let problem = submit(&client, "bad", &one(&account, &cold, &[text.to_owned()])).problem("validation");
        assert_eq!(problem["errors"][0]["pointer"], "/items/0/values/0", "{text:?}");
        assert_eq!(problem["errors"][0]["code"], code, "{text:?}");
    }
    let two = vec!["1".to_owned(), "2".to_owned()];
    let problem = submit(&client, "bad", &one(&account, &cold, &two)).problem("validation");
    assert_eq!(problem["errors"][0]["code"], "wrong-rate-count");
    let mut future = one(&account, &cold, &raised(&cold, 1_000));
    future["items"][0]["taken_on"] = json!("2999-01-01");
    let problem = submit(&client, "bad", &future).problem("validation");
    assert_eq!(problem["errors"][0]["pointer"], "/items/0/taken_on");
    assert_eq!(problem["errors"][0]["code"], "future-date");
}

#[test]
fn malformed_bodies_are_told_what_is_wrong() {
    let suite = Suite::start();
    let client = suite.signed_in("anna");
    let send = |content_type: &str, body: &str| {
        let headers = [("content-type", content_type), ("idempotency-key", "malformed")];
        client.send("POST", "/api/readings/submissions", &headers, Some(body))
    };
    send("application/json", "{").problem("malformed-body");
    send("application/json", "").problem("malformed-body");
    send("text/plain", "{}").problem("unsupported-media-type");
    let problem = send("application/json", r#"{"account_id":"x","items":[{"meter_id":7,"values":[]}]}"#);
    assert_eq!(problem.problem("validation")["errors"][0]["pointer"], "/items/0/meter_id");
    send("application/json", r#"{"account_id":"x","items":[]}"#).problem("validation");
    send("application/json", &format!("\"{}\"", "x".repeat(300 * 1024))).problem("body-too-large");
}

#[test]
fn another_s_account_and_meter_look_absent() {
    let suite = Suite::start();
    let account = meters(&suite.signed_in("anna"));
    let cold = meter(&account, "cold_water");
    let stranger = suite.signed_in("boris");
    submit(&stranger, "foreign", &one(&account, &cold, &raised(&cold, 1_000))).problem("not-found");
    let path = format!("/api/readings/history?meter_id={}", cold["meter_id"].as_str().expect("an id"));
    stranger.get(&path).problem("not-found");
    assert_eq!(stranger.get("/api/readings/meters").expect(200)["accounts"], json!([]));
}

#[test]
fn the_history_goes_back_page_by_page_without_gaps_or_repeats() {
    let suite = Suite::start();
    let client = suite.signed_in("anna");
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let base = format!("/api/readings/history?meter_id={}&limit=7", cold["meter_id"].as_str().expect("an id"));
    let (mut periods, mut path) = (Vec::new(), base.clone());
    loop {
        let page = client.get(&path).expect(200);
        let items = page["items"].as_array().expect("items");
        periods.extend(items.iter().filter_map(|item| item["period"].as_str().map(str::to_owned)));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{base}&cursor={cursor}");
    }
    let mut sorted = periods.clone();
    sorted.sort_by(|one, other| other.cmp(one));
    sorted.dedup();
    assert_eq!(periods, sorted);
    assert!(periods.len() >= 24, "{periods:?}");
    client.get(&format!("{base}&cursor=nonsense")).problem("validation");
    client.get(&base.replace("limit=7", "limit=0")).problem("validation");
}

#[test]
fn a_correction_in_the_same_window_replaces_what_was_given_and_both_stay_in_the_history() {
    let suite = Suite::start();
    let (client, _) = linked(&suite, 15);
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    submit(&client, "first", &one(&account, &cold, &raised(&cold, 3_000))).expect(201);
    let corrected = submit(&client, "second", &one(&account, &cold, &raised(&cold, 2_000))).expect(201);
    assert_eq!(corrected["items"][0]["consumption"], json!(["2.000"]));
    let now = meter(&meters(&client), "cold_water");
    assert_eq!(now["submitted"]["confirmation_code"], corrected["confirmation_code"]);
    assert_eq!(now["last"], cold["last"]);
}

#[test]
fn staff_have_no_access_to_residents_meters() {
    let suite = Suite::start();
    for login in ["dispatcher", "accountant", "support"] {
        suite.signed_in(login).get("/api/readings/meters").problem("forbidden");
    }
}

#[test]
fn a_failure_is_recorded_by_the_company_and_told_to_the_resident() {
    let suite = Suite::start();
    let anna = suite.signed_in("anna");
    let cold = meter(&meters(&anna), "cold_water");
    let manager = suite.signed_in("manager");
    let path = format!("/api/readings/meter-desk/meters?serial={}", cold["serial"].as_str().expect("a number"));
    let found = manager.get(&path).expect(200);
    assert_eq!(found["items"][0]["meter_id"], cold["meter_id"]);
    let event = json!({ "meter_id": cold["meter_id"], "kind": "failed", "happened_on": cold["last"]["taken_on"] });
    let headers = [("content-type", "application/json"), ("idempotency-key", "failure")];
    let sent =
        |client: &Client| client.send("POST", "/api/readings/meter-desk/events", &headers, Some(&event.to_string()));
    sent(&anna).problem("forbidden");
    sent(&manager).expect(201);
    let path = format!("/api/readings/meter-events?meter_id={}", cold["meter_id"].as_str().expect("an id"));
    assert_eq!(anna.get(&path).expect(200)["items"][0]["kind"], "failed");
}

fn change(suite: &Suite, sql: &str) {
    let database = rusqlite::Connection::open(suite.state().join("sqlite_db.db")).expect("the database");
    assert_eq!(database.execute(sql, []).expect("the change"), 1);
}

#[test]
fn what_a_home_used_is_told_of_two_years() {
    let suite = Suite::start();
    let anna = suite.signed_in("anna");
    let account = meters(&anna);
    let path = format!("/api/readings/consumption?account_id={}", account["account_id"].as_str().expect("an id"));
    let told = anna.get(&path).expect(200);
    assert_eq!(told["items"][0]["kind"], "cold_water");
    assert_eq!(told["items"][0]["months"].as_array().map(Vec::len), Some(24));
    suite.signed_in("boris").get(&path).problem("not-found");
    let table = path.replace("/api/readings/consumption", "/api/readings/consumption/document");
    suite.signed_in("boris").get(&table).problem("not-found");
    let meters = anna.get("/api/readings/meters").expect(200);
    let meter_id = meters["accounts"][0]["meters"][0]["meter_id"].as_str().expect("a meter");
    let archive = anna.get(&format!("/api/readings/history/document?meter_id={meter_id}"));
    assert!(archive.status == 200 && archive.text.lines().count() > 20, "{archive:?}");
    let stickers = path.replace("/api/readings/consumption", "/api/readings/stickers");
    let paper = anna.get(&stickers);
    assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"), "{paper:?}");
    suite.signed_in("boris").get(&stickers).problem("not-found");
}

#[test]
fn a_closed_account_shows_no_meters_and_takes_no_readings() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.signed_in("anna");
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    change(&suite, "update account set closed_on = '2026-01-01' where number = '0000000015'");
    assert_eq!(client.get("/api/readings/meters").expect(200)["accounts"], json!([]));
    submit(&client, "closed", &one(&account, &cold, &raised(&cold, 1_000))).problem("not-found");
}

#[test]
fn a_control_reading_of_the_same_month_is_what_a_resident_s_one_is_compared_with() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.signed_in("anna");
    let account = meters(&client);
    let cold = meter(&account, "cold_water");
    let control = raised(&cold, 4_000).remove(0);
    let id = cold["meter_id"].as_str().expect("an id");
    change(
        &suite,
        &format!(
            "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
             values ('control', '{id}', 'control', '2026-07', '2026-07-19', '2026-07-19T09:00:00.000Z', '{control}')"
        ),
    );
    let problem = submit(&client, "below", &one(&account, &cold, &raised(&cold, 3_000))).problem("reading-questioned");
    assert_eq!(problem["errors"][0]["code"], "decrease");
    let mut earlier = one(&account, &cold, &raised(&cold, 5_000));
    earlier["items"][0]["taken_on"] = json!("2026-07-18");
    let problem = submit(&client, "before", &earlier).problem("validation");
    assert_eq!(problem["errors"][0]["code"], "before-last-date");
}

#[test]
fn an_sms_that_the_gateway_brings_is_taken_and_answered() {
    let suite = Suite::start();
    let (owner, account) = linked(&suite, 19);
    let path = format!("/api/readings/meters?account_id={}", account["account_id"].as_str().expect("an id"));
    let cold = meter(&owner.get(&path).expect(200)["accounts"][0], "cold_water");
    let (serial, value) = (cold["serial"].as_str().expect("text"), raised(&cold, 2_000).remove(0));
    let to = [suite.base_url(), "/api/readings/sms"].concat();
    let written = format!("from=%2B79000000049&text=СЧЁТЧИК № {serial} {value}&send_to={to}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let brought = Client::new(suite.sandbox_url()).send("POST", "/incoming", &form, Some(&written));
    assert!(brought.text.contains("204"), "{}", brought.text);
    // The answer goes out beside that to the gateway: the code of the link is the last message until then.
    let answer = loop {
        let last = suite.sent_to("+79000000049").remove(0);
        if !last.contains("для привязки") {
            break last;
        }
        std::thread::yield_now();
    };
    assert!(answer.contains("принято") && answer.contains(serial), "{answer}");
    assert_eq!(owner.get(&path).expect(200)["accounts"][0]["meters"][0]["submitted"]["source"], "resident");
}

#[test]
fn who_answers_for_a_house_sees_whose_readings_are_missing_and_reminds_them_once_a_day() {
    let suite = Suite::start();
    let manager = suite.signed_in("manager");
    let houses = manager.get("/api/readings/coverage/houses").expect(200);
    let house_id = houses["items"][0]["house_id"].as_str().expect("an id");
    let path = format!("/api/readings/coverage/houses/{house_id}");
    let seen = manager.get(&path).expect(200);
    assert_eq!(seen["house"]["house_id"], house_id);
    let missing = manager.get(&format!("/api/readings/coverage/houses/{house_id}/document"));
    assert!(missing.status == 200 && missing.text.contains("Заводской номер"), "{missing:?}");
    let period = houses["items"][0]["period"].as_str().expect("a month");
    let readings = format!("/api/readings/coverage/houses/{house_id}/readings?period={period}&format=xlsx");
    let file = manager.get(&readings);
    assert!(file.status == 200 && file.header("content-type").ends_with("sheet"), "{file:?}");
    let told = manager.post(&format!("/api/readings/coverage/houses/{house_id}/reminders"), &json!({}));
    if houses["items"][0]["is_open"] == true {
        told.expect(201);
        let again =
            manager.post(&format!("/api/readings/coverage/houses/{house_id}/reminders"), &json!({})).expect(201);
        assert_eq!(again["told"], 0, "everybody hears of it once a day");
    } else {
        told.problem("window-closed");
    }
}
