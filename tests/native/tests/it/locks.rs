//! Too many wrong passwords in a row lock sign-in, and strangers cannot use that as a weapon.

use http::StatusCode;
use jiff::SignedDuration;
use store::{demo::PASSWORD, stats};

use crate::{
    door::{Browser, guess},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";

fn refusal(answer: &Answer) -> (StatusCode, &str) {
    (answer.status, answer.problem())
}

const WRONG: (StatusCode, &str) = (StatusCode::UNAUTHORIZED, "wrong-credentials");
const LOCKED: (StatusCode, &str) = (StatusCode::LOCKED, "sign-in-locked");

fn count(suite: &Suite, from: &str) -> String {
    suite.rows(&format!("select count(*) from {from}"))[0][0].clone()
}

#[tokio::test]
async fn s3_four_failures_leave_sign_in_open_and_a_success_starts_the_count_anew() {
    let suite = Suite::demo(NOW);
    for _ in 0..2 {
        assert_eq!(refusal(&guess(&suite, "anna", 4).await), WRONG);
        Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    }
}

#[tokio::test]
async fn s3_after_five_failures_even_the_right_password_is_refused_in_the_same_words() {
    let suite = Suite::demo(NOW);
    let fifth = guess(&suite, "anna", 5).await;
    assert_eq!(refusal(&fifth), LOCKED);
    let right = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", PASSWORD).await;
    assert_eq!(refusal(&right), LOCKED);
    assert_eq!(right.body["detail"], fifth.body["detail"]);
    let way_out = right.body["detail"].as_str().unwrap();
    assert!(way_out.contains("по коду") && way_out.contains("поддержку"), "{way_out}");
}

#[tokio::test]
async fn the_lock_of_a_login_tells_nothing_about_the_phone_of_the_same_person() {
    let suite = Suite::demo(NOW);
    assert_eq!(refusal(&guess(&suite, "anna", 5).await), LOCKED);
    for phone in ["+79000000015", "+79169999999"] {
        assert_eq!(refusal(&guess(&suite, phone, 4).await), WRONG, "{phone}");
        assert_eq!(refusal(&guess(&suite, phone, 1).await), LOCKED, "{phone}");
    }
}

#[tokio::test]
async fn one_name_is_one_count_however_it_is_written() {
    let suite = Suite::demo(NOW);
    guess(&suite, "8 900 000-00-15", 3).await;
    assert_eq!(refusal(&guess(&suite, "+79000000015", 2).await), LOCKED);
}

#[tokio::test]
async fn a_known_device_counts_all_names_of_its_person_together() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for _ in 0..4 {
        own.sign_in("anna", "guessed-password").await;
    }
    assert_eq!(refusal(&own.sign_in("+79000000015", "guessed-password").await), LOCKED);
}

#[tokio::test]
async fn who_comes_in_on_a_new_device_ends_the_failures_under_every_name() {
    let suite = Suite::demo(NOW);
    guess(&suite, "+79000000015", 5).await;
    guess(&suite, "boris", 1).await;
    Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(refusal(&guess(&suite, "+79000000015", 1).await), WRONG);
    assert_eq!(count(&suite, "sign_in_failure"), "2", "boris's is not anna's");
}

#[tokio::test]
async fn a_stranger_cannot_lock_out_a_device_that_signed_in_before() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask("POST", "/api/auth/sign-out", None).await;
    assert_eq!(refusal(&guess(&suite, "anna", 7).await), LOCKED);
    assert_eq!(own.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(refusal(&guess(&suite, "anna", 1).await), LOCKED, "the stranger stays out");
}

#[tokio::test]
async fn a_known_device_counts_for_itself() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for _ in 0..4 {
        assert_eq!(refusal(&own.sign_in("anna", "guessed-password").await), WRONG);
    }
    assert_eq!(refusal(&own.sign_in("anna", "guessed-password").await), LOCKED);
    assert_eq!(refusal(&own.sign_in("anna", PASSWORD).await), LOCKED);
    assert_eq!(refusal(&guess(&suite, "anna", 1).await), WRONG, "others have made no mistake");
}

#[tokio::test]
async fn a_device_known_to_one_person_is_a_stranger_to_another() {
    let suite = Suite::demo(NOW);
    let mut of_boris = Browser::signed_in(&suite, "83.1.2.3:1", "boris").await;
    guess(&suite, "anna", 5).await;
    assert_eq!(refusal(&of_boris.sign_in("anna", PASSWORD).await), LOCKED);
}

#[tokio::test]
async fn the_number_of_failures_is_a_setting_with_a_date() {
    let suite = Suite::demo(NOW);
    suite.set("sign_in.failures_until_lock", "2");
    assert_eq!(refusal(&guess(&suite, "anna", 1).await), WRONG);
    assert_eq!(refusal(&guess(&suite, "anna", 1).await), LOCKED);
}

#[tokio::test]
async fn a_login_that_nobody_has_locks_just_as_one_that_somebody_has() {
    let suite = Suite::demo(NOW);
    for identifier in ["anna", "nobody-of-that-name"] {
        assert_eq!(refusal(&guess(&suite, identifier, 4).await), WRONG, "{identifier}");
        assert_eq!(refusal(&guess(&suite, identifier, 1).await), LOCKED, "{identifier}");
        assert_eq!(refusal(&guess(&suite, identifier, 1).await), LOCKED, "{identifier}");
    }
    assert!(
        suite.rows("select 1 from sign_in_failure where subject like '%nobody%'").is_empty(),
        "typed text is not kept"
    );
}

