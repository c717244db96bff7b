//! Trusted persons: who may do what for whose account, until when, and that it ends at once.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{homes, levels};

use crate::{
    door::Browser,
    home_of::{delegate, neighbour},
    journal::journal,
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/homes/delegations";

async fn account(browser: &mut Browser<'_>) -> Value {
    browser.ask("GET", "/api/homes/accounts", None).await.body["items"][0].take()
}

fn wish(account: &Value, powers: &[&str], until: &str) -> Value {
    json!({ "name": "Сын Пётр", "account_ids": [account["account_id"]], "powers": powers, "until": until })
}

/// The text after `#` of the link that the answer has.
fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

async fn take(browser: &mut Browser<'_>, token: &str) -> Answer {
    browser.ask("POST", &format!("{PATH}/take"), Some(json!({ "token": token }))).await
}

/// What the browser's person sees of the account.
async fn meters(browser: &mut Browser<'_>, account: &Value) -> Value {
    let path = format!("/api/readings/meters?account_id={}", account["account_id"].as_str().unwrap());
    browser.ask("GET", &path, None).await.body["accounts"].get(0).cloned().unwrap_or_default()
}

async fn submit(suite: &Suite, browser: &Browser<'_>, seen: &Value, key: &str) -> Answer {
    let meter = &seen["meters"][0];
    let items = json!([{ "meter_id": meter["meter_id"], "values": meter["last"]["values"] }]);
    let body = json!({ "account_id": seen["account_id"], "items": items });
    let cookies = browser.cookies();
    suite.ask("POST", "/api/readings/submissions", &[("cookie", &cookies), ("idempotency-key", key)], Some(body)).await
}

async fn history(browser: &mut Browser<'_>, seen: &Value) -> StatusCode {
    let path = format!("/api/readings/history?meter_id={}", seen["meters"][0]["meter_id"].as_str().unwrap());
    browser.ask("GET", &path, None).await.status
}

/// Anna lets Boris do this.
async fn trusted<'a>(suite: &'a Suite, powers: &[&str], until: &str) -> (Browser<'a>, Browser<'a>, Value) {
    let mut anna = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(suite, "83.9.9.9:1", "boris").await;
    let account = account(&mut anna).await;
    let answer = anna.ask_surely("POST", PATH, Some(wish(&account, powers, until))).await;
    assert_eq!(take(&mut boris, &token(&answer)).await.status, StatusCode::CREATED);
    (anna, boris, account)
}

#[tokio::test]
async fn a_delegate_does_what_is_let_and_nothing_else() {
    let suite = Suite::demo(NOW);
    let (_, mut boris, account) = trusted(&suite, &["submit-readings"], "2026-08-01").await;
    let seen = meters(&mut boris, &account).await;
    assert_eq!(
        seen["delegation"],
        json!({
            "granted_by": "Анна Сергеевна", "until": "2026-08-01", "may_submit": true, "may_see_history": false,
        })
    );
    assert_eq!(submit(&suite, &boris, &seen, "one").await.status, StatusCode::CREATED);
    assert_eq!(history(&mut boris, &seen).await, StatusCode::NOT_FOUND);
    let id = account["account_id"].as_str().unwrap();
    for (path, body) in [
        (format!("/api/homes/accounts/{id}/suspend"), None),
        (format!("/api/homes/accounts/{id}/unlink"), None),
        (format!("/api/homes/accounts/{id}/settings"), Some(json!({ "label": "Моё", "notify_by": [] }))),
    ] {
        assert_eq!(boris.ask("POST", &path, body).await.problem(), "not-found", "{path}");
    }
    let sure = "insert into person_level (person_id, confirmed_at) select person_id, created_at from person
                where login = 'boris'";
    rusqlite::Connection::open(suite.location.database_file()).unwrap().execute(sure, []).unwrap();
    let onwards = boris.ask_surely("POST", PATH, Some(wish(&account, &["see-readings"], "2026-08-01"))).await;
    assert_eq!(onwards.problem(), "not-found", "what is let to one is not let on");
}

#[tokio::test]
async fn who_may_only_look_gives_no_readings() {
    let suite = Suite::demo(NOW);
    let (_, mut boris, account) = trusted(&suite, &["see-readings"], "2026-08-01").await;
    let seen = meters(&mut boris, &account).await;
    assert_eq!(history(&mut boris, &seen).await, StatusCode::OK);
    assert_eq!(submit(&suite, &boris, &seen, "one").await.problem(), "not-found");
}

