//! What becomes of the contacts of whom two let in, and how the person hears of the link.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD as DEMO_PASSWORD;

use crate::{
    blocks::{accept, helped, token, waits_for},
    door::Browser,
    factors::{pass, person_id},
    journal::{column, journal},
    newcomer::{self, PASSWORD, ask_to_recover},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const CONTACTS: &str = "/api/auth/profile/contacts";
const PHONE: &str = "+79000000015";
pub(crate) const EMAIL: &str = "anna@example.ru";
const TOLD: &str = "Мой дом: двое сотрудников убедились, что это вы, и сделали ссылку для входа. Это были не вы? ";

async fn post(suite: &Suite, path: &str, body: Value) -> Answer {
    suite.ask("POST", path, &[], Some(body)).await
}

/// Proves a contact of the profile by the code that is sent there.
pub(crate) async fn prove(suite: &Suite, browser: &mut Browser<'_>, contact: &str) -> Value {
    let asked = browser.ask_surely("POST", CONTACTS, Some(json!({ "contact": contact }))).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    let path = format!("{CONTACTS}/{}/confirm", asked.body["contact_code_id"].as_str().unwrap());
    let proved = browser.ask("POST", &path, Some(json!({ "code": suite.last_code() }))).await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.body);
    proved.body
}

/// Anna came in by the link of two: her browser.
pub(crate) async fn let_in(suite: &Suite) -> Browser<'_> {
    let link = helped(suite, &person_id(suite, "anna")).await;
    assert_eq!(accept(suite, &link).await.status, StatusCode::CREATED);
    let mut anna = Browser::new(suite, "83.1.2.3:1");
    assert_eq!(anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    anna
}

/// Whoever holds the phone of before hears that no code comes there, and whom to call.
fn no_code_comes(suite: &Suite, to: &str) {
    let message = suite.last_message();
    let text = message["text"].as_str().unwrap();
    let start = "Мой дом: код сюда больше не приходит: этот контакт ждёт подтверждения.";
    assert!(
        message["to"] == to && text.starts_with(start) && text.ends_with("организацию: +79000000100."),
        "{message}"
    );
}

