//! Why a reading is asked about: the numbers, the likely slip, and what all that costs.

use domain::{period::Period, reading::Channel};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::{
    homes::{self, Right},
    persons,
    readings::{self, NewReading},
};

use crate::suite::{Answer, Suite};

const NOON: &str = "2026-07-20T09:00:00Z";

/// A resident with their first account, as the API shows it.
struct Home {
    suite: Suite,
    cookie: String,
    account: Value,
}

impl Home {
    async fn of(login: &str) -> Self {
        let suite = Suite::demo(NOON);
        let cookie = suite.sign_in(login).await;
        let mut home = Self { suite, cookie, account: Value::Null };
        home.account = home.get("/api/readings/meters").await.body["accounts"][0].clone();
        home
    }

    /// A resident of a flat with two sets of pipes.
    async fn with_two_baths() -> Self {
        let mut home = Self::of("resident02").await;
        let account = home.suite.rows("select account_id from account where number = '0000000032'").remove(0).remove(0);
        let link = |tx: &store::Tx<'_>| {
            let person = persons::credentials(tx, persons::Key::Login("resident02"))?.expect("a demo login").person_id;
            homes::add_link(tx, NOON.parse().unwrap(), "a-link", &person, &account, Right::Owner)
        };
        home.suite.env.db().write(link).unwrap();
        home.account = home.get("/api/readings/meters").await.body["accounts"][0].clone();
        home
    }

    async fn get(&self, path: &str) -> Answer {
        self.suite.ask("GET", path, &[("cookie", &self.cookie)], None).await
    }

    async fn submit(&self, key: &str, items: &[(&Value, &str)]) -> Answer {
        let items: Vec<_> =
            items.iter().map(|(meter, value)| json!({ "meter_id": meter["meter_id"], "values": [value] })).collect();
        let body = json!({ "account_id": self.account["account_id"], "items": items });
        let headers = [("cookie", self.cookie.as_str()), ("idempotency-key", key)];
        self.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await
    }

    fn meters(&self, kind: &str) -> Vec<&Value> {
        let meters = self.account["meters"].as_array().expect("meters");
        meters.iter().filter(|meter| meter["kind"] == kind).collect()
    }
}

fn last(meter: &Value) -> Decimal {
    meter["last"]["values"][0].as_str().expect("a last reading").parse().unwrap()
}

/// The last value and so much more, as text.
fn above(meter: &Value, more: i64) -> String {
    format!("{:.3}", last(meter) + Decimal::from(more))
}

#[tokio::test]
async fn a_question_comes_with_the_numbers_behind_it() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let answer = home.submit("k", &[(cold, &above(cold, 700))]).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::CONFLICT, "reading-questioned"));
    let hint = &answer.body["errors"][0]["hint"];
    let number =
        |name: &str| hint[name].as_str().unwrap_or_else(|| panic!("{name}: {hint}")).parse::<Decimal>().unwrap();

    let path = format!("/api/readings/history?meter_id={}&year=2025", cold["meter_id"].as_str().unwrap());
    let archive = home.get(&path).await.body;
    let months = archive["items"].as_array().unwrap();
    let july = months.iter().find(|month| month["period"] == "2025-07").expect("last July");
    assert_eq!(hint["last_year"], july["consumption"][0]);
    assert!(number("usual") > Decimal::ONE && number("usual") < Decimal::from(30), "{hint}");
    assert!(number("similar_flats_median") > Decimal::ONE, "{hint}");
    assert_eq!(hint["similar_flats_period"], "2025-07", "nobody gave this month's reading yet");
}

#[tokio::test]
async fn the_median_is_that_of_the_other_flats_with_as_many_meters_of_the_kind() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let hint = home.submit("k", &[(cold, &above(cold, 700))]).await.body["errors"][0]["hint"].clone();
    // Independently: flats with one cold water meter, thousandths of July 2025, without flat 15.
    let sql = "select cast(round((l.value_1 - e.value_1) * 1000) as integer) used
               from premises p join meter m using (premises_id)
               join reading l on l.meter_id = m.meter_id and l.period = '2025-07'
               join reading e on e.meter_id = m.meter_id and e.period = '2025-06'
               where m.kind = 'cold_water' and cast(p.number as integer) % 4 <> 0 and p.number <> '15' order by used";
    let used: Vec<i64> = home.suite.rows(sql).iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(used.len(), 44);
    let middle = Decimal::new(used[21] + used[22], 3) / Decimal::TWO;
    let told: Decimal = hint["similar_flats_median"].as_str().unwrap().parse().unwrap();
    assert_eq!(Some(told), middle.round_sf_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero));
}

