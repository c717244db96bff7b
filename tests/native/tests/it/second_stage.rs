//! The second step of a sign-in: who is let in, and every way in which nobody is.

use domain::recovery_code::RecoveryCode;
use http::StatusCode;
use serde_json::json;
use store::{demo::PASSWORD, second_factors};

use crate::{
    door::{Browser, guess},
    factors::{Equipped, answer, first_step, pass, path},
    newcomer::{self, recovering, recovering_in},
    provider,
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";

fn sessions(suite: &Suite) -> usize {
    suite.rows("select 1 from session where ended_at is null").len()
}

#[tokio::test]
async fn a_right_password_alone_opens_nothing_and_the_app_s_code_opens() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let asked = browser.sign_in("anna", PASSWORD).await;
    assert_eq!(asked.body["second_factor"]["methods"], json!(["totp", "recovery-code"]));
    assert_eq!(sessions(&suite), 1);
    assert_eq!(browser.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    let waiting = browser.ask("GET", "/api/auth/sign-ins/awaiting", None).await;
    assert_eq!(waiting.body, asked.body["second_factor"]);
    let opened = answer(&mut browser, &path(&asked), "totp", &anna.code(&suite)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    assert_eq!(browser.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    assert_eq!(browser.ask("GET", "/api/auth/sign-ins/awaiting", None).await.problem(), "not-found");
}

#[tokio::test]
async fn a_sign_in_at_a_provider_is_one_factor_and_the_session_knows_the_provider_after_the_second() {
    let suite = Suite::with_provider();
    let mut first = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let anna = Equipped::in_browser(&suite, &mut first, "anna").await;
    assert_eq!(provider::sign_in(&mut first, "/", provider::GOOD).await, "/identity");
    assert_eq!(provider::link(&mut first).await.status, StatusCode::CREATED);
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let led = provider::sign_in(&mut browser, "/readings", provider::GOOD).await;
    assert_eq!(led, "/sign-in?reason=second-factor&next=%2Freadings");
    assert_eq!(browser.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    let waiting = browser.ask("GET", "/api/auth/sign-ins/awaiting", None).await.body;
    let path = format!("/api/auth/sign-ins/{}", waiting["sign_in_id"].as_str().unwrap());
    pass(&suite, 60);
    assert_eq!(answer(&mut browser, &path, "totp", &anna.code(&suite)).await.status, StatusCode::OK);
    let kept = "select provider, provider_authenticated_at <> '' from session order by created_at desc limit 1";
    assert_eq!(suite.rows(kept), [["oidc", "1"]]);
}

#[tokio::test]
async fn nobody_learns_of_a_second_factor_before_the_password_was_right() {
    let suite = Suite::demo(NOW);
    let _anna = Equipped::anna(&suite).await;
    let refused = |answer: crate::suite::Answer| {
        let mut body = answer.body;
        body["request_id"].take();
        (answer.status, body)
    };
    let with = refused(Browser::new(&suite, "83.1.2.9:1").sign_in("anna", "not-the-password").await);
    let without = refused(Browser::new(&suite, "83.1.2.9:1").sign_in("boris", "not-the-password").await);
    assert_eq!(with, without);
}

#[tokio::test]
async fn a_code_of_the_app_counts_once_and_none_before_it() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    let (code, earlier) =
        (anna.code(&suite), anna.code_at(&suite, suite.env.now() - jiff::SignedDuration::from_secs(30)));
    assert_eq!(answer(&mut browser, &path, "totp", &code).await.status, StatusCode::OK);
    for used in [code, earlier] {
        let mut another = Browser::new(&suite, "83.1.2.10:1");
        let path = first_step(&mut another, "anna").await;
        assert_eq!(answer(&mut another, &path, "totp", &used).await.problem(), "wrong-code");
    }
}

#[tokio::test]
async fn five_wrong_answers_end_the_sign_in_and_the_person_is_told() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    for left in [4, 3, 2, 1, 0] {
        let wrong = answer(&mut browser, &path, "totp", &anna.wrong_code(&suite)).await;
        assert_eq!((wrong.problem(), &wrong.body["errors"][0]["attempts_left"]), ("wrong-code", &json!(left)));
    }
    let right = answer(&mut browser, &path, "totp", &anna.code(&suite)).await;
    assert_eq!(right.problem(), "sign-in-stale");
    assert_eq!(suite.rows("select 1 from event where kind = 'second-factor.refused'").len(), 1);
}

#[tokio::test]
async fn what_is_no_answer_at_all_costs_no_attempt() {
    let suite = Suite::demo(NOW);
    let _anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    for (method, text, pointer) in
        [("totp", "12345", "/answer"), ("recovery-code", "abc", "/answer"), ("password", "x", "/method")]
    {
        let refused = answer(&mut browser, &path, method, text).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    assert_eq!(suite.rows("select attempts_left from pending_sign_in where used_at is null"), [["5"]]);
}

#[tokio::test]
async fn another_browser_and_a_late_answer_finish_nothing() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    let mut thief = Browser::new(&suite, "6.6.6.6:1");
    assert_eq!(answer(&mut thief, &path, "totp", &anna.code(&suite)).await.problem(), "sign-in-stale");
    pass(&suite, 301);
    assert_eq!(answer(&mut browser, &path, "totp", &anna.code(&suite)).await.problem(), "sign-in-stale");
}

#[tokio::test]
async fn of_64_right_answers_at_once_exactly_one_opens_a_session() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    let before = sessions(&suite);
    let body = json!({ "method": "totp", "answer": anna.code(&suite) });
    let outcomes = browser.ask_at_once(&format!("{path}/answers"), &body);
    assert_eq!(outcomes.iter().filter(|problem| problem.is_empty()).count(), 1, "{outcomes:?}");
    assert_eq!(sessions(&suite), before + 1);
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_out_of_64_and_leaves_nine() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    let body = json!({ "method": "recovery-code", "answer": anna.recovery_codes[0].to_uppercase() });
    let outcomes = browser.ask_at_once(&format!("{path}/answers"), &body);
    assert_eq!(outcomes.iter().filter(|problem| problem.is_empty()).count(), 1, "{outcomes:?}");
    assert_eq!(suite.rows("select count(*) from recovery_code where used_at is null"), [["9"]]);
    assert_eq!(suite.rows("select payload from event where kind = 'recovery-code.used'"), [[r#"{"left":9}"#]]);
    let mut another = Browser::new(&suite, "83.1.2.10:1");
    let path = first_step(&mut another, "anna").await;
    let again = answer(&mut another, &path, "recovery-code", &anna.recovery_codes[0]).await;
    assert_eq!(again.problem(), "wrong-code");
}

#[tokio::test]
async fn a_recovery_code_of_an_earlier_portal_still_lets_in() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let earlier = RecoveryCode::parse("7hm2-0qxz-94kd-ra1e").unwrap();
    let replace = |tx: &store::Tx<'_>| {
        second_factors::replace_recovery_codes(tx, suite.env.now(), &anna.person_id, std::slice::from_ref(&earlier))
    };
    suite.env.db().write(replace).unwrap();
    let mut browser = Browser::new(&suite, "83.1.2.11:1");
    let path = first_step(&mut browser, "anna").await;
    let opened = answer(&mut browser, &path, "recovery-code", "7HM2 0QXZ 94KD RA1E").await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
}

#[tokio::test]
async fn whoever_knows_the_password_alone_is_locked_out_and_the_person_s_own_device_is_not() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let anna = Equipped::in_browser(&suite, &mut own, "anna").await;
    own.ask("POST", "/api/auth/sign-out", None).await;
    for _ in 0..5 {
        first_step(&mut Browser::new(&suite, "6.6.6.6:1"), "anna").await;
    }
    let locked = Browser::new(&suite, "6.6.6.6:1").sign_in("anna", PASSWORD).await;
    assert_eq!(locked.problem(), "sign-in-locked");
    let path = first_step(&mut own, "anna").await;
    assert_eq!(answer(&mut own, &path, "totp", &anna.code(&suite)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn strangers_who_use_up_the_answers_of_a_day_leave_the_person_s_own_device_its_own() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let anna = Equipped::in_browser(&suite, &mut own, "anna").await;
    own.ask("POST", "/api/auth/sign-out", None).await;
    let mut last = String::new();
    for _ in 0..3 {
        let mut stranger = Browser::new(&suite, "6.6.6.6:1");
        let path = first_step(&mut stranger, "anna").await;
        for _ in 0..5 {
            last = answer(&mut stranger, &path, "totp", &anna.wrong_code(&suite)).await.problem().to_owned();
        }
    }
    assert_eq!(last, "rate-limited");
    let path = first_step(&mut own, "anna").await;
    assert_eq!(answer(&mut own, &path, "totp", &anna.code(&suite)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_whole_sign_in_ends_the_row_of_failures() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    guess(&suite, "anna", 3).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut browser, "anna").await;
    assert_eq!(suite.rows("select failures from sign_in_failure"), [["4"]], "half a sign-in ends nothing");
    answer(&mut browser, &path, "totp", &anna.code(&suite)).await;
    assert!(suite.rows("select 1 from sign_in_failure").is_empty());
}

#[tokio::test]
async fn a_code_by_message_opens_and_only_the_last_one() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let asked = browser.sign_in("anna", PASSWORD).await;
    assert_eq!(asked.body["second_factor"]["methods"], json!(["code", "recovery-code"]));
    let path = path(&asked);
    assert_eq!(answer(&mut browser, &path, "code", "123456").await.problem(), "wrong-code", "none was sent");
    let mut codes = Vec::new();
    for _ in 0..2 {
        let sent = browser.ask("POST", &format!("{path}/codes"), None).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.body);
        codes.push(suite.last_code());
    }
    assert_eq!(answer(&mut browser, &path, "code", &codes[0]).await.problem(), "wrong-code");
    let opened = answer(&mut browser, &path, "code", &codes[1]).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
}

#[tokio::test]
async fn whoever_has_only_an_app_is_sent_no_code_and_the_sends_are_limited() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let _anna = Equipped::in_browser(&suite, &mut own, "anna").await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let codes = format!("{}/codes", first_step(&mut browser, "anna").await);
    assert_eq!(browser.ask("POST", &codes, None).await.problem(), "no-contact");
    own.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    for _ in 0..5 {
        assert_eq!(browser.ask("POST", &codes, None).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(browser.ask("POST", &codes, None).await.problem(), "rate-limited");
    assert_eq!(suite.sent_count(), 5);
}

#[tokio::test]
async fn a_recovered_password_asks_for_the_second_factor_all_the_same() {
    let suite = Suite::demo(NOW);
    let anna = Equipped::anna(&suite).await;
    let mut browser = Browser::new(&suite, "83.1.2.9:1");
    let recovery = recovering_in(&mut browser, &suite, "anna").await;
    let confirm = format!("/api/auth/recoveries/{}/confirm", recovery.id);
    let body = json!({ "code": recovery.code, "password": newcomer::PASSWORD });
    let asked = browser.ask("POST", &confirm, Some(body)).await;
    assert_eq!(asked.problem(), "second-factor-required", "{}", asked.body);
    let before = suite.rows("select session_id from session where ended_at is null");
    assert_eq!(before.len(), 1, "until then nothing changes");
    let opened = answer(&mut browser, &path(&asked), "recovery-code", &anna.recovery_codes[1]).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let after = suite.rows("select session_id from session where ended_at is null");
    assert!(after.len() == 1 && after != before, "those that were open are over");
}

#[tokio::test]
async fn another_password_ends_sign_ins_that_the_old_one_began() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let anna = Equipped::in_browser(&suite, &mut own, "anna").await;
    let mut thief = Browser::new(&suite, "6.6.6.6:1");
    let path = first_step(&mut thief, "anna").await;
    let body = json!({ "old_password": PASSWORD, "new_password": newcomer::PASSWORD });
    assert_eq!(own.ask("POST", "/api/auth/password", Some(body)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(answer(&mut thief, &path, "totp", &anna.code(&suite)).await.problem(), "sign-in-stale");
}

#[tokio::test]
async fn whoever_recovered_by_a_code_proves_nothing_more_by_another_code_to_the_same_phone() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let added = own.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    let paper = added.body["recovery_codes"][0].as_str().unwrap().to_owned();
    let mut thief = Browser::new(&suite, "6.6.6.6:1");
    let recovery = recovering_in(&mut thief, &suite, "anna").await;
    let confirm = format!("/api/auth/recoveries/{}/confirm", recovery.id);
    let body = json!({ "code": recovery.code, "password": newcomer::PASSWORD });
    let asked = thief.ask("POST", &confirm, Some(body)).await;
    assert_eq!(asked.body["second_factor"]["methods"], json!(["recovery-code"]));
    let path = path(&asked);
    assert_eq!(thief.ask("POST", &format!("{path}/codes"), None).await.problem(), "no-contact");
    assert_eq!(answer(&mut thief, &path, "recovery-code", &paper).await.status, StatusCode::OK);

    suite.on("update of used_at on contact_code", "update recovery_code set used_at = 'long ago'");
    let recovery = recovering(&suite, "anna").await;
    let refused = newcomer::recover(&suite, &recovery.id, &recovery.code, "другая-сосна-73").await;
    assert_eq!(refused.problem(), "sign-in-locked", "without paper the support helps");
}

#[tokio::test]
async fn whoever_holds_the_phone_alone_changes_nothing_where_there_is_a_second_factor() {
    let suite = Suite::with_provider();
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let added = own.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    let paper = added.body["recovery_codes"][0].as_str().unwrap().to_owned();
    provider::sign_in(&mut own, "/", provider::GOOD).await;
    assert_eq!(provider::link(&mut own).await.status, StatusCode::CREATED);
    let mut thief = Browser::new(&suite, "6.6.6.6:1");
    let recovery = recovering_in(&mut thief, &suite, "anna").await;
    let body = json!({ "code": recovery.code, "password": newcomer::PASSWORD });
    let asked = thief.ask("POST", &format!("/api/auth/recoveries/{}/confirm", recovery.id), Some(body)).await;
    assert_eq!(asked.problem(), "second-factor-required");
    assert_eq!(own.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    assert_eq!(suite.rows("select provider from identity"), [["oidc"]]);
    assert_eq!(suite.rows("select action from audit_entry where action like 'password.%'").len(), 0);
    let again = Browser::new(&suite, "6.6.6.6:2").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(again.problem(), "wrong-credentials", "so no code to the same phone is asked for by it");

    assert_eq!(answer(&mut thief, &path(&asked), "recovery-code", &paper).await.status, StatusCode::OK);
    assert_eq!(own.ask("GET", "/api/auth/session", None).await.problem(), "unauthenticated");
    assert!(suite.rows("select provider from identity").is_empty());
    let right = Browser::new(&suite, "83.1.2.3:1").sign_in("anna", newcomer::PASSWORD).await;
    assert_eq!(right.problem(), "second-factor-required", "the password is the new one");
}

#[tokio::test]
async fn a_session_that_a_password_opened_ends_when_a_factor_is_added_in_another() {
    let suite = Suite::demo(NOW);
    let mut thief = Browser::signed_in(&suite, "6.6.6.6:1", "anna").await;
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    own.ask_surely("POST", "/api/auth/second-factor/contact", None).await;
    assert_eq!(own.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    assert_eq!(thief.ask("GET", "/api/auth/session", None).await.problem(), "unauthenticated");
}
