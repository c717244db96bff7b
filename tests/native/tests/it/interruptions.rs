//! Times without a service: recorded by the accountant, taken off the lines of bills, known late as well as in time.

use domain::access::Role;
use domain::billing::Interruption;
use domain::period::Period;
use domain::service::Service;
use http::StatusCode;
use jiff::civil::date;
use native_suite::houses;
use serde_json::{Value, json};
use store::billing::interruptions::{self, NewInterruption, Recorded};
use store::billing::{self, State};
use web::fresh_id;

use crate::door::Browser;
use crate::scopes::{FIRST, hire, places};
use crate::suite::Suite;

const NOW: &str = "2026-04-03T09:00:00Z";

/// A house of flats of vector C18.
fn house() -> Suite {
    let suite = Suite::at(NOW);
    suite.env.db().write(|tx| houses::add(tx, "d1", 3)).unwrap();
    suite
}

fn bill(suite: &Suite, month: i8) {
    let (db, now) = (suite.env.db(), suite.env.now());
    let run = db.write(|tx| billing::open(tx, now, "d1", Period::new(2026, month).unwrap())).unwrap().unwrap();
    while billing::tick(db, now).unwrap().is_some() {}
    db.write(|tx| billing::approve(tx, now, run)).unwrap().unwrap();
    while billing::tick(db, now).unwrap().is_some() {}
    assert_eq!(db.read(|conn| billing::run(conn, run)).unwrap().unwrap().state, State::Issued);
}

/// April comes with its readings.
fn bill_april(suite: &Suite) {
    suite.env.db().write(|tx| houses::read(tx, "d1", "2026-04", 2)).unwrap();
    bill(suite, 4);
}

/// Fourteen hours of March: ten above four at once.
fn record(suite: &Suite, interruption_id: &str, account_id: Option<&str>) {
    let what = Interruption {
        service: Service::ColdWater,
        since: date(2026, 3, 3).at(10, 0, 0, 0),
        until: date(2026, 3, 4).at(0, 0, 0, 0),
        act: "акт № 5".to_owned(),
    };
    let new = NewInterruption { interruption_id, house_id: "d1", account_id, what };
    let recalculation_id = fresh_id(&suite.env);
    suite.env.db().write(|tx| interruptions::record(tx, suite.env.now(), &recalculation_id, &new)).unwrap();
}

fn recorded(suite: &Suite, interruption_id: &str) -> Recorded {
    suite.env.db().read(|conn| interruptions::one(conn, "d1", interruption_id)).unwrap().unwrap()
}

/// What the cold water of March came to with all that corrected it, account by account.
fn cold_water(suite: &Suite) -> Vec<Vec<String>> {
    suite.rows(
        "select b.account_id, sum(l.payable) from charge_line l join bill b using (bill_id)
         where l.of_period = '2026-03' and l.service = 'cold_water' group by 1 order by 1",
    )
}

#[test]
fn hours_above_the_permitted_lower_the_line_of_everybody_in_time_as_well_as_late() {
    let in_time = house();
    record(&in_time, "i1", None);
    bill(&in_time, 3);
    let figures = in_time.rows("select recalculated, charged from charge_line where service = 'cold_water'");
    // 1.5 % of 424.40.
    assert_eq!(figures[0], ["-637", "42440"]);
    bill_april(&in_time);

    let late = house();
    bill(&late, 3);
    record(&late, "i1", None);
    bill_april(&late);
    assert_eq!(cold_water(&late), cold_water(&in_time));
    let corrections =
        late.rows("select distinct of_period, service, payable, reason from charge_line where reason is not null");
    let reason = "Холодная вода: перерыв 3\u{a0}марта 2026 года, акт № 5";
    assert_eq!(corrections, [["2026-03", "cold_water", "-637", reason]]);
}

#[test]
fn premises_that_alone_were_without_it_are_lowered_alone_and_what_was_a_mistake_is_given_back() {
    let suite = house();
    record(&suite, "i1", Some("d1-000002"));
    bill(&suite, 3);
    let lowered = "select account_id from charge_line join bill using (bill_id) where recalculated < 0";
    assert_eq!(suite.rows(lowered), [["d1-000002"]]);
    let (id, one) = (fresh_id(&suite.env), recorded(&suite, "i1"));
    let withdraw = || {
        let db = suite.env.db();
        db.write(|tx| interruptions::withdraw(tx, suite.env.now(), &id, "d1", &one, "записан не тот счёт")).unwrap()
    };
    assert!(withdraw());
    assert!(!withdraw(), "once");
    bill_april(&suite);
    let never = house();
    bill(&never, 3);
    bill_april(&never);
    assert_eq!(cold_water(&suite), cold_water(&never));
}

#[tokio::test]
async fn the_accountant_records_it_by_its_act_and_hears_what_is_wrong_field_by_field() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let [_, place] = places(&suite, FIRST);
    hire(&suite, "own-accountant", Role::Accountant, &place);
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    let path = format!("/api/billing/desk/houses/{}/interruptions", place.id().unwrap());
    let listed = accountant.ask("GET", &path, None).await.body;
    assert_eq!((&listed["items"], &listed["services"][0]["service"]), (&json!([]), &json!("cold_water")));
    let good = json!({ "service": "cold_water", "since": "2026-07-03T10:00", "until": "2026-07-04T00:00",
                       "act": "акт № 5 от 04.07.2026" });
    let with = |field: &str, value: &str| {
        let mut wish = good.clone();
        wish[field] = json!(value);
        wish
    };
    let give = async |key: &str, wish: Value| {
        let cookies = accountant.cookies();
        suite.ask("POST", &path, &[("cookie", &cookies), ("idempotency-key", key)], Some(wish)).await
    };
    for (wish, pointer) in [
        (with("service", "solid_waste"), "/service"),
        (with("service", "hot_water_heat"), "/service"),
        (with("since", "3 июля"), "/since"),
        (with("since", "2026-07-05T10:00"), "/until"),
        (with("until", "2026-07-20T12:01"), "/until"),
        (with("since", "2025-07-03T10:00"), "/until"),
        (with("act", " "), "/act"),
        (with("account_number", "404"), "/account_number"),
    ] {
        let refused = give("bad", wish.clone()).await;
        assert_eq!(
            (refused.problem(), &refused.body["errors"][0]["pointer"]),
            ("validation", &json!(pointer)),
            "{wish}"
        );
    }
    let recorded = give("good", good.clone()).await;
    assert_eq!(recorded.status, StatusCode::CREATED, "{}", recorded.body);
    assert_eq!(give("good", good).await.body, recorded.body, "a repetition records nothing");
    let id = recorded.body["interruption_id"].as_str().unwrap();
    assert_eq!(accountant.ask("GET", &path, None).await.body["items"], json!([recorded.body]));
    let withdraw = format!("{path}/{id}/withdraw");
    let silent = accountant.ask("POST", &withdraw, Some(json!({ "reason": "" }))).await;
    assert_eq!(silent.body["errors"][0]["pointer"], "/reason");
    let reason = json!({ "reason": "записан не тот дом" });
    assert_eq!(accountant.ask("POST", &withdraw, Some(reason.clone())).await.status, StatusCode::NO_CONTENT);
    assert_eq!(accountant.ask("POST", &withdraw, Some(reason)).await.problem(), "not-found");
    assert_eq!(accountant.ask("GET", &path, None).await.body["items"], json!([]));
}
