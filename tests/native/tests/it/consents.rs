//! Consents: the texts, giving, withdrawing, and what a withdrawal means.

use http::StatusCode;
use jiff::{SignedDuration, civil::Date};
use serde_json::{Value, json};
use store::consents::{self, NewText};

use crate::{
    newcomer::{PASSWORD, consent, register, registering},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";

async fn get(suite: &Suite, cookie: &str) -> Value {
    suite.ask("GET", "/api/auth/consents", &[("cookie", cookie)], None).await.body["items"].clone()
}

async fn give(suite: &Suite, cookie: &str, choice: Value) -> Answer {
    suite.ask("POST", "/api/auth/consents", &[("cookie", cookie)], Some(choice)).await
}

async fn withdraw(suite: &Suite, cookie: &str, purpose: &str) -> Answer {
    suite.ask("POST", &format!("/api/auth/consents/{purpose}/withdraw"), &[("cookie", cookie)], None).await
}

fn publish(suite: &Suite, purpose: &str, valid_from: Date) {
    let text = NewText { purpose, valid_from, title: "Новое согласие", body: "Новый текст." };
    suite.env.db().write(|tx| consents::publish(tx, suite.env.now(), &text)).unwrap();
}

fn acts(suite: &Suite) -> Vec<Vec<String>> {
    suite.rows("select purpose, version, act from consent_act order by consent_seq")
}

#[tokio::test]
async fn the_text_in_force_is_there_for_everybody_with_its_hash() {
    let suite = Suite::demo(NOW);
    let texts = suite.ask("GET", "/api/auth/consent-texts", &[], None).await.body;
    let text = &texts["items"][0];
    assert_eq!((&text["purpose"], &text["version"]), (&json!("portal"), &json!(2)));
    assert_eq!(text["sha256"], web::sha256(text["text"].as_str().unwrap()));
    for (index, purpose) in [(1, "electronic-address"), (2, "proof")] {
        let text = &texts["items"][index];
        assert_eq!(text["purpose"], purpose);
        assert_eq!(text["sha256"], web::sha256(text["text"].as_str().unwrap()), "{purpose}");
    }
    assert_eq!(texts["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_consent_is_given_and_withdrawn_and_each_act_is_recorded_once() {
    let suite = Suite::demo(NOW);
    let anna = suite.sign_in("anna").await;
    assert_eq!(get(&suite, &anna).await[0]["state"], "none");
    for _ in 0..2 {
        assert_eq!(give(&suite, &anna, consent()).await.status, StatusCode::CREATED);
    }
    let given = get(&suite, &anna).await;
    assert_eq!((&given[0]["state"], &given[0]["at"]), (&json!("given"), &json!("2026-07-20T09:00:00.000Z")));
    for _ in 0..2 {
        assert_eq!(withdraw(&suite, &anna, "portal").await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(get(&suite, &anna).await[0]["state"], "withdrawn");
    assert_eq!(acts(&suite), [["portal", "2", "given"], ["portal", "2", "withdrawn"]]);
    let audited = "select action from audit_entry where action like 'consent.%' order by audit_seq";
    assert_eq!(suite.rows(audited), [["consent.give"], ["consent.withdraw"]]);
    assert_eq!(suite.rows("select kind from event"), [["consent.withdrawn"]]);
}

#[tokio::test]
async fn who_gave_none_withdraws_none() {
    let suite = Suite::demo(NOW);
    let anna = suite.sign_in("anna").await;
    assert_eq!(withdraw(&suite, &anna, "portal").await.problem(), "not-found");
    assert!(acts(&suite).is_empty());
}

#[tokio::test]
async fn each_purpose_is_a_consent_of_its_own() {
    let suite = Suite::demo(NOW);
    publish(&suite, "news", "2026-07-01".parse().unwrap());
    let asked = registering(&suite, "+79161234567").await;
    let answer = register(&suite, &asked, &asked.code, PASSWORD).await;
    assert_eq!(acts(&suite), [["portal", "2", "given"]]);
    let cookie = answer.headers.get_all("set-cookie").iter().next().unwrap().to_str().unwrap().to_owned();
    let states = get(&suite, &cookie).await;
    assert_eq!((&states[0]["in_force"]["purpose"], &states[0]["state"]), (&json!("portal"), &json!("given")));
    assert_eq!((&states[2]["in_force"]["purpose"], &states[2]["state"]), (&json!("news"), &json!("none")));
    assert_eq!(give(&suite, &cookie, json!({ "purpose": "news", "version": 1 })).await.status, StatusCode::CREATED);
    assert_eq!(withdraw(&suite, &cookie, "news").await.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&suite, &cookie).await[0]["state"], "given");
    assert_eq!(suite.rows("select kind from event"), [["person.registered"]]);
}

#[tokio::test]
async fn a_new_text_holds_from_its_day_and_what_was_agreed_to_stays_readable() {
    let suite = Suite::demo(NOW);
    let anna = suite.sign_in("anna").await;
    give(&suite, &anna, consent()).await;
    publish(&suite, "portal", "2026-07-21".parse().unwrap());
    assert_eq!(get(&suite, &anna).await[0]["in_force"]["version"], 2);
    assert_eq!(give(&suite, &anna, json!({ "purpose": "portal", "version": 3 })).await.problem(), "consent-outdated");
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24));
    let anna = suite.sign_in("anna").await;
    let consents = get(&suite, &anna).await;
    assert_eq!((&consents[0]["in_force"]["version"], &consents[0]["earlier"]["version"]), (&json!(3), &json!(2)));
    assert_eq!(give(&suite, &anna, consent()).await.problem(), "consent-outdated");
    assert_eq!(give(&suite, &anna, json!({ "purpose": "portal", "version": 3 })).await.status, StatusCode::CREATED);
    assert!(get(&suite, &anna).await[0]["earlier"].is_null());
}

#[tokio::test]
async fn who_agreed_before_the_text_named_what_a_provider_tells_keeps_that_and_is_asked_anew() {
    let suite = Suite::demo(NOW);
    let anna = suite.sign_in("anna").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "insert into consent_act (person_id, purpose, version, sha256, act, at, address)
               select person_id, purpose, version, sha256, 'given', ?1, '' from person, consent_text
               where login = 'anna' and purpose = 'portal' and version = 1";
    assert_eq!(file.execute(sql, [NOW]).unwrap(), 1);
    let asked = &get(&suite, &anna).await[0];
    assert_eq!((&asked["state"], &asked["earlier"]["version"]), (&json!("given"), &json!(1)));
    let [before, now] = ["earlier", "in_force"].map(|which| asked[which]["text"].as_str().unwrap());
    assert!(now.contains("СНИЛС") && now.contains("«Госуслуги»") && !before.contains("СНИЛС"), "{now}");
    assert_eq!(give(&suite, &anna, consent()).await.status, StatusCode::CREATED);
    assert_eq!(acts(&suite), [["portal", "1", "given"], ["portal", "2", "given"]]);
}

#[tokio::test]
async fn after_a_withdrawal_no_new_data_are_taken_and_the_old_ones_are_still_seen() {
    let suite = Suite::demo(NOW);
    let anna = suite.sign_in("anna").await;
    let cookie = [("cookie", anna.as_str())];
    give(&suite, &anna, consent()).await;
    let erasure = async || suite.ask("GET", "/api/auth/session", &cookie, None).await.body["erasure"].take();
    assert_eq!(erasure().await, Value::Null);
    withdraw(&suite, &anna, "portal").await;
    let ahead = json!({ "reason": "withdrawal", "due_at": "2026-08-19T09:00:00.000Z" });
    assert_eq!(erasure().await, ahead, "every page can tell of it");
    let link = || suite.ask("POST", "/api/homes/links", &cookie, Some(json!({ "number": "0000000027" })));
    assert_eq!(link().await.problem(), "consent-withdrawn");
    let meters = suite.ask("GET", "/api/readings/meters", &cookie, None).await;
    let account = &meters.body["accounts"][0];
    let submission = json!({ "account_id": account["account_id"], "items": [
        { "meter_id": account["meters"][0]["meter_id"], "values": ["1"] }
    ] });
    let headers = [cookie[0], ("idempotency-key", "a-test")];
    let submitted = suite.ask("POST", "/api/readings/submissions", &headers, Some(submission)).await;
    assert_eq!((meters.status, submitted.problem()), (StatusCode::OK, "consent-withdrawn"));
    give(&suite, &anna, consent()).await;
    assert_eq!((link().await.status, erasure().await), (StatusCode::CREATED, Value::Null));
}

#[test]
fn neither_texts_nor_acts_ever_change() {
    let suite = Suite::demo(NOW);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    for sql in ["update consent_text set body = ''", "delete from consent_text"] {
        assert!(file.execute(sql, []).unwrap_err().to_string().contains("a text of consent never"), "{sql}");
    }
}