/// Each thing that a delegate of history may see, by whatever way it is asked for first.
#[tokio::test]
async fn the_owner_reads_on_which_days_the_delegate_looked_and_the_delegate_can_t_look_unseen() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut boris, account) = trusted(&suite, &["see-readings"], "2026-08-01").await;
    let meter_id = suite.rows(&format!(
        "select m.meter_id from meter m join account a using (premises_id) where a.account_id = '{}'",
        account["account_id"].as_str().unwrap(),
    ))[0][0]
        .clone();
    let reading_id = suite.rows(&format!("select reading_id from reading where meter_id = '{meter_id}'"))[0][0].clone();
    let account_id = account["account_id"].as_str().unwrap();
    let looks = |items: &Value| {
        let of_look = |item: &&Value| item["what"] == "Посмотрены показания по доверенному счёту";
        items.as_array().unwrap().iter().filter(of_look).cloned().collect::<Vec<_>>()
    };
    let paths = [
        "/api/readings/meters".to_owned(),
        format!("/api/readings/history?meter_id={meter_id}"),
        format!("/api/readings/last?meter_id={meter_id}"),
        format!("/api/readings/meter-events?meter_id={meter_id}"),
        format!("/api/readings/history/{reading_id}/act?format=json"),
        format!("/api/readings/consumption?account_id={account_id}"),
        format!("/api/readings/consumption/document?account_id={account_id}&format=csv"),
    ];
    for (days, path) in paths.iter().enumerate() {
        assert_eq!(looks(&journal(&mut anna, "").await["items"]).len(), days, "{path}");
        for _ in 0..2 {
            assert_eq!(boris.ask("GET", path, None).await.status, StatusCode::OK, "{path}");
        }
        let looks = looks(&journal(&mut anna, "").await["items"]);
        assert_eq!(looks.len(), days + 1, "{path}");
        assert_eq!((&looks[0]["who"], &looks[0]["by"]), (&json!("delegate"), &json!("Сын Пётр, доверенное лицо")));
        assert_eq!(looks[0]["details"], json!([{ "name": "лицевой счёт", "value": account["number"] }]));
        suite.set_clock(suite.env.now() + SignedDuration::from_hours(24));
        (anna, boris) = (
            Browser::signed_in(&suite, "83.1.2.3:1", "anna").await,
            Browser::signed_in(&suite, "83.9.9.9:1", "boris").await,
        );
    }
    assert_eq!(anna.ask("GET", PATH, None).await.body["granted"][0]["looked_on"], "2026-07-26");
}

#[tokio::test]
async fn the_owner_sees_in_the_journal_what_the_delegate_did_and_takes_it_back_at_once() {
    let suite = Suite::demo(NOW);
    let (mut anna, mut boris, account) = trusted(&suite, &["see-readings", "submit-readings"], "2026-08-01").await;
    let seen = meters(&mut boris, &account).await;
    submit(&suite, &boris, &seen, "one").await;
    let page = journal(&mut anna, "").await;
    let told = &page["items"][0];
    assert_eq!((&told["what"], &told["who"]), (&json!("Переданы показания"), &json!("delegate")));
    assert_eq!(told["by"], "Сын Пётр, доверенное лицо");
    let granted = anna.ask("GET", PATH, None).await.body["granted"][0].take();
    assert_eq!((&granted["name"], &granted["taken_by"]), (&json!("Сын Пётр"), &json!("Борис Иванович")));
    assert_eq!(granted["taken_at"], "2026-07-20T09:00:00.000Z");
    let path = format!("{PATH}/{}", granted["delegation_id"].as_str().unwrap());
    assert_eq!(anna.ask("DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(submit(&suite, &boris, &seen, "two").await.problem(), "not-found");
    assert_eq!(history(&mut boris, &seen).await, StatusCode::NOT_FOUND);
    assert_eq!(meters(&mut boris, &account).await, Value::Null);
    assert_eq!(anna.ask("DELETE", &path, None).await.problem(), "not-found");
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let told = suite.rows(
        "select n.kind from notice n join person p using (person_id) where p.login = 'boris'
                           and n.kind like 'delegation-%'",
    );
    assert_eq!(told, [["delegation-ended"]]);
    let told = suite.rows(
        "select n.body from notice n join person p using (person_id) where p.login = 'anna'
                           and n.kind = 'reading-by-delegate'",
    );
    assert_eq!(told.len(), 1);
    assert!(told[0][0].contains("Сын Пётр"), "{told:?}");
}

#[tokio::test]
async fn it_ends_with_its_last_day_and_with_the_owner_s_own_link() {
    let suite = Suite::demo(NOW);
    let (_, mut boris, account) = trusted(&suite, &["submit-readings"], "2026-07-20").await;
    let seen = meters(&mut boris, &account).await;
    let midnight = suite.env.now() + SignedDuration::from_hours(15);
    suite.set_clock(midnight);
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    assert_eq!(submit(&suite, &boris, &seen, "one").await.problem(), "not-found", "no job had to run");
    assert_eq!(meters(&mut boris, &account).await, Value::Null);

    let suite = Suite::demo(NOW);
    let (_, mut boris, account) = trusted(&suite, &["submit-readings"], "2026-08-01").await;
    let sql = "update account_link set ended_at = '2026-07-20' where person_id = (select person_id from person
               where login = 'anna')";
    rusqlite::Connection::open(suite.location.database_file()).unwrap().execute(sql, []).unwrap();
    assert_eq!(meters(&mut boris, &account).await, Value::Null);
}

#[tokio::test]
async fn a_wish_names_own_accounts_powers_of_the_list_and_a_day_within_a_year() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    neighbour(&suite);
    let mut resident = Browser::signed_in(&suite, "83.9.9.9:1", "resident20").await;
    let (own, foreign) = (account(&mut anna).await, account(&mut resident).await);
    for (body, pointer) in [
        (wish(&own, &[], "2026-08-01"), "/powers"),
        (wish(&own, &["pay"], "2026-08-01"), "/powers"),
        (wish(&own, &["see-readings"], "2026-07-19"), "/until"),
        (wish(&own, &["see-readings"], "2027-07-21"), "/until"),
        (json!({ "name": " ", "account_ids": [], "powers": ["see-readings"], "until": "2026-08-01" }), "/name"),
    ] {
        let refused = anna.ask("POST", PATH, Some(body)).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    let refused = anna.ask_surely("POST", PATH, Some(wish(&foreign, &["see-readings"], "2026-08-01"))).await;
    assert_eq!(refused.problem(), "not-found");
    assert!(suite.rows("select 1 from delegation").is_empty());
}

#[tokio::test]
async fn a_link_goes_to_a_contact_whether_or_not_somebody_is_registered_by_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let own = account(&mut anna).await;
    let mut answers = Vec::new();
    for contact in ["+79000000027", "+79161112233"] {
        let mut body = wish(&own, &["see-readings"], "2026-08-01");
        body["contact"] = contact.into();
        let answer = anna.ask_surely("POST", PATH, Some(body)).await;
        let message = suite.last_message();
        assert_eq!(message["to"], contact);
        assert!(message["text"].as_str().unwrap().contains("/delegation#"), "{message}");
        let mut body = answer.body.clone();
        body["delegation_id"].take();
        answers.push((answer.status, body));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].1["link"], Value::Null);
}

