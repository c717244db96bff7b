//! The queue of hashing: few at once, over all instances, and nobody holds a place for ever.

use http::StatusCode;
use jiff::SignedDuration;
use store::{demo::PASSWORD, hashing_slots};

use crate::{door::Browser, suite::Suite};

const NOW: &str = "2026-07-20T09:00:00Z";

const LEASE: SignedDuration = SignedDuration::from_secs(10);

/// Other instances hash for so long: all slots are taken.
fn take_all(suite: &Suite, lease: SignedDuration) {
    let now = suite.env.now();
    let take = |id: &str| suite.env.db().write(|tx| hashing_slots::take(tx, now, id, lease, 4, None)).unwrap();
    assert_eq!(["1", "2", "3", "4", "5"].map(take), [true, true, true, true, false]);
}

#[tokio::test]
async fn who_finds_all_slots_taken_waits_for_one_and_is_counted_once() {
    let suite = Suite::demo(NOW);
    take_all(&suite, SignedDuration::from_millis(300));
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", "guessed-password").await;
    assert_eq!(answer.problem(), "wrong-credentials");
    assert_eq!(suite.rows("select failures from sign_in_failure"), [["1"]]);
    take_all(&suite, SignedDuration::from_millis(300));
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_waits_for_a_slot_longer_than_two_seconds() {
    let suite = Suite::demo(NOW);
    take_all(&suite, LEASE);
    let began = suite.env.now();
    assert_eq!(Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await.problem(), "busy");
    let waited = suite.env.now().duration_since(began);
    assert!((SignedDuration::from_secs(1)..SignedDuration::from_secs(2)).contains(&waited), "{waited}");
}

#[tokio::test]
async fn a_refused_guess_is_answered_a_second_later_and_a_right_one_at_once() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::new(&suite, "83.1.2.3:1");
    let wait = SignedDuration::from_secs(1);
    for (password, waits) in [("guessed-password", wait), (PASSWORD, SignedDuration::ZERO)] {
        for identifier in ["anna", "boris"] {
            let began = suite.env.now();
            browser.sign_in(identifier, password).await;
            assert_eq!(suite.env.now().duration_since(began), waits, "{identifier} {password}");
        }
    }
}

#[tokio::test]
async fn a_slot_is_free_for_whoever_would_get_one() {
    let suite = Suite::demo(NOW);
    let now = suite.env.now();
    for number in 1..=5 {
        for of_strangers in [None, Some(1), Some(2)] {
            let is_free = |conn: &store::Conn<'_>| hashing_slots::is_free(conn, now, LEASE, 4, of_strangers);
            let is_free = suite.env.db().read(is_free).unwrap();
            let id = format!("{number} {of_strangers:?}");
            let took = suite.env.db().write(|tx| {
                let took = hashing_slots::take(tx, now, &id, LEASE, 4, of_strangers)?;
                hashing_slots::free(tx, &id)?;
                Ok::<_, store::Error>(took)
            });
            assert_eq!(is_free, took.unwrap(), "{id}");
        }
        let of_strangers = (number % 2 == 0).then_some(1);
        let id = number.to_string();
        suite.env.db().write(|tx| hashing_slots::take(tx, now, &id, LEASE, 4, of_strangers)).unwrap();
    }
}

#[tokio::test]
async fn without_a_free_slot_nothing_is_hashed_counted_or_kept() {
    let suite = Suite::demo(NOW);
    take_all(&suite, LEASE);
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
    take_all(&suite, LEASE);
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(11));
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_slot_leased_under_a_clock_that_was_set_back_since_is_free() {
    let suite = Suite::demo("2026-08-20T09:00:00Z");
    take_all(&suite, LEASE);
    suite.set_clock(NOW.parse().unwrap());
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_host_whose_clock_is_a_little_behind_leaves_the_others_their_slots() {
    let suite = Suite::demo(NOW);
    take_all(&suite, LEASE);
    let (now, take) = (suite.env.now() - SignedDuration::from_secs(1), hashing_slots::take);
    assert!(!suite.env.db().write(|tx| take(tx, now, "6", LEASE, 4, None)).unwrap());
}

#[tokio::test]
async fn strangers_who_guess_leave_places_to_known_devices() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let now = suite.env.now();
    let take = |id: &str| suite.env.db().write(|tx| hashing_slots::take(tx, now, id, LEASE, 4, Some(1))).unwrap();
    assert_eq!(["1", "2"].map(take), [true, false]);
    assert_eq!(anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(Browser::new(&suite, "83.9.9.9:1").sign_in("anna", PASSWORD).await.problem(), "busy");
}

#[tokio::test]
async fn a_slot_given_back_lets_the_next_one_in() {
    let suite = Suite::demo(NOW);
    take_all(&suite, LEASE);
    suite.env.db().write(|tx| hashing_slots::free(tx, "3")).unwrap();
    let answer = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_dearer_hash_takes_the_place_of_a_cheaper_one_at_the_next_sign_in_alone() {
    let suite = Suite::demo(NOW);
    let costs = || suite.rows("select substr(password_hash, 1, 30) from person where login in ('anna', 'boris')");
    suite.set("hashing.passes", "3");
    assert_eq!(
        Browser::new(&suite, "83.1.2.3:1").sign_in("anna", "guessed-password").await.problem(),
        "wrong-credentials"
    );
    assert_eq!(costs(), [["$argon2id$v=19$m=19456,t=2,p=1"], ["$argon2id$v=19$m=19456,t=2,p=1"]]);
    assert_eq!(Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(costs(), [["$argon2id$v=19$m=19456,t=3,p=1"], ["$argon2id$v=19$m=19456,t=2,p=1"]]);
    assert_eq!(Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_hash_is_never_cheaper_than_the_least() {
    let suite = Suite::demo(NOW);
    suite.set("hashing.passes", "1");
    suite.set("hashing.memory_kib", "8");
    assert_eq!(Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    let kept = suite.rows("select substr(password_hash, 1, 30) from person where login = 'anna'");
    assert_eq!(kept, [["$argon2id$v=19$m=19456,t=2,p=1"]]);
}
