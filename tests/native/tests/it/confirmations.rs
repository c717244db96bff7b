//! Step-up: what is asked to be confirmed, by what, and that one confirmation lets one request through, once.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{door::Browser, factors::Equipped, suite::Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
const CONTACTS: &str = "/api/auth/profile/contacts";

fn wish(contact: &str) -> Option<Value> {
    Some(json!({ "contact": contact }))
}

/// The id of the confirmation that the request is answered with.
async fn asked(browser: &mut Browser<'_>, contact: &str) -> String {
    let answer = browser.ask("POST", CONTACTS, wish(contact)).await;
    assert_eq!(answer.problem(), "confirmation-required", "{}", answer.body);
    assert_eq!(answer.body["confirmation"]["operation"], "change-contact");
    answer.body["confirmation"]["confirmation_id"].as_str().unwrap().to_owned()
}

async fn send_code(browser: &mut Browser<'_>, suite: &Suite, id: &str) -> String {
    let sent =
        browser.ask("POST", &format!("/api/auth/confirmations/{id}/codes"), Some(json!({ "method": "sms" }))).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    suite.last_code()
}

async fn answer(browser: &mut Browser<'_>, id: &str, body: Value) -> crate::suite::Answer {
    browser.ask("POST", &format!("/api/auth/confirmations/{id}/answers"), Some(body)).await
}

/// A confirmation that is given.
async fn confirmed(browser: &mut Browser<'_>, suite: &Suite, contact: &str) -> String {
    let id = asked(browser, contact).await;
    let code = send_code(browser, suite, &id).await;
    let given = answer(browser, &id, json!({ "method": "sms", "code": code })).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.body);
    id
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn what_is_confirmed_by_a_code_is_done_once() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let id = asked(&mut anna, "new@example.ru").await;
    let view = anna.ask("GET", &format!("/api/auth/confirmations/{id}"), None).await;
    assert_eq!(view.body["methods"], json!([{ "method": "sms", "masked_contact": "+7********15", "sign_in_at": [] }]));
    let early = anna.confirmed("POST", CONTACTS, wish("new@example.ru"), &id).await;
    assert_eq!(early.problem(), "confirmation-stale", "nobody has confirmed yet");
    let code = send_code(&mut anna, &suite, &id).await;
    assert_eq!(suite.last_message()["to"], "+79000000015");
    assert_eq!(answer(&mut anna, &id, json!({ "method": "sms", "code": code })).await.status, StatusCode::NO_CONTENT);
    let done = anna.confirmed("POST", CONTACTS, wish("new@example.ru"), &id).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    let again = anna.confirmed("POST", CONTACTS, wish("new@example.ru"), &id).await;
    assert_eq!(again.problem(), "confirmation-stale");
}

#[tokio::test]
async fn a_confirmation_is_of_this_request_this_session_and_this_person_alone() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let mut anna_elsewhere = Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    let mut boris = Browser::signed_in(&suite, "83.1.2.5:1", "boris").await;
    let id = confirmed(&mut anna, &suite, "new@example.ru").await;
    let other_words = anna.confirmed("POST", CONTACTS, wish("other@example.ru"), &id).await;
    assert_eq!(other_words.problem(), "confirmation-stale");
    for browser in [&mut anna_elsewhere, &mut boris] {
        assert_eq!(browser.ask("GET", &format!("/api/auth/confirmations/{id}"), None).await.problem(), "not-found");
        let taken = browser.confirmed("POST", CONTACTS, wish("new@example.ru"), &id).await;
        assert_eq!(taken.problem(), "confirmation-stale");
    }
    let done = anna.confirmed("POST", CONTACTS, wish("new@example.ru"), &id).await;
    assert_eq!(done.status, StatusCode::CREATED, "the tries of others used nothing up: {}", done.body);
}

#[tokio::test]
async fn what_fails_uses_no_confirmation_up() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let id = confirmed(&mut anna, &suite, "new@example.ru").await;
    suite.set("limit.code_per_contact", "0");
    let refused = anna.confirmed("POST", CONTACTS, wish("new@example.ru"), &id).await;
    assert_eq!(refused.problem(), "rate-limited");
    assert_eq!(suite.rows("select 1 from confirmation where used_at is not null").len(), 0);
}

#[tokio::test]
async fn five_answers_are_taken_however_many_codes_were_sent() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let id = asked(&mut anna, "new@example.ru").await;
    let mut code = send_code(&mut anna, &suite, &id).await;
    for left in [4, 3, 2, 1] {
        let refused = answer(&mut anna, &id, json!({ "method": "sms", "code": wrong(&code) })).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["attempts_left"]), ("wrong-code", &json!(left)));
        code = send_code(&mut anna, &suite, &id).await;
    }
    let last = answer(&mut anna, &id, json!({ "method": "sms", "code": wrong(&code) })).await;
    assert_eq!(last.problem(), "confirmation-stale");
    let right = answer(&mut anna, &id, json!({ "method": "sms", "code": code })).await;
    assert_eq!(right.problem(), "confirmation-stale");
}

