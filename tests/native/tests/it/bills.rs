//! Bills as their residents get them.

use domain::period::Period;
use native_suite::houses;
use store::billing;
use store::homes::{self, Right};

use crate::suite::{Answer, Suite};

/// A flat of vector C18, that anna has and boris has not, with its bill of March 2026.
async fn billed() -> (Suite, [String; 2]) {
    let suite = Suite::demo("2026-04-03T09:00:00Z");
    let (env, march) = (&suite.env, Period::new(2026, 3).unwrap());
    let anna = suite.rows("select person_id from person where login = 'anna'").concat().remove(0);
    let run = env.db().write(|tx| {
        houses::add(tx, "d1", 1)?;
        homes::add_link(tx, env.now(), "link", &anna, "d1-000001", Right::Owner)?;
        billing::open(tx, env.now(), "d1", march)
    });
    let run = run.unwrap().unwrap();
    let drain = || while billing::tick(env.db(), env.now()).unwrap().is_some() {};
    drain();
    env.db().write(|tx| billing::approve(tx, env.now(), run)).unwrap().unwrap();
    drain();
    let cookies = [suite.sign_in("anna").await, suite.sign_in("boris").await];
    (suite, cookies)
}

async fn get(suite: &Suite, cookie: &str, path: &str) -> Answer {
    suite.ask("GET", path, &[("cookie", cookie)], None).await
}

#[tokio::test]
async fn a_resident_sees_the_own_bills_of_a_year_with_what_is_unpaid_and_nobody_else_s() {
    let (suite, [anna, boris]) = billed().await;
    let list = get(&suite, &anna, "/api/billing/bills?year=2026&status=unpaid").await.body;
    let bill = list["items"].as_array().unwrap().iter().find(|bill| bill["account_id"] == "d1-000001").unwrap();
    assert_eq!((&bill["period"], &bill["due_on"]), (&"2026-03".into(), &"2026-04-15".into()));
    assert_eq!(["charged", "payable"].map(|sum| bill[sum].as_i64()), [Some(houses::MARCH); 2]);
    for other in ["/api/billing/bills?year=2025", "/api/billing/bills?year=2026&status=paid"] {
        let list = get(&suite, &anna, other).await.body;
        assert!(list["items"].as_array().unwrap().iter().all(|bill| bill["account_id"] != "d1-000001"), "{other}");
    }
    let neighbour = get(&suite, &boris, "/api/billing/bills?year=2026").await.body;
    assert!(neighbour["items"].as_array().unwrap().iter().all(|bill| bill["account_id"] != "d1-000001"));
    for wrong in ["year=1", "status=late"] {
        assert_eq!(get(&suite, &anna, &format!("/api/billing/bills?{wrong}")).await.problem(), "validation", "{wrong}");
    }
}

#[tokio::test]
async fn a_bill_is_a_file_in_four_formats_that_say_the_same_and_a_neighbour_gets_none() {
    let (suite, [anna, boris]) = billed().await;
    let path = "/api/billing/bills/202603-d1000001/document";
    let paper = get(&suite, &anna, path).await;
    assert_eq!(paper.headers["content-type"], "application/pdf");
    let document = lopdf::Document::load_mem(&paper.bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let squeeze = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let said = squeeze(&document.extract_text(&pages).unwrap());
    let text = squeeze(&get(&suite, &anna, &format!("{path}?format=txt")).await.text);
    // C18, and C1 as the sentence behind a line.
    let explained = squeeze("было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽");
    for form in [&said, &text] {
        assert!(form.contains(&squeeze("10 643,49 ₽")) && form.contains(&explained), "{form}");
    }
    let csv = get(&suite, &anna, &format!("{path}?format=csv")).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.contains("\"Холодная вода\";\"м³\";\"8,333\";\"50,93\";\"424,40\""), "{}", csv.text);
    let workbook = get(&suite, &anna, &format!("{path}?format=xlsx")).await;
    assert!(workbook.bytes.starts_with(b"PK"), "a container of ECMA-376");
    for format in ["pdf", "txt", "csv", "xlsx"] {
        assert_eq!(get(&suite, &boris, &format!("{path}?format={format}")).await.problem(), "not-found");
    }
}
