//! Registering by a code to phone or e-mail.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    door::Browser,
    newcomer::{PASSWORD, ask_to_register, register, registering, registering_in, registration},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const NEW: &str = "+79161234567";
/// Anna's, of the demo house.
const KNOWN: &str = "+79000000015";

fn pass(suite: &Suite, time: SignedDuration) {
    suite.set_clock(suite.env.now() + time);
}

fn without(answer: &Value, fields: &[&str]) -> Value {
    let mut answer = answer.clone();
    for field in fields {
        assert!(!answer[field].take().is_null(), "{field}");
    }
    answer
}

#[tokio::test]
async fn a_common_password_is_refused_where_the_operator_wants_it_and_the_rules_tell_so() {
    let suite = Suite::demo(NOW);
    let codes = |answer: &crate::suite::Answer| answer.body["rules"].to_string();
    let rules = suite.ask("GET", "/api/auth/password-rules", &[], None).await;
    assert!(!codes(&rules).contains("not-common"), "{}", rules.body);
    suite.set("password.refuse_common", "true");
    let rules = suite.ask("GET", "/api/auth/password-rules", &[], None).await;
    assert!(codes(&rules).contains("not-common") && codes(&rules).contains("not-of-known-words"), "{}", rules.body);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    for password in ["Abc12345", "moydom2026", "anna-1985"] {
        let passwords = json!({ "old_password": store::demo::PASSWORD, "new_password": password });
        let refused = anna.ask("POST", "/api/auth/password", Some(passwords)).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/new_password", "{password}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_code_a_name_a_password_and_a_consent_make_a_person_who_is_signed_in() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    let contact = json!({ "contact": "8 (916) 123-45-67" });
    let asked = browser.ask("POST", "/api/auth/registrations", Some(contact)).await;
    assert_eq!(asked.status, StatusCode::CREATED);
    let told = without(&asked.body, &["registration_id"]);
    let expected = json!({ "registration_id": null, "channel": "sms", "masked_contact": "+7********67",
                           "expires_at": "2026-07-20T09:05:00.000Z", "attempts_left": 5 });
    assert_eq!(told, expected);
    let path = format!("/api/auth/registrations/{}/confirm", asked.body["registration_id"].as_str().unwrap());
    let body = registration(&suite.last_code(), PASSWORD);
    let answer = browser.ask("POST", &path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!((&answer.body["name"], &answer.body["roles"]), (&json!("Мария Ивановна"), &json!(["resident"])));
    let session = browser.ask("GET", "/api/auth/session", None).await;
    assert_eq!(session.body, answer.body);

    let mut another = Browser::new(&suite, "10.0.0.6:1");
    assert_eq!(another.sign_in(NEW, PASSWORD).await.status, StatusCode::OK);
    let person = answer.body["person_id"].as_str().unwrap();
    let acts = format!("select purpose, version, act, address from consent_act where person_id = '{person}'");
    assert_eq!(suite.rows(&acts), [["portal", "2", "given", "10.0.0.5"]]);
    let audited = format!("select action from audit_entry where actor = '{person}' order by audit_seq limit 3");
    assert_eq!(suite.rows(&audited), [["person.register"], ["consent.give"], ["session.open"]]);
    let told = format!("select kind from event where person_id = '{person}' order by event_id");
    assert_eq!(suite.rows(&told), [["person.registered"], ["sign-in.new-device"]]);
}

#[tokio::test]
async fn an_e_mail_registers_as_well_as_a_phone() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, " Maria@Example.RU ").await;
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(suite.rows("select email from person where email is not null"), [["maria@example.ru"]]);
}

#[tokio::test]
async fn neither_code_nor_password_is_kept() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    register(&suite, &asked, &asked.code, PASSWORD).await;
    for (table, column) in [("contact_code", "code_hash"), ("person", "password_hash"), ("audit_detail", "fields")] {
        let code = format!("select 1 from {table} where {column} like '%{}%'", asked.code);
        let password = format!("select 1 from {table} where {column} like '%{PASSWORD}%'");
        assert_eq!((suite.rows(&code).len(), suite.rows(&password).len()), (0, 0), "{table}");
    }
}

#[tokio::test]
async fn a_contact_that_somebody_has_gets_the_same_answer_at_the_same_cost_and_other_words() {
    let suite = Suite::demo(NOW);
    let before = store::stats::calls().sql;
    let unknown = ask_to_register(&suite, NEW).await;
    let between = store::stats::calls().sql;
    suite.last_code();
    let known = ask_to_register(&suite, KNOWN).await;
    let after = store::stats::calls().sql;
    assert_eq!(between - before, after - between);
    let fields = ["registration_id", "masked_contact"];
    assert_eq!(unknown.status, known.status);
    assert_eq!(without(&unknown.body, &fields), without(&known.body, &fields));
    let message = suite.last_message();
    let words = message["text"].as_str().unwrap();
    assert!(words.contains("уже есть вход") && words.contains("http://127.0.0.1:3000/recover"), "{words}");
    assert!(!words.contains("код"), "{words}");
}

