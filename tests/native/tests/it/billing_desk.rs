//! The accountant's desk: a month of the demo house is opened, looked at, corrected, approved and issued over the API.

use domain::access::Role;
use http::StatusCode;
use serde_json::{Value, json};
use web::fresh_id;

use crate::{
    door::Browser,
    home_of::settle,
    scopes::{FIRST, hire, places},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const HOUSES: &str = "/api/billing/desk/houses";
const RUNS: &str = "/api/billing/desk/runs";

async fn accountant(suite: &Suite) -> Browser<'_> {
    let [_, house] = places(suite, FIRST);
    hire(suite, "own-accountant", Role::Accountant, &house);
    Browser::signed_in(suite, "10.0.0.7:1", "own-accountant").await
}

fn house_id(suite: &Suite) -> String {
    let [_, house] = places(suite, FIRST);
    house.id().unwrap().to_owned()
}

async fn open(browser: &mut Browser<'_>, house_id: &str, period: &str) -> Answer {
    browser.ask("POST", RUNS, Some(json!({ "house_id": house_id, "period": period }))).await
}

/// Takes steps until there are none to take.
async fn drain(browser: &mut Browser<'_>, run: &str) -> Value {
    loop {
        let step = browser.ask("POST", &format!("{run}/step"), None).await;
        assert_eq!(step.status, StatusCode::OK, "{}", step.body);
        if step.body["has_more"] == false {
            return step.body["run"].clone();
        }
    }
}

/// The path of a month that waits for approval.
async fn previewed(browser: &mut Browser<'_>, house_id: &str, period: &str) -> String {
    let opened = open(browser, house_id, period).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    let run = format!("{RUNS}/{}", opened.body["run_id"]);
    assert_eq!(drain(browser, &run).await["state"], "previewed");
    run
}

#[tokio::test]
async fn while_readings_may_still_come_a_month_is_approved_only_by_who_says_so() {
    let suite = Suite::demo(NOW);
    settle(&suite, "anna", 1).await;
    let mut accountant = accountant(&suite).await;
    let run = previewed(&mut accountant, &house_id(&suite), "2026-07").await;
    let awaits = accountant.ask("GET", &run, None).await.body["awaits"].clone();
    let meters = suite.rows(
        "select count(*) from meter m join premises using (premises_id) join house using (house_id)
         where house_id = (select house_id from billing_run where period = '2026-07') and removed_on is null
           and not exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = '2026-07')",
    );
    assert_eq!((&awaits["until"], awaits["meters"].to_string()), (&json!("2026-07-31"), meters[0][0].clone()));
    let early = accountant.ask("POST", &format!("{run}/approve"), None).await;
    assert_eq!(early.problem(), "run-not-ready");
    assert!(early.body["detail"].as_str().unwrap().contains("without_readings=true"), "{}", early.body);
    // On the first of the next month nobody can give a reading of this one any more.
    suite.set_clock("2026-08-01T00:30:00Z".parse().unwrap());
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    assert_eq!(accountant.ask("GET", &run, None).await.body["awaits"], json!(null));
    assert_eq!(accountant.ask_surely("POST", &format!("{run}/approve"), None).await.body["state"], "approved");
}

