//! The end of a session at a provider: the way there, and the provider's word that it is over.

use http::StatusCode;
use serde_json::json;

use crate::{
    door::Browser,
    esia,
    factors::Equipped,
    provider::{self, ANNA, BORIS, Decision, GOOD, agent, link, register, sign_in},
    suite::{Answer, Suite},
};

const SIGN_OUT: &str = "/api/auth/sign-out";

/// A suite in which Anna has just signed in by the provider twice, in two browsers.
async fn signed_in_twice(suite: &Suite) -> [Browser<'_>; 2] {
    let mut first = Browser::new(suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut first, "/", GOOD).await, "/identity");
    register(&mut first).await;
    suite.set_clock(suite.env.now() + jiff::SignedDuration::from_secs(1));
    let mut second = Browser::new(suite, "10.0.0.6:1");
    assert_eq!(sign_in(&mut second, "/", GOOD).await, "/");
    [first, second]
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.ask("GET", "/api/auth/session", None).await.status == StatusCode::OK
}

/// A token of the sandbox's provider.
fn token(subject: Option<&str>, sid: Option<&str>, misbehaviour: &str) -> String {
    let named = [("subject", subject), ("sid", sid)];
    let mut form = format!("client_id=moydom&misbehaviour={misbehaviour}");
    for (name, value) in named.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        form += &format!("&{name}={value}");
    }
    let address = format!("{}/oidc/logout-tokens", provider::origin());
    let sent = agent().post(address).content_type("application/x-www-form-urlencoded").send(form);
    sent.unwrap().body_mut().read_to_string().unwrap()
}

async fn deliver(suite: &Suite, token: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("spin-client-addr", "10.0.0.9:1")];
    let body = format!("logout_token={token}");
    suite.send("POST", "/auth/oidc/back-channel-logout", &headers, body.into_bytes()).await
}

