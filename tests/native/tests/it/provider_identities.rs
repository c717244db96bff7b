//! A new identity finds its person; a person takes one away.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use store::{confirmations, demo::PASSWORD};
use web::fresh_id;

use crate::{
    authenticator::Key,
    door::Browser,
    newcomer::{recover, recovering},
    provider::{BORIS, Decision, GOOD, link, register, sign_in, unlink, waiting},
    suite::Suite,
};

const AWAITING: &str = "/api/auth/identities/awaiting";
const IDENTITIES: &str = "/api/auth/identities";
const NEW_PASSWORD: &str = "сосна-и-72-ели";

#[tokio::test]
async fn who_is_new_decides_and_begins_here_with_a_consent() {
    let suite = Suite::with_provider();
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut browser, "/readings", GOOD).await, "/identity");
    let awaiting = browser.ask("GET", AWAITING, None).await;
    assert_eq!(awaiting.body["provider_name"], "Единый вход");
    assert_eq!(awaiting.body["name"], "Иванова Анна Сергеевна");
    assert_eq!(awaiting.body["next"], "/readings", "the way on is not lost");
    let consent = json!({ "purpose": "portal", "version": 99 });
    let id = &awaiting.body["unlinked_identity_id"];
    let outdated = json!({ "unlinked_identity_id": id, "name": "Анна", "consent": consent });
    let refused = browser.ask("POST", "/api/auth/identities/registrations", Some(outdated)).await;
    assert_eq!(refused.problem(), "consent-outdated");
    let session = register(&mut browser).await;
    assert_eq!(session["roles"], json!(["resident"]));
    assert_eq!(browser.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    let consents = browser.ask("GET", "/api/auth/consents", None).await;
    assert_eq!(consents.body["items"][0]["state"], "given");
    assert_eq!(browser.ask("GET", AWAITING, None).await.problem(), "not-found");
    assert_eq!(sign_in(&mut Browser::new(&suite, "10.0.0.6:1"), "/readings", GOOD).await, "/readings");
}

#[tokio::test]
async fn who_has_a_login_proves_both_and_signs_in_by_either() {
    let suite = Suite::with_provider();
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut browser).await.problem(), "unauthenticated");
    assert_eq!(browser.sign_in("anna", PASSWORD).await.status, StatusCode::OK);
    let linked = link(&mut browser).await;
    assert_eq!(linked.status, StatusCode::CREATED, "{}", linked.body);
    assert_eq!(linked.body["items"][0]["level"], "confirmed");
    let journal = browser.ask("GET", "/api/auth/journal", None).await;
    assert!(journal.text.contains("Привязан вход через другой сервис"), "{}", journal.body);
    assert!(!journal.text.contains("Выход из личного кабинета"), "who links goes on: {}", journal.body);
    let mut other = Browser::new(&suite, "10.0.0.6:1");
    assert_eq!(sign_in(&mut other, "/", GOOD).await, "/");
    let (one, two) =
        (browser.ask("GET", "/api/auth/session", None).await, other.ask("GET", "/api/auth/session", None).await);
    assert_eq!(one.body["person_id"], two.body["person_id"]);
}

#[tokio::test]
async fn who_links_goes_on_in_another_session_and_the_one_before_does_not_rise_with_it() {
    let suite = Suite::with_provider();
    let mut boris = Browser::signed_in(&suite, "10.0.0.5:1", "boris").await;
    let mut elsewhere = Browser::signed_in(&suite, "6.6.6.6:1", "boris").await;
    let earlier = boris.cookies();
    assert_eq!(sign_in(&mut boris, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut boris).await.status, StatusCode::CREATED);
    assert_eq!(boris.ask("GET", "/api/auth/level", None).await.body["level"], "confirmed");
    assert_eq!(elsewhere.ask("GET", "/api/auth/level", None).await.problem(), "unauthenticated");
    let replayed = suite.ask("GET", "/api/auth/level", &[("cookie", &earlier)], None).await;
    assert_eq!(replayed.problem(), "unauthenticated");
    assert_eq!(suite.rows("select provider from session where ended_at is null"), [["oidc"]]);
}

