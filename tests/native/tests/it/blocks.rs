//! A sign-in on a new device, «Это не я», a lost device, and the ways back in.

use http::StatusCode;
use serde_json::{Value, json};
use store::demo::PASSWORD;

use crate::{
    door::Browser,
    factors::{Equipped, pass, person_id},
    newcomer::{self, recovering},
    suite::{Answer, Suite},
    support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";
pub(crate) const NOTICES: &str = "/api/auth/sign-in-notices";

/// Anna's own browser, and one that is new to her: what came of it.
pub(crate) async fn surprised(suite: &Suite) -> (Browser<'_>, Browser<'_>) {
    let own = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    let stranger = Browser::signed_in(suite, "6.6.6.6:1", "anna").await;
    (own, stranger)
}

/// The token of the link in the last message.
pub(crate) fn token(suite: &Suite) -> Value {
    let message = suite.last_message();
    let (_, token) = message["text"].as_str().unwrap().split_once("/not-me#").expect("a link");
    json!({ "token": token.split_whitespace().next() })
}

pub(crate) async fn post(suite: &Suite, path: &str, body: Value) -> Answer {
    suite.ask("POST", path, &[], Some(body)).await
}

pub(crate) async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.ask("GET", "/api/auth/session", None).await.status == StatusCode::OK
}

/// What the support is told of somebody whom it may have to help.
pub(crate) async fn waits_for(support: &mut Browser<'_>, login: &str) -> Value {
    support.ask("POST", "/api/auth/support/searches", Some(search(login))).await.body["waits_for"].clone()
}

pub(crate) fn reason() -> Option<Value> {
    Some(json!({ "reason": "Пришла с паспортом" }))
}

async fn unblock(support: &mut Browser<'_>, person_id: &str) -> Value {
    let path = format!("/api/auth/support/persons/{person_id}/unblock");
    let answer = support.ask_surely("POST", &path, reason()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

/// The token of the link that two of the support made.
pub(crate) async fn helped(suite: &Suite, person_id: &str) -> Value {
    let mut one = Browser::signed_in(suite, "10.0.0.1:1", "support").await;
    let mut other = Browser::signed_in(suite, "10.0.0.2:1", "support2").await;
    assert_eq!(unblock(&mut one, person_id).await, json!({ "waits_for": "another", "link": null }));
    linked(&unblock(&mut other, person_id).await)
}

fn linked(agreed: &Value) -> Value {
    assert_eq!(agreed["waits_for"], "person");
    let link = agreed["link"]["link"].as_str().expect("a link");
    json!(link.split_once("/invitation#").unwrap().1)
}

pub(crate) async fn accept(suite: &Suite, token: &Value) -> Answer {
    let body = json!({ "token": token, "password": newcomer::PASSWORD });
    suite.ask("POST", "/api/auth/invitations/accept", &[("spin-client-addr", "83.1.2.3:1")], Some(body)).await
}

/// Asks for a code where none opens the sign-in: whom to call goes out instead, and no code fits.
async fn told_to_call(suite: &Suite, identifier: &str) {
    let mut asker = Browser::new(suite, "83.1.2.9:1");
    let asked = asker.ask("POST", "/api/auth/recoveries", Some(json!({ "identifier": identifier }))).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    let text = suite.last_message()["text"].as_str().unwrap().to_owned();
    let start = "Мой дом: вход на портал остановлен. Чтобы открыть его, позвоните в управляющую организацию: ";
    assert!(text.starts_with(start), "{text}");
    let path = format!("/api/auth/recoveries/{}/confirm", asked.body["recovery_id"].as_str().unwrap());
    let guess = json!({ "code": "123456", "password": newcomer::PASSWORD });
    assert_eq!(asker.ask("POST", &path, Some(guess)).await.problem(), "wrong-code");
}

/// What the audit log says was done to the person's password and block.
fn done(suite: &Suite) -> Vec<String> {
    let sql = "select action from audit_entry
               where action like 'sign-in.%block%' or action like 'sign-in.let-in' or action like 'password.%'
               order by audit_seq";
    suite.rows(sql).concat()
}

#[tokio::test]
async fn the_first_device_is_news_to_nobody_and_the_next_one_is() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.sign_in("anna", PASSWORD).await;
    assert!(suite.rows("select 1 from event").is_empty() && suite.sent_count() == 0);
    Browser::signed_in(&suite, "6.6.6.6:1", "anna").await;
    let payload = suite.rows("select payload from event where kind = 'sign-in.new-device'").concat().concat();
    let told: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(told, json!({ "device": "Chrome, Android", "address": "6.6.6.6" }));
    let text = suite.last_message()["text"].as_str().unwrap().to_owned();
    let start = "Мой дом: вход с нового устройства: Chrome, Android, 20.07 в 12:00 МСК, адрес 6.6.6.6. Это не вы? \
                 http://127.0.0.1:3000/not-me#";
    assert!(text.starts_with(start), "{text}");
}

#[tokio::test]
async fn not_me_ends_everything_at_once_and_no_password_lets_in() {
    let suite = Suite::demo(NOW);
    let (mut own, mut stranger) = surprised(&suite).await;
    let seen = post(&suite, &format!("{NOTICES}/view"), token(&suite)).await;
    assert_eq!(
        seen.body,
        json!({ "device": "Chrome, Android", "address": "6.6.6.6", "new_contact": null, "is_of_link": false, "signed_in_at": "2026-07-20T09:00:00.000Z" })
    );
    assert!(is_signed_in(&mut stranger).await, "a look changes nothing");
    assert_eq!(post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut own).await && !is_signed_in(&mut stranger).await);
    let refused = stranger.sign_in("anna", PASSWORD).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::LOCKED, "sign-in-locked"));
    assert!(refused.body["detail"].as_str().unwrap().contains("Забыли пароль?"), "{}", refused.body);
    let guessed = stranger.sign_in("anna", "not-the-password").await;
    assert_eq!(guessed.problem(), "wrong-credentials", "who does not know the password is told nothing");
}

