//! Questions about lines of a bill: tied to the line, answered once, within working days, seen by those of the account.

use domain::access::{Role, Scope};
use http::StatusCode;
use serde_json::{Value, json};

use crate::bills::{MARCH, billed};
use crate::door::Browser;
use crate::scopes::hire;
use crate::suite::{Answer, Suite};

/// Anna's flat has a bill; ten working days of the vector of the holidays of May begin.
async fn suite() -> Suite {
    let (suite, _) = billed().await;
    suite.set_clock("2026-04-27T09:00:00Z".parse().unwrap());
    suite
}

async fn ask(suite: &Suite, browser: &Browser<'_>, (bill, line_no): (&str, usize), key: &str, words: &str) -> Answer {
    let path = format!("/api/billing/bills/{bill}/lines/{line_no}/questions");
    let cookies = browser.cookies();
    let body = Some(json!({ "words": words }));
    suite.ask("POST", &path, &[("cookie", &cookies), ("idempotency-key", key)], body).await
}

async fn lines(browser: &mut Browser<'_>) -> Value {
    browser.ask("GET", &format!("/api/billing/bills/{MARCH}"), None).await.body["lines"].take()
}

#[tokio::test]
async fn a_question_goes_with_its_line_and_is_answered_once_within_the_working_days() {
    let suite = suite().await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let seen = lines(&mut anna).await;
    let asked = ask(&suite, &anna, (MARCH, 1), "one", " Почему так много? ").await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    let line = &seen[0];
    for field in ["title", "of_period", "payable"] {
        assert_eq!(asked.body[field], line[field], "{field}");
    }
    // The vector of ten working days over the holidays of May.
    assert_eq!((&asked.body["words"], &asked.body["due_on"]), (&json!("Почему так много?"), &json!("2026-05-13")));
    assert_eq!(ask(&suite, &anna, (MARCH, 1), "one", " Почему так много? ").await.body, asked.body, "a repetition");
    assert_eq!(anna.ask("GET", "/api/billing/questions", None).await.body["items"], json!([asked.body]));

    let place = Scope::House { house_id: "d1".to_owned(), company_id: "company".to_owned() };
    hire(&suite, "own-accountant", Role::Accountant, &place);
    let mut accountant = Browser::signed_in(&suite, "10.0.0.7:1", "own-accountant").await;
    let desk = "/api/billing/desk/houses/d1/questions";
    assert_eq!(accountant.ask("GET", desk, None).await.body["items"], json!([asked.body]));
    let path = format!("{desk}/{}/answer", asked.body["question_id"].as_str().unwrap());
    let silent = accountant.ask("POST", &path, Some(json!({ "answer": " " }))).await;
    assert_eq!((silent.problem(), &silent.body["errors"][0]["pointer"]), ("validation", &json!("/answer")));
    let answer = json!({ "answer": "Показание пришло после срока" });
    assert_eq!(accountant.ask("POST", &path, Some(answer.clone())).await.status, StatusCode::NO_CONTENT);
    assert_eq!(accountant.ask("POST", &path, Some(answer)).await.problem(), "not-found", "once");
    assert_eq!(accountant.ask("GET", desk, None).await.body["items"], json!([]));
    let told = anna.ask("GET", "/api/billing/questions", None).await.body["items"][0].take();
    assert_eq!(told["answer"], "Показание пришло после срока");
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let notices = suite.rows("select title, body from notice where kind = 'bill-question-answered'");
    assert_eq!(notices.len(), 1);
    assert!(notices[0][1].contains("вопрос № 1") && notices[0][1].contains("после срока"), "{notices:?}");
}

#[tokio::test]
async fn nobody_asks_about_a_stranger_s_bill_a_line_that_is_none_or_without_words() {
    let suite = suite().await;
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    let seen = lines(&mut anna).await;
    assert_eq!(ask(&suite, &boris, (MARCH, 1), "b", "Чей это счёт?").await.problem(), "not-found");
    let beyond = seen.as_array().unwrap().len() + 1;
    for line_no in [0, beyond] {
        assert_eq!(ask(&suite, &anna, (MARCH, line_no), "l", "Что это?").await.problem(), "not-found", "{line_no}");
    }
    let silent = ask(&suite, &anna, (MARCH, 1), "w", "??").await;
    assert_eq!((silent.problem(), &silent.body["errors"][0]["pointer"]), ("validation", &json!("/words")));
    assert!(suite.rows("select 1 from bill_question").is_empty());
}

/// Whoever gets the account later sees nothing of what was asked before.
#[tokio::test]
async fn a_question_is_of_those_who_had_the_account_then() {
    let suite = suite().await;
    let anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(ask(&suite, &anna, (MARCH, 1), "one", "Почему?").await.status, StatusCode::CREATED);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let later = "insert into account_link (account_link_id, person_id, account_id, right, linked_at)
                 select 'later', (select person_id from person where login = 'boris'), account_id, 'owner',
                        '2026-04-28T00:00:00.000Z'
                 from account where account_id = 'd1-000001'";
    file.execute(later, []).unwrap();
    suite.set_clock("2026-04-28T08:00:00Z".parse().unwrap());
    let mut boris = Browser::signed_in(&suite, "83.9.9.9:1", "boris").await;
    assert_eq!(boris.ask("GET", "/api/billing/questions", None).await.body["items"], json!([]));
}