#[tokio::test]
async fn a_month_goes_from_its_opening_to_bills_that_residents_hear_of() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let mut accountant = accountant(&suite).await;
    let listed = accountant.ask("GET", HOUSES, None).await.body;
    let house = &listed["items"][0];
    assert_eq!((&house["last_run"]["state"], &house["may_open"]), (&json!("issued"), &json!("2026-07")));
    let run = previewed(&mut accountant, house["house_id"].as_str().unwrap(), "2026-07").await;

    let seen = accountant.ask("GET", &run, None).await.body;
    assert_eq!((&seen["bills"], &seen["problems"]), (&json!(60), &json!(0)));
    let services = seen["services"].as_array().unwrap();
    let payable: i64 = services.iter().map(|service| service["payable"].as_i64().unwrap()).sum();
    assert_eq!(seen["charged"], payable, "the services come to the whole");

    let approved = accountant.ask_surely("POST", &format!("{run}/approve?without_readings=true"), None).await;
    assert_eq!((approved.status, &approved.body["state"]), (StatusCode::OK, &json!("approved")));
    assert_eq!(drain(&mut accountant, &run).await["state"], "issued");
    let issued = "select count(*), sum(charged) from bill where issued_at is not null and period = '2026-07'";
    let issued = suite.rows(issued).concat();
    assert_eq!(issued, ["60".to_owned(), payable.to_string()]);
    let told = suite.rows("select payload from event where kind = 'bill.issued'").concat();
    let linked =
        "select 1 from bill b join account_link l using (account_id) where l.ended_at is null and b.period = '2026-07'";
    assert_eq!(told.len(), suite.rows(linked).len(), "everybody to whom an account is linked");
    let own = suite.rows(&format!(
        "select b.number, b.balance, b.due_on from bill b where account_id = '{}' and b.period = '2026-07'",
        objects.account_id
    ));
    let [number, balance, due_on] = &own[0][..] else { panic!("{own:?}") };
    let told: Vec<Value> = told.iter().map(|told| serde_json::from_str(told).unwrap()).collect();
    let told = told.iter().find(|told| told["number"] == **number).unwrap();
    assert_eq!(
        [&told["number"], &told["payable"], &told["due_on"], &told["period"]],
        [&json!(number), &json!(balance.parse::<i64>().unwrap()), &json!(due_on), &json!("2026-07")]
    );
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let notice = suite.rows("select title, body from notice where kind = 'bill-issued'").concat();
    assert_eq!(notice[0], "Новая квитанция");
    assert!(notice[1].contains("июль 2026 года: к оплате"), "{}", notice[1]);

    let done: Vec<_> = suite.rows("select action from audit_entry where action like 'billing.%' order by audit_seq");
    assert_eq!(done.concat(), ["billing.open", "billing.approve"]);
    let next = accountant.ask("GET", HOUSES, None).await.body;
    assert_eq!(next["items"][0]["may_open"], Value::Null, "August has not begun");
}