#[tokio::test]
async fn an_identity_that_waits_is_seen_and_taken_by_its_own_browser_alone() {
    let suite = Suite::with_provider();
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
    let mut other = Browser::signed_in(&suite, "6.6.6.6:1", "boris").await;
    assert_eq!(other.ask("GET", AWAITING, None).await.problem(), "not-found");
    assert_eq!(link(&mut other).await.problem(), "not-found");
    assert_eq!(browser.ask("GET", AWAITING, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_knows_the_name_of_an_identity_that_waits_or_its_device_takes_nothing() {
    let suite = Suite::with_provider();
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
    let id = waiting(&mut browser).await;
    let device = browser.cookies().split("; ").find(|cookie| cookie.starts_with("__Host-device=")).unwrap().to_owned();
    let body = Some(json!({ "unlinked_identity_id": id }));
    let session = suite.sign_in("boris").await;
    let answer = suite.ask("POST", IDENTITIES, &[("cookie", &format!("{device}; {session}"))], body).await;
    assert_eq!(answer.problem(), "not-found");
    let kept = suite.rows("select cookie_hash from unlinked_identity").concat().concat();
    assert!(!browser.cookies().contains(&kept), "what is kept opens nothing");
}

#[tokio::test]
async fn another_identity_than_the_one_that_was_shown_is_not_taken() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    let shown = waiting(&mut anna).await;
    assert_eq!(sign_in(&mut anna, "/", Decision { subject: Some(BORIS), ..GOOD }).await, "/identity");
    let body = json!({ "unlinked_identity_id": shown });
    assert_eq!(anna.ask("POST", IDENTITIES, Some(body)).await.problem(), "not-found");
}

#[tokio::test]
async fn who_declines_or_signs_out_leaves_nothing_to_whoever_uses_the_browser_next() {
    let suite = Suite::with_provider();
    for (method, path) in [("DELETE", AWAITING), ("POST", "/api/auth/sign-out")] {
        let mut browser = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
        assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
        let cookies = browser.cookies();
        assert_eq!(browser.ask(method, path, None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(browser.ask("GET", AWAITING, None).await.problem(), "not-found");
        let replayed = suite.ask("GET", AWAITING, &[("cookie", &cookies)], None).await;
        assert_eq!(replayed.problem(), "not-found", "{path}");
        assert_eq!(browser.ask(method, path, None).await.status, StatusCode::NO_CONTENT, "harmless a second time");
    }
}

#[tokio::test]
async fn of_64_who_take_an_identity_at_once_exactly_one_gets_it() {
    for path in [IDENTITIES, "/api/auth/identities/registrations"] {
        let suite = Suite::with_provider();
        let mut browser = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
        assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
        let mut body = json!({ "unlinked_identity_id": waiting(&mut browser).await });
        if path != IDENTITIES {
            body["name"] = json!("Анна");
            body["consent"] = json!({ "purpose": "portal", "version": 2 });
        }
        let statuses = at_once(&suite, path, &browser.cookies(), &body);
        assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CREATED).count(), 1, "{path}");
        assert_eq!(statuses.iter().filter(|status| status.is_client_error()).count(), 63, "{path}");
        assert_eq!(suite.rows("select 1 from identity").len(), 1);
    }
}

/// What 64 requests at once are answered, each with a confirmation of its own where it asks for one.
fn at_once(suite: &Suite, path: &str, cookies: &str, body: &serde_json::Value) -> Vec<StatusCode> {
    suite.set("limit.confirmation_per_person", "64");
    std::thread::scope(|scope| {
        let ask = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let asked = runtime.block_on(suite.ask("POST", path, &[("cookie", cookies)], Some(body.clone())));
            let Some(id) = asked.body["confirmation"]["confirmation_id"].as_str() else { return asked.status };
            suite.env.db().write(|tx| confirmations::confirm(tx, suite.env.now(), id)).unwrap();
            let headers = [("cookie", cookies), ("confirmation", id)];
            runtime.block_on(suite.ask("POST", path, &headers, Some(body.clone()))).status
        };
        let asking: Vec<_> = (0..64).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[tokio::test]
async fn an_identity_waits_a_quarter_of_an_hour() {
    let suite = Suite::with_provider();
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
    suite.set_clock(suite.env.now() + domain::identity::UNLINKED_TIME + SignedDuration::from_secs(1));
    assert_eq!(browser.ask("GET", AWAITING, None).await.problem(), "not-found");
}

#[tokio::test]
async fn an_identity_is_one_person_s_and_a_person_has_one_of_each_provider() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    let of_boris = Decision { subject: Some(BORIS), ..GOOD };
    assert_eq!(sign_in(&mut anna, "/", of_boris).await, "/identity");
    assert_eq!(link(&mut anna).await.problem(), "identity-taken");
    assert_eq!(anna.ask("GET", AWAITING, None).await.status, StatusCode::OK, "a refusal uses nothing up");
    assert_eq!(suite.rows("select 1 from identity").len(), 1);
}

#[tokio::test]
async fn what_the_provider_says_of_a_person_is_taken_over_at_each_sign_in() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    link(&mut anna).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update identity set name = 'Прежняя', level = 'basic'", []).unwrap();
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/");
    assert_eq!(suite.rows("select name, level from identity"), [["Иванова Анна Сергеевна", "confirmed"]]);
}

#[tokio::test]
async fn a_name_that_came_from_the_provider_follows_it_until_its_person_writes_another() {
    let suite = Suite::with_provider();
    let mut new = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut new, "/", GOOD).await, "/identity");
    let told = new.ask("GET", AWAITING, None).await.body;
    let consent = json!({ "purpose": "portal", "version": 2 });
    let body =
        json!({ "unlinked_identity_id": told["unlinked_identity_id"], "name": told["name"], "consent": consent });
    let registered = new.ask("POST", "/api/auth/identities/registrations", Some(body)).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    // As the provider told it before the wedding.
    let earlier = "update person set name = 'Петрова Анна' where person_id in (select person_id from identity)";
    file.execute(earlier, []).unwrap();
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(60));
    assert_eq!(sign_in(&mut new, "/", GOOD).await, "/");
    assert_eq!(new.ask("GET", "/api/auth/session", None).await.body["name"], "Иванова Анна Сергеевна");
    assert!(new.ask("GET", "/api/auth/journal", None).await.text.contains("Имя изменено"));
    let kept = new.ask("GET", IDENTITIES, None).await.body["items"][0].take();
    assert!(kept["told_at"].as_str() > kept["linked_at"].as_str(), "{kept}");

    let renamed = new.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Анна" }))).await;
    assert_eq!(renamed.status, StatusCode::OK);
    assert_eq!(sign_in(&mut new, "/", GOOD).await, "/");
    assert_eq!(new.ask("GET", "/api/auth/session", None).await.body["name"], "Анна");
}