#[tokio::test]
async fn a_left_out_comma_is_offered_back_beside_the_refusal() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let right = above(cold, 3);
    let answer = home.submit("k", &[(cold, &right.replace('.', ""))]).await;
    assert!([StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&answer.status), "{}", answer.body);
    let suggestion = &answer.body["errors"][0]["hint"]["suggestion"];
    assert_eq!((&suggestion["cause"], &suggestion["value"]), (&json!("comma"), &json!(right)));
    let mended = home.submit("k2", &[(cold, suggestion["value"].as_str().unwrap())]).await;
    assert_eq!(mended.status, StatusCode::CREATED, "what is offered is taken: {}", mended.body);
}

#[tokio::test]
async fn two_meters_in_each_others_place_are_offered_to_change_places() {
    let home = Home::with_two_baths().await;
    let cold = home.meters("cold_water");
    let [one, other] = cold[..] else { panic!("two sets of pipes: {cold:?}") };
    let (of_one, of_other) = (above(one, 2), above(other, 2));
    let answer = home.submit("k", &[(one, &of_other), (other, &of_one)]).await;
    assert_eq!(answer.problem(), "reading-questioned", "{}", answer.body);
    let errors = answer.body["errors"].as_array().unwrap();
    for error in errors {
        let expected = if error["pointer"] == "/items/0/values/0" { "/items/1/values/0" } else { "/items/0/values/0" };
        assert_eq!(error["hint"]["suggestion"]["swap_with"], expected, "{error}");
    }
    let mended = home.submit("k2", &[(one, &of_one), (other, &of_other)]).await;
    assert_eq!(mended.status, StatusCode::CREATED, "{}", mended.body);
}

#[tokio::test]
async fn a_plausible_value_is_taken_without_a_word() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let answer = home.submit("k", &[(cold, &above(cold, 3))]).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.body["items"][0]["values"][0], above(cold, 3));
}

#[tokio::test]
async fn the_numbers_of_all_questions_cost_one_statement() {
    let home = Home::with_two_baths().await;
    let meters: Vec<_> = ["cold_water", "hot_water"].iter().flat_map(|kind| home.meters(kind)).collect();
    let far: Vec<_> = meters.iter().map(|meter| above(meter, 900)).collect();
    let count = async |key: &str, count: usize| {
        let items: Vec<_> =
            meters.iter().zip(&far).take(count).map(|(meter, value)| (*meter, value.as_str())).collect();
        let before = store::stats::calls();
        let answer = home.submit(key, &items).await;
        assert_eq!(answer.problem(), "reading-questioned");
        (store::stats::calls() - before).sql
    };
    let one = count("one", 1).await;
    assert_eq!(count("four", 4).await, one, "more questions, no more statements");
    // session, begin, kept answer, consent, settings, limit, places, history, similar flats, commit
    assert_eq!(one, 10);
}

#[tokio::test]
async fn refused_submissions_count_towards_the_limit() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let most: usize =
        home.suite.rows("select value from setting where name = 'limit.submit_per_person'")[0][0].parse().unwrap();
    for attempt in 0..most {
        let answer = home.submit(&format!("k{attempt}"), &[(cold, "nonsense")]).await;
        assert_eq!(answer.problem(), "validation", "{attempt}");
    }
    let answer = home.submit("once-more", &[(cold, &above(cold, 3))]).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::TOO_MANY_REQUESTS, "rate-limited"));
    assert_eq!(home.suite.rows("select count(*) from submission")[0][0], "0");
}

#[tokio::test]
async fn the_archive_is_told_by_year() {
    let home = Home::of("anna").await;
    let base = format!("/api/readings/history?meter_id={}", home.meters("cold_water")[0]["meter_id"].as_str().unwrap());
    let all = home.get(&base).await.body;
    assert_eq!(all["years"], json!([2026, 2025, 2024]));
    let of_2025 = home.get(&format!("{base}&year=2025&limit=100")).await.body;
    let periods: Vec<_> =
        of_2025["items"].as_array().unwrap().iter().map(|item| item["period"].as_str().unwrap()).collect();
    assert_eq!((periods.len(), periods[0], periods[11]), (12, "2025-12", "2025-01"));
    assert_eq!(home.get(&format!("{base}&year=1999")).await.body["errors"][0]["pointer"], "?year");
}