#[tokio::test]
async fn only_the_next_month_that_has_begun_is_opened_and_only_once() {
    let suite = Suite::demo(NOW);
    let house_id = house_id(&suite);
    let mut accountant = accountant(&suite).await;
    for (period, pointer) in
        [("2026-07", "/period"), ("2026-05", "/period"), ("2026-13", "/period"), ("June", "/period")]
    {
        let refused = open(&mut accountant, &house_id, period).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    assert_eq!(open(&mut accountant, "nowhere", "2026-06").await.body["errors"][0]["pointer"], "/house_id");
    assert_eq!(open(&mut accountant, &house_id, "2026-06").await.status, StatusCode::CREATED);
    assert_eq!(open(&mut accountant, &house_id, "2026-06").await.problem(), "validation");
    assert_eq!(suite.rows("select count(*) from billing_run").concat(), ["1"]);
}

#[tokio::test]
async fn what_was_confirmed_is_what_is_issued() {
    let suite = Suite::demo(NOW);
    let house_id = house_id(&suite);
    let mut accountant = accountant(&suite).await;
    let run = previewed(&mut accountant, &house_id, "2026-06").await;
    let asked = accountant.ask("POST", &format!("{run}/approve?without_readings=true"), None).await;
    assert_eq!(asked.problem(), "confirmation-required");
    let confirmation_id = asked.body["confirmation"]["confirmation_id"].as_str().unwrap().to_owned();
    accountant.confirm(&confirmation_id);
    // Meanwhile somebody has the preview computed anew, and a tariff has changed.
    assert_eq!(accountant.ask("POST", &format!("{run}/preview"), None).await.body["state"], "open");
    let cookies = accountant.cookies();
    let headers = [("cookie", cookies.as_str()), ("confirmation", confirmation_id.as_str())];
    let early = suite.ask("POST", &format!("{run}/approve?without_readings=true"), &headers, None).await;
    assert_eq!(early.problem(), "run-not-ready", "its preview is not complete");
    drain(&mut accountant, &run).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update bill set charged = charged + 1 where bill_id = (select min(bill_id) from bill)", []).unwrap();
    let other = suite.ask("POST", &format!("{run}/approve?without_readings=true"), &headers, None).await;
    assert_eq!(other.problem(), "confirmation-stale", "{}", other.body);
    assert_eq!(suite.rows("select state from billing_run").concat(), ["previewed"]);
}

/// «…, кв. 15»: the number at the end.
fn flat(address: &str) -> u32 {
    address.rsplit([' ', '\u{a0}']).next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn bills_of_a_preview_are_found_by_what_is_odd_and_explain_their_lines() {
    let suite = Suite::demo(NOW);
    let house_id = house_id(&suite);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let unread = "select min(meter_id) from meter where kind = 'electricity' and removed_on is null";
    file.execute(&format!("delete from reading where period = '2026-06' and meter_id = ({unread})"), []).unwrap();
    let mut accountant = accountant(&suite).await;
    let run = previewed(&mut accountant, &house_id, "2026-06").await;
    let first = accountant.ask("GET", &format!("{run}/bills"), None).await.body;
    let (mut flats, mut page) = (Vec::new(), first.clone());
    loop {
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 20, "{page}");
        flats.extend(items.iter().map(|item| flat(item["address"].as_str().unwrap())));
        if page["next"].is_null() {
            break;
        }
        page = accountant.ask("GET", &format!("{run}/bills?after={}", page["next"]), None).await.body;
    }
    assert_eq!(flats, (1..=60).collect::<Vec<_>>(), "each flat once, as people count");
    let mut odd = 0;
    for look in ["problem", "corrected", "by_average", "by_norm", "nothing", "below_zero", "jump", "year_not_settled"] {
        let found = accountant.ask("GET", &format!("{run}/bills?look={look}"), None).await.body;
        for item in found["items"].as_array().unwrap() {
            let names: Vec<_> = item["oddities"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(names.contains(&look), "{look}: {item}");
            odd += 1;
        }
    }
    assert!(odd > 0, "one meter was not read");
    let wrong = accountant.ask("GET", &format!("{run}/bills?look=strange"), None).await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "?look");

    let bill = &first["items"][0];
    let shown = accountant.ask("GET", &format!("{run}/bills/{}", bill["bill_id"]), None).await.body;
    let lines = shown["lines"].as_array().unwrap();
    let payable: i64 = lines.iter().map(|line| line["payable"].as_i64().unwrap()).sum();
    assert_eq!(bill["charged"], payable);
    assert!(lines.iter().all(|line| !line["explanation"][0].as_str().unwrap().is_empty()));
    let looks = suite.rows("select object from audit_entry where action = 'billing.look'").concat();
    let listed = 60 + usize::try_from(odd).unwrap();
    assert_eq!(looks.len(), listed + 1, "each account of a list is looked at, and the one that is opened");
    assert!(looks.iter().all(|object| object.starts_with("account:")));
}

#[tokio::test]
async fn a_bill_that_cannot_be_computed_keeps_the_month_from_being_approved() {
    let suite = Suite::demo(NOW);
    let house_id = house_id(&suite);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("delete from tariff where service = 'maintenance'", []).unwrap();
    let mut accountant = accountant(&suite).await;
    let run = previewed(&mut accountant, &house_id, "2026-06").await;
    let seen = accountant.ask("GET", &run, None).await.body;
    assert!(seen["problems"].as_u64().unwrap() > 0);
    let found = accountant.ask("GET", &format!("{run}/bills?look=problem"), None).await.body;
    assert!(found["items"][0]["problem"].as_str().unwrap().contains("нет ни одного тарифа"), "{found}");
    let refused = accountant.ask_surely("POST", &format!("{run}/approve?without_readings=true"), None).await;
    assert_eq!(refused.problem(), "run-not-ready");
    assert!(refused.body["detail"].as_str().unwrap().contains("исправьте данные"), "{}", refused.body);
}

#[tokio::test]
async fn past_months_are_asked_to_be_computed_anew_with_a_reason_and_taken_back_while_nobody_took_them() {
    let suite = Suite::demo(NOW);
    let house_id = house_id(&suite);
    let mut accountant = accountant(&suite).await;
    let path = format!("{HOUSES}/{house_id}/recalculations");
    let run = previewed(&mut accountant, &house_id, "2026-06").await;
    accountant.ask_surely("POST", &format!("{run}/approve?without_readings=true"), None).await;
    drain(&mut accountant, &run).await;
    let number = suite
        .rows("select min(number) from account where premises_id in (select premises_id from household)")
        .concat()
        .concat();
    for (wish, pointers) in [
        (json!({ "from": "2026-07", "reason": "Акт № 5" }), vec!["/from"]),
        (json!({ "from": "2020-01", "reason": "  " }), vec!["/from", "/reason"]),
        (json!({ "from": "2026-06", "reason": "Акт № 5", "account_number": "404" }), vec!["/account_number"]),
    ] {
        let refused = ask_once(&suite, &accountant, &path, wish).await;
        let errors: Vec<_> =
            refused.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(errors, pointers);
    }
    let wish = json!({ "from": "2026-06", "reason": "Акт № 5 от 02.07.2026", "account_number": number });
    let asked = ask_once(&suite, &accountant, &path, wish.clone()).await;
    assert_eq!((asked.status, &asked.body["taken_by"]), (StatusCode::CREATED, &Value::Null));
    let again = ask_once(&suite, &accountant, &path, wish.clone()).await;
    assert_eq!(again.status, StatusCode::CREATED, "another key, another request");
    let one = format!("{path}/{}", asked.body["recalculation_id"].as_str().unwrap());
    assert_eq!(accountant.ask("DELETE", &one, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(accountant.ask("DELETE", &one, None).await.problem(), "not-found");

    suite.set_clock("2026-08-03T09:00:00Z".parse().unwrap());
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    assert_eq!(open(&mut accountant, &house_id, "2026-07").await.status, StatusCode::CREATED);
    let taken = accountant.ask("GET", &format!("{HOUSES}/{house_id}"), None).await.body;
    assert_eq!(taken["recalculations"][0]["taken_by"], "2026-07");
    assert_eq!(taken["runs"].as_array().unwrap().len(), 2);
    let one = format!("{path}/{}", taken["recalculations"][0]["recalculation_id"].as_str().unwrap());
    assert_eq!(accountant.ask("DELETE", &one, None).await.problem(), "not-found", "the run has it");
}

async fn ask_once(suite: &Suite, browser: &Browser<'_>, path: &str, body: Value) -> Answer {
    let (cookies, key) = (browser.cookies(), fresh_id(&suite.env));
    suite.ask("POST", path, &[("cookie", &cookies), ("idempotency-key", &key)], Some(body)).await
}

#[tokio::test]
async fn an_account_is_found_by_its_number_with_what_it_owes_and_its_person_reads_of_the_look() {
    let suite = Suite::demo(NOW);
    let objects = settle(&suite, "anna", 1).await;
    let house_id = house_id(&suite);
    let mut accountant = accountant(&suite).await;
    let run = previewed(&mut accountant, &house_id, "2026-07").await;
    accountant.ask_surely("POST", &format!("{run}/approve?without_readings=true"), None).await;
    drain(&mut accountant, &run).await;
    let sql = format!("select number from account where account_id = '{}'", objects.account_id);
    let number = suite.rows(&sql).concat().concat();
    let path = "/api/billing/desk/accounts";
    let found = accountant.ask("GET", &format!("{path}?number={number}"), None).await.body;
    let account = &found["items"][0];
    let bill = &account["bills"][0];
    assert_eq!((&account["balance"], &bill["period"]), (&bill["payable"], &json!("2026-07")));
    assert_eq!(accountant.ask("GET", &format!("{path}?number=404"), None).await.body["items"], json!([]));
    assert_eq!(accountant.ask("GET", &format!("{path}?number="), None).await.body["errors"][0]["pointer"], "?number");
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let journal = anna.ask("GET", "/api/auth/journal", None).await.body;
    let told = journal["items"].as_array().unwrap().iter().find(|item| item["who"] == "staff").unwrap();
    assert_eq!(told["what"], "Бухгалтер посмотрел начисления по вашему счёту");
    assert_eq!(told["by"], "own-accountant, бухгалтер");
}

#[tokio::test]
async fn the_accountant_sees_by_what_a_house_is_charged_and_which_service_has_no_price() {
    let suite = Suite::demo(NOW);
    let mut accountant = accountant(&suite).await;
    let path = format!("{HOUSES}/{}/tariffs", house_id(&suite));
    let told = accountant.ask("GET", &format!("{path}?period=2026-07&against=2026-01"), None).await.body;
    let services = told["services"].as_array().unwrap();
    let way = |service: &str| services.iter().find(|one| one["service"] == service).unwrap().clone();
    assert_eq!((&way("heating")["way"], &way("cold_water")["way"]), (&json!("paused"), &json!("meter")));
    assert!(services.iter().all(|one| one["has_price"] == true));
    assert_eq!(told["sheet"]["comparison"]["against"], "2026-01");
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update tariff set withdrawn_at = recorded_at where service = 'gas'", []).unwrap();
    let told = accountant.ask("GET", &path, None).await.body;
    let without: Vec<_> = told["services"].as_array().unwrap().iter().filter(|one| one["has_price"] == false).collect();
    assert_eq!(without.iter().map(|one| &one["service"]).collect::<Vec<_>>(), ["gas"]);
    let wrong = accountant.ask("GET", &format!("{path}?period=июль"), None).await;
    assert_eq!(wrong.problem(), "validation");
}