/// By what a step-up is offered.
async fn methods(browser: &mut Browser<'_>) -> Vec<String> {
    let asked = browser.ask("POST", "/api/auth/block", None).await.body;
    let path = format!("/api/auth/confirmations/{}", asked["confirmation"]["confirmation_id"].as_str().unwrap());
    let shown = browser.ask("GET", &path, None).await.body;
    shown["methods"].as_array().unwrap().iter().map(|one| one["method"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_contact_of_before_gets_no_code_until_it_is_proved_again() {
    let suite = Suite::demo(NOW);
    let mut anna = let_in(&suite).await;
    for identifier in ["anna", PHONE] {
        assert_eq!(ask_to_recover(&suite, identifier).await.status, StatusCode::CREATED, "{identifier}");
        no_code_comes(&suite, PHONE);
    }
    let sent = suite.sent_count();
    assert_eq!(methods(&mut anna).await, ["password"]);
    let factor = anna.ask("POST", "/api/auth/second-factor/contact", None).await;
    assert_eq!(factor.problem(), "no-contact");
    let profile = anna.ask("GET", "/api/auth/profile", None).await.body;
    let unproved = (&profile["masked_phone"], &profile["is_phone_unproved"], &profile["is_email_unproved"]);
    assert_eq!(unproved, (&json!("+7********15"), &json!(true), &json!(false)));
    let by_name = Browser::new(&suite, "83.1.2.4:1").sign_in(PHONE, PASSWORD).await;
    assert_eq!(by_name.status, StatusCode::OK, "it is a name to sign in by still");
    assert_eq!(suite.sent_count(), sent, "no message with a link goes there either");

    let proved = prove(&suite, &mut anna, PHONE).await;
    assert_eq!(proved["is_phone_unproved"], false);
    assert_eq!((suite.sent_count(), suite.last_message()["to"].as_str()), (sent + 1, Some(PHONE)));
    assert!(suite.rows("select 1 from event where kind = 'contact.changed'").is_empty());
    assert_eq!(column(&journal(&mut anna, "").await, "what")[0], "Телефон или почта для входа подтверждены заново");
    assert_eq!(methods(&mut anna).await, ["sms", "password"]);
    ask_to_recover(&suite, "anna").await;
    assert_eq!(suite.last_message()["to"], PHONE);
}

#[tokio::test]
async fn another_contact_counts_at_once_and_the_one_of_before_does_not_hear_of_it() {
    let suite = Suite::demo(NOW);
    let mut anna = let_in(&suite).await;
    let sent = suite.sent_count();
    prove(&suite, &mut anna, EMAIL).await;
    assert_eq!((suite.sent_count(), suite.last_message()["to"].as_str()), (sent + 1, Some(EMAIL)));
    let last = anna.ask_surely("POST", &format!("{CONTACTS}/forget"), Some(json!({ "channel": "email" }))).await;
    assert_eq!(last.problem(), "last-way-in", "the phone gets no codes");
    let phone = anna.ask_surely("POST", &format!("{CONTACTS}/forget"), Some(json!({ "channel": "sms" }))).await;
    assert_eq!((phone.status, &phone.body["is_phone_unproved"]), (StatusCode::OK, &json!(false)), "{}", phone.body);
}

#[tokio::test]
async fn whoever_registers_with_a_contact_that_waits_for_its_proof_is_told_whom_to_call() {
    let suite = Suite::demo(NOW);
    let_in(&suite).await;
    let asked = newcomer::ask_to_register(&suite, PHONE).await;
    assert_eq!((asked.status, &asked.body["attempts_left"]), (StatusCode::CREATED, &json!(5)), "{}", asked.body);
    no_code_comes(&suite, PHONE);
    suite.set("limit.code_per_contact", "1");
    let count = suite.sent_count();
    assert_eq!(newcomer::ask_to_register(&suite, PHONE).await.problem(), "rate-limited");
    assert_eq!(suite.sent_count(), count);
}

#[tokio::test]
async fn a_contact_that_gets_no_code_may_go_as_long_as_another_name_is_left() {
    let suite = Suite::demo(NOW);
    let mut anna = let_in(&suite).await;
    let forget = format!("{CONTACTS}/forget");
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let rename =
        |login: Option<&str>| file.execute("update person set login = ?1 where phone = ?2", (login, PHONE)).unwrap();
    rename(None);
    let last = anna.ask_surely("POST", &forget, Some(json!({ "channel": "sms" }))).await;
    assert_eq!(last.problem(), "last-way-in", "nothing else is left to sign in by");
    rename(Some("anna"));
    let gone = anna.ask_surely("POST", &forget, Some(json!({ "channel": "sms" }))).await;
    assert_eq!((gone.status, &gone.body["sign_in_by"]), (StatusCode::OK, &json!(["login"])), "{}", gone.body);
    assert_eq!(Browser::new(&suite, "83.1.2.4:1").sign_in(PHONE, PASSWORD).await.problem(), "wrong-credentials");
}

#[tokio::test]
async fn what_a_stranger_put_into_the_profile_before_hears_of_nothing_either() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for number in ["+79161234561", "+79161234562"] {
        prove(&suite, &mut anna, number).await;
    }
    let mut anna = let_in(&suite).await;
    let sent = suite.sent_count();
    prove(&suite, &mut anna, "+79161234563").await;
    assert_eq!(suite.sent_count(), sent + 1, "the code alone");
    let heard = suite.rows("select contact from former_contact where hears = 1");
    assert_eq!(heard, Vec::<Vec<String>>::new());
}

#[tokio::test]
async fn a_message_of_before_stops_nothing_any_more() {
    let suite = Suite::demo(NOW);
    Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    let of_before = token(&suite);
    let mut anna = let_in(&suite).await;
    assert_eq!(post(&suite, "/api/auth/sign-in-notices/deny", of_before).await.problem(), "not-found");
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_electronic_address_rests_until_its_e_mail_is_proved_again() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    prove(&suite, &mut anna, EMAIL).await;
    let consent = json!({ "purpose": "electronic-address", "version": 1 });
    assert_eq!(anna.ask("POST", "/api/auth/consents", Some(consent)).await.status, StatusCode::CREATED);
    let mut manager = Browser::signed_in(&suite, "10.0.0.8:1", "manager").await;
    let list = "/api/auth/electronic-addresses?purpose=register";
    let is_listed = async |manager: &mut Browser<'_>| manager.ask("GET", list, None).await.text.contains(EMAIL);
    assert!(is_listed(&mut manager).await);

    let mut anna = let_in(&suite).await;
    let profile = anna.ask("GET", "/api/auth/profile", None).await.body;
    assert_eq!((&profile["electronic_address_since"], &profile["is_email_unproved"]), (&Value::Null, &json!(true)));
    assert!(!is_listed(&mut manager).await, "a mailbox in other hands takes no legal message");
    let proved = prove(&suite, &mut anna, EMAIL).await;
    assert!(proved["electronic_address_since"].is_string(), "{proved}");
    assert!(is_listed(&mut manager).await);
    let events = suite.rows("select payload from event where kind = 'electronic-address.changed' order by event_id");
    let masked: Vec<Value> = events.concat().iter().map(|one| serde_json::from_str(one).unwrap()).collect();
    let masked: Vec<_> = masked.iter().map(|one| one["masked_email"].as_str()).collect();
    assert_eq!(masked, [Some("a***@example.ru"), None, Some("a***@example.ru")]);
}

#[tokio::test]
async fn no_code_for_unlinking_an_account_goes_to_a_contact_that_waits_for_its_proof() {
    let suite = Suite::demo(NOW);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update account_link set notice_phone = ?1", [PHONE]).unwrap();
    let mut anna = let_in(&suite).await;
    let accounts = anna.ask("GET", "/api/homes/accounts", None).await.body;
    let path = format!("/api/homes/accounts/{}/unlink", accounts["items"][0]["account_id"].as_str().unwrap());
    assert_eq!(anna.ask("POST", &path, None).await.problem(), "no-contact");
    prove(&suite, &mut anna, PHONE).await;
    assert_eq!(anna.ask("POST", &path, None).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_simply_has_another_number_now_is_let_in_too() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let link = helped(&suite, &person_id(&suite, "anna")).await;
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    assert_eq!(accept(&suite, &link).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_link_of_two_is_told_to_every_contact_and_ends_by_not_me() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    prove(&suite, &mut anna, EMAIL).await;
    let before = suite.sent_count();
    let link = helped(&suite, &person_id(&suite, "anna")).await;
    assert_eq!((suite.sent_count(), suite.last_message()["to"].as_str()), (before + 2, Some(EMAIL)));
    let text = suite.last_message()["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with(&format!("{TOLD}http://127.0.0.1:3000/not-me#")), "{text}");
    let not_me = token(&suite);
    let seen = post(&suite, "/api/auth/sign-in-notices/view", not_me.clone()).await.body;
    let about = (&seen["is_of_link"], &seen["device"], &seen["address"], &seen["new_contact"]);
    assert_eq!(about, (&json!(true), &Value::Null, &Value::Null, &Value::Null), "where the staff work is theirs");

    let ended = post(&suite, "/api/auth/sign-in-notices/deny", not_me.clone()).await;
    assert_eq!((ended.status, &ended.body["is_link_only"]), (StatusCode::OK, &json!(true)), "{}", ended.body);
    assert_eq!(post(&suite, "/api/auth/sign-in-notices/deny", not_me).await.problem(), "not-found");
    pass(&suite, 1);
    assert_eq!(accept(&suite, &link).await.problem(), "invitation-expired");
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK, "nobody had come in");
    let told = column(&journal(&mut anna, "").await, "what")[0].to_owned();
    assert_eq!(told, "Ссылка двух сотрудников отменена: сообщили, что это были не вы");
    let mut support = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    assert_eq!(waits_for(&mut support, "anna").await, "anybody");
}

#[tokio::test]
async fn whoever_came_by_a_link_for_another_is_put_out_and_gets_no_code_to_a_phone_of_the_own() {
    let suite = Suite::demo(NOW);
    let link = helped(&suite, &person_id(&suite, "anna")).await;
    let not_me = token(&suite);
    assert_eq!(accept(&suite, &link).await.status, StatusCode::CREATED);
    let mut stranger = Browser::new(&suite, "6.6.6.6:1");
    stranger.sign_in("anna", PASSWORD).await;
    prove(&suite, &mut stranger, "+79161234567").await;

    let ended = post(&suite, "/api/auth/sign-in-notices/deny", not_me).await.body;
    assert_eq!((&ended["is_link_only"], &ended["is_recoverable"]), (&json!(false), &json!(false)));
    assert_eq!(suite.rows("select cause from sign_in_block"), [["not-me"]]);
    assert_eq!(stranger.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stranger.sign_in("anna", PASSWORD).await.problem(), "sign-in-locked");
    ask_to_recover(&suite, "+79161234567").await;
    no_code_comes(&suite, "+79161234567");
}

#[tokio::test]
async fn an_older_message_puts_out_whoever_came_by_a_newer_link_too() {
    let suite = Suite::demo(NOW);
    helped(&suite, &person_id(&suite, "anna")).await;
    let first = token(&suite);
    pass(&suite, 1);
    let link = helped(&suite, &person_id(&suite, "anna")).await;
    assert_eq!(accept(&suite, &link).await.status, StatusCode::CREATED);
    let mut stranger = Browser::new(&suite, "6.6.6.6:1");
    stranger.sign_in("anna", PASSWORD).await;
    let ended = post(&suite, "/api/auth/sign-in-notices/deny", first).await.body;
    assert_eq!(ended["is_link_only"], false);
    assert_eq!(stranger.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_message_about_a_link_can_end_it_for_a_lost_device_and_a_stop_at_a_call_too() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask_surely("POST", "/api/auth/block", None).await;
    let id = person_id(&suite, "anna");
    for cause in ["lost-device", "asked-support"] {
        assert_eq!(suite.rows("select cause from sign_in_block"), [[cause]]);
        let link = helped(&suite, &id).await;
        let text = suite.last_message()["text"].as_str().unwrap().to_owned();
        assert!(text.starts_with(&format!("{TOLD}http://127.0.0.1:3000/not-me#")), "{text}");
        assert_eq!(post(&suite, "/api/auth/sign-in-notices/deny", token(&suite)).await.body["is_link_only"], true);
        pass(&suite, 1);
        assert_eq!(accept(&suite, &link).await.problem(), "invitation-expired");
        let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
        file.execute("update sign_in_block set cause = 'asked-support'", []).unwrap();
    }
}

#[tokio::test]
async fn a_link_for_another_password_shows_no_whole_name_and_tells_what_it_does() {
    let suite = Suite::demo(NOW);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update person set login = null where login = 'anna'", []).unwrap();
    let person_id = suite.rows(&format!("select person_id from person where phone = '{PHONE}'")).concat().concat();
    let link = helped(&suite, &person_id).await;
    let shown = post(&suite, "/api/auth/invitations/view", json!({ "token": link })).await.body;
    let seen = (&shown["login"], &shown["is_login_masked"], &shown["is_let_in"], &shown["lacks_contact"]);
    assert_eq!(seen, (&json!("+7********15"), &json!(true), &json!(true), &json!(true)));
    let link = newcomer::reset(&suite, "dispatcher");
    let shown = post(&suite, "/api/auth/invitations/view", json!({ "token": link })).await.body;
    let seen = (&shown["login"], &shown["is_login_masked"], &shown["is_let_in"]);
    assert_eq!(seen, (&json!("dispatcher"), &json!(false), &json!(false)));
}

#[tokio::test]
async fn the_journals_tell_of_the_link_and_whom_it_was_about() {
    let suite = Suite::demo(NOW);
    let mut anna = let_in(&suite).await;
    let page = journal(&mut anna, "").await;
    let what = column(&page, "what");
    for told in [
        "Пароль задан по ссылке от сотрудников",
        "Вход по ссылке двух сотрудников: остановка и второй шаг сняты, контакты ждут подтверждения",
    ] {
        assert_eq!(what.iter().filter(|one| **one == told).count(), 1, "{told}: {what:?}");
    }
    for untrue in ["Пароль восстановлен по коду", "Приглашение принято"] {
        assert!(!what.contains(&untrue), "{untrue}: {what:?}");
    }
    for (login, own) in [
        ("support", "Вы предложили впустить человека по ссылке"),
        ("support2", "Вы согласились впустить человека: сделана ссылка для него"),
    ] {
        let mut browser = Browser::new(&suite, "10.0.0.9:1");
        assert_eq!(browser.sign_in(login, DEMO_PASSWORD).await.status, StatusCode::OK);
        let page = journal(&mut browser, "").await;
        let items = page["items"].as_array().unwrap();
        let told = items.iter().find(|item| item["what"] == own).unwrap_or_else(|| panic!("{own}: {page}"));
        let about = json!({ "name": "о ком", "value": "Анна Сергеевна" });
        assert!(told["details"].as_array().unwrap().contains(&about) && told["who"] == "me", "{told}");
    }
}
