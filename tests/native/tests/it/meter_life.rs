//! What happens to a meter: recorded by the company, told to the residents, and what is counted follows from it.

use domain::{
    dated::Dated,
    meter_life::{Basis, MeterMonth, MeterRules, NormReason, Surroundings, months},
    period::Period,
};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::meter_life::of_premises;
use web::fresh_id;

use crate::{
    door::Browser,
    home_of::{Objects, settle},
    scopes::{FIRST, NEIGHBOURS, hire, places},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const EVENTS: &str = "/api/readings/meter-desk/events";

/// Anna's cold water, read at the ends of months: a dial of five and three digits, verified on 20 November 2019 for sixteen
/// years.
async fn at_home(suite: &Suite, readings: &[(&str, &str, &str)]) -> Objects {
    let objects = settle(suite, "anna", 1).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("delete from reading where meter_id = ?1", [&objects.meter_id]).unwrap();
    file.execute(
        "update meter set kind = 'cold_water', serial = 'WATER-1', rates = 1, digits_integer = 5, digits_fraction = 3,
                installed_on = '2020-01-10', verified_on = '2019-11-20', verification_interval_years = 16
         where meter_id = ?1",
        [&objects.meter_id],
    )
    .unwrap();
    for (period, taken_on, value) in readings {
        let sql = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                   values (?1, ?2, 'resident', ?3, ?4, ?4, ?5)";
        file.execute(sql, [&fresh_id(&suite.env), &objects.meter_id, *period, *taken_on, *value]).unwrap();
    }
    objects
}

const THREE: [(&str, &str, &str); 3] =
    [("2026-04", "2026-04-20", "100.000"), ("2026-05", "2026-05-20", "105.000"), ("2026-06", "2026-06-20", "110.500")];

async fn manager(suite: &Suite) -> Browser<'_> {
    let [_, house] = places(suite, FIRST);
    hire(suite, "own-manager", domain::access::Role::Manager, &house);
    Browser::signed_in(suite, "10.0.0.7:1", "own-manager").await
}

async fn record(suite: &Suite, manager: &Browser<'_>, event: Value) -> Answer {
    record_under(suite, manager, &fresh_id(&suite.env), event).await
}

async fn record_under(suite: &Suite, manager: &Browser<'_>, key: &str, event: Value) -> Answer {
    let cookies = manager.cookies();
    suite.ask("POST", EVENTS, &[("cookie", &cookies), ("idempotency-key", key)], Some(event)).await
}

fn replaced(meter_id: &str, on: &str) -> Value {
    json!({
        "meter_id": meter_id, "kind": "replaced", "happened_on": on, "last": ["112,25"], "first": ["0,5"],
        "verification_interval_years": 6, "act": "акт № 12",
        "new_meter": { "serial": "WATER-2", "digits_integer": 5, "digits_fraction": 3, "verified_on": "2026-05-01" },
    })
}

/// The volumes that the meter told month by month, and what the other days are charged by.
fn told(suite: &Suite, meter_id: &str, last: &str) -> Vec<(String, Vec<Decimal>, Vec<&'static str>)> {
    let premises =
        suite.rows(&format!("select premises_id from meter where meter_id = '{meter_id}'")).concat().concat();
    let lives = suite.env.db().read(|conn| of_premises(conn, &[&premises], suite.env.day())).unwrap();
    let life = lives.iter().find(|life| life.meters.iter().any(|meter| meter == meter_id)).unwrap();
    let rules = Dated::always(MeterRules::default());
    let around = Surroundings { kind: life.kind, rules: &rules, norm_volume: &|_| Decimal::ZERO };
    let events = life.events();
    let months = months(&events, Period::parse(last).unwrap(), around).unwrap();
    months.iter().map(|month| (month.period.to_string(), volumes(month), bases(month))).collect()
}

fn volumes(month: &MeterMonth<'_>) -> Vec<Decimal> {
    month.settled.iter().flat_map(|settled| &settled.runs).map(|run| (run.now - run.before).normalize()).collect()
}

