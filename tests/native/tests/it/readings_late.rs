//! Readings that arrive later than they were taken: they waited for a connection.

use http::StatusCode;
use serde_json::{Value, json};

use crate::suite::{Answer, Suite};

/// The last evening of July in the demo house, whose window is the whole month.
const TYPED: &str = "2026-07-31T20:00:00Z";

struct Resident {
    suite: Suite,
    account: Value,
}

impl Resident {
    async fn anna() -> Self {
        let suite = Suite::demo(TYPED);
        let cookie = suite.sign_in("anna").await;
        let meters = suite.ask("GET", "/api/readings/meters", &[("cookie", &cookie)], None).await;
        Self { suite, account: meters.body["accounts"][0].clone() }
    }

    /// Delivers the reading of 31 July at this moment.
    async fn deliver(&self, moment: &str) -> Answer {
        self.suite.set_clock(moment.parse().unwrap());
        let cookie = self.suite.sign_in("anna").await;
        let meter = &self.account["meters"][0];
        let item =
            json!({ "meter_id": meter["meter_id"], "values": meter["last"]["values"], "taken_on": "2026-07-31" });
        let body = json!({ "account_id": self.account["account_id"], "items": [item] });
        let headers = [("cookie", cookie.as_str()), ("idempotency-key", "a-test")];
        self.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await
    }

    fn kept(&self) -> Vec<Vec<String>> {
        self.suite.rows("select period, taken_on from reading where source = 'resident'")
    }
}

#[tokio::test]
async fn the_time_zone_is_told_by_which_the_day_of_a_reading_counts() {
    let anna = Resident::anna().await;
    assert_eq!(anna.account["time_zone"], "Europe/Moscow");
}

#[tokio::test]
async fn a_reading_keeps_the_day_of_its_typing_whenever_it_arrives() {
    let anna = Resident::anna().await;
    anna.suite.set_clock("2026-08-01T08:00:00Z".parse().unwrap());
    // The house takes readings until the 5th of the next month.
    let file = rusqlite::Connection::open(anna.suite.location.database_file()).unwrap();
    file.execute("update house set window_from_day = 20, window_to_day = 5", []).unwrap();
    assert_eq!(anna.deliver("2026-08-01T08:00:00Z").await.status, StatusCode::CREATED);
    assert_eq!(anna.kept()[0][1], "2026-07-31");
}

#[tokio::test]
async fn a_reading_of_last_month_never_becomes_this_month_s() {
    let anna = Resident::anna().await;
    let answer = anna.deliver("2026-08-01T08:00:00Z").await;
    let error = &answer.body["errors"][0];
    assert_eq!((answer.problem(), &error["pointer"]), ("validation", &json!("/items/0/taken_on")));
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("снято раньше") && detail.contains("Посмотрите на счётчик ещё раз"), "{detail}");
    assert!(anna.kept().is_empty());
}

#[tokio::test]
async fn a_reading_that_missed_the_window_is_told_what_to_do() {
    let anna = Resident::anna().await;
    let file = rusqlite::Connection::open(anna.suite.location.database_file()).unwrap();
    file.execute("update house set window_from_day = 15, window_to_day = 31", []).unwrap();
    let answer = anna.deliver("2026-08-01T08:00:00Z").await;
    assert_eq!(answer.problem(), "window-closed");
    assert!(answer.body["detail"].as_str().unwrap().contains("снимите их заново"), "{}", answer.body);
    assert!(anna.kept().is_empty());
}