#[tokio::test]
async fn no_code_fits_where_somebody_has_the_contact_and_tries_run_out_alike() {
    let suite = Suite::demo(NOW);
    let unknown = registering(&suite, NEW).await;
    let known = ask_to_register(&suite, KNOWN).await.body["registration_id"].as_str().unwrap().to_owned();
    let known = crate::newcomer::Asked { id: known, code: unknown.code.clone() };
    for _ in 0..6 {
        let (one, other) = (
            register(&suite, &unknown, &unknown.wrong_code(), PASSWORD).await,
            register(&suite, &known, &known.wrong_code(), PASSWORD).await,
        );
        assert_eq!(one.status, other.status);
        assert_eq!(without(&one.body, &["request_id"]), without(&other.body, &["request_id"]));
    }
    assert_eq!(register(&suite, &unknown, &unknown.code, PASSWORD).await.problem(), "code-spent");
}

#[tokio::test]
async fn a_wrong_code_costs_one_of_five_tries() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    for left in (0..5).rev() {
        let answer = register(&suite, &asked, &asked.wrong_code(), PASSWORD).await;
        assert_eq!(answer.problem(), "wrong-code");
        assert_eq!(answer.body["errors"][0]["attempts_left"], left);
    }
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.problem(), "code-spent");
}

