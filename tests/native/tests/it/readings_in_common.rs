//! A meter of several people: of those who share the home, and of one owner after another.

use domain::{period::Period, reading::Channel};
use http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};
use store::{
    homes::{
        self, Right,
        register::{self, NewAccount},
    },
    readings::{self, NewReading},
};

use crate::suite::{Answer, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
/// Anna's, in the demo house.
const FLAT: &str = "0000000015";

struct Visitor<'a> {
    suite: &'a Suite,
    cookie: String,
}

impl<'a> Visitor<'a> {
    async fn of(suite: &'a Suite, login: &str) -> Self {
        Self { suite, cookie: suite.sign_in(login).await }
    }

    async fn get(&self, path: &str) -> Answer {
        self.suite.ask("GET", path, &[("cookie", &self.cookie)], None).await
    }

    async fn history(&self, meter_id: &str) -> Answer {
        self.get(&format!("/api/readings/history?meter_id={meter_id}")).await
    }

    /// The cold water meter of the person's only home.
    async fn meter(&self) -> Value {
        let accounts = self.get("/api/readings/meters").await.body["accounts"].clone();
        let meters = accounts[0]["meters"].as_array().expect("meters");
        meters.iter().find(|meter| meter["kind"] == "cold_water").expect("cold water").clone()
    }

    /// Gives again what the meter showed last, and answers with the code.
    async fn submit(&self) -> Value {
        let (account, meter) = (self.get("/api/readings/meters").await.body["accounts"][0].clone(), self.meter().await);
        let items = json!([{ "meter_id": meter["meter_id"], "values": meter["last"]["values"] }]);
        let body = json!({ "account_id": account["account_id"], "items": items });
        let headers = [("cookie", self.cookie.as_str()), ("idempotency-key", "a-test")];
        let answer = self.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body["confirmation_code"].clone()
    }
}

/// Links an account to Boris, who has none yet.
fn link(suite: &Suite, account_id: &str) {
    let boris = suite.rows("select person_id from person where login = 'boris'").concat().concat();
    let now = suite.env.now();
    suite.env.db().write(|tx| homes::add_link(tx, now, "a-link", &boris, account_id, Right::Owner)).unwrap();
}

/// Closes the account of the flat and opens another there.
fn change_hands(suite: &Suite) {
    let sql = format!("select premises_id from account where number = '{FLAT}'");
    let premises_id = suite.rows(&sql).concat().concat();
    let new = NewAccount {
        account_id: "of-the-new-owner",
        number: "0000009915",
        unified_number: None,
        premises_id: &premises_id,
        holder: "Новый владелец",
        contact_phone: None,
        contact_email: None,
        opened_on: date(2026, 7, 1),
        closed_on: None,
    };
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update account set closed_on = '2026-07-01' where number = ?1", [FLAT]).unwrap();
    suite.env.db().write(|tx| register::put_accounts(tx, suite.env.now(), &[new], &[])).unwrap();
}

#[tokio::test]
async fn a_former_owner_sees_nothing_of_what_the_new_one_gives() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::of(&suite, "anna").await;
    let meter_id = anna.meter().await["meter_id"].as_str().unwrap().to_owned();
    assert_eq!(anna.history(&meter_id).await.status, StatusCode::OK);
    change_hands(&suite);
    link(&suite, "of-the-new-owner");
    let boris = Visitor::of(&suite, "boris").await;
    let code = boris.submit().await;
    assert_eq!(boris.history(&meter_id).await.body["items"][0]["confirmation_code"], code);
    let refused = anna.history(&meter_id).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::NOT_FOUND, "not-found"));
}

#[tokio::test]
async fn who_shares_a_home_sees_the_values_of_the_others_and_the_codes_of_none() {
    let suite = Suite::demo(NOW);
    let account_id = suite.rows(&format!("select account_id from account where number = '{FLAT}'")).concat().concat();
    link(&suite, &account_id);
    let (anna, boris) = (Visitor::of(&suite, "anna").await, Visitor::of(&suite, "boris").await);
    let code = boris.submit().await;
    for (visitor, code) in [(&boris, &code), (&anna, &Value::Null)] {
        let meter = visitor.meter().await;
        let past = visitor.history(meter["meter_id"].as_str().unwrap()).await.body["items"][0].clone();
        assert_eq!((&meter["submitted"]["confirmation_code"], &past["confirmation_code"]), (code, code));
        assert_eq!(
            (&meter["submitted"]["values"], &past["values"]),
            (&meter["last"]["values"], &meter["last"]["values"])
        );
    }
}

#[tokio::test]
async fn what_the_company_found_this_month_is_shown_with_its_source_and_without_a_code() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::of(&suite, "anna").await;
    let meter = anna.meter().await;
    let control = NewReading {
        reading_id: "control",
        meter_id: meter["meter_id"].as_str().unwrap(),
        submission_id: None,
        source: "control",
        channel: Channel::Operator,
        period: Period::parse("2026-07").unwrap(),
        taken_on: date(2026, 7, 19),
        values: &["99999".to_owned()],
        rolled_over: false,
        confirmed: None,
        review: false,
    };
    suite.env.db().write(|tx| readings::add(tx, suite.env.now(), &[control])).unwrap();
    let shown = anna.meter().await["submitted"].clone();
    assert_eq!((&shown["source"], &shown["confirmation_code"]), (&json!("control"), &Value::Null), "{shown}");
}
