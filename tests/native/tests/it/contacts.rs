//! The phone and the e-mail of the profile: proved by a code, told to the one before.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    factors::pass,
    suite::{Answer, Suite},
    support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const CONTACTS: &str = "/api/auth/profile/contacts";
const FORGET: &str = "/api/auth/profile/contacts/forget";

/// The id and the code of a new contact.
async fn waiting(suite: &Suite, browser: &mut Browser<'_>, contact: &str) -> (String, String) {
    let asked = browser.ask_surely("POST", CONTACTS, Some(json!({ "contact": contact }))).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    (asked.body["contact_code_id"].as_str().unwrap().to_owned(), suite.last_code())
}

async fn prove(browser: &mut Browser<'_>, (id, code): &(String, String)) -> Answer {
    browser.ask("POST", &format!("{CONTACTS}/{id}/confirm"), Some(json!({ "code": code }))).await
}

#[tokio::test]
async fn a_new_phone_counts_from_its_proof_on_and_the_old_one_hears_of_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let change = waiting(&suite, &mut anna, "8 (916) 123-45-67").await;
    assert_eq!(suite.last_message()["to"], "+79161234567");
    let before = anna.ask("GET", "/api/auth/profile", None).await;
    assert_eq!(before.body["masked_phone"], "+7********15", "nothing counts before its proof");
    let proved = prove(&mut anna, &change).await;
    assert_eq!((proved.status, &proved.body["masked_phone"]), (StatusCode::OK, &json!("+7********67")));
    let told = suite.last_message();
    assert_eq!(told["to"], "+79000000015");
    let text = told["text"].as_str().unwrap();
    let start =
        "Мой дом: в профиле новый контакт +7********67. Это не вы? Остановите вход: http://127.0.0.1:3000/not-me#";
    assert!(text.starts_with(start) && text.contains("Поддержка: "), "{text}");
    let mut by_phone = Browser::new(&suite, "83.1.2.4:1");
    assert_eq!(by_phone.sign_in("+79161234567", store::demo::PASSWORD).await.status, StatusCode::OK);
    let journal = anna.ask("GET", "/api/auth/journal", None).await.body["items"].to_string();
    assert!(journal.contains("Телефон или почта для входа изменены") && journal.contains("+7********67"), "{journal}");
    assert_eq!(prove(&mut anna, &change).await.problem(), "code-spent");
    assert_eq!(suite.rows("select 1 from event where kind = 'contact.changed'").len(), 1);
}

#[tokio::test]
async fn a_contact_is_proved_by_who_asked_for_it_alone() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.5:1", "boris").await;
    let change = waiting(&suite, &mut anna, "new@example.ru").await;
    assert_eq!(prove(&mut boris, &change).await.problem(), "not-found");
    assert_eq!(prove(&mut anna, &change).await.body["masked_email"], "n***@example.ru");
}

#[tokio::test]
async fn a_contact_of_somebody_else_is_told_only_to_whoever_holds_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let change = waiting(&suite, &mut anna, "+79000000027").await;
    assert_eq!(prove(&mut anna, &change).await.problem(), "already-registered");
    let profile = anna.ask("GET", "/api/auth/profile", None).await;
    assert_eq!(profile.body["masked_phone"], "+7********15");
}

#[tokio::test]
async fn what_is_no_contact_or_is_there_already_is_refused_before_anything_is_confirmed() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for contact in ["", "anna", "123", "+79000000015"] {
        let refused = anna.ask("POST", CONTACTS, Some(json!({ "contact": contact }))).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!("/contact")));
    }
    assert_eq!(suite.rows("select 1 from confirmation").len(), 0);
}

#[tokio::test]
async fn the_last_contact_stays_and_one_of_two_may_go() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let last = anna.ask_surely("POST", FORGET, Some(json!({ "channel": "sms" }))).await;
    assert_eq!(last.problem(), "last-way-in");
    let none = anna.ask_surely("POST", FORGET, Some(json!({ "channel": "email" }))).await;
    assert_eq!((none.problem(), &none.body["errors"][0]["pointer"]), ("validation", &json!("/channel")));
    let change = waiting(&suite, &mut anna, "new@example.ru").await;
    prove(&mut anna, &change).await;
    let gone = anna.ask_surely("POST", FORGET, Some(json!({ "channel": "sms" }))).await;
    assert_eq!((gone.status, &gone.body["masked_phone"]), (StatusCode::OK, &Value::Null), "{}", gone.body);
}

