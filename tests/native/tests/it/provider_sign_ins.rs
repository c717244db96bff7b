//! Sign-in at a provider: who is let in, and every way in which nobody is.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    door::Browser,
    provider::{
        self, ANNA, Decision, GOOD, REPLAY, location, misbehave, patience, refusals, register, sign_in, sign_in_at,
        unlisted, way, way_at,
    },
    suite::Suite,
};

fn browser(suite: &Suite) -> Browser<'_> {
    Browser::new(suite, "10.0.0.5:1")
}

/// Somebody has the sandbox's identity of Anna already.
async fn with_anna() -> Suite {
    let suite = Suite::with_provider();
    let mut first = browser(&suite);
    assert_eq!(sign_in(&mut first, "/", GOOD).await, "/identity");
    register(&mut first).await;
    suite
}

fn sessions(suite: &Suite) -> usize {
    suite.rows("select 1 from session where ended_at is null").len()
}

#[tokio::test]
async fn the_providers_that_are_on_are_listed_and_without_a_client_id_there_is_none() {
    let suite = Suite::with_provider();
    let listed = suite.ask("GET", "/api/auth/providers", &[], None).await;
    assert_eq!(
        listed.body,
        json!({ "items": [
        { "provider": "oidc", "name": "Единый вход", "level": "confirmed", "tells_snils": false }
    ] })
    );
    let off = Suite::with_provider_but(&[("oidc_client_id", "")]);
    assert_eq!(off.ask("GET", "/api/auth/providers", &[], None).await.body, json!({ "items": [] }));
    let begun = off.ask("POST", "/api/auth/providers/oidc/sign-ins", &[], Some(json!({ "next": "/" }))).await;
    assert_eq!(begun.problem(), "not-found");
}

/// Each is on by itself, with its own button, level and address; an answer is taken where its sign-in began.
#[tokio::test]
async fn two_standard_providers_stand_side_by_side() {
    let suite = Suite::with_provider_but(&[("oidc2_client_id", "moydom")]);
    let listed = suite.ask("GET", "/api/auth/providers", &[], None).await;
    let told: Vec<_> =
        listed.body["items"].as_array().unwrap().iter().map(|one| [&one["provider"], &one["level"]]).collect();
    assert_eq!(told, [["oidc", "confirmed"], ["oidc2", "basic"]]);
    let callback = way_at("oidc2", &mut browser(&suite), "/", GOOD).await;
    assert!(callback.starts_with("/auth/oidc2/callback?"), "{callback}");
    let to = sign_in_at("oidc2", &mut browser(&suite), "/", GOOD).await;
    assert!(!to.contains("reason="), "who is new says who that is: {to}");
    let mut mixed = browser(&suite);
    let elsewhere = way_at("oidc2", &mut mixed, "/", GOOD).await.replace("/auth/oidc2/", "/auth/oidc/");
    assert_eq!(location(&mixed.ask("GET", &elsewhere, None).await), "/sign-in?reason=provider-stale");
}

#[tokio::test]
async fn a_callback_is_a_page_so_whatever_it_lacks_is_told_on_the_sign_in_page() {
    let suite = Suite::with_provider();
    for (path, reason, recorded) in [
        ("/auth/nobody/callback?state=x&code=y", "provider-unknown", None),
        ("/auth/esia/callback?state=x&code=y", "provider-unknown", None),
        ("/auth/oidc/callback?state=x&state=x&code=y", "provider-distrusted", Some("its parameters")),
        ("/auth/oidc/callback?code=y", "provider-stale", Some("state: no sign-in")),
    ] {
        let answer = browser(&suite).ask("GET", path, None).await;
        assert_eq!(location(&answer), format!("/sign-in?reason={reason}"), "{path}");
        assert_eq!(recorded.is_none(), refusals(&suite, "oidc").is_empty(), "{path}");
        assert!(recorded.is_none_or(|cause| refusals(&suite, "oidc")[0].contains(cause)), "{path}");
    }
}

#[tokio::test]
async fn who_is_known_is_let_in_and_goes_on_where_the_way_began() {
    let suite = with_anna().await;
    for signing in ["ES256", "RS256"] {
        // The key of RSA was made just now: the set of keys is read anew, though no oftener than each half minute.
        suite.set_clock(suite.env.now() + SignedDuration::from_secs(31));
        let mut browser = browser(&suite);
        assert_eq!(sign_in(&mut browser, "/readings", Decision { signing, ..GOOD }).await, "/readings", "{signing}");
        let session = browser.ask("GET", "/api/auth/session", None).await;
        assert_eq!((session.status, &session.body["name"]), (StatusCode::OK, &json!("Анна Сергеевна")));
    }
}