#[tokio::test]
async fn of_a_corrected_month_the_last_reading_alone_counts() {
    let home = Home::of("anna").await;
    let gas = home.meters("gas")[0];
    home.submit("mistyped", &[(gas, &above(gas, 3))]).await;
    let corrected = home.submit("corrected", &[(gas, &above(gas, 2))]).await;
    assert_eq!(corrected.status, StatusCode::CREATED, "{:?}", corrected.body);
    let path = format!("/api/readings/history?meter_id={}&limit=3", gas["meter_id"].as_str().unwrap());
    let items = home.get(&path).await.body["items"].clone();
    let told: Vec<_> =
        (0..3).map(|at| (&items[at]["replaced"], items[at]["consumption"].as_array().is_some())).collect();
    assert_eq!(told, [(&json!(false), true), (&json!(true), false), (&json!(false), true)]);
    assert_eq!(items[0]["period"], items[1]["period"]);
}

#[tokio::test]
async fn however_often_a_month_was_corrected_the_next_is_checked_against_all_of_them() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let asked = |answer: &Answer| answer.body["errors"][0]["hint"].clone();
    let before = asked(&home.submit("before", &[(cold, &above(cold, 700))]).await);
    correct_last_month(&home.suite, cold, 30);
    let after = asked(&home.submit("after", &[(cold, &above(cold, 700))]).await);
    assert!(before["usual"].is_string() && before["last_year"].is_string(), "{before}");
    assert_eq!(after, before);
}

/// Records last month's reading so often again.
fn correct_last_month(suite: &Suite, meter: &Value, times: usize) {
    let again = NewReading {
        reading_id: "",
        meter_id: meter["meter_id"].as_str().unwrap(),
        submission_id: None,
        source: "resident",
        channel: Channel::Portal,
        period: Period::parse(meter["last"]["period"].as_str().unwrap()).unwrap(),
        taken_on: meter["last"]["taken_on"].as_str().unwrap().parse().unwrap(),
        values: &[meter["last"]["values"][0].as_str().unwrap().to_owned()],
        rolled_over: false,
        confirmed: None,
        review: false,
    };
    for time in 0..times {
        let reading_id = format!("correction-{time}");
        let again = NewReading { reading_id: &reading_id, ..again };
        suite.env.db().write(|tx| readings::add(tx, suite.env.now(), &[again])).unwrap();
    }
}

#[tokio::test]
async fn yes_to_one_rate_leaves_the_question_about_the_other_open() {
    let home = Home::of("anna").await;
    let electricity = home.meters("electricity")[0];
    let far = electricity["last"]["values"].as_array().unwrap().iter().map(thousands_more).collect::<Vec<_>>();
    let usual = electricity["last"]["values"].as_array().unwrap().iter().map(one_more).collect::<Vec<_>>();
    let submit = async |key: &str, values: [&String; 2], confirmed: &[&Value]| {
        let item = json!({ "meter_id": electricity["meter_id"], "values": values, "confirmed": confirmed });
        let body = json!({ "account_id": home.account["account_id"], "items": [item] });
        let headers = [("cookie", home.cookie.as_str()), ("idempotency-key", key)];
        home.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await
    };
    let of_day = submit("day", [&far[0], &usual[1]], &[]).await.body["errors"].clone();
    assert_eq!((of_day.as_array().map(Vec::len), &of_day[0]["confirm"]["rate"]), (Some(1), &json!(0)), "{of_day}");
    let day = &of_day[0]["confirm"];

    let of_night = submit("night", [&far[0], &far[1]], &[day]).await;
    assert_eq!((of_night.status, of_night.problem()), (StatusCode::CONFLICT, "reading-questioned"));
    assert_eq!(of_night.body["errors"].as_array().map(Vec::len), Some(1), "{}", of_night.body);
    assert_eq!(of_night.body["errors"][0]["pointer"], "/items/0/values/1");
    let night = &of_night.body["errors"][0]["confirm"];

    let taken = submit("both", [&far[0], &far[1]], &[day, night]).await;
    assert_eq!((taken.status, &taken.body["items"][0]["review"]), (StatusCode::CREATED, &json!("pending")));
    let kept = home.suite.rows("select confirmed from reading where confirmed is not null").concat().concat();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), json!([day, night]));
}

