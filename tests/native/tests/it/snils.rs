//! Sign-in by a confirmed СНИЛС and the password.

use http::StatusCode;
use store::{demo::PASSWORD, snils, stats};

use crate::{
    door::{Browser, guess},
    esia::{SIGNED_IN, UNSURE, esia, with_esia},
    factors,
    provider::{Decision, link},
    suite::Suite,
};

const SNILS: &str = "112-233-445 95";
const SCOPE: (&str, &str) = ("esia_scope", "openid fullname snils");

/// Anna of the demo, known at ESIA by this subject, after another sign-in there.
async fn known_at_esia(suite: &Suite, decision: Decision) {
    let mut anna = Browser::signed_in(suite, "10.0.0.5:1", "anna").await;
    assert_eq!(esia(&mut anna, "/", decision).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(esia(&mut Browser::new(suite, "10.0.0.6:1"), "/", decision).await, "/");
}

#[tokio::test]
async fn who_is_confirmed_at_esia_signs_in_by_the_snils_however_it_is_written() {
    let suite = with_esia(&[SCOPE]);
    let mut stranger = Browser::new(&suite, "83.1.2.3:1");
    assert_eq!(stranger.sign_in(SNILS, PASSWORD).await.problem(), "wrong-credentials");
    known_at_esia(&suite, SIGNED_IN).await;
    for written in [SNILS, "11223344595", " 112 233 445 95 "] {
        let mut anna = Browser::new(&suite, "83.1.2.4:1");
        assert_eq!(anna.sign_in(written, PASSWORD).await.status, StatusCode::OK, "{written}");
    }
    let mut anna = Browser::new(&suite, "83.1.2.5:1");
    assert_eq!(anna.sign_in(SNILS, "guessed-password").await.problem(), "wrong-credentials");
}

#[tokio::test]
async fn without_the_scope_or_a_confirmation_nothing_is_kept() {
    for (scope, decision) in [("openid fullname snils", UNSURE), ("openid snils", UNSURE)] {
        let suite = with_esia(&[("esia_scope", scope)]);
        known_at_esia(&suite, decision).await;
        assert!(suite.rows("select 1 from person_snils").is_empty(), "{scope}");
    }
}

#[tokio::test]
async fn the_number_lies_nowhere_in_clear_and_goes_with_its_person() {
    let suite = with_esia(&[SCOPE]);
    known_at_esia(&suite, SIGNED_IN).await;
    guess(&suite, SNILS, 2).await;
    let database = std::fs::read(suite.location.database_file()).unwrap();
    let holds = |text: &str| database.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    let plain_hash = web::sha256("11223344595");
    for text in ["11223344595", SNILS, &plain_hash, &web::sha256(&plain_hash)] {
        assert!(!holds(text), "{text}");
    }
    assert_eq!(suite.rows("select source, length(snils_hash) from person_snils"), [["esia", "64"]]);
    let anna = suite.rows("select person_id from person where login = 'anna'").concat().concat();
    assert_eq!(suite.env.db().write(|tx| snils::forget(tx, &anna)).unwrap(), 1);
    assert!(suite.rows("select 1 from person_snils").is_empty());
}

#[tokio::test]
async fn a_snils_is_locked_like_any_name_and_lifted_with_the_others() {
    let suite = with_esia(&[SCOPE]);
    known_at_esia(&suite, SIGNED_IN).await;
    assert_eq!(guess(&suite, SNILS, 5).await.problem(), "sign-in-locked");
    assert_eq!(guess(&suite, "11223344595", 1).await.problem(), "sign-in-locked", "however it is written");
    // On a new device and under another name.
    assert_eq!(Browser::new(&suite, "83.1.2.6:1").sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(Browser::new(&suite, "83.1.2.7:1").sign_in(SNILS, PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_known_and_an_unknown_snils_cost_the_same_hashes_and_the_same_database_calls() {
    let suite = with_esia(&[SCOPE]);
    known_at_esia(&suite, SIGNED_IN).await;
    suite.count_hashes();
    let mut costs = Vec::new();
    for identifier in [SNILS, "087-654-303 00"] {
        let (mut of_one, before) = (Vec::new(), suite.hashes());
        for _ in 0..7 {
            let before = stats::calls();
            let answer = guess(&suite, identifier, 1).await;
            of_one.push((answer.status, stats::calls() - before));
        }
        costs.push((of_one, suite.hashes() - before));
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn a_new_master_key_takes_the_numbers_over() {
    let suite = with_esia(&[SCOPE]);
    known_at_esia(&suite, SIGNED_IN).await;
    let both = store::MasterKeys::parse(&format!("{} {}", "ab".repeat(32), crate::suite::FILES_KEY)).unwrap();
    let number = domain::identifier::Snils::parse(SNILS).unwrap();
    let newest = snils::Hashes::of(&both, &number).newest().to_owned();
    let kept = || suite.rows("select snils_hash from person_snils").concat().concat();
    assert_ne!(kept(), newest);
    let resealed = suite.env.db().write(|tx| snils::reseal(tx, &both, || suite.env.random(), "", 10)).unwrap();
    assert_eq!((resealed.0, kept()), (1, newest));
}

#[tokio::test]
async fn somebody_else_s_number_stays_that_one_s() {
    let suite = with_esia(&[SCOPE]);
    known_at_esia(&suite, SIGNED_IN).await;
    let number = domain::identifier::Snils::parse(SNILS).unwrap();
    let boris = suite.rows("select person_id from person where login = 'boris'").concat().concat();
    let (now, keys, nonce) = (suite.env.now(), factors::keys(), suite.env.random());
    let kept = suite.env.db().write(|tx| snils::keep(tx, now, &keys, nonce, &boris, &number, snils::Source::Company));
    assert!(!kept.unwrap());
    assert_eq!(Browser::new(&suite, "83.1.2.8:1").sign_in(SNILS, PASSWORD).await.body["name"], "Анна Сергеевна");
}
