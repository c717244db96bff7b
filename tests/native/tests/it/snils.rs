//! Sign-in by a confirmed СНИЛС and the password.

use domain::identity::Level;
use http::StatusCode;
use serde_json::json;
use store::{
    demo::PASSWORD,
    identities::{self, Identity},
    snils, stats,
};

use crate::{
    door::{Browser, guess},
    esia::{SIGNED_IN, UNSURE, esia, with_esia},
    factors::{self, person_id},
    newcomer::{recover, recovering},
    provider::{Decision, GOOD, link, register, sign_in, unlink},
    suite::Suite,
    support::search,
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
    let sign_in_by = async || {
        let mut anna = Browser::signed_in(&suite, "83.1.2.6:1", "anna").await;
        anna.ask("GET", "/api/auth/profile", None).await.body["sign_in_by"].take()
    };
    assert_eq!(sign_in_by().await, json!(["phone", "login"]));
    known_at_esia(&suite, SIGNED_IN).await;
    assert_eq!(sign_in_by().await, json!(["phone", "snils", "login"]));
    for written in [SNILS, "11223344595", " 112 233 445 95 "] {
        let mut anna = Browser::new(&suite, "83.1.2.4:1");
        assert_eq!(anna.sign_in(written, PASSWORD).await.status, StatusCode::OK, "{written}");
    }
    let mut anna = Browser::new(&suite, "83.1.2.5:1");
    assert_eq!(anna.sign_in(SNILS, "guessed-password").await.problem(), "wrong-credentials");
}

#[tokio::test]
async fn the_first_sign_in_at_esia_is_enough_for_who_links_and_for_who_begins_here() {
    let suite = with_esia(&[SCOPE]);
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(esia(&mut anna, "/", SIGNED_IN).await, "/identity");
    assert!(suite.rows("select 1 from person_snils").is_empty(), "whose it is nobody has said yet");
    let database = std::fs::read(suite.location.database_file()).unwrap();
    assert!(!database.windows(11).any(|bytes| bytes == b"11223344595"), "it waits sealed");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(Browser::new(&suite, "83.1.2.4:1").sign_in(SNILS, PASSWORD).await.status, StatusCode::OK);

    let suite = with_esia(&[SCOPE]);
    let mut new = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(esia(&mut new, "/", SIGNED_IN).await, "/identity");
    register(&mut new).await;
    assert_eq!(suite.rows("select source from person_snils"), [["esia"]]);
}

#[tokio::test]
async fn without_the_scope_or_a_confirmation_nothing_is_kept() {
    let told_unasked = Decision { misbehaviour: "more-than-asked", ..SIGNED_IN };
    for (scope, decision) in [
        ("openid fullname snils", UNSURE),
        ("openid snils", UNSURE),
        ("openid fullname", SIGNED_IN),
        ("openid fullname", told_unasked),
    ] {
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
    let resealed = suite.env.db().write(|tx| snils::NUMBERS.reseal(tx, &both, || suite.env.random(), "", 10)).unwrap();
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

#[tokio::test]
async fn a_snils_goes_with_the_identity_that_proved_it() {
    for way in ["unlink", "recover", "fall"] {
        let suite = with_esia(&[SCOPE]);
        known_at_esia(&suite, SIGNED_IN).await;
        let mut anna = Browser::signed_in(&suite, "10.0.0.7:1", "anna").await;
        match way {
            "unlink" => {
                let gone = anna.ask_surely("DELETE", "/api/auth/identities/esia", None).await;
                assert_eq!(gone.status, StatusCode::NO_CONTENT);
            }
            "recover" => {
                let asked = recovering(&suite, "anna").await;
                let recovered = recover(&suite, &asked.id, &asked.code, PASSWORD).await;
                assert_eq!(recovered.status, StatusCode::CREATED, "{}", recovered.body);
            }
            _ => {
                let row = suite.rows("select issuer, subject from identity").concat();
                let (issuer, subject, level) = (&row[0], &row[1], Level::Basic);
                let identity = Identity { provider: "esia", issuer, subject, level, name: "" };
                suite.env.db().write(|tx| identities::signed_in(tx, suite.env.now(), identity)).unwrap();
            }
        }
        assert!(suite.rows("select 1 from person_snils").is_empty(), "{way}");
        let refused = Browser::new(&suite, "83.1.2.9:1").sign_in(SNILS, PASSWORD).await;
        assert_eq!(refused.problem(), "wrong-credentials", "{way}");
    }
}

#[tokio::test]
async fn a_snils_stays_when_another_identity_goes() {
    let suite = with_esia(&[SCOPE]);
    known_at_esia(&suite, SIGNED_IN).await;
    let mut anna = Browser::signed_in(&suite, "10.0.0.7:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(unlink(&mut anna).await.status, StatusCode::NO_CONTENT);
    assert_eq!(suite.rows("select 1 from person_snils").len(), 1);
}

#[tokio::test]
async fn a_lock_of_a_snils_is_seen_and_lifted_before_a_new_master_key_takes_the_number_over() {
    let both = format!("{} {}", "ab".repeat(32), crate::suite::FILES_KEY);
    let suite = with_esia(&[SCOPE, ("files_key", &both)]);
    known_at_esia(&suite, SIGNED_IN).await;
    let (number, anna) = (domain::identifier::Snils::parse(SNILS).unwrap(), person_id(&suite, "anna"));
    let (now, old, nonce) = (suite.env.now(), factors::keys(), suite.env.random());
    let kept = suite.env.db().write(|tx| snils::keep(tx, now, &old, nonce, &anna, &number, snils::Source::Esia));
    assert!(kept.unwrap(), "as it lay there before the new key came");
    assert_eq!(guess(&suite, SNILS, 5).await.problem(), "sign-in-locked");
    let mut support = Browser::signed_in(&suite, "10.0.0.5:1", "support").await;
    let found = support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await.body;
    assert!(found["locked_since"].is_string(), "{found}");
    let reason = serde_json::json!({ "reason": "Назвала номер счёта" });
    let path = format!("/api/auth/support/persons/{anna}/unlock");
    let opened = support.ask("POST", &path, Some(reason)).await;
    assert!(opened.body["locked_since"].is_null(), "{}", opened.body);
    assert_eq!(Browser::new(&suite, "83.1.2.9:1").sign_in(SNILS, PASSWORD).await.status, StatusCode::OK);
}