#[tokio::test]
async fn the_way_on_never_leads_to_another_site() {
    let suite = with_anna().await;
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example", "/sign-in", "/api/auth/session"] {
        assert_eq!(sign_in(&mut browser(&suite), next, GOOD).await, "/", "{next}");
    }
}

#[tokio::test]
async fn every_misbehaviour_is_refused_with_its_reason_recorded_and_leaves_no_session() {
    let suite = with_anna().await;
    suite.set("limit.provider_refusal", "1000");
    let before = sessions(&suite);
    let table = [
        ("wrong-state", "provider-stale", "state: no sign-in of this browser waits for it"),
        (REPLAY, "provider-stale", "state: no sign-in of this browser waits for it"),
        ("wrong-iss", "provider-distrusted", "another provider answered"),
        ("no-iss", "provider-distrusted", "it does not name its provider, who promises to"),
        ("no-code", "provider-distrusted", "neither a code nor an error came"),
        ("refused-code", "provider-stale", "the provider refuses the code: invalid_grant"),
        ("refused-oddly", "provider-unavailable", "an error that the standard does not have"),
        ("refused-client", "provider-misconfigured", "the provider refuses the code: invalid_client"),
        ("broken", "provider-unavailable", "the token endpoint answered 500"),
        ("not-json", "provider-unavailable", "the token endpoint's answer has no tokens"),
        ("slow", "provider-unavailable", "timeout"),
        ("other-issuer", "provider-distrusted", "iss: another issuer"),
        ("other-audience", "provider-distrusted", "aud: another audience"),
        ("other-party", "provider-distrusted", "azp: another party"),
        ("expired", "provider-distrusted", "exp: expired"),
        ("early", "provider-distrusted", "nbf or iat: not yet valid"),
        ("old", "provider-distrusted", "iat: issued too long ago"),
        ("stale-auth-time", "provider-not-anew", "auth_time: not a moment ago"),
        ("no-auth-time", "provider-not-anew", "auth_time: not a moment ago"),
        ("other-nonce", "provider-distrusted", "nonce: another sign-in"),
        ("no-nonce", "provider-distrusted", "nonce: another sign-in"),
        ("other-access-token", "provider-distrusted", "at_hash: another access token"),
        ("alg-none", "provider-distrusted", "its algorithm is not on our list"),
        ("hs256", "provider-distrusted", "its algorithm is not on our list"),
        ("unknown-kid", "provider-distrusted", "it names a key that the provider does not publish"),
        ("other-key", "provider-distrusted", "the signature is wrong"),
        ("tampered", "provider-distrusted", "the signature is wrong"),
        ("other-user-info", "provider-distrusted", "the user info is of somebody else"),
    ];
    assert_eq!(unlisted(&table, &sandbox::OIDC_MISBEHAVIOURS), ["none"]);
    for (misbehaviour, reason, cause) in table {
        suite.set_patience(patience(misbehaviour));
        let mut browser = browser(&suite);
        let known = refusals(&suite, "oidc").len();
        let to = misbehave("oidc", &mut browser, Decision { misbehaviour, ..GOOD }).await;
        assert_eq!(to, format!("/sign-in?reason={reason}"), "{misbehaviour}");
        assert_eq!(browser.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
        let recorded = refusals(&suite, "oidc");
        assert_eq!(recorded.len(), known + 1, "{misbehaviour}");
        assert!(recorded[0].contains(cause), "{misbehaviour}: {}", recorded[0]);
    }
    assert_eq!(sessions(&suite), before);
}

#[tokio::test]
async fn of_refusals_that_anybody_can_cause_each_network_fills_no_more_than_its_share_of_the_record() {
    let suite = Suite::with_provider();
    for (address, times, recorded) in [("6.6.6.6:1", 25, 20), ("10.0.0.5:1", 3, 22), ("10.0.0.6:1", 3, 24)] {
        for _ in 0..times {
            let declined = Decision { subject: None, ..GOOD };
            let to = sign_in(&mut Browser::new(&suite, address), "/", declined).await;
            assert_eq!(to, "/sign-in?reason=provider-declined");
        }
        let rows = suite.rows("select 1 from audit_entry where action = 'provider-sign-in.refuse'");
        assert_eq!(rows.len(), recorded, "{address}");
    }
}

#[tokio::test]
async fn keys_that_the_provider_changed_are_read_anew_and_the_old_ones_sign_nobody_in_any_more() {
    // A sandbox of its own: the others' tokens go on being signed.
    let origin = provider::start();
    let suite = Suite::with_provider_but(&[("oidc_issuer", &format!("{origin}/oidc"))]);
    let mut first = browser(&suite);
    assert_eq!(sign_in(&mut first, "/", GOOD).await, "/identity");
    let rotated = provider::agent().post(format!("{origin}/oidc/rotate-keys")).send_empty().unwrap();
    assert_eq!(rotated.status(), 204);
    assert_eq!(sign_in(&mut browser(&suite), "/", GOOD).await, "/sign-in?reason=provider-distrusted", "asked just now");
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(31));
    assert_eq!(sign_in(&mut browser(&suite), "/", GOOD).await, "/identity");
}