#[tokio::test]
async fn a_known_and_an_unknown_login_cost_the_same_hashes_and_the_same_database_calls() {
    let suite = Suite::demo(NOW);
    suite.count_hashes();
    let mut costs = Vec::new();
    for identifier in ["anna", "nobody-of-that-name"] {
        let (mut of_one, before) = (Vec::new(), suite.hashes());
        for _ in 0..7 {
            let before = stats::calls();
            let answer = guess(&suite, identifier, 1).await;
            of_one.push((answer.status, stats::calls() - before));
        }
        costs.push((of_one, suite.hashes() - before));
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!(costs[0].1, 5, "five hashes: what is locked costs none");
}

#[tokio::test]
async fn attempts_at_a_lock_leave_nothing_but_counts_against_who_makes_them() {
    let suite = Suite::demo(NOW);
    guess(&suite, "anna", 5).await;
    let state =
        || suite.rows("select (select count(*) from audit_entry), failures, last_failed_at from sign_in_failure");
    let before = state();
    suite.set_clock(suite.env.now() + SignedDuration::from_mins(1));
    assert_eq!(refusal(&guess(&suite, "anna", 20).await), LOCKED);
    assert_eq!(state(), before);
}

#[tokio::test]
async fn whoever_runs_against_a_lock_is_stopped_like_any_guesser() {
    let suite = Suite::demo(NOW);
    suite.set("limit.sign_in_per_address", "8");
    assert_eq!(refusal(&guess(&suite, "anna", 8).await), LOCKED);
    assert_eq!(refusal(&guess(&suite, "anna", 1).await).1, "rate-limited", "by the address");

    suite.set("limit.sign_in_per_device", "3");
    let mut of_boris = Browser::signed_in(&suite, "83.1.2.3:1", "boris").await;
    for _ in 0..3 {
        assert_eq!(refusal(&of_boris.sign_in("anna", PASSWORD).await), LOCKED);
    }
    assert_eq!(refusal(&of_boris.sign_in("anna", PASSWORD).await).1, "rate-limited", "by the device");
}

#[tokio::test]
async fn failures_of_a_person_and_the_lock_are_audited_and_those_of_nobody_are_not() {
    let suite = Suite::demo(NOW);
    guess(&suite, "nobody-of-that-name", 6).await;
    assert!(suite.rows("select action from audit_entry where actor = 'visitor'").is_empty());
    guess(&suite, "anna", 8).await;
    let actions =
        suite.rows("select action, count(*) from audit_entry where actor = 'visitor' group by action order by 1");
    assert_eq!(actions, [["session.refuse", "4"], ["sign-in.lock", "1"]]);
    assert!(suite.env.db().read(store::audit::verify).unwrap().faults.is_empty());
}

#[tokio::test]
async fn a_lock_that_nobody_lifts_is_forgotten_for_people_and_for_nobodies_alike() {
    let suite = Suite::demo(NOW);
    for identifier in ["anna", "nobody-of-that-name"] {
        guess(&suite, identifier, 5).await;
    }
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24 * 90 + 1));
    for identifier in ["anna", "nobody-of-that-name"] {
        assert_eq!(refusal(&guess(&suite, identifier, 1).await), WRONG, "{identifier}");
    }
}

#[tokio::test]
async fn whoever_guesses_behind_an_address_keeps_no_known_device_of_a_neighbour_out() {
    let suite = Suite::demo(NOW);
    suite.set("limit.sign_in_per_address", "3");
    suite.set("limit.sign_in_per_device", "4");
    let mut of_anna = Browser::signed_in(&suite, "6.6.6.6:1", "anna").await;
    let mut of_boris = Browser::signed_in(&suite, "6.6.6.6:2", "boris").await;
    guess(&suite, "nobody-of-that-name", 3).await;
    assert_eq!(refusal(&guess(&suite, "nobody-else", 1).await).1, "rate-limited");
    assert_eq!(of_anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    let refused = of_boris.sign_in("anna", PASSWORD).await;
    assert_eq!(refusal(&refused).1, "rate-limited", "known to another person is not known");
    for _ in 0..4 {
        assert_eq!(refusal(&of_anna.sign_in("anna", "guessed-password").await), WRONG);
    }
    assert_eq!(refusal(&of_anna.sign_in("anna", PASSWORD).await).1, "rate-limited", "the device's own share");
}

#[tokio::test]
async fn only_failures_count_against_a_device_and_an_address() {
    let suite = Suite::demo(NOW);
    suite.set("limit.sign_in_per_address", "3");
    suite.set("limit.sign_in_per_device", "3");
    let mut browser = Browser::new(&suite, "83.1.2.3:1");
    for _ in 0..10 {
        assert_eq!(browser.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    }
    for _ in 0..3 {
        assert_eq!(refusal(&browser.sign_in("boris", "guessed-password").await), WRONG);
    }
    let refused = browser.sign_in("anna", PASSWORD).await;
    assert_eq!(refusal(&refused), (StatusCode::TOO_MANY_REQUESTS, "rate-limited"));
    assert_eq!(refused.headers["retry-after"], "897", "three guesses were answered a second later each");
    let mut neighbour = Browser::new(&suite, "83.1.2.3:2");
    assert_eq!(refusal(&neighbour.sign_in("anna", PASSWORD).await).1, "rate-limited", "of one address");
    let mut elsewhere = Browser::new(&suite, "83.1.2.4:1");
    assert_eq!(elsewhere.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
}
