//! What a home used month by month.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::suite::{Answer, Suite};

const NOON: &str = "2026-07-20T09:00:00Z";

async fn consumption(suite: &Suite, cookie: &str, account_id: &str) -> Answer {
    let path = format!("/api/readings/consumption?account_id={account_id}");
    suite.ask("GET", &path, &[("cookie", cookie)], None).await
}

async fn account_of(suite: &Suite, cookie: &str) -> String {
    let answer = suite.ask("GET", "/api/readings/meters", &[("cookie", cookie)], None).await;
    answer.body["accounts"][0]["account_id"].as_str().unwrap().to_owned()
}

fn month<'a>(told: &'a Value, kind: &str, period: &str) -> &'a Value {
    let items = told["items"].as_array().unwrap();
    let months = &items.iter().find(|item| item["kind"] == kind).unwrap()["months"];
    months.as_array().unwrap().iter().find(|month| month["period"] == period).unwrap()
}

fn cold_water(suite: &Suite, account_id: &str, period: &str) -> Decimal {
    let sql = format!(
        "select r.value_1 from reading r join meter m using (meter_id) join account a using (premises_id)
         where a.account_id = '{account_id}' and m.kind = 'cold_water' and r.period = '{period}'"
    );
    suite.rows(&sql).concat().concat().parse().unwrap()
}

fn cold_water_between(suite: &Suite, account_id: &str, earlier: &str, later: &str) -> Decimal {
    cold_water(suite, account_id, later) - cold_water(suite, account_id, earlier)
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn two_years_of_months_stand_beside_the_year_before() {
    let suite = Suite::demo(NOON);
    let cookie = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &cookie).await;
    let told = consumption(&suite, &cookie, &account_id).await.body;
    let june = month(&told, "cold_water", "2026-06");
    assert_eq!(number(&june["volume"]), cold_water_between(&suite, &account_id, "2026-05", "2026-06"));
    assert_eq!(number(&june["last_year"]), cold_water_between(&suite, &account_id, "2025-05", "2025-06"));
    assert_eq!(june["is_spread"], false);
    assert_eq!(month(&told, "cold_water", "2026-07")["volume"], Value::Null, "July was not given yet");
    let months = told["items"][0]["months"].as_array().unwrap();
    assert_eq!((months.len(), &months[0]["period"]), (24, &json!("2024-08")));
}

#[tokio::test]
async fn a_month_without_a_reading_shares_with_the_next_one_and_says_so() {
    let suite = Suite::demo(NOON);
    let cookie = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &cookie).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let both = cold_water_between(&suite, &account_id, "2026-04", "2026-06");
    let gone = "delete from reading where period = '2026-05' and meter_id in (
                    select meter_id from meter join account using (premises_id)
                    where account_id = ?1 and kind = 'cold_water')";
    assert_eq!(file.execute(gone, [&account_id]).unwrap(), 1);
    let told = consumption(&suite, &cookie, &account_id).await.body;
    let [may, june] = ["2026-05", "2026-06"].map(|period| month(&told, "cold_water", period));
    assert_eq!((&may["is_spread"], &june["is_spread"]), (&json!(true), &json!(true)));
    assert_eq!(number(&may["volume"]) + number(&june["volume"]), both);
}

#[tokio::test]
async fn who_has_nothing_to_do_with_the_home_reads_nothing() {
    let suite = Suite::demo(NOON);
    let anna = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &anna).await;
    let stranger = suite.sign_in("boris").await;
    let answer = consumption(&suite, &stranger, &account_id).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::NOT_FOUND, "not-found"));
}

#[tokio::test]
async fn ten_years_of_readings_cost_no_statement_more() {
    let suite = Suite::demo(NOON);
    let cookie = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &cookie).await;
    let count = async || {
        let before = store::stats::calls();
        let answer = consumption(&suite, &cookie, &account_id).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        ((store::stats::calls() - before).sql, answer.body)
    };
    let (few, told) = count().await;
    let older = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                 with recursive back (months) as (select 1 union all select months + 1 from back where months < 96)
                 select meter_id || '-' || months, meter_id, 'resident',
                        strftime('%Y-%m', '2016-01-01', '+' || months || ' months'),
                        date('2016-01-20', '+' || months || ' months'), '2016-01-20', '0.001'
                 from back, meter join account using (premises_id)
                 where account_id = ?1 and kind = 'cold_water'";
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    assert!(file.execute(older, [&account_id]).unwrap() >= 96);
    let (many, told_of_many) = count().await;
    assert_eq!(many, few);
    // session, places; of their meters: the register, what was told, what was read; what similar homes used; what is
    // charged by today, in four
    assert_eq!(few, 10);
    assert_eq!(month(&told_of_many, "gas", "2026-06"), month(&told, "gas", "2026-06"));
}

