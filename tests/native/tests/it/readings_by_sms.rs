//! Readings by SMS: what the gateway brings is taken once, for whoever's proved phone it is, and answered there.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    home_of::{Objects, settle},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/readings/sms";
/// Of whoever is settled in the first flat.
const PHONE: &str = "+79991110001";
const GATEWAY: &str = "Bearer token-of-the-gateways";

/// Anna with a meter of cold water of five and three digits, read in the months before.
async fn anna(suite: &Suite) -> Objects {
    let objects = settle(suite, "anna", 1).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute(
        "update meter set kind = 'cold_water', serial = 'Вода-1', rates = 1, digits_integer = 5, digits_fraction = 3,
                installed_on = '2020-01-10' where meter_id = ?1",
        [&objects.meter_id],
    )
    .unwrap();
    for (period, value) in [("2026-04", "115.000"), ("2026-05", "120.000"), ("2026-06", "125.000")] {
        let sql = "insert into reading (reading_id, meter_id, source, period, taken_on, recorded_at, value_1)
                   values (?1, ?2, 'resident', ?3, ?3 || '-20', ?3 || '-20', ?4)";
        file.execute(sql, [&web::fresh_id(&suite.env), &objects.meter_id, period, value]).unwrap();
    }
    objects
}

async fn bring(suite: &Suite, message_id: &str, from: &str, text: &str) -> Answer {
    let body = json!({ "message_id": message_id, "from": from, "text": text });
    suite.ask("POST", PATH, &[("authorization", GATEWAY)], Some(body)).await
}

/// What a message is answered.
async fn answered(suite: &Suite, message_id: &str, from: &str, text: &str) -> String {
    let before = suite.sent_count();
    let brought = bring(suite, message_id, from, text).await;
    assert_eq!(brought.status, StatusCode::NO_CONTENT, "{}", brought.body);
    assert_eq!(suite.sent_count(), before + 1, "{text} is answered once");
    let message = suite.last_message();
    assert_eq!(message["to"], from, "nobody else is told");
    message["text"].as_str().unwrap().to_owned()
}

fn by_sms(suite: &Suite) -> Vec<String> {
    suite.rows("select value_1 from reading where channel = 'sms' order by reading_seq").concat()
}

#[tokio::test]
async fn a_reading_is_taken_with_its_number_and_told_on_the_portal_too() {
    let suite = Suite::demo(NOW);
    let objects = anna(&suite).await;
    let answer = answered(&suite, "1", PHONE, "счетчик №вода-1 131,789").await;
    let code = suite.rows("select confirmation_code from submission order by submitted_at desc limit 1").concat();
    assert!(answer.contains("131,789") && answer.contains(&code[0]), "{answer}");
    assert_eq!(by_sms(&suite), ["131.789"]);
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let path = format!("/api/readings/history?meter_id={}", objects.meter_id);
    assert_eq!(browser.ask("GET", &path, None).await.body["items"][0]["channel"], "sms");
    let journal = browser.ask("GET", "/api/auth/journal", None).await.text;
    assert!(journal.contains("по СМС"), "{journal}");
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(suite.rows("select 1 from notice where kind = 'reading-submitted'").len(), 1);
}

