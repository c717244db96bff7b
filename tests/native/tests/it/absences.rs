//! Absences: residents ask, the accountant decides, the next bills have it.

use domain::access::Role;
use http::StatusCode;
use serde_json::{Value, json};
use web::fresh_id;

use crate::door::Browser;
use crate::home_of::settle;
use crate::scopes::{FIRST, hire, places};
use crate::suite::{Answer, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/billing/absences";

async fn once(suite: &Suite, browser: &Browser<'_>, body: Value) -> Answer {
    let (cookies, key) = (browser.cookies(), fresh_id(&suite.env));
    suite.ask("POST", PATH, &[("cookie", &cookies), ("idempotency-key", &key)], Some(body)).await
}

async fn run(browser: &mut Browser<'_>, house_id: &str, period: &str) {
    let wish = json!({ "house_id": house_id, "period": period });
    let opened = browser.ask("POST", "/api/billing/desk/runs", Some(wish)).await;
    let run = format!("/api/billing/desk/runs/{}", opened.body["run_id"]);
    for state in ["previewed", "issued"] {
        while browser.ask("POST", &format!("{run}/step"), None).await.body["has_more"] == true {}
        assert_eq!(browser.ask("GET", &run, None).await.body["state"], state);
        if state == "previewed" {
            browser.ask_surely("POST", &format!("{run}/approve?without_readings=true"), None).await;
        }
    }
}

#[tokio::test]
async fn an_absence_is_asked_for_decided_and_corrects_the_months_that_were_billed() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let mut anna = Browser::signed_in(&suite, "10.0.0.1:1", "anna").await;
    let [_, place] = places(&suite, FIRST);
    let house_id = place.id().unwrap().to_owned();
    hire(&suite, "own-accountant", Role::Accountant, &place);
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    run(&mut accountant, &house_id, "2026-07").await;

    let wish = json!({ "account_id": objects.account_id, "persons": 1, "left_on": "2026-07-02",
                       "returned_on": "2026-07-18", "document": "билеты на поезд" });
    let asked = once(&suite, &anna, wish.clone()).await;
    assert_eq!((asked.status, &asked.body["standing"]), (StatusCode::CREATED, &json!("asked")));
    assert_eq!(once(&suite, &anna, wish).await.body["errors"][0]["pointer"], "/left_on", "these days are asked for");

    let desk = format!("/api/billing/desk/houses/{house_id}/absences");
    let waiting = accountant.ask("GET", &desk, None).await.body;
    assert_eq!(waiting["items"], json!([asked.body]));
    let decision = format!("{desk}/{}/decision", asked.body["absence_id"].as_str().unwrap());
    let wordless = accountant.ask("POST", &decision, Some(json!({ "is_accepted": true, "reason": "" }))).await;
    assert_eq!(wordless.body["errors"][0]["pointer"], "/reason");
    let yes = json!({ "is_accepted": true, "reason": "билеты подтверждают отсутствие" });
    assert_eq!(accountant.ask("POST", &decision, Some(yes.clone())).await.status, StatusCode::NO_CONTENT);
    assert_eq!(accountant.ask("POST", &decision, Some(yes)).await.problem(), "not-found", "it is decided once");
    assert_eq!(accountant.ask("GET", &desk, None).await.body["items"], json!([]));
    let seen = anna.ask("GET", PATH, None).await.body;
    assert_eq!(["standing", "reason"].map(|of| &seen["items"][0][of]), ["accepted", "билеты подтверждают отсутствие"]);
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let told = suite.rows("select title, link from notice where kind = 'absence-decided'");
    assert!(told.contains(&vec!["Перерасчёт за отсутствие будет".to_owned(), "/absence".to_owned()]), "{told:?}");

    suite.set_clock("2026-08-03T09:00:00Z".parse().unwrap());
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    run(&mut accountant, &house_id, "2026-08").await;
    let corrected = suite.rows(&format!(
        "select l.of_period, l.service, l.payable < 0, l.reason from charge_line l join bill b using (bill_id)
         where b.account_id = '{}' and l.of_period = '2026-07' and b.period = '2026-08'",
        objects.account_id
    ));
    let reason = "Отсутствие с 2\u{a0}июля 2026 года по 18\u{a0}июля 2026 года";
    assert_eq!(corrected, [["2026-07", "solid_waste", "1", reason]]);
}

#[tokio::test]
async fn what_an_absence_lacks_is_told_field_by_field_and_a_neighbour_s_home_is_nobody_s_business() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let anna = Browser::signed_in(&suite, "10.0.0.1:1", "anna").await;
    let good = json!({ "account_id": objects.account_id, "persons": 1, "left_on": "2026-07-01",
                       "returned_on": "2026-07-15", "document": "билеты" });
    for (field, value, pointer) in [
        ("persons", json!(0), "/persons"),
        ("left_on", json!("вчера"), "/left_on"),
        ("left_on", json!("2026-07-10"), "/left_on"),
        ("left_on", json!("2026-07-16"), "/returned_on"),
        ("returned_on", json!("2026-07-21"), "/returned_on"),
        ("document", json!(""), "/document"),
    ] {
        let mut wish = good.clone();
        wish[field] = value;
        let refused = once(&suite, &anna, wish).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    let mut late = good.clone();
    (late["left_on"], late["returned_on"]) = (json!("2026-05-01"), json!("2026-06-19"));
    let late = once(&suite, &anna, late).await;
    assert_eq!(late.body["errors"][0]["pointer"], "/returned_on", "more than thirty days ago");
    let boris = Browser::signed_in(&suite, "10.0.0.2:1", "boris").await;
    assert_eq!(once(&suite, &boris, good).await.problem(), "not-found");
}
