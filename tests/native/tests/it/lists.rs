//! Lists as tables for spreadsheets: the same rows as on the page, of nobody else.

use http::StatusCode;
use serde_json::Value;

use crate::bills::{MARCH, billed};
use crate::door::Browser;
use crate::suite::{Answer, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

async fn file(suite: &Suite, browser: &Browser<'_>, path: &str) -> Answer {
    suite.ask("GET", path, &[("cookie", &browser.cookies())], None).await
}

/// The rows without their header, each cell without its quotes.
fn rows(csv: &Answer) -> Vec<Vec<String>> {
    assert_eq!(csv.status, StatusCode::OK, "{}", csv.text);
    let cells = |line: &str| line.split(';').map(|cell| cell.trim_matches('"').to_owned()).collect();
    csv.text.lines().skip(1).map(cells).collect()
}

fn rubles(kopecks: &Value) -> String {
    let kopecks = kopecks.as_i64().unwrap();
    format!("{},{:02}", kopecks / 100, kopecks % 100)
}

#[tokio::test]
async fn the_bills_of_a_year_are_those_of_the_list() {
    let (suite, _) = billed().await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let listed = anna.ask("GET", "/api/billing/bills", None).await.body;
    let told = rows(&file(&suite, &anna, "/api/billing/bills/document").await);
    assert_eq!(told.len(), listed["items"].as_array().unwrap().len());
    let bill = &listed["items"][0];
    assert_eq!([told[0][1].as_str(), told[0][7].as_str()], [MARCH, rubles(&bill["payable"]).as_str()]);
    let none = rows(&file(&suite, &anna, "/api/billing/bills/document?status=paid").await);
    assert!(none.is_empty(), "nothing was paid: {none:?}");
    let book = file(&suite, &anna, "/api/billing/bills/document?format=xlsx").await;
    assert!(book.bytes.starts_with(b"PK"));
    let boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    assert!(rows(&file(&suite, &boris, "/api/billing/bills/document").await).is_empty());
}

#[tokio::test]
async fn the_archive_of_a_meter_has_every_reading() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let meters = anna.ask("GET", "/api/readings/meters", None).await.body;
    let meter_id = meters["accounts"][0]["meters"][0]["meter_id"].as_str().unwrap().to_owned();
    let path = format!("/api/readings/history/document?meter_id={meter_id}");
    let told = rows(&file(&suite, &anna, &path).await);
    let kept = suite.rows(&format!("select count(*) from reading where meter_id = '{meter_id}'"));
    assert_eq!([told.len().to_string()].to_vec(), kept.concat());
    let latest =
        anna.ask("GET", &format!("/api/readings/history?meter_id={meter_id}"), None).await.body["items"][0].take();
    let value =
        latest["values"][0].as_str().unwrap().trim_end_matches('0').trim_end_matches(['.', ',']).replace('.', ",");
    assert_eq!([told[0][0].as_str(), told[0][3].as_str()], [latest["period"].as_str().unwrap(), value.as_str()]);
    let boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    assert_eq!(file(&suite, &boris, &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_meters_without_a_reading_are_those_of_all_pages() {
    let suite = Suite::demo(NOW);
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    let houses = manager.ask("GET", "/api/readings/coverage/houses", None).await.body;
    let house_id = houses["items"][0]["house_id"].as_str().unwrap();
    let told = rows(&file(&suite, &manager, &format!("/api/readings/coverage/houses/{house_id}/document")).await);
    let unread = "select count(*) from meter m where removed_on is null
                  and not exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = '2026-07')";
    assert_eq!([told.len().to_string()].to_vec(), suite.rows(unread).concat());
}
