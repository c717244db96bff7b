//! A link of two that a contact of the person denies: what ends by it, for how long, and how those who help read of it.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    blocks::{NOTICES, accept, helped, is_signed_in, post, reason, token},
    door::Browser,
    factors::{pass, person_id},
    letting_in::{EMAIL, let_in, prove},
    newcomer::PASSWORD,
    suite::{Answer, Suite},
    support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const HOURS: i64 = 3600;
const WAITING: &str = "/api/auth/support/waiting";
const NEW_PHONE: &str = "+79161234567";

async fn deny(suite: &Suite, token: Value) -> Answer {
    post(suite, &format!("{NOTICES}/deny"), token).await
}

/// The tokens of the last two messages, the last one first.
fn tokens_of_two(suite: &Suite) -> [Value; 2] {
    let last = token(suite);
    let sent = suite.sent();
    let text = sent[sent.len() - 2]["text"].as_str().unwrap();
    [last, json!({ "token": text.split_once("/not-me#").expect("a link").1 })]
}

async fn support(suite: &Suite) -> Browser<'_> {
    Browser::signed_in(suite, "10.0.0.1:1", "support").await
}

async fn card(support: &mut Browser<'_>) -> Value {
    support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await.body
}

#[tokio::test]
async fn those_who_help_read_that_a_link_was_denied_and_by_which_contact() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    prove(&suite, &mut anna, EMAIL).await;
    let id = person_id(&suite, "anna");
    helped(&suite, &id).await;
    assert_eq!(deny(&suite, token(&suite)).await.body["is_link_only"], true);

    let mut desk = support(&suite).await;
    let denial =
        json!({ "masked_contact": "a***@example.ru", "denied_at": "2026-07-20T09:00:00.000Z", "outcome": "ended" });
    let listed = desk.ask("GET", WAITING, None).await.body["items"][0].clone();
    let seen = (&listed["person_id"], &listed["question"], &listed["denial"], &listed["is_mine"]);
    assert_eq!(seen, (&json!(id), &Value::Null, &denial, &json!(false)));
    let shown = desk.ask("POST", &format!("{WAITING}/{id}/looks"), None).await;
    assert_eq!((shown.status, &shown.body["denial"]), (StatusCode::OK, &denial), "{}", shown.body);
    assert_eq!(shown.body["waits_for"], "anybody");

    desk.ask_surely("POST", &format!("/api/auth/support/persons/{id}/unblock"), reason()).await;
    let mut other = Browser::signed_in(&suite, "10.0.0.2:1", "support2").await;
    let asked_anew = other.ask("GET", WAITING, None).await.body["items"].clone();
    assert_eq!((asked_anew.as_array().unwrap().len(), &asked_anew[0]["denial"]), (1, &denial), "{asked_anew}");
    assert!(asked_anew[0]["question"]["reason"].is_string());

    pass(&suite, 24 * HOURS + 1);
    let mut desk = support(&suite).await;
    assert_eq!(desk.ask("GET", WAITING, None).await.body["items"], json!([]), "yesterday's wait for nobody");
    assert_eq!(card(&mut desk).await["denial"], denial);
    pass(&suite, 7 * 24 * HOURS);
    assert_eq!(card(&mut support(&suite).await).await["denial"], Value::Null);
}