#[test]
fn the_sign_in_page_has_words_for_every_reason() {
    let read = |path: &str| std::fs::read_to_string(format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (page, style) = (read("static/sign-in.html"), read("static/css/reasons.css"));
    for reason in domain::identity::refusal::Reason::ALL.map(domain::identity::refusal::Reason::as_str) {
        assert!(page.contains(&format!("data-reason-text=\"{reason}\"")), "{reason}");
        assert!(style.contains(&format!("[data-reason=\"{reason}\"]")), "{reason}");
    }
}

#[tokio::test]
async fn an_answer_to_another_sign_in_finds_none() {
    let suite = with_anna().await;
    let before = sessions(&suite);
    let to = sign_in(&mut browser(&suite), "/", Decision { misbehaviour: "wrong-state", ..GOOD }).await;
    assert_eq!(to, "/sign-in?reason=provider-stale");
    assert_eq!(sessions(&suite), before);
}

#[tokio::test]
async fn who_declines_at_the_provider_is_told_so() {
    let suite = with_anna().await;
    let declined = Decision { subject: None, ..GOOD };
    assert_eq!(sign_in(&mut browser(&suite), "/", declined).await, "/sign-in?reason=provider-declined");
}

#[tokio::test]
async fn a_stolen_callback_opens_nothing_in_another_browser() {
    let suite = with_anna().await;
    let mut victim = browser(&suite);
    let callback = way(&mut victim, "/", GOOD).await;
    let mut thief = Browser::new(&suite, "6.6.6.6:1");
    assert_eq!(location(&thief.ask("GET", &callback, None).await), "/sign-in?reason=provider-stale");
    assert_eq!(location(&victim.ask("GET", &callback, None).await), "/");
}

#[tokio::test]
async fn of_64_answers_with_one_state_exactly_one_is_let_in() {
    let suite = with_anna().await;
    let (mut browser, before) = (browser(&suite), sessions(&suite));
    let callback = way(&mut browser, "/", GOOD).await;
    let cookies = browser.cookies();
    let (suite, callback) = (&suite, callback.as_str());
    let locations: Vec<_> = std::thread::scope(|scope| {
        let ask = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            location(&runtime.block_on(suite.ask("GET", callback, &[("cookie", &cookies)], None)))
        };
        let asking: Vec<_> = (0..64).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(locations.iter().filter(|to| *to == "/").count(), 1);
    assert_eq!(locations.iter().filter(|to| *to == "/sign-in?reason=provider-stale").count(), 63);
    assert_eq!(sessions(suite), before + 1);
}

#[tokio::test]
async fn a_sign_in_that_takes_longer_than_its_time_begins_anew() {
    let suite = with_anna().await;
    let mut browser = browser(&suite);
    let callback = way(&mut browser, "/", GOOD).await;
    suite.set_clock(suite.env.now() + domain::identity::SIGN_IN_TIME + SignedDuration::from_secs(1));
    assert_eq!(location(&browser.ask("GET", &callback, None).await), "/sign-in?reason=provider-stale");
}

#[tokio::test]
async fn the_session_that_was_there_before_ends() {
    let suite = with_anna().await;
    let mut browser = Browser::signed_in(&suite, "10.0.0.5:1", "boris").await;
    let earlier = browser.cookies();
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/");
    assert_ne!(browser.cookies(), earlier);
    let answer = suite.ask("GET", "/api/auth/session", &[("cookie", &earlier)], None).await;
    assert_eq!(answer.problem(), "unauthenticated");
}

#[tokio::test]
async fn sign_ins_that_are_only_begun_are_limited() {
    let suite = Suite::with_provider();
    let mut browser = browser(&suite);
    let mut begin =
        async || browser.ask("POST", "/api/auth/providers/oidc/sign-ins", Some(json!({ "next": "/" }))).await;
    for _ in 0..20 {
        assert_eq!(begin().await.status, StatusCode::CREATED);
    }
    assert_eq!(begin().await.problem(), "rate-limited");
}

#[tokio::test]
async fn what_is_kept_of_a_sign_in_opens_nothing() {
    let suite = Suite::with_provider();
    let mut browser = browser(&suite);
    let callback = way(&mut browser, "/", GOOD).await;
    let state = callback.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let kept = suite.rows("select state_hash || device from provider_sign_in").concat().concat();
    let cookies = browser.cookies();
    let device = cookies.split("__Host-device=").nth(1).unwrap();
    assert!(!kept.contains(state) && !kept.contains(device), "{kept}");
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/identity");
    assert_eq!(suite.rows("select subject from unlinked_identity where used_at is null"), [[ANNA]]);
}
