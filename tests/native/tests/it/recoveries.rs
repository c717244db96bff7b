//! A new password by a code.

use domain::identity::Level;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::identities::{self, Identity};

use crate::{
    door::{Browser, guess},
    newcomer::{PASSWORD, ask_to_recover, recover, recovering, recovering_in, registering, registration},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";

fn without_id(answer: &Value, field: &str) -> Value {
    let mut answer = answer.clone();
    assert!(!answer[field].take().is_null());
    answer
}

#[tokio::test]
async fn a_code_and_a_new_password_sign_in_and_end_all_other_sessions() {
    let suite = Suite::demo(NOW);
    let mut thief = Browser::signed_in(&suite, "6.6.6.6:1", "anna").await;
    let asked = recovering(&suite, "anna").await;
    assert_eq!(thief.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    let answer = recover(&suite, &asked.id, &asked.code, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.body["name"], "Анна Сергеевна");
    assert_eq!(thief.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    let mut anna = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(anna.sign_in("anna", store::demo::PASSWORD).await.problem(), "wrong-credentials");
    assert_eq!(anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(suite.rows("select kind from event where kind <> 'sign-in.new-device'"), [["password.changed"]]);
    assert_eq!(suite.rows("select count(*) from audit_entry where action = 'password.recover'"), [["1"]]);
}

#[tokio::test]
async fn who_recovers_by_a_stolen_phone_is_told_of_at_the_other_contact_too() {
    let suite = Suite::demo(NOW);
    Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    let email = "update person set email = 'anna@example.ru' where login = 'anna'";
    suite.env.db().write(|tx| tx.execute(email, &[])).unwrap();
    let asked = recovering(&suite, "8 900 000-00-15").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    let told = suite.sent().split_off(suite.sent_count() - 2);
    let to: Vec<_> = told.iter().map(|message| message["to"].as_str().unwrap()).collect();
    assert_eq!(to, ["+79000000015", "anna@example.ru"]);
    assert!(told.iter().all(|message| message["text"].as_str().unwrap().contains("/not-me#")), "{told:?}");
}

#[tokio::test]
async fn the_code_goes_to_the_contact_of_the_login() {
    let suite = Suite::demo(NOW);
    for identifier in ["anna", "ANNA", "8 900 000-00-15"] {
        recovering(&suite, identifier).await;
        assert_eq!(suite.last_message()["to"], "+79000000015", "{identifier}");
    }
}

#[tokio::test]
async fn a_login_that_nobody_has_gets_the_same_answer_at_the_same_cost_and_nothing_goes_out() {
    let suite = Suite::demo(NOW);
    let calls = || store::stats::calls().sql;
    let before = calls();
    let known = ask_to_recover(&suite, "anna").await;
    let (between, sent) = (calls(), suite.sent_count());
    let unknown = ask_to_recover(&suite, "nobody-of-that-name").await;
    let after = calls();
    // The administrator of the demo has neither phone nor e-mail.
    let without_contact = ask_to_recover(&suite, "admin").await;
    assert_eq!((sent, suite.sent_count()), (1, 1));
    assert_eq!((between - before, calls() - after), (after - between, after - between));
    for answer in [&unknown, &without_contact] {
        assert_eq!(answer.status, known.status);
        assert_eq!(without_id(&answer.body, "recovery_id"), without_id(&known.body, "recovery_id"));
    }
}

#[tokio::test]
async fn tries_run_out_alike_for_a_login_that_nobody_has() {
    let suite = Suite::demo(NOW);
    let known = recovering(&suite, "anna").await;
    let unknown = ask_to_recover(&suite, "nobody").await.body["recovery_id"].as_str().unwrap().to_owned();
    let calls = || store::stats::calls().sql;
    for _ in 0..6 {
        let before = calls();
        let one = recover(&suite, &known.id, &known.wrong_code(), PASSWORD).await;
        let between = calls();
        let other = recover(&suite, &unknown, &known.wrong_code(), PASSWORD).await;
        assert_eq!((one.status, calls() - between), (other.status, between - before));
        assert_eq!(without_id(&one.body, "request_id"), without_id(&other.body, "request_id"));
    }
    assert_eq!(recover(&suite, &known.id, &known.code, PASSWORD).await.problem(), "code-spent");
}

#[tokio::test]
async fn a_recovery_works_once_and_in_time() {
    let suite = Suite::demo(NOW);
    let asked = recovering(&suite, "anna").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.problem(), "code-spent");
    let late = recovering(&suite, "anna").await;
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(301));
    assert_eq!(recover(&suite, &late.id, &late.code, PASSWORD).await.problem(), "code-expired");
}

#[tokio::test]
async fn the_password_keeps_to_the_policy_and_is_none_of_the_person_s_names() {
    let suite = Suite::demo(NOW);
    let asked = recovering(&suite, "anna").await;
    suite.count_hashes();
    for password in ["12345678", "abcdefgh", "Сосна1", "+7 900 000-00-15"] {
        let answer = recover(&suite, &asked.id, &asked.code, password).await;
        assert_eq!((answer.problem(), suite.hashes()), ("validation", 0), "{password}");
        assert_eq!(answer.body["errors"][0]["pointer"], "/password");
    }
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(suite.hashes(), 1);
}

#[tokio::test]
async fn who_was_locked_out_is_let_in_again() {
    let suite = Suite::demo(NOW);
    for identifier in ["anna", "+79000000015"] {
        assert_eq!(guess(&suite, identifier, 6).await.problem(), "sign-in-locked");
    }
    let asked = recovering(&suite, "anna").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    let mut anna = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(anna.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(guess(&suite, "+79000000015", 1).await.problem(), "wrong-credentials");
}

#[tokio::test]
async fn a_code_for_a_registration_is_none_for_a_recovery() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, "+79161234567").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.problem(), "not-found");
}