#[tokio::test]
async fn what_needs_no_code_costs_no_try_and_no_hash() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    suite.count_hashes();
    let path = format!("/api/auth/registrations/{}/confirm", asked.id);
    for (field, value, pointer) in [
        ("code", json!("12345"), "/code"),
        ("name", json!("  "), "/name"),
        ("password", json!("12345678"), "/password"),
        ("password", json!(""), "/password"),
        ("consent", json!({ "purpose": "news", "version": 1 }), "/consent/purpose"),
    ] {
        let mut body = registration(&asked.wrong_code(), PASSWORD);
        body[field] = value;
        let answer = suite.ask("POST", &path, &[], Some(body)).await;
        assert_eq!(answer.problem(), "validation", "{field}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
    assert_eq!(suite.rows("select attempts_left from contact_code"), [["5"]]);
    assert_eq!(suite.hashes(), 0);
    register(&suite, &asked, &asked.wrong_code(), PASSWORD).await;
    assert_eq!(suite.hashes(), 0);
    register(&suite, &asked, &asked.code, PASSWORD).await;
    assert_eq!(suite.hashes(), 1);
    assert!(suite.rows("select 1 from hashing_slot").is_empty());
}

#[tokio::test]
async fn a_password_is_not_the_contact_and_the_right_code_still_holds() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    let answer = register(&suite, &asked, &asked.code, "8 (916) 123-45-67").await;
    assert_eq!(answer.problem(), "validation");
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_strict_policy_is_a_setting() {
    let suite = Suite::demo(NOW);
    suite.set("password.policy", "strict");
    let asked = registering(&suite, NEW).await;
    let answer = register(&suite, &asked, &asked.code, PASSWORD).await;
    assert_eq!(answer.problem(), "validation");
    assert!(answer.body["errors"][0]["detail"].as_str().unwrap().contains("с заглавной буквой"));
    let rules = suite.ask("GET", "/api/auth/password-rules", &[], None).await;
    let codes: Vec<_> = rules.body["rules"].as_array().unwrap().iter().map(|rule| &rule["code"]).collect();
    assert!(codes.contains(&&json!("upper")) && !codes.contains(&&json!("not-only-digits")), "{codes:?}");
    assert_eq!(register(&suite, &asked, &asked.code, "Сосна-и-72-ели").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_code_expires() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    pass(&suite, SignedDuration::from_secs(301));
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.problem(), "code-expired");
}

#[tokio::test]
async fn asking_again_spends_the_earlier_code_of_this_device_and_no_other_s() {
    let suite = Suite::demo(NOW);
    let elsewhere = registering(&suite, NEW).await;
    let mut browser = Browser::new(&suite, "83.1.2.3:1");
    let first = registering_in(&mut browser, &suite, NEW).await;
    let second = registering_in(&mut browser, &suite, "89161234567").await;
    assert_eq!(register(&suite, &elsewhere, &elsewhere.wrong_code(), PASSWORD).await.problem(), "wrong-code");
    assert_eq!(register(&suite, &first, &first.code, PASSWORD).await.problem(), "code-spent");
    assert_eq!(register(&suite, &second, &second.code, PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_registration_is_confirmed_once() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    let persons = suite.rows("select 1 from person").len();
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.problem(), "code-spent");
    assert_eq!(suite.rows("select 1 from person").len(), persons + 1);
}

#[tokio::test]
async fn an_outdated_consent_is_asked_for_again_and_costs_no_try() {
    let suite = Suite::demo(NOW);
    let asked = registering(&suite, NEW).await;
    let day = suite.env.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let text =
        store::consents::NewText { purpose: "portal", valid_from: day, title: "Согласие", body: "Новое." };
    suite.env.db().write(|tx| store::consents::publish(tx, suite.env.now(), &text)).unwrap();
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.problem(), "consent-outdated");
    let mut body = registration(&asked.code, PASSWORD);
    body["consent"]["version"] = json!(3);
    let path = format!("/api/auth/registrations/{}/confirm", asked.id);
    let own = [("cookie", &*suite.asked_in(&asked.id))];
    assert_eq!(suite.ask("POST", &path, &own, Some(body)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn codes_to_one_contact_are_few_in_an_hour_whoever_has_it() {
    for contact in [NEW, KNOWN] {
        let suite = Suite::demo(NOW);
        for _ in 0..5 {
            assert_eq!(ask_to_register(&suite, contact).await.status, StatusCode::CREATED);
        }
        let sent = suite.sent_count();
        let refused = ask_to_register(&suite, contact).await;
        assert_eq!((refused.problem(), suite.sent_count()), ("rate-limited", sent));
        assert_eq!(refused.headers["retry-after"], "3600");
        pass(&suite, SignedDuration::from_hours(1));
        assert_eq!(ask_to_register(&suite, contact).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn codes_from_one_device_and_one_address_are_few_in_an_hour() {
    let suite = Suite::demo(NOW);
    let contact = |number: u32| json!({ "contact": format!("+7916000{number:04}") });
    let mut phone = Browser::new(&suite, "10.0.0.5:1");
    for number in 0..10 {
        let answer = phone.ask("POST", "/api/auth/registrations", Some(contact(number))).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }
    let refused = phone.ask("POST", "/api/auth/registrations", Some(contact(10))).await;
    assert_eq!(refused.problem(), "rate-limited");
    for number in 10..60 {
        let answer =
            Browser::new(&suite, "10.0.0.5:1").ask("POST", "/api/auth/registrations", Some(contact(number))).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{number}: {}", answer.body);
    }
    let refused = Browser::new(&suite, "10.0.0.5:1").ask("POST", "/api/auth/registrations", Some(contact(60))).await;
    assert_eq!(refused.problem(), "rate-limited");
    let elsewhere = Browser::new(&suite, "10.0.0.6:1").ask("POST", "/api/auth/registrations", Some(contact(60))).await;
    assert_eq!(elsewhere.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_addresses_of_one_subscriber_of_ipv6_count_as_one() {
    let suite = Suite::demo(NOW);
    suite.set("limit.code_per_address", "2");
    let from = async |address: &str, contact: &str| {
        let body = json!({ "contact": contact });
        Browser::new(&suite, address).ask("POST", "/api/auth/registrations", Some(body)).await
    };
    assert_eq!(from("[2001:db8::1]:1", "+79160000001").await.status, StatusCode::CREATED);
    assert_eq!(from("[2001:db8::f00:2]:1", "+79160000002").await.status, StatusCode::CREATED);
    assert_eq!(from("[2001:db8::3]:1", "+79160000003").await.problem(), "rate-limited");
    assert_eq!(from("[2001:db8:0:1::3]:1", "+79160000003").await.status, StatusCode::CREATED, "a neighbour");
}

#[tokio::test]
async fn only_a_phone_or_an_e_mail_can_be_registered() {
    let suite = Suite::demo(NOW);
    for contact in ["", "anna", "12345", "a@b", "+1 202 555 0100"] {
        let answer = ask_to_register(&suite, contact).await;
        assert_eq!((answer.problem(), suite.sent_count()), ("validation", 0), "{contact}");
        assert_eq!(answer.body["errors"][0]["pointer"], "/contact");
    }
}

#[tokio::test]
async fn an_unknown_registration_is_not_there() {
    let suite = Suite::demo(NOW);
    let asked = crate::newcomer::Asked { id: "nothing".to_owned(), code: "123456".to_owned() };
    assert_eq!(register(&suite, &asked, "123456", PASSWORD).await.problem(), "not-found");
}

#[tokio::test]
async fn a_registration_in_an_empty_state_makes_it_a_live_one() {
    let suite = Suite::empty(NOW);
    let asked = registering(&suite, NEW).await;
    assert_eq!(register(&suite, &asked, &asked.code, PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(suite.rows("select kind from state"), [["live"]]);
}

#[tokio::test]
async fn contacts_of_who_never_finished_are_forgotten_after_a_day() {
    let suite = Suite::demo(NOW);
    registering(&suite, NEW).await;
    let start: Timestamp = NOW.parse().unwrap();
    for (hours, kept) in [(23, 1), (25, 0)] {
        suite.set_clock(start + SignedDuration::from_hours(hours));
        reminders::run(&suite.env, suite.env.now()).unwrap();
        assert_eq!(suite.rows("select 1 from contact_code").len(), kept, "after {hours} hours");
    }
}
