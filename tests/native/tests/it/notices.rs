//! The feed by HTTP.

use http::StatusCode;
use serde_json::Value;
use store::notices::{self, NewNotice};

use crate::suite::{Answer, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

/// Puts so many notices into a feed, one a minute, the last at [`NOW`].
fn tell(suite: &Suite, login: &str, count: usize) {
    let person_id = suite.rows(&format!("select person_id from person where login = '{login}'"))[0][0].clone();
    let notices: Vec<_> = (0..count)
        .map(|index| NewNotice {
            notice_id: format!("{login}-{index}"),
            person_id: person_id.clone(),
            subject: format!("subject:{index}"),
            kind: "window-open",
            title: format!("Новость {index}"),
            body: "Подробности.".to_owned(),
            link: Some("/readings"),
            created_at: suite.env.now() - jiff::SignedDuration::from_mins((count - 1 - index) as i64),
        })
        .collect();
    suite.env.db().write(|tx| notices::add(tx, &notices)).unwrap();
}

async fn feed(suite: &Suite, cookie: &str, query: &str) -> Answer {
    suite.ask("GET", &format!("/api/notices{query}"), &[("cookie", cookie)], None).await
}

fn ids(answer: &Answer) -> Vec<&str> {
    answer.body["items"].as_array().unwrap().iter().map(|item| item["notice_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_feed_is_given_page_by_page_with_the_number_of_unread() {
    let suite = Suite::demo(NOW);
    tell(&suite, "boris", 5);
    tell(&suite, "anna", 2);
    let cookie = suite.sign_in("boris").await;
    let first = feed(&suite, &cookie, "?limit=3").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(ids(&first), ["boris-4", "boris-3", "boris-2"]);
    assert_eq!(first.body["unread"], 5);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = feed(&suite, &cookie, &format!("?limit=3&cursor={cursor}")).await;
    assert_eq!(ids(&second), ["boris-1", "boris-0"]);
    assert_eq!(second.body["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_notice_is_read_once_and_stays_read() {
    let suite = Suite::demo(NOW);
    tell(&suite, "boris", 2);
    let cookie = suite.sign_in("boris").await;
    for _ in 0..2 {
        let answer = suite.ask("POST", "/api/notices/boris-1/read", &[("cookie", &cookie)], None).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let answer = feed(&suite, &cookie, "").await;
    assert_eq!(answer.body["unread"], 1);
    assert_eq!(answer.body["items"][0]["read_at"], "2026-07-20T09:00:00.000Z");
    assert_eq!(answer.body["items"][1]["read_at"], Value::Null);
}

#[tokio::test]
async fn a_notice_of_somebody_else_looks_absent() {
    let suite = Suite::demo(NOW);
    tell(&suite, "anna", 1);
    let cookie = suite.sign_in("boris").await;
    for notice_id in ["anna-0", "no-such", "%00"] {
        let path = format!("/api/notices/{notice_id}/read");
        let answer = suite.ask("POST", &path, &[("cookie", &cookie)], None).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::NOT_FOUND, "not-found"), "{notice_id}");
    }
    assert_eq!(suite.rows("select count(*) from notice where read_at is null").concat(), ["1"]);
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused_by_name() {
    let suite = Suite::demo(NOW);
    let cookie = suite.sign_in("boris").await;
    for (query, pointer) in [("?limit=0", "?limit"), ("?limit=101", "?limit"), ("?cursor=%22x", "?cursor")] {
        let answer = feed(&suite, &cookie, query).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "validation"), "{query}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{query}");
    }
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again() {
    let suite = Suite::demo(NOW);
    tell(&suite, "boris", 1);
    let cookie = suite.sign_in("boris").await;
    let tag = feed(&suite, &cookie, "").await.headers["etag"].to_str().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("if-none-match", &tag)];
    let again = || suite.ask("GET", "/api/notices", &headers, None);
    assert_eq!(again().await.status, StatusCode::NOT_MODIFIED);
    suite.ask("POST", "/api/notices/boris-0/read", &[("cookie", &cookie)], None).await;
    assert_eq!(again().await.status, StatusCode::OK);
}