#[tokio::test]
async fn a_link_that_was_made_after_a_denial_is_ended_by_no_message_about_the_one_before() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    prove(&suite, &mut anna, EMAIL).await;
    let id = person_id(&suite, "anna");
    helped(&suite, &id).await;
    let [to_the_mail, to_the_phone] = tokens_of_two(&suite);
    assert_ne!(to_the_mail, to_the_phone, "each contact has a word of its own");
    assert_eq!(deny(&suite, to_the_mail).await.status, StatusCode::OK);
    let anew = helped(&suite, &id).await;
    for path in ["view", "deny"] {
        let answer = post(&suite, &format!("{NOTICES}/{path}"), to_the_phone.clone()).await;
        assert_eq!(answer.problem(), "not-found", "{path}");
    }
    assert_eq!(accept(&suite, &anew).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn whoever_came_in_is_put_out_within_a_day_and_every_contact_proved_since_hears_of_it() {
    let suite = Suite::demo(NOW);
    let link = helped(&suite, &person_id(&suite, "anna")).await;
    let not_me = token(&suite);
    pass(&suite, 2 * HOURS);
    assert_eq!(accept(&suite, &link).await.status, StatusCode::CREATED);
    let mut inside = Browser::new(&suite, "6.6.6.6:1");
    inside.sign_in("anna", PASSWORD).await;
    for contact in [NEW_PHONE, EMAIL] {
        prove(&suite, &mut inside, contact).await;
    }
    pass(&suite, 24 * HOURS);
    let mut inside = Browser::new(&suite, "6.6.6.6:1");
    inside.sign_in("anna", PASSWORD).await;
    let before = suite.sent_count();
    let stopped = deny(&suite, not_me).await.body;
    assert_eq!((&stopped["is_link_only"], &stopped["is_late"]), (&json!(false), &json!(false)));
    assert!(!is_signed_in(&mut inside).await);
    let told: Vec<_> = suite.sent()[before..].iter().map(|one| one["to"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told, [NEW_PHONE, EMAIL]);
    let text = suite.last_message()["text"].as_str().unwrap().to_owned();
    let words =
        "Мой дом: вход на портал остановлен: сообщили, что по ссылке сотрудников вошли не вы. Это вы? Позвоните: +";
    assert!(text.starts_with(words), "{text}");
    let card = card(&mut support(&suite).await).await;
    assert_eq!((&card["denial"]["outcome"], &card["block"]["cause"]), (&json!("put-out"), &json!("not-me")));
}

#[tokio::test]
async fn whoever_got_the_old_number_puts_nobody_out_after_a_day_and_the_support_reads_of_it() {
    let suite = Suite::demo(NOW);
    let mut anna = let_in(&suite).await;
    let not_me = token(&suite);
    prove(&suite, &mut anna, NEW_PHONE).await;
    pass(&suite, 24 * HOURS + 1);
    let mut anna = Browser::new(&suite, "83.1.2.3:1");
    anna.sign_in("anna", PASSWORD).await;
    let live = helped(&suite, &person_id(&suite, "anna")).await;
    let answer = deny(&suite, not_me).await.body;
    assert_eq!((&answer["is_late"], &answer["is_link_only"]), (&json!(true), &json!(false)));
    assert!(answer["phone"].is_string(), "{answer}");
    assert!(is_signed_in(&mut anna).await);
    let denial = card(&mut support(&suite).await).await["denial"].clone();
    assert_eq!((&denial["outcome"], &denial["masked_contact"]), (&json!("late"), &json!("+7********15")));
    let journal = anna.ask("GET", "/api/auth/journal", None).await.body["items"].to_string();
    assert!(journal.contains("прошло больше суток") && journal.contains("с контакта"), "{journal}");
    assert_eq!(accept(&suite, &live).await.status, StatusCode::CREATED, "a link that was made since is another help's");
}

#[tokio::test]
async fn with_several_companies_people_are_sent_to_that_of_their_home() {
    let suite = Suite::demo(NOW);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update company set phone = '+79000000999' where phone is null", []).unwrap();
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let stopped = anna.ask_surely("POST", "/api/auth/block", None).await;
    assert_eq!(stopped.body["phone"], "+79000000100");
    let link = helped(&suite, &person_id(&suite, "anna")).await;
    let not_me = token(&suite);
    assert_eq!(accept(&suite, &link).await.status, StatusCode::CREATED);
    assert_eq!(deny(&suite, not_me).await.body["phone"], "+79000000100");
    let mut homeless = Browser::signed_in(&suite, "83.1.2.4:1", "dispatcher").await;
    assert_eq!(homeless.ask_surely("POST", "/api/auth/block", None).await.body["phone"], Value::Null);
}
