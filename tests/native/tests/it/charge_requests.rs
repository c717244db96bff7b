//! Requests about how an account is charged: taken with a last day, decided once, granted months computed anew.

use domain::access::{Role, Scope};
use http::StatusCode;
use serde_json::{Value, json};

use crate::bills::billed;
use crate::door::Browser;
use crate::scopes::hire;
use crate::suite::{Answer, Suite};

const PATH: &str = "/api/billing/requests";
const DESK: &str = "/api/billing/desk/houses/d1/requests";
const ACCOUNT: &str = "d1-000001";

/// Anna's flat has a bill of March; the holidays of May are near.
async fn suite() -> Suite {
    let (suite, _) = billed().await;
    suite.set_clock("2026-04-27T09:00:00Z".parse().unwrap());
    suite
}

async fn ask(suite: &Suite, browser: &Browser<'_>, key: &str, wish: &Value) -> Answer {
    let mut body = json!({ "account_id": ACCOUNT, "words": "Прошу учесть акт" });
    for (name, value) in wish.as_object().unwrap() {
        body[name] = value.clone();
    }
    suite.ask("POST", PATH, &[("cookie", &browser.cookies()), ("idempotency-key", key)], Some(body)).await
}

async fn accountant(suite: &Suite) -> Browser<'_> {
    let place = Scope::House { house_id: "d1".to_owned(), company_id: "company".to_owned() };
    hire(suite, "own-accountant", Role::Accountant, &place);
    Browser::signed_in(suite, "10.0.0.7:1", "own-accountant").await
}

async fn decide(browser: &mut Browser<'_>, asked: &Value, is_accepted: bool) -> Answer {
    let path = format!("{DESK}/{}/decision", asked["request_id"].as_str().unwrap());
    let decision = json!({ "is_accepted": is_accepted, "answer": "Акт № 12 от 20 апреля" });
    browser.ask("POST", &path, Some(decision)).await
}

#[tokio::test]
async fn a_request_has_a_number_and_a_last_day_and_is_decided_once() {
    let suite = suite().await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let wish = json!({ "kind": "service", "service": "gas" });
    let asked = ask(&suite, &anna, "one", &wish).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    // Seven working days over the holidays of May.
    assert_eq!((&asked.body["number"], &asked.body["due_on"]), (&json!(1), &json!("2026-05-07")));
    assert_eq!((&asked.body["title"], &asked.body["service"]), (&json!("Добавить услугу"), &json!("Газ")));
    assert_eq!(ask(&suite, &anna, "one", &wish).await.body, asked.body, "a repetition");

    let mut accountant = accountant(&suite).await;
    assert_eq!(accountant.ask("GET", DESK, None).await.body["items"], json!([asked.body]));
    let path = format!("{DESK}/{}/decision", asked.body["request_id"].as_str().unwrap());
    let silent = accountant.ask("POST", &path, Some(json!({ "is_accepted": false, "answer": " " }))).await;
    assert_eq!((silent.problem(), &silent.body["errors"][0]["pointer"]), ("validation", &json!("/answer")));
    assert_eq!(decide(&mut accountant, &asked.body, false).await.status, StatusCode::NO_CONTENT);
    assert_eq!(decide(&mut accountant, &asked.body, true).await.problem(), "not-found", "once");
    assert_eq!(accountant.ask("GET", DESK, None).await.body["items"], json!([]));
    let told = anna.ask("GET", PATH, None).await.body["items"][0].take();
    assert_eq!((&told["standing"], &told["answer"]), (&json!("refused"), &json!("Акт № 12 от 20 апреля")));
    assert!(suite.rows("select 1 from recalculation").is_empty());
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let notices = suite.rows("select title, body from notice where kind = 'charge-request-decided'");
    assert_eq!(notices.len(), 1);
    assert!(notices[0][0].contains("отказано") && notices[0][1].contains("заявление № 1"), "{notices:?}");
}

#[tokio::test]
async fn the_waiting_ones_of_a_house_come_page_by_page_and_a_place_that_is_none_is_refused() {
    let suite = suite().await;
    let anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let first = ask(&suite, &anna, "one", &json!({ "kind": "service", "service": "gas" })).await.body;
    let second = ask(&suite, &anna, "two", &json!({ "kind": "service", "service": "heating" })).await.body;
    let mut accountant = accountant(&suite).await;
    let due_on = first["due_on"].as_str().unwrap();
    let rest = accountant.ask("GET", &format!("{DESK}?after={due_on}/1"), None).await;
    assert_eq!(rest.body, json!({ "items": [second], "next": null }));
    for list in ["requests", "questions"] {
        for after in ["", "tomorrow", "2026-05-07", "2026-05-07/one", "2026-13-07/1"] {
            let path = format!("/api/billing/desk/houses/d1/{list}?after={after}");
            let refused = accountant.ask("GET", &path, None).await;
            let said = (refused.problem(), &refused.body["errors"][0]["pointer"]);
            assert_eq!(said, ("validation", &json!("?after")), "{path}");
        }
    }
}

#[tokio::test]
async fn granted_months_are_computed_anew_with_the_answer_as_their_reason() {
    let suite = suite().await;
    let anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let asked = ask(&suite, &anna, "one", &json!({ "kind": "recalculation", "from": "2026-03" })).await;
    // Five working days: the 1st of May and the weekend after it do not count.
    assert_eq!((&asked.body["from"], &asked.body["due_on"]), (&json!("2026-03"), &json!("2026-05-05")));
    assert_eq!(decide(&mut accountant(&suite).await, &asked.body, true).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        suite.rows("select account_id, from_period, reason from recalculation"),
        [[ACCOUNT, "2026-03", "Заявление № 1: Акт № 12 от 20 апреля"]]
    );
}

#[tokio::test]
async fn what_a_request_leaves_out_is_named_and_nothing_is_kept() {
    let suite = suite().await;
    let anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for (wish, pointer) in [
        (json!({ "kind": "wish" }), "/kind"),
        (json!({ "kind": "tariff" }), "/service"),
        (json!({ "kind": "service", "service": "sauna" }), "/service"),
        (json!({ "kind": "tariff", "offer_id": "none" }), "/offer_id"),
        (json!({ "kind": "recalculation" }), "/from"),
        (json!({ "kind": "recalculation", "from": "2026-04" }), "/from"),
        (json!({ "kind": "recalculation", "from": "2019-01" }), "/from"),
        (json!({ "kind": "recalculation", "from": "March" }), "/from"),
        (json!({ "kind": "service", "service": "gas", "words": "??" }), "/words"),
    ] {
        let refused = ask(&suite, &anna, &format!("{wish}").len().to_string(), &wish).await;
        assert_eq!(refused.problem(), "validation", "{wish}");
        let pointers: Vec<_> =
            refused.body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert_eq!(pointers, [&json!(pointer)], "{wish}");
    }
    let boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let strange = ask(&suite, &boris, "b", &json!({ "kind": "service", "service": "gas" })).await;
    assert_eq!(strange.problem(), "not-found");
    assert!(suite.rows("select 1 from charge_request").is_empty());
}