#[tokio::test]
async fn a_recovery_that_waits_for_the_old_phone_is_over_with_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let recovery = crate::newcomer::recovering(&suite, "anna").await;
    let change = waiting(&suite, &mut anna, "+79161234567").await;
    prove(&mut anna, &change).await;
    let late = crate::newcomer::recover(&suite, &recovery.id, &recovery.code, "сосна-и-72-ели").await;
    assert_eq!(late.problem(), "code-spent");
}

/// Where messages with a link «Это не я» went since the given number of messages, in their order.
fn told_since(suite: &Suite, count: usize) -> Vec<String> {
    let sent = suite.sent();
    let told = sent[count..].iter().filter(|message| message["text"].as_str().unwrap().contains("/not-me#"));
    told.map(|message| message["to"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn whoever_replaces_the_phone_twice_is_still_told_of_to_its_owner_and_the_support_finds_the_owner_by_it() {
    let suite = Suite::demo(NOW);
    let mut thief = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let first = waiting(&suite, &mut thief, "+79161234567").await;
    prove(&mut thief, &first).await;
    let second = waiting(&suite, &mut thief, "+79161234568").await;
    let count = suite.sent_count();
    prove(&mut thief, &second).await;
    assert_eq!(told_since(&suite, count), ["+79161234567", "+79000000015"]);

    let link = suite.last_message()["text"].as_str().unwrap().split_once("/not-me#").unwrap().1.to_owned();
    let token = json!({ "token": link.split_whitespace().next() });
    let stopped = suite.ask("POST", "/api/auth/sign-in-notices/deny", &[], Some(token)).await;
    assert_eq!((stopped.status, &stopped.body["is_recoverable"]), (StatusCode::OK, &json!(false)));

    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let path = "/api/auth/support/searches";
    let found = support.ask("POST", path, Some(search("+79000000015"))).await.body;
    let at = "2026-07-20T09:00:00.000Z";
    let former = json!([
        { "masked_contact": "+7********15", "replaced_at": at }, { "masked_contact": "+7********67", "replaced_at": at },
    ]);
    assert_eq!(
        (&found["masked_phone"], &found["masked_former_contacts"]),
        (&json!("+7********68"), &former),
        "{found}"
    );
    let looks = "select count(*) from audit_entry where action = 'sign-in.look'";
    assert_eq!(suite.rows(looks), [["1"]], "it is a look like any other");
}

#[tokio::test]
async fn a_former_contact_finds_nobody_once_it_is_too_old_or_somebody_signs_in_by_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let change = waiting(&suite, &mut anna, "+79161234567").await;
    prove(&mut anna, &change).await;
    let back = waiting(&suite, &mut anna, "+79000000015").await;
    let count = suite.sent_count();
    prove(&mut anna, &back).await;
    assert_eq!(told_since(&suite, count), ["+79161234567"], "the own one is no former one");
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let path = "/api/auth/support/searches";
    let by = |contact| Some(search(contact));
    let own = support.ask("POST", path, by("+79000000015")).await.body;
    assert_eq!(own["masked_former_contacts"].as_array().unwrap().len(), 1, "{own}");
    assert_eq!(support.ask("POST", path, by("+79161234567")).await.body["name"], own["name"]);

    let mut boris = Browser::signed_in(&suite, "83.1.2.5:1", "boris").await;
    let taken = waiting(&suite, &mut boris, "+79161234567").await;
    prove(&mut boris, &taken).await;
    let now = support.ask("POST", path, by("+79161234567")).await.body;
    assert_eq!((now["name"] != own["name"], &now["masked_phone"]), (true, &json!("+7********67")));
    let count = suite.sent_count();
    let another = waiting(&suite, &mut anna, "new@example.ru").await;
    prove(&mut anna, &another).await;
    assert_eq!(told_since(&suite, count), ["+79000000015"], "whose it is now is told nothing of others");

    pass(&suite, 90 * 24 * 3600 + 1);
    let mut support = Browser::signed_in(&suite, "10.0.0.6:1", "support").await;
    assert_eq!(support.ask("POST", path, by("+79000000027")).await.problem(), "not-found");
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert!(suite.rows("select 1 from former_contact").is_empty());
}

#[tokio::test]
async fn no_more_than_three_former_contacts_hear_of_a_change() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for end in 1..=5 {
        suite.set_clock(suite.env.now() + jiff::SignedDuration::from_secs(60));
        let change = waiting(&suite, &mut anna, &format!("+7916123456{end}")).await;
        let count = suite.sent_count();
        prove(&mut anna, &change).await;
        let told = told_since(&suite, count);
        assert_eq!(told.len(), end.min(4), "{told:?}");
        assert_eq!(told.iter().collect::<std::collections::BTreeSet<_>>().len(), told.len(), "each once: {told:?}");
    }
}

#[tokio::test]
async fn a_contact_that_was_taken_away_finds_its_person_too() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let change = waiting(&suite, &mut anna, "new@example.ru").await;
    prove(&mut anna, &change).await;
    anna.ask_surely("POST", FORGET, Some(json!({ "channel": "sms" }))).await;
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let found = support.ask("POST", "/api/auth/support/searches", Some(search("+79000000015"))).await.body;
    assert_eq!(
        (&found["masked_email"], &found["found_by_former"]),
        (&json!("n***@example.ru"), &json!(true)),
        "{found}"
    );
    let found = support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await.body;
    assert_eq!(found["found_by_former"], false);
}