#[tokio::test]
async fn the_link_works_once_out_of_64_and_for_a_week() {
    let suite = Suite::demo(NOW);
    let (own, _) = surprised(&suite).await;
    let old = token(&suite);
    let outcomes = own.ask_at_once(&format!("{NOTICES}/deny"), &old);
    assert_eq!(outcomes.iter().filter(|problem| problem.is_empty()).count(), 1, "{outcomes:?}");
    assert_eq!(post(&suite, &format!("{NOTICES}/view"), old).await.problem(), "not-found");

    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    pass(&suite, 7 * 24 * 3600 + 1);
    for path in ["view", "deny"] {
        assert_eq!(post(&suite, &format!("{NOTICES}/{path}"), token(&suite)).await.problem(), "not-found");
    }
    assert_eq!(post(&suite, &format!("{NOTICES}/deny"), json!({ "token": "x" })).await.problem(), "not-found");
}

#[tokio::test]
async fn a_code_to_the_contact_lets_in_again_after_not_me() {
    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await;
    let recovery = recovering(&suite, "anna").await;
    let recovered = newcomer::recover(&suite, &recovery.id, &recovery.code, newcomer::PASSWORD).await;
    assert_eq!(recovered.status, StatusCode::CREATED, "{}", recovered.body);
    let again = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_replaced_the_phone_is_put_out_by_the_old_one_and_gets_no_code() {
    let suite = Suite::demo(NOW);
    let mut thief = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let contacts = "/api/auth/profile/contacts";
    let asked = thief.ask_surely("POST", contacts, Some(json!({ "contact": "+79161234567" }))).await.body;
    let path = format!("{contacts}/{}/confirm", asked["contact_code_id"].as_str().unwrap());
    thief.ask("POST", &path, Some(json!({ "code": suite.last_code() }))).await;
    let link = token(&suite);
    let seen = post(&suite, &format!("{NOTICES}/view"), link.clone()).await.body;
    assert_eq!((&seen["new_contact"], &seen["address"]), (&json!("+7********67"), &json!("83.1.2.3")));
    let stopped = post(&suite, &format!("{NOTICES}/deny"), link.clone()).await;
    assert_eq!((stopped.status, &stopped.body["is_recoverable"]), (StatusCode::OK, &json!(false)));
    assert!(stopped.body["phone"].is_string(), "{}", stopped.body);
    assert!(!is_signed_in(&mut thief).await);
    assert_eq!(post(&suite, &format!("{NOTICES}/deny"), link).await.problem(), "not-found");
    let refused = Browser::new(&suite, "83.1.2.3:1").sign_in("+79161234567", PASSWORD).await;
    assert!(refused.body["detail"].as_str().unwrap().contains("позвоните"), "{}", refused.body);
    told_to_call(&suite, "+79161234567").await;
    let token = helped(&suite, &person_id(&suite, "anna")).await;
    assert_eq!(accept(&suite, &token).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_code_to_a_lost_phone_changes_nothing_and_only_the_link_of_two_lets_in() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(own.ask_surely("POST", "/api/auth/block", None).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut own).await);
    let before = suite.rows("select password_hash, password_no from person where login = 'anna'");
    told_to_call(&suite, "anna").await;
    assert_eq!(suite.rows("select password_hash, password_no from person where login = 'anna'"), before);
    assert_eq!(done(&suite), ["sign-in.block"]);

    let anna = person_id(&suite, "anna");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(waits_for(&mut one, "anna").await, "anybody");
    for _ in 0..2 {
        assert_eq!(unblock(&mut one, &anna).await["waits_for"], "another", "nobody agrees with oneself");
    }
    assert_eq!(waits_for(&mut other, "anna").await, "me");
    let token = linked(&unblock(&mut other, &anna).await);
    assert_eq!(waits_for(&mut one, "anna").await, "person");
    let acts = suite.rows("select actor from audit_entry where action like 'sign-in.unblock%' order by audit_seq");
    assert!(acts.len() == 2 && acts[0] != acts[1], "{acts:?}");

    // The agreement opens nothing to whoever holds the phone.
    told_to_call(&suite, "anna").await;
    assert_eq!(accept(&suite, &token).await.status, StatusCode::CREATED);
    assert_eq!(accept(&suite, &token).await.problem(), "invitation-used");
    let back = Browser::new(&suite, "83.1.2.9:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.body);
    assert_eq!(waits_for(&mut one, "anna").await, "anybody");
}

#[tokio::test]
async fn who_has_no_contact_and_no_password_is_let_in_by_the_link_too() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update person set password_hash = '', phone = null, email = null where login = 'anna'", []).unwrap();
    own.ask_surely("POST", "/api/auth/block", None).await;
    let token = helped(&suite, &person_id(&suite, "anna")).await;
    let shown = post(&suite, "/api/auth/invitations/view", json!({ "token": token })).await.body;
    assert_eq!(
        (&shown["is_reset"], &shown["lacks_contact"], &shown["login"]),
        (&json!(true), &json!(true), &json!("anna"))
    );
    assert_eq!(accept(&suite, &token).await.status, StatusCode::CREATED);
    let back = Browser::new(&suite, "83.1.2.9:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.body);
}

#[tokio::test]
async fn a_question_of_the_support_is_forgotten_after_a_day() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/block", None).await;
    let anna = person_id(&suite, "anna");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    unblock(&mut one, &anna).await;
    pass(&suite, 24 * 3600 + 1);
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    assert_eq!(waits_for(&mut other, "anna").await, "anybody");
    assert_eq!(unblock(&mut other, &anna).await["waits_for"], "another");
    let mut one = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    linked(&unblock(&mut one, &anna).await);
}

#[tokio::test]
async fn a_lost_link_is_worth_nothing_once_another_one_is_asked_for() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/block", None).await;
    let anna = person_id(&suite, "anna");
    let lost = helped(&suite, &anna).await;
    let found = helped(&suite, &anna).await;
    pass(&suite, 1);
    assert_eq!(accept(&suite, &lost).await.problem(), "invitation-expired");
    pass(&suite, 24 * 3600 + 1);
    assert_eq!(accept(&suite, &found).await.problem(), "invitation-expired");
    let last = helped(&suite, &anna).await;
    assert_eq!(accept(&suite, &last).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn one_of_the_support_alone_changes_nothing_for_who_lost_the_second_factor_and_two_let_in() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    Equipped::in_browser(&suite, &mut own, "anna").await;
    let anna = person_id(&suite, "anna");
    let token = helped(&suite, &anna).await;
    assert!(is_signed_in(&mut own).await, "whoever is in stays in until the link is opened");
    assert!(suite.rows("select 1 from sign_in_block").is_empty());
    assert_eq!(accept(&suite, &token).await.status, StatusCode::CREATED);
    assert!(!is_signed_in(&mut own).await);
    let again = Browser::new(&suite, "83.1.2.9:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(again.status, StatusCode::OK, "the second factor is gone");
}

#[tokio::test]
async fn letting_in_is_confirmed_by_each_of_the_two() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/block", None).await;
    let anna = person_id(&suite, "anna");
    let path = format!("/api/auth/support/persons/{anna}/unblock");
    for (login, address) in [("support", "10.0.0.1:1"), ("support2", "10.0.0.2:1")] {
        let mut support = Browser::signed_in(&suite, address, login).await;
        let asked = support.ask("POST", &path, reason()).await;
        assert_eq!(
            (asked.problem(), &asked.body["confirmation"]["operation"]),
            ("confirmation-required", &json!("let-in"))
        );
        unblock(&mut support, &anna).await;
    }
}

#[tokio::test]
async fn one_of_the_staff_is_let_in_by_two_administrators_and_not_by_the_support() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "dispatcher").await;
    own.ask_surely("POST", "/api/auth/block", None).await;
    let dispatcher = person_id(&suite, "dispatcher");
    let mut support = Browser::signed_in(&suite, "10.0.0.1:1", "support").await;
    assert_eq!(waits_for(&mut support, "dispatcher").await, "admin");
    let path = format!("/api/auth/support/persons/{dispatcher}/unblock");
    assert_eq!(support.ask_surely("POST", &path, reason()).await.problem(), "forbidden");

    let mut one = Browser::signed_in(&suite, "10.0.0.3:1", "admin").await;
    let reset = one.ask_surely("POST", &format!("/api/auth/staff/{dispatcher}/reset"), None).await;
    assert_eq!(reset.problem(), "forbidden", "a link of one opens no blocked sign-in");
    assert_eq!(accept(&suite, &json!(newcomer::reset(&suite, "dispatcher"))).await.problem(), "sign-in-locked");
    let manager = person_id(&suite, "manager");
    let promoted = json!({ "role": "admin", "scope": { "kind": "portal" } });
    one.ask_surely("POST", &format!("/api/auth/staff/{manager}/roles"), Some(promoted)).await;
    let mut other = Browser::signed_in(&suite, "10.0.0.4:1", "manager").await;
    let path = format!("/api/auth/staff/{dispatcher}/unblock");
    assert_eq!(one.ask_surely("POST", &path, reason()).await.body["waits_for"], "another");
    let token = linked(&other.ask_surely("POST", &path, reason()).await.body);
    assert_eq!(accept(&suite, &token).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_is_kept_out_reads_who_said_so_and_what_to_do_next() {
    let suite = Suite::demo(NOW);
    surprised(&suite).await;
    post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await;
    let says = async |words: &str| {
        let refused = Browser::new(&suite, "83.1.2.5:1").sign_in("anna", PASSWORD).await;
        let detail = refused.body["detail"].as_str().unwrap().to_owned();
        assert!(refused.problem() == "sign-in-locked" && detail.contains(words), "{detail}");
        assert!(!detail.contains("Вы сообщили"), "somebody who had the message did: {detail}");
    };
    says("Забыли пароль?").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update person set phone = null, email = null where login = 'anna'", []).unwrap();
    says("позвоните в поддержку").await;
    helped(&suite, &person_id(&suite, "anna")).await;
    says("ссылку").await;
}

#[tokio::test]
async fn a_link_of_two_opens_nothing_once_the_person_blocks_the_sign_in() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    let token = helped(&suite, &person_id(&suite, "anna")).await;
    assert_eq!(anna.ask_surely("POST", "/api/auth/block", None).await.status, StatusCode::OK);
    let refused = accept(&suite, &token).await;
    assert!(refused.status.is_client_error(), "{}", refused.body);
    assert_eq!(suite.rows("select count(*) from sign_in_block"), [["1"]]);
}

