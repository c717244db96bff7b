//! What a resident is told of prices and norms by HTTP.

use http::StatusCode;
use serde_json::{Value, json};

use crate::suite::{Answer, Suite};

const NOW: &str = "2026-11-20T09:00:00Z";

struct Resident<'a> {
    suite: &'a Suite,
    cookie: String,
    account_id: String,
}

impl<'a> Resident<'a> {
    async fn anna(suite: &'a Suite) -> Self {
        let cookie = suite.sign_in("anna").await;
        let accounts = suite.ask("GET", "/api/homes/accounts", &[("cookie", &cookie)], None).await;
        let account_id = accounts.body["items"][0]["account_id"].as_str().unwrap().to_owned();
        Self { suite, cookie, account_id }
    }

    async fn ask(&self, rest: &str) -> Answer {
        let path = format!("/api/billing/accounts/{}/{rest}", self.account_id);
        self.suite.ask("GET", &path, &[("cookie", &self.cookie)], None).await
    }

    async fn told(&self, rest: &str) -> Value {
        let answer = self.ask(rest).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }
}

fn of<'a>(items: &'a Value, service: &str) -> Vec<&'a Value> {
    items.as_array().unwrap().iter().filter(|item| item["service"] == service).collect()
}

#[tokio::test]
async fn the_sheet_of_the_present_month_tells_prices_norms_and_benefits_with_their_acts() {
    let suite = Suite::demo(NOW);
    let sheet = Resident::anna(&suite).await.told("tariffs").await;
    assert_eq!(sheet["period"], "2026-11");
    let [cold] = of(&sheet["tariffs"], "cold_water")[..] else { panic!("{sheet}") };
    assert_eq!(cold["prices"], json!(["50.93"]));
    assert_eq!((&cold["unit"], &cold["since"]), (&json!("м³"), &json!("2026-10-01")));
    assert_eq!(cold["act"]["link"], "https://rek.example/acts/2026-10-01");
    let zones: Vec<_> = of(&sheet["tariffs"], "electricity").iter().map(|one| one["prices"].clone()).collect();
    assert_eq!(zones, [json!(["7.25"]), json!(["8.01", "3.71"]), json!(["8.23", "3.71", "6.99"])]);
    let [offer] = of(&sheet["offers"], "electricity")[..] else { panic!("{sheet}") };
    assert_eq!((&offer["supplier"], &offer["prices"]), (&json!("ООО «Свет»"), &json!(["7.11"])));
    assert_eq!(of(&sheet["norms"], "cold_water")[0]["value"], "4.331");
    assert_eq!(of(&sheet["benefits"], "maintenance")[0]["limit"], "33");
    assert_eq!(sheet["multipliers"][0]["value"], "1.5");
    assert_eq!(sheet["comparison"], Value::Null);
}

#[tokio::test]
async fn two_months_stand_beside_each_other_also_where_nothing_was_charged_then() {
    let suite = Suite::demo(NOW);
    let anna = Resident::anna(&suite).await;
    let sheet = anna.told("tariffs?period=2026-10&against=2026-09").await;
    let [cold] = of(&sheet["comparison"]["items"], "cold_water")[..] else { panic!("{sheet}") };
    assert_eq!((&cold["before"], &cold["now"]), (&json!(["47.91"]), &json!(["50.93"])));
    let sheet = anna.told("tariffs?period=2026-10&against=2020-01").await;
    let [cold] = of(&sheet["comparison"]["items"], "cold_water")[..] else { panic!("{sheet}") };
    assert_eq!((&cold["before"], &cold["now"]), (&json!([]), &json!(["50.93"])));
}

#[tokio::test]
async fn the_history_of_a_service_is_told_from_the_newest_price_on() {
    let suite = Suite::demo(NOW);
    let history = Resident::anna(&suite).await.told("tariff-history?service=cold_water").await;
    let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|one| one["prices"][0].clone()).collect();
    assert_eq!(told, ["50.93", "47.91", "47.11", "42.18"]);
    assert_eq!(history["items"][1]["until"], "2026-09-30");
}

#[tokio::test]
async fn a_month_and_a_service_that_nobody_knows_are_faults_of_their_fields() {
    let suite = Suite::demo(NOW);
    let anna = Resident::anna(&suite).await;
    for (rest, pointer) in [
        ("tariffs?period=2026-13", "/period"),
        ("tariffs?against=yesterday", "/against"),
        ("tariff-history?service=ColdWater", "/service"),
    ] {
        let answer = anna.ask(rest).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"), "{rest}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
}

/// Whoever has an account hears of new prices once, before they hold, and only of those that touch the account.
#[tokio::test]
async fn new_prices_are_told_once_before_they_hold() {
    let suite = Suite::demo("2026-08-20T09:00:00Z");
    let told = || {
        suite.rows(
            "select p.login, n.title, n.body from notice n join person p using (person_id)
                              where n.kind = 'tariff-change' order by 1",
        )
    };
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert!(told().is_empty(), "it is too early: {:?}", told());
    suite.set_clock("2026-09-05T09:00:00Z".parse().unwrap());
    for _ in 0..2 {
        reminders::run(&suite.env, suite.env.now()).unwrap();
        let told = told();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0][0].as_str(), told[0][1].as_str()), ("anna", "С 1\u{a0}октября 2026 года меняются тарифы"));
        assert!(told[0][2].contains("Холодная вода: было "), "{told:?}");
    }
    suite.set_clock("2026-10-01T09:00:00Z".parse().unwrap());
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(told().len(), 1, "they hold");
}