#[tokio::test]
async fn a_name_of_one_s_own_is_not_taken_from_the_provider() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/");
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.body["name"], "Анна Сергеевна");
}

#[tokio::test]
async fn the_last_way_in_is_not_taken_away() {
    let suite = Suite::with_provider();
    let mut new = Browser::new(&suite, "10.0.0.5:1");
    sign_in(&mut new, "/", GOOD).await;
    register(&mut new).await;
    assert_eq!(unlink(&mut new).await.problem(), "last-way-in");
    let person_id = suite.rows("select person_id from identity").concat().concat();
    Key::of("phone").keep(&suite, &person_id, &fresh_id(&suite.env));
    assert_eq!(unlink(&mut new).await.status, StatusCode::NO_CONTENT, "a passkey lets in too");
    let mut anna = Browser::signed_in(&suite, "10.0.0.6:1", "anna").await;
    assert_eq!(unlink(&mut anna).await.problem(), "not-found");
    sign_in(&mut anna, "/", Decision { subject: Some(BORIS), ..GOOD }).await;
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(unlink(&mut anna).await.status, StatusCode::NO_CONTENT);
    assert_eq!(anna.ask("GET", IDENTITIES, None).await.body, json!({ "items": [] }));
}

#[tokio::test]
async fn a_person_without_a_password_is_let_in_by_none() {
    let suite = Suite::with_provider();
    let mut new = Browser::new(&suite, "10.0.0.5:1");
    sign_in(&mut new, "/", GOOD).await;
    register(&mut new).await;
    let profile = new.ask("GET", "/api/auth/profile", None).await;
    let login = profile.body["login"].as_str().unwrap().to_owned();
    assert!(login.starts_with("oidc-"), "{login}");
    suite.count_hashes();
    for password in ["", " ", PASSWORD] {
        let answer = Browser::new(&suite, "10.0.0.7:1").sign_in(&login, password).await;
        assert!(["wrong-credentials", "validation"].contains(&answer.problem()), "{password:?} {}", answer.body);
    }
    assert_eq!(suite.hashes(), 2, "it costs as much as another's");
}

#[tokio::test]
async fn a_password_that_was_recovered_leaves_no_other_way_in() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    let asked = recovering(&suite, "anna").await;
    assert_eq!(recover(&suite, &asked.id, &asked.code, NEW_PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(sign_in(&mut Browser::new(&suite, "10.0.0.6:1"), "/", GOOD).await, "/identity");
}

#[tokio::test]
async fn who_was_in_by_an_identity_is_out_when_it_is_unlinked() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    let mut other = Browser::new(&suite, "6.6.6.6:1");
    assert_eq!(sign_in(&mut other, "/", GOOD).await, "/");
    assert_eq!(unlink(&mut anna).await.status, StatusCode::NO_CONTENT);
    assert_eq!(other.ask("GET", "/api/auth/session", None).await.problem(), "unauthenticated");
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_same_name_at_another_issuer_is_somebody_else() {
    let suite = Suite::with_provider();
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update identity set issuer = 'https://id.example'", []).unwrap();
    assert_eq!(sign_in(&mut Browser::new(&suite, "10.0.0.6:1"), "/", GOOD).await, "/identity");
}

#[tokio::test]
async fn who_withdrew_the_consent_signs_in_and_gives_no_new_data() {
    let suite = Suite::with_provider();
    let mut anna = Browser::new(&suite, "10.0.0.5:1");
    sign_in(&mut anna, "/", GOOD).await;
    register(&mut anna).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update identity set name = 'Прежняя'", []).unwrap();
    assert_eq!(anna.ask("POST", "/api/auth/consents/portal/withdraw", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/");
    assert_eq!(suite.rows("select name from identity"), [["Прежняя"]]);
}