fn bases(month: &MeterMonth<'_>) -> Vec<&'static str> {
    let word = |basis: &Basis<'_>| match basis {
        Basis::Average(_) => "average",
        Basis::Norm(NormReason::NoMeter) => "no meter",
        Basis::Norm(NormReason::NotTrusted) => "not trusted",
        Basis::Norm(_) => "no reading",
    };
    month.stretches.iter().map(|stretch| word(&stretch.basis)).collect()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_the_old_meter_showed_last_and_the_new_one_first_is_counted_from() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let manager = manager(&suite).await;
    let answer = record(&suite, &manager, replaced(&objects.meter_id, "2026-07-03")).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.body["removed_on"], "2026-07-03");
    let new_id = suite.rows("select meter_id from meter where serial = 'WATER-2'").concat().concat();
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
               values (?1, ?2, 'resident', '2026-07', '2026-07-20', '2026-07-20', '4.500')";
    file.execute(sql, [&fresh_id(&suite.env), &new_id]).unwrap();
    let months = told(&suite, &objects.meter_id, "2026-07");
    assert_eq!(told(&suite, &new_id, "2026-07"), months, "both meters have one life");
    let by_month: Vec<_> = months.into_iter().map(|(period, volumes, _)| (period, volumes)).collect();
    let of = |period: &str| by_month.iter().find(|(month, _)| month == period).unwrap().1.clone();
    assert_eq!([of("2026-05"), of("2026-06")], [[number("5")], [number("5.5")]]);
    assert_eq!(of("2026-07"), [number("1.75"), number("4")], "112.25 − 110.5 of the old one, 4.5 − 0.5 of the new one");
}

#[tokio::test]
async fn residents_hear_of_it_and_see_the_story_and_the_new_meter() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let manager = manager(&suite).await;
    assert_eq!(record(&suite, &manager, replaced(&objects.meter_id, "2026-07-03")).await.status, StatusCode::CREATED);
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let told = suite.rows("select body from notice where kind = 'meter-event'").concat();
    assert_eq!(told.len(), 2, "Anna and a neighbour have accounts of this flat");
    assert!(told[0].contains("WATER-1") && told[0].contains("Заменён 3\u{a0}июля 2026 года"), "{told:?}");
    let audit = suite.rows("select object from audit_entry where action = 'meter.event'").concat();
    assert_eq!(audit, [format!("meter:{}", objects.meter_id)]);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let meters = anna.ask("GET", "/api/readings/meters", None).await.body;
    let meters = meters["accounts"].as_array().unwrap().iter().flat_map(|one| one["meters"].as_array().unwrap());
    let new = meters.clone().find(|meter| meter["serial"] == "WATER-2").unwrap();
    assert_eq!(new["verification_due_on"], "2032-05-01");
    assert!(meters.clone().all(|meter| meter["serial"] != "WATER-1"), "nobody awaits readings of the old one");
    let path = format!("/api/readings/meter-events?meter_id={}", new["meter_id"].as_str().unwrap());
    let story = anna.ask("GET", &path, None).await.body;
    let kinds: Vec<_> = story["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["replaced", "installed"]);
    let replaced = &story["items"][0];
    assert_eq!((&replaced["serial"], &replaced["new_serial"]), (&json!("WATER-1"), &json!("WATER-2")));
    assert_eq!((&replaced["last"], &replaced["first"]), (&json!(["112.250"]), &json!(["0.500"])));
    assert_eq!(story["items"][1]["verified_until"], "2035-11-20", "as the register had it");
}

#[tokio::test]
async fn a_repetition_records_nothing_twice() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let manager = manager(&suite).await;
    let event = replaced(&objects.meter_id, "2026-07-03");
    let first = record_under(&suite, &manager, "once", event.clone()).await;
    let again = record_under(&suite, &manager, "once", event).await;
    assert_eq!((first.status, first.text), (again.status, again.text));
    assert_eq!(suite.rows("select 1 from meter_event where kind = 'replaced'").len(), 1);
}

#[tokio::test]
async fn a_verification_ends_by_itself_and_one_that_becomes_known_later_makes_that_void() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "update meter set verified_on = '2020-05-31', verification_interval_years = 6 where meter_id = ?1";
    file.execute(sql, [&objects.meter_id]).unwrap();
    let june = |suite: &Suite| {
        let months = told(suite, &objects.meter_id, "2026-06");
        months.into_iter().find(|(period, ..)| period == "2026-06").unwrap()
    };
    let (_, volumes, bases) = june(&suite);
    assert!(volumes.is_empty(), "its values count for nothing from the first of June on: {volumes:?}");
    assert_eq!(bases, ["not trusted"], "three months of values are wanted for an average");
    let manager = manager(&suite).await;
    let verified = json!({ "meter_id": objects.meter_id, "kind": "verified", "happened_on": "2026-05-25",
                           "last": ["106"], "first": ["106"], "verification_interval_years": 6 });
    let answer = record(&suite, &manager, verified).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.body["verification_due_on"], "2032-05-25");
    let (_, volumes, bases) = june(&suite);
    assert_eq!((volumes.iter().sum::<Decimal>(), bases.len()), (number("4.5"), 0), "110.5 − 106");
}