/// Confirms by the code that is sent to the phone.
async fn by_the_phone(suite: &Suite, browser: &mut Browser<'_>, path: &str, body: Value) -> Answer {
    let asked = browser.ask("POST", path, Some(body.clone())).await;
    let id = asked.body["confirmation"]["confirmation_id"].as_str().unwrap().to_owned();
    let confirmation = format!("/api/auth/confirmations/{id}");
    browser.ask("POST", &format!("{confirmation}/codes"), Some(json!({ "method": "sms" }))).await;
    let answer = json!({ "method": "sms", "code": suite.last_code() });
    browser.ask("POST", &format!("{confirmation}/answers"), Some(answer)).await;
    browser.confirmed("POST", path, Some(body), &id).await
}

#[tokio::test]
async fn a_contact_that_its_owner_gave_up_by_its_own_code_hears_of_no_later_change() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let asked = by_the_phone(&suite, &mut anna, CONTACTS, json!({ "contact": "+79161234567" })).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    let change = (asked.body["contact_code_id"].as_str().unwrap().to_owned(), suite.last_code());
    assert_eq!(prove(&mut anna, &change).await.status, StatusCode::OK);
    assert_eq!(suite.last_message()["to"], "+79000000015", "of this very change it hears");
    let hears = "select contact, hears from former_contact order by contact";
    assert_eq!(suite.rows(hears), [["+79000000015", "0"]]);
    let mail = waiting(&suite, &mut anna, "new@example.ru").await;
    prove(&mut anna, &mail).await;
    by_the_phone(&suite, &mut anna, FORGET, json!({ "channel": "sms" })).await;
    assert_eq!(suite.rows(hears), [["+79000000015", "0"], ["+79161234567", "0"]]);
}

#[tokio::test]
async fn a_contact_that_was_replaced_by_a_code_to_another_one_hears_of_the_next_change() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mail = waiting(&suite, &mut anna, "new@example.ru").await;
    prove(&mut anna, &mail).await;
    let asked = by_the_phone(&suite, &mut anna, CONTACTS, json!({ "contact": "other@example.ru" })).await;
    let change = (asked.body["contact_code_id"].as_str().unwrap().to_owned(), suite.last_code());
    prove(&mut anna, &change).await;
    assert_eq!(suite.rows("select contact, hears from former_contact"), [["new@example.ru", "1"]]);
}