#[tokio::test]
async fn a_link_is_taken_once_in_time_and_never_by_who_made_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let mut third = Browser::signed_in(&suite, "83.9.9.8:1", "resident03").await;
    let own = account(&mut anna).await;
    let link = token(&anna.ask_surely("POST", PATH, Some(wish(&own, &["see-readings"], "2026-12-01"))).await);
    let late = token(&anna.ask_surely("POST", PATH, Some(wish(&own, &["see-readings"], "2026-12-02"))).await);
    assert_eq!(take(&mut anna, &link).await.problem(), "not-found");
    let seen = boris.ask("POST", &format!("{PATH}/view"), Some(json!({ "token": link }))).await;
    assert_eq!((&seen.body["granted_by"], &seen.body["powers"]), (&json!("Анна Сергеевна"), &json!(["see-readings"])));
    assert_eq!(take(&mut boris, &link).await.status, StatusCode::CREATED);
    assert_eq!(take(&mut third, &link).await.problem(), "not-found");
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24 * 7 + 1));
    let mut third = Browser::signed_in(&suite, "83.9.9.8:1", "resident03").await;
    assert_eq!(take(&mut third, &late).await.problem(), "not-found");
}

#[tokio::test]
async fn a_link_is_taken_only_while_its_owner_is_on_the_level_that_it_was_made_on() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let own = account(&mut anna).await;
    let link = token(&anna.ask_surely("POST", PATH, Some(wish(&own, &["see-readings"], "2026-12-01"))).await);
    let anna_id = suite.rows("select person_id from person where login = 'anna'").concat().concat();
    let (db, now) = (suite.env.db(), suite.env.now());
    db.write(|tx| levels::ask_again(tx, now, &anna_id, "Сменился собственник.")).unwrap();
    let view = format!("{PATH}/view");
    assert_eq!(boris.ask("POST", &view, Some(json!({ "token": link }))).await.problem(), "not-found");
    assert_eq!(take(&mut boris, &link).await.problem(), "not-found");
    db.write(|tx| levels::confirm(tx, now + SignedDuration::from_secs(1), &anna_id)).unwrap();
    assert_eq!(take(&mut boris, &link).await.status, StatusCode::CREATED, "a refusal uses nothing up");
}

#[test]
fn of_sixty_four_at_once_a_single_one_takes_the_link() {
    let suite = Suite::demo(NOW);
    let people = suite.rows("select person_id from person").concat();
    let owner = suite.rows("select person_id from account_link where ended_at is null limit 1").concat().concat();
    let (_, token) = delegate(&suite, &owner);
    let hash = domain::invitation::InvitationToken::parse(&token).unwrap().hash();
    let (db, now) = (suite.env.db(), suite.env.now());
    let others: Vec<_> = people.iter().filter(|one| **one != owner).cycle().take(64).collect();
    let wins = std::thread::scope(|scope| {
        let take = |person: &str| db.write(|tx| homes::take(tx, now, &hash, person)).unwrap();
        let threads: Vec<_> = others.iter().map(|person| scope.spawn(move || take(person))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(wins, 1);
}

#[tokio::test]
async fn both_sides_hear_once_that_it_is_about_to_end() {
    let suite = Suite::demo(NOW);
    let (..) = trusted(&suite, &["see-readings"], "2026-07-29").await;
    let near = || suite.rows("select count(*) from notice where kind = 'delegation-near'").concat().concat();
    let run = || reminders::run(&suite.env, suite.env.now()).unwrap();
    run();
    assert_eq!(near(), "0");
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(48));
    run();
    run();
    assert_eq!(near(), "2");
}