#[tokio::test]
async fn what_runs_all_the_time_is_told_of_with_what_it_costs() {
    let suite = Suite::demo(NOON);
    let cookie = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &cookie).await;
    let advice = async || {
        let told = consumption(&suite, &cookie, &account_id).await.body;
        assert_eq!(told["items"][0]["kind"], "cold_water");
        told["items"][0]["advice"].as_array().unwrap().clone()
    };
    assert!(advice().await.iter().all(|one| one["code"] != "steady_rise"));
    let months = ["2026-04", "2026-05", "2026-06"];
    let mut value = Decimal::ZERO;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "update reading set value_1 = ?2 where period = ?3 and meter_id in (
                   select meter_id from meter join account using (premises_id)
                   where account_id = ?1 and kind = 'cold_water')";
    let first = cold_water(&suite, &account_id, "2026-03");
    for month in months {
        value += Decimal::from(30);
        assert_eq!(file.execute(sql, [&account_id, &(first + value).to_string(), month]).unwrap(), 1);
    }
    let told = advice().await;
    assert_eq!(told[0]["code"], "steady_rise");
    let text = told[0]["text"].as_str().unwrap();
    assert!(text.contains("кран") && text.ends_with("₽ без водоотведения."), "{text}");
}

#[tokio::test]
async fn the_months_are_a_table_for_spreadsheets() {
    let suite = Suite::demo(NOON);
    let cookie = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &cookie).await;
    let get = async |format: &str, cookie: &str| {
        let path = format!("/api/readings/consumption/document?account_id={account_id}&format={format}");
        suite.ask("GET", &path, &[("cookie", cookie)], None).await
    };
    let told = consumption(&suite, &cookie, &account_id).await.body;
    let csv = get("csv", &cookie).await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"consumption.csv\"");
    let rows: Vec<&str> = csv.text.lines().collect();
    assert_eq!(rows.len(), 1 + told["items"].as_array().unwrap().len() * 24);
    let june = month(&told, "cold_water", "2026-06");
    let comma = |name: &str| number(&june[name]).normalize().to_string().replace('.', ",");
    let [volume, last_year] = ["volume", "last_year"].map(comma);
    let row = format!("\"Холодная вода\";\"2026-06\";\"м³\";\"{volume}\";\"\";\"{last_year}\";\"\"");
    assert!(rows.contains(&row.as_str()), "{row} in {}", csv.text);
    assert!(get("xlsx", &cookie).await.bytes.starts_with(b"PK"));
    assert_eq!(get("pdf", &cookie).await.problem(), "validation");
    let stranger = suite.sign_in("boris").await;
    assert_eq!(get("csv", &stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn similar_homes_are_told_by_their_median_from_the_sixth_on() {
    let suite = Suite::demo(NOON);
    store::demo::bill(suite.env.db(), suite.env.now()).unwrap();
    let cookie = suite.sign_in("anna").await;
    let account_id = account_of(&suite, &cookie).await;
    let told = consumption(&suite, &cookie, &account_id).await.body;
    let residents = format!(
        "(select min(h.registered + h.temporary, 4) from household h join account a using (premises_id)
          where a.account_id = '{account_id}')"
    );
    let alike = format!(
        "select l.volume from charge_line l join bill b using (bill_id) join account a using (account_id)
         join household h using (premises_id)
         where b.period = '2026-05' and l.of_period = b.period and l.service = 'cold_water' and l.method = 'M'
           and min(h.registered + h.temporary, 4) = {residents} order by l.volume"
    );
    let volumes = suite.rows(&alike).concat();
    assert!(volumes.len() > 5, "{volumes:?}");
    let volume = |at: usize| Decimal::new(volumes[at].parse().unwrap(), 7);
    let middle = (volume((volumes.len() - 1) / 2) + volume(volumes.len() / 2)) / Decimal::TWO;
    let may = number(&month(&told, "cold_water", "2026-05")["similar"]);
    assert!((may - middle).abs() <= middle / Decimal::from(20), "{may} is {middle} with two digits");
    assert!(may.normalize().mantissa() < 100, "{may} has two digits");

    // Five homes are too few: whoever is the sixth could be told apart.
    let kept = suite.rows("select min(homes) from consumption_median").concat();
    assert!(kept[0].parse::<u32>().unwrap() > 5, "{kept:?}");
    let few = Suite::at("2026-04-03T09:00:00Z");
    few.env.db().write(|tx| native_suite::houses::add(tx, "d1", 5)).unwrap();
    crate::billing::bill(&few, crate::billing::march());
    assert_eq!(few.rows("select count(*) from consumption_median").concat(), ["0"]);
    let enough = Suite::at("2026-04-03T09:00:00Z");
    enough.env.db().write(|tx| native_suite::houses::add(tx, "d1", 6)).unwrap();
    crate::billing::bill(&enough, crate::billing::march());
    assert_ne!(enough.rows("select count(*) from consumption_median").concat(), ["0"]);
}