#[tokio::test]
async fn what_cannot_have_happened_names_its_field_and_leaves_nothing_behind() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let manager = manager(&suite).await;
    let id = &objects.meter_id;
    let mut with_short_dial = replaced(id, "2026-07-03");
    with_short_dial["first"] = json!(["100000"]);
    let mut twice = replaced(id, "2026-07-03");
    twice["new_meter"]["serial"] = json!("WATER-1");
    let verified = |on: &str, first: &str| {
        json!({ "meter_id": id, "kind": "verified", "happened_on": on,
        "last": ["103"], "first": [first], "verification_interval_years": 6 })
    };
    for (event, pointer) in [
        (json!({ "meter_id": id, "kind": "broken", "happened_on": "2026-07-03" }), "/kind"),
        (json!({ "meter_id": id, "kind": "failed", "happened_on": "2026-07-21" }), "/happened_on"),
        (json!({ "meter_id": id, "kind": "failed", "happened_on": "2019-12-31" }), "/happened_on"),
        (json!({ "meter_id": id, "kind": "removed", "happened_on": "2026-07-03" }), "/last"),
        (json!({ "meter_id": id, "kind": "removed", "happened_on": "2026-06-19", "last": ["111"] }), "/happened_on"),
        (json!({ "meter_id": id, "kind": "failed", "happened_on": "2026-07-03", "last": ["111"] }), "/last"),
        (json!({ "meter_id": id, "kind": "removed", "happened_on": "2026-07-03", "last": ["1 11"] }), "/last/0"),
        (verified("2026-05-10", "106"), "/first"),
        (with_short_dial, "/first/0"),
        (twice, "/new_meter/serial"),
    ] {
        let answer = record(&suite, &manager, event.clone()).await;
        assert_eq!(
            (answer.problem(), &answer.body["errors"][0]["pointer"]),
            ("validation", &json!(pointer)),
            "{event}"
        );
    }
    assert!(suite.rows("select 1 from meter_event").is_empty());
    assert!(suite.rows("select 1 from meter where serial = 'WATER-2'").is_empty());
    assert!(suite.rows("select 1 from audit_entry where action = 'meter.event'").is_empty());
}

#[tokio::test]
async fn a_removed_meter_ends_once_and_its_days_have_no_meter() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let manager = manager(&suite).await;
    let removed =
        json!({ "meter_id": objects.meter_id, "kind": "removed", "happened_on": "2026-07-03", "last": ["111"] });
    assert_eq!(record(&suite, &manager, removed.clone()).await.status, StatusCode::CREATED);
    assert_eq!(record(&suite, &manager, removed).await.body["errors"][0]["pointer"], "/kind");
    let (_, volumes, bases) = told(&suite, &objects.meter_id, "2026-07").pop().unwrap();
    assert_eq!((volumes, bases), (vec![number("0.5")], vec!["no meter"]));
}

#[tokio::test]
async fn another_company_finds_and_records_nothing() {
    let suite = Suite::demo(NOW);
    let objects = at_home(&suite, &THREE).await;
    let [neighbours, _] = places(&suite, NEIGHBOURS);
    hire(&suite, "their-manager", domain::access::Role::Manager, &neighbours);
    let mut theirs = Browser::signed_in(&suite, "10.0.0.9:1", "their-manager").await;
    let path = "/api/readings/meter-desk/meters?serial=WATER-1";
    assert_eq!(theirs.ask("GET", path, None).await.body, json!({ "items": [] }));
    let event = json!({ "meter_id": objects.meter_id, "kind": "failed", "happened_on": "2026-07-03" });
    assert_eq!(record(&suite, &theirs, event).await.problem(), "not-found");
    let mut own = manager(&suite).await;
    let found = own.ask("GET", path, None).await.body;
    assert_eq!(found["items"][0]["meter_id"], json!(objects.meter_id));
    assert_eq!(found["items"][0]["story"]["items"][0]["kind"], "installed");
}

#[tokio::test]
async fn the_archive_tells_by_which_way_a_reading_came() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let account = anna.ask("GET", "/api/readings/meters", None).await.body["accounts"][0].take();
    let meters = account["meters"].as_array().unwrap();
    let cold = meters.iter().find(|meter| meter["kind"] == "cold_water").unwrap();
    let values = [cold["last"]["values"][0].as_str().unwrap().split('.').next().unwrap()];
    let item = json!({ "meter_id": cold["meter_id"], "values": values, "confirmed": [] });
    let mut given = json!({ "account_id": account["account_id"], "items": [item] });
    let whole: u64 = values[0].parse().unwrap();
    given["items"][0]["values"][0] = json!((whole + 3).to_string());
    let headers = [("cookie", &anna.cookies()[..]), ("idempotency-key", "one")];
    let taken = suite.ask("POST", "/api/readings/submissions", &headers, Some(given)).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let path = format!("/api/readings/history?meter_id={}", cold["meter_id"].as_str().unwrap());
    let history = anna.ask("GET", &path, None).await.body;
    let channels: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| item["channel"].clone()).collect();
    assert_eq!(channels[..2], ["portal", "import"]);
}