#[tokio::test]
async fn a_confirmation_of_a_rate_that_was_not_given_or_of_nothing_known_is_refused() {
    let home = Home::of("anna").await;
    let cold = home.meters("cold_water")[0];
    let confirmed = [json!({ "rate": 1, "code": "above-usual" }), json!({ "rate": 0, "code": "never-mind" })];
    let item = json!({ "meter_id": cold["meter_id"], "values": [above(cold, 1)], "confirmed": confirmed });
    let body = json!({ "account_id": home.account["account_id"], "items": [item] });
    let headers = [("cookie", home.cookie.as_str()), ("idempotency-key", "k")];
    let answer = home.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"));
    let pointers: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/items/0/confirmed/0/rate", "/items/0/confirmed/1/code"]);
}

#[tokio::test]
async fn the_reminder_is_read_once_the_last_meter_is_given() {
    let home = Home::of("anna").await;
    reminders::run(&home.suite.env, home.suite.env.now()).unwrap();
    let waiting =
        || home.suite.rows("select kind from notice where read_at is null and subject like 'window-%'").concat();
    let everybody = waiting().len();
    let meters = home.account["meters"].as_array().unwrap();
    for (index, meter) in meters.iter().enumerate() {
        assert_eq!(waiting().len(), everybody, "{index} of {} meters are given", meters.len());
        let values: Vec<_> = meter["last"]["values"].as_array().unwrap().iter().map(one_more).collect();
        let body = json!({ "account_id": home.account["account_id"],
                           "items": [{ "meter_id": meter["meter_id"], "values": values }] });
        let key = index.to_string();
        let headers = [("cookie", home.cookie.as_str()), ("idempotency-key", key.as_str())];
        let answer = home.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    }
    assert_eq!(waiting().len(), everybody - 1);
}

#[tokio::test]
async fn a_meter_that_is_not_installed_yet_is_neither_shown_nor_waited_for() {
    let mut home = Home::of("anna").await;
    let coming = home.meters("gas")[0]["meter_id"].as_str().unwrap().to_owned();
    let file = rusqlite::Connection::open(home.suite.location.database_file()).unwrap();
    file.execute("update meter set installed_on = '2026-07-21' where meter_id = ?1", [&coming]).unwrap();
    reminders::run(&home.suite.env, home.suite.env.now()).unwrap();
    let waiting = "select 1 from notice n join person p using (person_id)
                   where p.login = 'anna' and n.read_at is null and n.subject like 'window-%'";
    assert_eq!(home.suite.rows(waiting).len(), 1);

    home.account = home.get("/api/readings/meters").await.body["accounts"][0].clone();
    let meters = home.account["meters"].as_array().unwrap();
    assert!(meters.iter().all(|meter| meter["meter_id"] != json!(coming)), "{meters:?}");

    let usual =
        |meter: &Value| -> Vec<_> { meter["last"]["values"].as_array().unwrap().iter().map(one_more).collect() };
    let items: Vec<_> =
        meters.iter().map(|meter| json!({ "meter_id": meter["meter_id"], "values": usual(meter) })).collect();
    let body = json!({ "account_id": home.account["account_id"], "items": items });
    let headers = [("cookie", home.cookie.as_str()), ("idempotency-key", "all")];
    let answer = home.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    assert_eq!(home.suite.rows(waiting).len(), 0, "with the last awaited reading the reminder is read");
}

fn one_more(value: &Value) -> String {
    (value.as_str().unwrap().parse::<Decimal>().unwrap() + Decimal::ONE).to_string()
}

fn thousands_more(value: &Value) -> String {
    (value.as_str().unwrap().parse::<Decimal>().unwrap() + Decimal::from(5_000)).to_string()
}

#[tokio::test]
async fn a_parameter_at_fault_is_named() {
    let home = Home::of("anna").await;
    for (query, parameter) in [
        ("", "?meter_id"),
        ("?meter_id=a&meter_id=b", "?meter_id"),
        ("?meter_id=a&year=this", "?year"),
        ("?meter_id=a&limit=many", "?limit"),
        ("?meter_id=a&limit=0", "?limit"),
        ("?meter_id=a&cursor=%FF", "?cursor"),
    ] {
        let answer = home.get(&format!("/api/readings/history{query}")).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"), "{query}");
        assert_eq!(answer.body["errors"][0]["pointer"], parameter, "{query}");
    }
}