#[tokio::test]
async fn who_came_by_a_provider_is_led_to_sign_out_there_too() {
    let suite = Suite::with_provider();
    let [mut first, mut second] = signed_in_twice(&suite).await;
    for browser in [&mut first, &mut second] {
        let answer = browser.ask("POST", SIGN_OUT, None).await;
        assert_eq!(answer.status, StatusCode::OK);
        let url = answer.body["sign_out_url"].as_str().unwrap();
        assert!(
            url.starts_with(&format!(
                "{}/oidc/sign-out?client_id=moydom&post_logout_redirect_uri=",
                provider::origin()
            ))
        );
        let sent = agent().get(url).call().unwrap();
        assert_eq!(sent.headers()["location"], "http://127.0.0.1:3000/sign-in?reason=signed-out");
        assert!(!is_signed_in(browser).await);
        assert_eq!(browser.ask("POST", SIGN_OUT, None).await.status, StatusCode::NO_CONTENT, "harmless again");
    }
    let mut by_password = Browser::signed_in(&suite, "10.0.0.7:1", "boris").await;
    assert_eq!(by_password.ask("POST", SIGN_OUT, None).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn who_came_by_esia_is_led_to_its_own_way_out() {
    let suite = esia::with_esia(&[]);
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(esia::esia(&mut browser, "/", esia::SIGNED_IN).await, "/identity");
    register(&mut browser).await;
    let answer = browser.ask("POST", SIGN_OUT, None).await;
    let url = answer.body["sign_out_url"].as_str().unwrap();
    assert!(url.contains("/esia/idp/ext/Logout?client_id=MOYDOM01&redirect_url=http"), "{url}");
    assert_eq!(agent().get(url).call().unwrap().status(), 303);
}

#[tokio::test]
async fn a_provider_that_is_gone_keeps_nobody_signed_in() {
    let suite = Suite::with_provider();
    let [mut browser, _] = signed_in_twice(&suite).await;
    let gone = jiff::SignedDuration::from_hours(2);
    suite.set_clock(suite.env.now() + gone);
    suite.set_patience(std::time::Duration::from_nanos(1));
    assert_eq!(browser.ask("POST", SIGN_OUT, None).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn the_session_that_a_provider_names_ends_and_no_other() {
    let suite = Suite::with_provider();
    let [mut first, mut second] = signed_in_twice(&suite).await;
    let mut by_password = Browser::signed_in(&suite, "10.0.0.7:1", "boris").await;
    let sids = suite.rows("select provider_sid from session where provider = 'oidc' order by created_at").concat();
    let answer = deliver(&suite, &token(Some(ANNA), Some(&sids[0]), "")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(!is_signed_in(&mut first).await && is_signed_in(&mut second).await);
    assert!(is_signed_in(&mut by_password).await);
    let journal = second.ask("GET", "/api/auth/journal", None).await;
    let what: Vec<_> = journal.body["items"].as_array().unwrap().iter().map(|item| &item["what"]).collect();
    assert!(what.contains(&&json!("Выход: вы вышли в сервисе, через который входили")), "{what:?}");
}

#[tokio::test]
async fn all_sessions_of_the_person_whom_a_provider_names_end() {
    let suite = Suite::with_provider();
    let [mut first, mut second] = signed_in_twice(&suite).await;
    let mut other = Browser::new(&suite, "10.0.0.8:1");
    assert_eq!(sign_in(&mut other, "/", Decision { subject: Some(BORIS), ..GOOD }).await, "/identity");
    register(&mut other).await;
    assert_eq!(deliver(&suite, &token(Some(ANNA), None, "")).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&mut first).await && !is_signed_in(&mut second).await);
    assert!(is_signed_in(&mut other).await);
}

#[tokio::test]
async fn what_only_waits_to_become_a_session_ends_too() {
    const AWAITING: [&str; 2] = ["/api/auth/identities/awaiting", "/api/auth/sign-ins/awaiting"];
    let suite = Suite::with_provider();
    let mut nobody = Browser::new(&suite, "10.0.0.5:1");
    assert_eq!(sign_in(&mut nobody, "/", Decision { subject: Some(BORIS), ..GOOD }).await, "/identity");
    let sid = suite.rows("select sid from unlinked_identity").concat().concat();
    let mut anna = Browser::signed_in(&suite, "10.0.0.6:1", "anna").await;
    Equipped::in_browser(&suite, &mut anna, "anna").await;
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    let mut half = Browser::new(&suite, "10.0.0.7:1");
    assert_eq!(sign_in(&mut half, "/", GOOD).await, "/sign-in?reason=second-factor&next=%2F");
    for (browser, path, over) in
        [(&mut nobody, AWAITING[0], token(None, Some(&sid), "")), (&mut half, AWAITING[1], token(Some(ANNA), None, ""))]
    {
        assert_eq!(deliver(&suite, &token(Some("1000000003"), None, "")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(browser.ask("GET", path, None).await.status, StatusCode::OK, "somebody else's sign-out");
        assert_eq!(deliver(&suite, &over).await.status, StatusCode::NO_CONTENT);
        assert_eq!(browser.ask("GET", path, None).await.problem(), "not-found");
    }
}

#[tokio::test]
async fn a_token_that_does_not_fit_ends_nothing() {
    let suite = Suite::with_provider();
    let [mut first, mut second] = signed_in_twice(&suite).await;
    for misbehaviour in [
        "other-issuer",
        "other-audience",
        "expired",
        "early",
        "old",
        "no-jti",
        "no-event",
        "nonce",
        "nobody",
        "other-type",
        "alg-none",
        "unknown-kid",
        "other-key",
    ] {
        let answer = deliver(&suite, &token(Some(ANNA), None, misbehaviour)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{misbehaviour}");
        assert_eq!(answer.problem(), "logout-token-refused", "{misbehaviour}");
    }
    assert_eq!(deliver(&suite, "forged").await.problem(), "logout-token-refused");
    assert!(is_signed_in(&mut first).await && is_signed_in(&mut second).await);
}

#[tokio::test]
async fn an_id_token_ends_nothing_though_the_provider_signed_it() {
    let suite = Suite::with_provider();
    let [mut first, _] = signed_in_twice(&suite).await;
    let tampered = token(Some(ANNA), None, "").replacen('.', ".e30.", 1);
    assert_eq!(deliver(&suite, &tampered).await.problem(), "logout-token-refused");
    assert!(is_signed_in(&mut first).await);
}

#[tokio::test]
async fn of_64_deliveries_of_one_token_exactly_one_counts() {
    let suite = Suite::with_provider();
    let [mut first, _] = signed_in_twice(&suite).await;
    let token = token(Some(ANNA), None, "");
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let ask = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(deliver(&suite, &token)).status
        };
        let asking: Vec<_> = (0..64).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::NO_CONTENT).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::BAD_REQUEST).count(), 63);
    assert!(!is_signed_in(&mut first).await);
    assert_eq!(suite.rows("select 1 from audit_entry where action = 'session.end-by-provider'").len(), 2);
}

#[tokio::test]
async fn only_a_provider_that_sends_such_tokens_has_the_place_for_them() {
    let suite = esia::with_esia(&[]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for provider in ["esia", "nobody"] {
        let path = format!("/auth/{provider}/back-channel-logout");
        let answer = suite.send("POST", &path, &headers, b"logout_token=x".to_vec()).await;
        assert_eq!(answer.problem(), "not-found", "{provider}");
    }
    let empty = suite.send("POST", "/auth/oidc/back-channel-logout", &headers, Vec::new()).await;
    assert_eq!(empty.body["errors"][0]["pointer"], "/logout_token");
    let json = suite.ask("POST", "/auth/oidc/back-channel-logout", &[], Some(json!({}))).await;
    assert_eq!(json.problem(), "unsupported-media-type");
}