#[tokio::test]
async fn a_code_holds_five_minutes_and_the_one_before_it_no_more() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let id = asked(&mut anna, "new@example.ru").await;
    let first = send_code(&mut anna, &suite, &id).await;
    let second = send_code(&mut anna, &suite, &id).await;
    if first != second {
        assert_eq!(answer(&mut anna, &id, json!({ "method": "sms", "code": first })).await.problem(), "wrong-code");
    }
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(301));
    assert_eq!(answer(&mut anna, &id, json!({ "method": "sms", "code": second })).await.problem(), "code-expired");
}

#[tokio::test]
async fn whoever_has_no_contact_types_the_password() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "83.1.2.3:1", "admin").await;
    let id = asked(&mut admin, "admin@example.ru").await;
    let by_code = answer(&mut admin, &id, json!({ "method": "sms", "code": "123456" })).await;
    assert_eq!((by_code.problem(), &by_code.body["errors"][0]["pointer"]), ("validation", &json!("/method")));
    let wrong = answer(&mut admin, &id, json!({ "method": "password", "password": "another-72" })).await;
    assert_eq!((wrong.problem(), &wrong.body["errors"][0]["pointer"]), ("validation", &json!("/password")));
    let right = answer(&mut admin, &id, json!({ "method": "password", "password": PASSWORD })).await;
    assert_eq!(right.status, StatusCode::NO_CONTENT, "{}", right.body);
    let done = admin.confirmed("POST", CONTACTS, wish("admin@example.ru"), &id).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
}

#[tokio::test]
async fn whoever_came_by_no_provider_confirms_nothing_by_having_signed_in() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "83.1.2.3:1", "admin").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update person set password_hash = '' where login = 'admin'", []).unwrap();
    let id = asked(&mut admin, "admin@example.ru").await;
    assert_eq!(answer(&mut admin, &id, json!({ "method": "sign-in" })).await.problem(), "validation");
}

#[tokio::test]
async fn whoever_has_an_app_changes_a_contact_by_nothing_weaker() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let equipped = Equipped::in_browser(&suite, &mut anna, "anna").await;
    let id = asked(&mut anna, "new@example.ru").await;
    let view = anna.ask("GET", &format!("/api/auth/confirmations/{id}"), None).await.body;
    let offered: Vec<_> = view["methods"].as_array().unwrap().iter().map(|one| &one["method"]).collect();
    assert_eq!(offered, [&json!("totp"), &json!("recovery-code")]);
    let (path, sent) = (format!("/api/auth/confirmations/{id}/codes"), suite.sent_count());
    assert_eq!(anna.ask("POST", &path, Some(json!({ "method": "sms" }))).await.problem(), "validation");
    let by_code = answer(&mut anna, &id, json!({ "method": "sms", "code": "123456" })).await;
    assert_eq!((by_code.problem(), suite.sent_count()), ("validation", sent));
    let given = answer(&mut anna, &id, json!({ "method": "totp", "code": equipped.code(&suite) })).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.body);
}

#[tokio::test]
async fn the_journal_says_what_was_confirmed_and_by_what() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    confirmed(&mut anna, &suite, "new@example.ru").await;
    let newest = anna.ask("GET", "/api/auth/journal", None).await.body["items"][0].take();
    let details = json!([
        { "name": "что", "value": "новый телефон или почта для входа" },
        { "name": "способ", "value": "код из СМС" },
    ]);
    assert_eq!((&newest["what"], &newest["details"]), (&json!("Действие подтверждено"), &details));
}

#[test]
fn of_64_uses_of_one_confirmation_a_single_one_is_let_through() {
    let suite = Suite::demo(NOW);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (cookies, id) = runtime.block_on(async {
        let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
        let id = confirmed(&mut anna, &suite, "new@example.ru").await;
        (anna.cookies(), id)
    });
    let done = std::thread::scope(|scope| {
        let uses: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    let headers = [("cookie", cookies.as_str()), ("confirmation", id.as_str())];
                    runtime.block_on(suite.ask("POST", CONTACTS, &headers, wish("new@example.ru"))).status
                })
            })
            .collect();
        uses.into_iter().map(|used| used.join().unwrap()).filter(|status| *status == StatusCode::CREATED).count()
    });
    assert_eq!(done, 1);
}