#[tokio::test]
async fn a_device_that_was_denied_is_told_of_when_it_comes_again() {
    let suite = Suite::demo(NOW);
    let (_, mut stranger) = surprised(&suite).await;
    post(&suite, &format!("{NOTICES}/deny"), token(&suite)).await;
    let recovery = recovering(&suite, "anna").await;
    assert_eq!(
        newcomer::recover(&suite, &recovery.id, &recovery.code, newcomer::PASSWORD).await.status,
        StatusCode::CREATED
    );
    let told = suite.sent_count();
    assert_eq!(stranger.sign_in("anna", newcomer::PASSWORD).await.status, StatusCode::OK);
    assert_eq!(suite.sent_count(), told + 1);
    assert!(suite.last_message()["text"].as_str().unwrap().contains("вход с нового устройства"));
}

#[tokio::test]
async fn who_lost_the_phone_blocks_the_sign_in_without_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let asked = anna.ask("POST", "/api/auth/block", None).await;
    let confirmation =
        format!("/api/auth/confirmations/{}", asked.body["confirmation"]["confirmation_id"].as_str().unwrap());
    let methods = anna.ask("GET", &confirmation, None).await.body;
    let methods: Vec<_> =
        methods["methods"].as_array().unwrap().iter().map(|one| one["method"].as_str().unwrap()).collect();
    assert_eq!(methods.last(), Some(&"password"), "{methods:?}");
    let body = json!({ "method": "password", "password": PASSWORD });
    let answered = anna.ask("POST", &format!("{confirmation}/answers"), Some(body)).await;
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{}", answered.body);
}