#[tokio::test]
async fn a_message_that_is_brought_again_changes_nothing() {
    let suite = Suite::demo(NOW);
    anna(&suite).await;
    answered(&suite, "1", PHONE, "СЧЁТЧИК № Вода-1 131,789").await;
    let before = suite.sent_count();
    for text in ["СЧЁТЧИК № Вода-1 131,789", "СЧЁТЧИК № Вода-1 132"] {
        assert_eq!(bring(&suite, "1", PHONE, text).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!((by_sms(&suite).len(), suite.sent_count()), (1, before));
}

#[tokio::test]
async fn only_the_gateway_brings_messages() {
    let suite = Suite::demo(NOW);
    anna(&suite).await;
    let cookie = suite.sign_in("anna").await;
    let body = json!({ "message_id": "1", "from": PHONE, "text": "СЧЁТЧИК № Вода-1 131,789" });
    for headers in [vec![], vec![("authorization", "Bearer guess")], vec![("cookie", cookie.as_str())]] {
        let answer = suite.ask("POST", PATH, &headers, Some(body.clone())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    assert!(by_sms(&suite).is_empty());
}

#[tokio::test]
async fn an_unlikely_value_is_asked_about_and_taken_once_it_is_confirmed() {
    let suite = Suite::demo(NOW);
    anna(&suite).await;
    let unasked = answered(&suite, "1", PHONE, "СЧЁТЧИК № Вода-1 180 ДА").await;
    assert!(unasked.contains("СЧЁТЧИК № Вода-1 180 ДА"), "what was not asked is not confirmed: {unasked}");
    let other = answered(&suite, "2", PHONE, "СЧЁТЧИК № Вода-1 181 ДА").await;
    assert!(other.contains("181 ДА"), "the word is for one value: {other}");
    assert!(by_sms(&suite).is_empty());
    assert!(answered(&suite, "3", PHONE, "СЧЁТЧИК № Вода-1 180 да").await.contains("принято"));
    assert_eq!(by_sms(&suite), ["180.000"]);
    let late: jiff::Timestamp = "2026-07-21T09:00:01Z".parse().unwrap();
    suite.set_clock(late);
    assert!(!answered(&suite, "4", PHONE, "СЧЁТЧИК № Вода-1 181 ДА").await.contains("принято"), "a day later");
}

#[tokio::test]
async fn what_cannot_be_read_or_cannot_be_true_is_answered_with_the_way_out() {
    let suite = Suite::demo(NOW);
    anna(&suite).await;
    for (message_id, text, expected) in [
        ("1", "Здравствуйте, вода 131", "СЧЁТЧИК № 12345678 131,789"),
        ("2", "СЧЁТЧИК № Вода-1", "показание"),
        ("3", "СЧЁТЧИК № Вода-1 131 789", "без пробелов"),
        ("4", "СЧЁТЧИК № Вода-1 1000000", "не принято"),
        ("5", "СЧЁТЧИК № Вода-1 131,7891", "не принято"),
    ] {
        let answer = answered(&suite, message_id, PHONE, text).await;
        assert!(answer.contains(expected), "{text}: {answer}");
    }
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update house set window_from_day = 1, window_to_day = 10", []).unwrap();
    let closed = answered(&suite, "6", PHONE, "СЧЁТЧИК № Вода-1 131").await;
    assert!(closed.contains("Приём показаний закрыт"), "{closed}");
    assert!(by_sms(&suite).is_empty());
}

#[tokio::test]
async fn strangers_and_meters_of_others_are_answered_alike() {
    let suite = Suite::demo(NOW);
    let objects = anna(&suite).await;
    let foreign = suite.rows(&format!(
        "select m.serial from meter m join premises p using (premises_id)
         where p.number = '30' and m.serial not in (select serial from meter where meter_id = '{}') limit 1",
        objects.meter_id
    ));
    let foreign = format!("СЧЁТЧИК № {} 10", foreign[0][0]);
    let unknown = answered(&suite, "1", PHONE, "СЧЁТЧИК № НЕТ-0 10").await;
    assert_eq!(answered(&suite, "2", PHONE, &foreign).await, unknown);
    assert_eq!(answered(&suite, "3", "+79995550000", "СЧЁТЧИК № Вода-1 131").await, unknown, "nobody's phone");
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    for (message_id, sql) in [
        ("4", "update person set phone_unproved_since = '2026-07-19T09:00:00.000Z' where person_id = ?1"),
        (
            "5",
            "insert into sign_in_block (person_id, cause, blocked_at) values (?1, 'not-me', '2026-07-19T09:00:00.000Z')",
        ),
    ] {
        file.execute(sql, [&objects.person_id]).unwrap();
        assert_eq!(answered(&suite, message_id, PHONE, "СЧЁТЧИК № Вода-1 131").await, unknown, "{sql}");
        file.execute("update person set phone_unproved_since = null", []).unwrap();
    }
    assert!(by_sms(&suite).is_empty());
}

#[tokio::test]
async fn one_phone_is_answered_only_so_often() {
    let suite = Suite::demo(NOW);
    suite.set("limit.sms_per_phone", "2");
    anna(&suite).await;
    answered(&suite, "1", PHONE, "?").await;
    answered(&suite, "2", PHONE, "?").await;
    let before = suite.sent_count();
    assert_eq!(bring(&suite, "3", PHONE, "СЧЁТЧИК № Вода-1 131").await.status, StatusCode::NO_CONTENT);
    assert_eq!((suite.sent_count(), by_sms(&suite).len()), (before, 0));
    answered(&suite, "4", "+79995550000", "?").await;
}

#[tokio::test]
async fn of_a_message_nothing_is_kept_but_that_it_came() {
    let suite = Suite::demo(NOW);
    anna(&suite).await;
    answered(&suite, "message-of-anna", PHONE, "СЧЁТЧИК № Вода-1 180").await;
    let rows = suite.rows("select * from incoming_sms").concat().join(" ");
    assert!(!rows.contains("message-of-anna") && !rows.contains("9991110001") && !rows.contains("180"), "{rows}");
    suite.set_clock("2026-09-20T09:00:00Z".parse().unwrap());
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert!(suite.rows("select 1 from incoming_sms").is_empty());
}

#[tokio::test]
async fn a_number_that_is_none_is_taken_and_not_answered() {
    let suite = Suite::demo(NOW);
    let before = suite.sent_count();
    assert_eq!(bring(&suite, "1", "MTS", "Акция!").await.status, StatusCode::NO_CONTENT);
    assert_eq!(suite.sent_count(), before);
    let nameless = bring(&suite, "", PHONE, "?").await;
    assert_eq!(
        (nameless.problem(), &nameless.body["errors"][0]["pointer"]),
        ("validation", &Value::from("/message_id"))
    );
}