#[tokio::test]
async fn codes_asked_for_with_one_name_are_few_in_an_hour_whoever_has_it() {
    for identifier in ["anna", "nobody-of-that-name"] {
        let suite = Suite::demo(NOW);
        for _ in 0..5 {
            assert_eq!(ask_to_recover(&suite, identifier).await.status, StatusCode::CREATED);
        }
        assert_eq!(ask_to_recover(&suite, identifier).await.problem(), "rate-limited", "{identifier}");
    }
}

#[tokio::test]
async fn by_several_names_of_one_person_no_more_codes_go_out_and_nobody_is_told() {
    let suite = Suite::demo(NOW);
    for _ in 0..5 {
        recovering(&suite, "anna").await;
    }
    let silent = ask_to_recover(&suite, "+79000000015").await;
    assert_eq!((silent.status, suite.sent_count()), (StatusCode::CREATED, 5));
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(1));
    recovering(&suite, "+79000000015").await;
    assert_eq!(suite.sent_count(), 6);
}

#[tokio::test]
async fn what_can_be_no_login_is_named_as_a_field() {
    let suite = Suite::demo(NOW);
    for identifier in ["", "12345", "a@b"] {
        let answer = ask_to_recover(&suite, identifier).await;
        assert_eq!((answer.problem(), &answer.body["errors"][0]["pointer"]), ("validation", &"/identifier".into()));
    }
}

#[tokio::test]
async fn a_stranger_s_request_does_not_end_the_owner_s_code() {
    let suite = Suite::demo(NOW);
    let asked = recovering(&suite, "anna").await;
    recovering(&suite, "anna").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn of_the_codes_that_one_device_asked_for_only_the_last_counts() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::new(&suite, "83.1.2.3:1");
    let first = recovering_in(&mut browser, &suite, "anna").await;
    let second = recovering_in(&mut browser, &suite, "anna").await;
    assert_eq!(recover(&suite, &first.id, &first.code, PASSWORD).await.problem(), "code-spent");
    assert_eq!(recover(&suite, &second.id, &second.code, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_new_password_ends_all_other_codes_of_the_person() {
    let suite = Suite::demo(NOW);
    let by_phone = recovering(&suite, "+79000000015").await;
    let of_boris = recovering(&suite, "boris").await;
    let asked = recovering(&suite, "anna").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(recover(&suite, &by_phone.id, &by_phone.code, PASSWORD).await.problem(), "code-spent");
    assert_eq!(recover(&suite, &of_boris.id, &of_boris.code, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn strangers_cannot_use_up_the_codes_of_a_device_that_signed_in_before() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for _ in 0..5 {
        recovering(&suite, "anna").await;
    }
    assert_eq!(ask_to_recover(&suite, "anna").await.problem(), "rate-limited");
    let asked = recovering_in(&mut own, &suite, "anna").await;
    assert_eq!(suite.sent_count(), 6);
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_known_device_too_gets_few_codes_in_an_hour_by_whatever_name() {
    let suite = Suite::demo(NOW);
    let mut own = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for _ in 0..5 {
        recovering_in(&mut own, &suite, "anna").await;
    }
    recovering_in(&mut own, &suite, "+79000000015").await;
    assert_eq!(suite.sent_count(), 5);
}

#[tokio::test]
async fn a_recovery_tells_of_each_provider_that_it_unlinks_and_of_the_level_that_goes_with_it() {
    let suite = Suite::demo(NOW);
    let person_id = crate::factors::person_id(&suite, "boris");
    let issuer = suite.env.variable("oidc_issuer").unwrap();
    let identity = |provider, issuer, level| Identity { provider, issuer, subject: "42", level, name: "" };
    let linked = suite.env.db().write(|tx| {
        identities::link(tx, suite.env.now(), &person_id, identity("oidc", &issuer, Level::Confirmed))?;
        identities::link(tx, suite.env.now(), &person_id, identity("esia", "https://id.example", Level::Basic))
    });
    linked.unwrap();
    let asked = recovering(&suite, "boris").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    let told = "select d.fields from audit_entry e join audit_detail d using (audit_seq)
                where e.action = 'identity.unlink' order by audit_seq";
    let told = suite.rows(told).concat();
    assert!(told.len() == 2 && told[0].contains("esia") && told[1].contains("oidc"), "{told:?}");
    assert_eq!(suite.rows("select count(*) from event where kind = 'level.fell'"), [["1"]]);
}

#[tokio::test]
async fn a_code_counts_in_the_browser_that_asked_for_it_alone() {
    let suite = Suite::demo(NOW);
    let asked = recovering(&suite, "anna").await;
    let path = format!("/api/auth/recoveries/{}/confirm", asked.id);
    let body = json!({ "code": asked.code, "password": PASSWORD });
    let mut elsewhere = Browser::signed_in(&suite, "6.6.6.6:1", "boris").await;
    assert_eq!(elsewhere.ask("POST", &path, Some(body)).await.problem(), "not-found");
    let registering = registering(&suite, "+79161234567").await;
    let path = format!("/api/auth/registrations/{}/confirm", registering.id);
    let body = registration(&registering.code, PASSWORD);
    assert_eq!(elsewhere.ask("POST", &path, Some(body)).await.problem(), "not-found");
    assert_eq!(recover(&suite, &asked.id, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
}
