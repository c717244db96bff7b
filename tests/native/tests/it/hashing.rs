//! The queue of hashing: few at once, over all instances, and nobody holds a place for ever.

use http::StatusCode;
use jiff::SignedDuration;
use store::{demo::PASSWORD, hashing_slots};

use crate::{door::Browser, suite::Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

/// Other instances hash: all slots are taken.
fn take_all(suite: &Suite) {
    let (now, lease) = (suite.env.now(), SignedDuration::from_secs(10));
    let take = |id: &str| suite.env.db().write(|tx| hashing_slots::take(tx, now, id, lease, 4)).unwrap();
    assert_eq!(["1", "2", "3", "4", "5"].map(take), [true, true, true, true, false]);
}

#[tokio::test]
async fn without_a_free_slot_nothing_is_hashed_counted_or_kept() {
    let suite = Suite::demo(NOW);
    take_all(&suite);
    for identifier in ["anna", "nobody-of-that-name"] {
        let answer = Browser::new(&suite, "83.1.2.3:1").sign_in(identifier, PASSWORD).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::SERVICE_UNAVAILABLE, "busy"));
        assert_eq!(answer.headers["retry-after"], "1");
    }
    for table in ["sign_in_failure", "rate_limit", "session"] {
        assert!(suite.rows(&format!("select 1 from {table}")).is_empty(), "{table}");
    }
}

#[tokio::test]
async fn a_slot_is_given_back_whatever_comes_out() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::new(&suite, "83.1.2.3:1");
    for password in [PASSWORD, "guessed-password"] {
        browser.sign_in("anna", password).await;
        browser.sign_in("nobody-of-that-name", password).await;
        assert!(suite.rows("select 1 from hashing_slot").is_empty());
    }
}

#[tokio::test]
async fn the_slot_of_an_instance_that_died_is_free_once_its_lease_is_over() {
    let suite = Suite::demo(NOW);
    take_all(&suite);
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(11));
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_slot_given_back_lets_the_next_one_in() {
    let suite = Suite::demo(NOW);
    take_all(&suite);
    suite.env.db().write(|tx| hashing_slots::free(tx, "3")).unwrap();
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}