#[tokio::test]
async fn a_code_that_went_out_before_opens_no_block_that_it_outlived() {
    let suite = Suite::demo(NOW);
    let sent = recovering(&suite, "anna").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let sql = "insert into sign_in_block (person_id, cause, blocked_at) values (?1, 'lost-device', ?2)";
    file.execute(sql, [&person_id(&suite, "anna"), NOW]).unwrap();
    for problem in ["sign-in-locked", "code-spent"] {
        let refused = newcomer::recover(&suite, &sent.id, &sent.code, newcomer::PASSWORD).await;
        assert_eq!(refused.problem(), problem, "{}", refused.body);
    }
    assert_eq!(done(&suite), ["password.recover-refuse"]);
}

#[tokio::test]
async fn who_asks_to_recover_a_stopped_sign_in_is_answered_like_anybody_and_within_the_same_limits() {
    let suite = Suite::demo(NOW);
    suite.set("limit.code_per_person", "1");
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/block", None).await;
    let asked = async |login: &str| {
        let body = Some(json!({ "identifier": login }));
        let mut answer = Browser::new(&suite, "83.1.2.7:1").ask("POST", "/api/auth/recoveries", body).await.body;
        answer["recovery_id"].take();
        answer
    };
    let count = suite.sent_count();
    assert_eq!(asked("anna").await, asked("nobody-of-that-name").await);
    assert_eq!(suite.sent_count(), count + 1);
    asked("+79000000015").await;
    assert_eq!(suite.sent_count(), count + 1, "by the phone no more go out than by the login");
}
