//! Whose readings are missing, and one click to remind them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{door::Browser, suite::Suite};

/// Of the demo house: its window is open.
const OPEN: &str = "2026-07-20T09:00:00Z";
const HOUSES: &str = "/api/readings/coverage/houses";

async fn house(manager: &mut Browser<'_>) -> Value {
    manager.ask("GET", HOUSES, None).await.body["items"][0].take()
}

fn kind<'a>(house: &'a Value, kind: &str) -> &'a Value {
    house["kinds"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap()
}

#[tokio::test]
async fn a_house_tells_how_many_meters_were_read_and_which_were_not() {
    let suite = Suite::demo(OPEN);
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    let seen = house(&mut manager).await;
    let of_kind =
        "select count(*), sum(exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = '2026-07'))
                   from meter m where kind = 'cold_water' and removed_on is null";
    let counted = suite.rows(of_kind).concat();
    let cold = kind(&seen, "cold_water");
    assert_eq!([cold["meters"].to_string(), cold["read"].to_string()].to_vec(), counted);
    let path = format!("{HOUSES}/{}", seen["house_id"].as_str().unwrap());
    let (mut unread, mut page) = (Vec::new(), manager.ask("GET", &path, None).await.body);
    loop {
        unread.extend(page["items"].as_array().unwrap().iter().map(|one| one["meter_id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        page = manager.ask("GET", &format!("{path}?after={next}"), None).await.body;
    }
    let mut expected = suite.rows(
        "select meter_id from meter m where removed_on is null
         and not exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = '2026-07')",
    );
    expected.sort();
    let looks = suite.rows("select count(*) from audit_entry where action = 'meter.look'").concat();
    assert_eq!(looks, [unread.len().to_string()], "each look is recorded");
    unread.sort();
    assert_eq!(unread, expected.concat(), "each once");
}

#[tokio::test]
async fn a_click_reminds_those_whose_readings_are_missing_once_a_day() {
    let suite = Suite::demo(OPEN);
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    let house_id = house(&mut manager).await["house_id"].as_str().unwrap().to_owned();
    let path = format!("{HOUSES}/{house_id}/reminders");
    let told = manager.ask("POST", &path, None).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    // Anna's readings are missing, and she alone has linked an account.
    assert_eq!(told.body["told"], 1, "{}", told.body);
    assert!(told.body["without_person"].as_u64().unwrap() > 0);
    let notice = suite
        .rows("select p.login, n.title from notice n join person p using (person_id) where n.kind = 'reading-asked'");
    assert_eq!(notice[0][0], "anna");
    assert!(notice[0][1].contains("ждёт показания до"), "{notice:?}");
    assert_eq!(manager.ask("POST", &path, None).await.body["told"], 0, "once a day");
    let log = suite.rows("select object from audit_entry where action = 'reading.remind'");
    assert_eq!(log.concat(), vec![format!("house:{house_id}"); 2]);
}

#[tokio::test]
async fn before_the_window_opens_nobody_is_reminded() {
    let suite = Suite::demo("2026-07-05T09:00:00Z");
    let window = "update house set window_from_day = 15, window_to_day = 25";
    suite.env.db().write(|tx| tx.execute(window, &[])).unwrap();
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    let house = house(&mut manager).await;
    assert_eq!(house["is_open"], json!(false), "{house}");
    let path = format!("{HOUSES}/{}/reminders", house["house_id"].as_str().unwrap());
    let refused = manager.ask("POST", &path, None).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "window-closed"));
    assert_eq!(suite.rows("select 1 from notice where kind = 'reading-asked'").len(), 0);
}

/// The file for suppliers has what holds, once for each meter; whose reading was taken sees it in the journal.
#[tokio::test]
async fn the_accepted_readings_of_a_month_go_to_suppliers() {
    let suite = Suite::demo(OPEN);
    let mut manager = Browser::signed_in(&suite, "83.5.5.5:1", "manager").await;
    let house_id = house(&mut manager).await["house_id"].as_str().unwrap().to_owned();
    let path = format!("{HOUSES}/{house_id}/readings?period=2026-06&kind=cold_water");
    let cookies = manager.cookies();
    let file = async |path: &str| suite.ask("GET", path, &[("cookie", &cookies)], None).await;
    let csv = file(&path).await;
    assert_eq!(csv.status, StatusCode::OK);
    let read = "select count(distinct meter_id) from reading join meter using (meter_id)
                where period = '2026-06' and kind = 'cold_water' and review = 'none'";
    let read: usize = suite.rows(read).concat().concat().parse().unwrap();
    let lines: Vec<_> = csv.text.lines().collect();
    assert_eq!((lines.len(), read > 50), (read + 1, true));
    assert!(
        lines[0].contains("\"meter_kind\";\"meter_serial\";\"period\";\"value_1\";\"value_2\";\"value_3\""),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("\"cold_water\";") && lines[1].contains(";\"2026-06\";"), "{}", lines[1]);
    let log = suite.rows("select count(*) from audit_entry where action = 'reading.supply'").concat();
    assert_eq!(log, [read.to_string()]);

    let answered = "insert into reading_acknowledgement
                    select reading_seq, (select min(supplier_id) from supplier), '2026-07-01', 1, null, '2026-07-02T00:00:00.000Z'
                    from reading join meter using (meter_id) where period = '2026-06' and kind = 'cold_water'";
    rusqlite::Connection::open(suite.location.database_file()).unwrap().execute(answered, []).unwrap();
    let waiting = file(&format!("{path}&only_waiting=true")).await;
    assert_eq!(waiting.text.lines().count(), 1, "all are answered");
    for (wish, pointer) in [("period=June", "?period"), ("period=2026-06&kind=sauna", "?kind")] {
        let refused = manager.ask("GET", &format!("{HOUSES}/{house_id}/readings?{wish}"), None).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
}
