//! Sign-in by ESIA, against the sandbox's, which checks every request as ESIA does.

use std::sync::OnceLock;

use domain::identity::certificate::{ders, not_after};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    door::Browser,
    provider::{
        self, Decision, GOOD, REPLAY, agent, begin, link, location, misbehave, patience, refusals, register, sign_in,
        sign_in_at, unlisted, way_at,
    },
    suite::Suite,
};

/// Anna is confirmed there, Boris is not.
const ANNA: &str = "1000299353";
const BORIS: &str = "1000299354";
pub(crate) const SIGNED_IN: Decision = Decision { subject: Some(ANNA), signing: "RS256", ..GOOD };
/// Boris signs in.
pub(crate) const UNSURE: Decision = Decision { subject: Some(BORIS), ..SIGNED_IN };

/// A certificate of RSA that holds from 2026 to 2036.
const CERTIFICATE: &str = include_str!("esia.pem");

/// The key by which the sandbox signs.
fn certificate() -> &'static str {
    static CERTIFICATE: OnceLock<String> = OnceLock::new();
    CERTIFICATE.get_or_init(|| certificate_of(provider::origin()))
}

fn certificate_of(origin: &str) -> String {
    agent().get(format!("{origin}/esia/certificate")).call().unwrap().body_mut().read_to_string().unwrap()
}

pub(crate) fn with_esia(changes: &[(&str, &str)]) -> Suite {
    let on = [("esia_client_id", "MOYDOM01"), ("esia_certificates", certificate())];
    Suite::with_provider_but(&[&on, changes].concat())
}

fn browser(suite: &Suite) -> Browser<'_> {
    Browser::new(suite, "10.0.0.5:1")
}

pub(crate) async fn esia(browser: &mut Browser<'_>, next: &str, decision: Decision) -> String {
    sign_in_at("esia", browser, next, decision).await
}

#[tokio::test]
async fn both_providers_are_offered_at_once_and_each_knows_its_own() {
    let suite = with_esia(&[]);
    let listed = suite.ask("GET", "/api/auth/providers", &[], None).await;
    let item =
        |provider, name| json!({ "provider": provider, "name": name, "level": "confirmed", "tells_snils": false });
    assert_eq!(listed.body["items"], json!([item("esia", "Госуслуги"), item("oidc", "Единый вход")]));
    let other = with_esia(&[("esia_scope", "openid snils"), ("esia_level", "basic")]);
    let listed = other.ask("GET", "/api/auth/providers", &[], None).await.body;
    assert_eq!((&listed["items"][0]["tells_snils"], &listed["items"][0]["level"]), (&json!(true), &json!("basic")));
    let mut anna = Browser::signed_in(&suite, "10.0.0.5:1", "anna").await;
    assert_eq!(esia(&mut anna, "/", SIGNED_IN).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(sign_in(&mut anna, "/", GOOD).await, "/identity");
    assert_eq!(link(&mut anna).await.status, StatusCode::CREATED);
    let rows = suite.rows("select provider, subject, level, name from identity order by provider");
    assert_eq!(rows[0], ["esia", ANNA, "confirmed", "Иванова Анна Сергеевна"]);
    assert_eq!(rows[1][0], "oidc");
    assert_eq!(esia(&mut browser(&suite), "/readings", SIGNED_IN).await, "/readings");
}

#[tokio::test]
async fn a_token_of_either_signature_and_form_of_the_dialect_lets_in() {
    let v1 = format!("{}/signer/v1", provider::origin());
    for (form, signer) in [("current", format!("{}/signer", provider::origin())), ("v1", v1)] {
        let suite = with_esia(&[("esia_form", form), ("esia_signer_address", &signer)]);
        let mut first = browser(&suite);
        assert_eq!(esia(&mut first, "/", SIGNED_IN).await, "/identity", "{form}");
        register(&mut first).await;
        for signing in ["RS256", "GOST3410_2012_256"] {
            let to = esia(&mut browser(&suite), "/readings", Decision { signing, ..SIGNED_IN }).await;
            assert_eq!(to, "/readings", "{form} {signing}");
        }
    }
}

#[tokio::test]
async fn a_request_is_signed_timed_and_named_by_a_uuid() {
    let suite = with_esia(&[]);
    let url = begin("esia", &mut browser(&suite), "/").await;
    let (address, query) = url.split_once('?').unwrap();
    assert!(address.ends_with("/esia/aas/oauth2/v2/ac"), "{address}");
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    assert_eq!(value("client_secret").len(), 86);
    assert_eq!(value("client_certificate_hash"), value("client_certificate_hash").to_uppercase());
    assert!(value("timestamp").ends_with("+%2B0300"), "{}", value("timestamp"));
    assert_eq!(value("state").len(), 36);
    assert!(!query.contains("nonce"), "ESIA has none");
}

#[tokio::test]
async fn a_person_is_confirmed_only_where_both_the_token_and_the_operator_say_so() {
    for (subject, trusted, level) in
        [(ANNA, "confirmed", "confirmed"), (BORIS, "confirmed", "basic"), (ANNA, "basic", "basic")]
    {
        let suite = with_esia(&[("esia_level", trusted)]);
        assert_eq!(
            esia(&mut browser(&suite), "/", Decision { subject: Some(subject), ..SIGNED_IN }).await,
            "/identity"
        );
        let kept = suite.rows("select level from unlinked_identity where used_at is null");
        assert_eq!(kept, [[level]], "{subject} {trusted}");
    }
}

#[tokio::test]
async fn every_misbehaviour_is_refused_with_its_reason_recorded_and_leaves_no_session() {
    let suite = with_esia(&[]);
    suite.set("limit.provider_refusal", "1000");
    let mut first = browser(&suite);
    assert_eq!(esia(&mut first, "/", SIGNED_IN).await, "/identity");
    register(&mut first).await;
    let open = || suite.rows("select 1 from session where ended_at is null").len();
    let before = open();
    let table = [
        ("wrong-state", "provider-stale", "state: no sign-in of this browser waits for it"),
        (REPLAY, "provider-stale", "state: no sign-in of this browser waits for it"),
        ("no-code", "provider-distrusted", "neither a code nor an error came"),
        ("007006", "provider-misconfigured", "ESIA-007006: the scope is not granted"),
        ("007015", "provider-clock", "ESIA-007015: the clocks differ"),
        ("007023", "provider-misconfigured", "ESIA-007023: the redirect address is not registered"),
        ("007039", "provider-misconfigured", "ESIA-007039: the proof key is refused"),
        ("007053", "provider-misconfigured", "ESIA-007053: the signature or its certificate is refused"),
        ("007055", "provider-unconfirmed", "ESIA-007055: the account is not confirmed"),
        ("te-007011", "provider-stale", "the provider refuses the code: ESIA-007011"),
        ("te-007015", "provider-clock", "the provider refuses the code: ESIA-007015"),
        ("te-007040", "provider-misconfigured", "the provider refuses the code: ESIA-007040"),
        ("te-007053", "provider-misconfigured", "the provider refuses the code: ESIA-007053"),
        ("broken", "provider-unavailable", "the token endpoint answered 500"),
        ("not-json", "provider-unavailable", "the token endpoint's answer has no tokens"),
        ("slow", "provider-unavailable", "timeout"),
        ("other-token-state", "provider-distrusted", "the tokens are of another request"),
        ("other-issuer", "provider-distrusted", "iss: another issuer"),
        ("other-audience", "provider-distrusted", "aud: another audience"),
        ("expired", "provider-distrusted", "exp: expired"),
        ("early", "provider-distrusted", "nbf or iat: not yet valid"),
        ("old", "provider-distrusted", "iat: issued too long ago"),
        ("no-auth-time", "provider-not-anew", "auth_time: not a moment ago"),
        ("alg-none", "provider-distrusted", "its algorithm is not on our list"),
        ("hs256", "provider-distrusted", "its algorithm is not on our list"),
        ("es256", "provider-distrusted", "its algorithm is not on our list"),
        ("unknown-kid", "provider-distrusted", "the signature is wrong"),
        ("other-key", "provider-distrusted", "the signature is wrong"),
        ("tampered", "provider-distrusted", "the signature is wrong"),
        ("organisation", "provider-organisation", "the token is an organisation's"),
        ("other-oid", "provider-distrusted", "sub: no subject"),
        ("no-name", "provider-unavailable", "answered 403"),
    ];
    // What ESIA tells beyond the scope refuses nobody: it is not kept.
    assert_eq!(unlisted(&table, &sandbox::ESIA_MISBEHAVIOURS), ["none", "more-than-asked"]);
    for (misbehaviour, reason, cause) in table {
        suite.set_patience(patience(misbehaviour));
        for signing in ["RS256", "GOST3410_2012_256"] {
            let mut browser = browser(&suite);
            let known = refusals(&suite, "esia").len();
            let to = misbehave("esia", &mut browser, Decision { misbehaviour, signing, ..SIGNED_IN }).await;
            assert_eq!(to, format!("/sign-in?reason={reason}"), "{misbehaviour} {signing}");
            let recorded = refusals(&suite, "esia");
            assert_eq!(recorded.len(), known + 1, "{misbehaviour}");
            assert!(recorded[0].contains(cause), "{misbehaviour}: {}", recorded[0]);
        }
    }
    assert_eq!(open(), before);
}

#[tokio::test]
async fn who_declines_there_is_not_let_in() {
    let suite = with_esia(&[]);
    let declined = Decision { subject: None, ..SIGNED_IN };
    assert_eq!(esia(&mut browser(&suite), "/", declined).await, "/sign-in?reason=provider-declined");
}

#[tokio::test]
async fn a_code_of_one_provider_is_not_taken_at_the_other_s_callback() {
    let suite = with_esia(&[]);
    let mut browser = browser(&suite);
    let callback = way_at("esia", &mut browser, "/", SIGNED_IN).await;
    let swapped = callback.replace("/auth/esia/", "/auth/oidc/");
    assert_eq!(location(&browser.ask("GET", &swapped, None).await), "/sign-in?reason=provider-stale");
    assert_eq!(location(&browser.ask("GET", &callback, None).await), "/identity");
}

#[tokio::test]
async fn a_revoked_certificate_is_told_as_a_fault_of_the_portal_until_another_one_takes_its_place() {
    // A sandbox of its own: the others go on signing.
    let origin = provider::start();
    let certificate = certificate_of(&origin);
    let suite = with_esia(&[
        ("esia_address", &format!("{origin}/esia")),
        ("esia_issuer", &format!("{origin}/esia/")),
        ("esia_signer_address", &format!("{origin}/signer")),
        ("esia_certificates", &certificate),
    ]);
    assert_eq!(esia(&mut browser(&suite), "/", SIGNED_IN).await, "/identity");
    agent().post(format!("{origin}/signer/revoke")).send_empty().unwrap();
    let mut refused = browser(&suite);
    let sent = agent().get(begin("esia", &mut refused, "/").await).call().unwrap();
    let back = sent.headers()["location"].to_str().unwrap().strip_prefix("http://127.0.0.1:3000").unwrap().to_owned();
    assert_eq!(location(&refused.ask("GET", &back, None).await), "/sign-in?reason=provider-misconfigured");
    agent().post(format!("{origin}/signer/renew")).send_empty().unwrap();
    assert_eq!(esia(&mut browser(&suite), "/", SIGNED_IN).await, "/identity");
}

#[tokio::test]
async fn a_signer_that_does_not_let_the_portal_in_is_told_as_unavailable() {
    let suite = with_esia(&[("esia_signer_token", "another")]);
    let begun = suite.ask("POST", "/api/auth/providers/esia/sign-ins", &[], Some(json!({ "next": "/" }))).await;
    assert_eq!(begun.problem(), "provider-unavailable");
}

#[tokio::test]
async fn a_key_that_is_not_pinned_signs_nobody_in_and_of_several_any_does() {
    for (pinned, to) in [
        ("", "/sign-in?reason=provider-distrusted"),
        (CERTIFICATE, "/sign-in?reason=provider-distrusted"),
        ("MAA=", "/sign-in?reason=provider-misconfigured"),
        (&format!("{CERTIFICATE}\n{}", certificate()), "/identity"),
    ] {
        let suite = with_esia(&[("esia_certificates", pinned)]);
        assert_eq!(esia(&mut browser(&suite), "/", SIGNED_IN).await, to);
    }
}

/// When [`CERTIFICATE`] ends.
fn end_of_pinned() -> jiff::Timestamp {
    not_after(&ders(CERTIFICATE).unwrap()[0]).unwrap()
}

#[tokio::test]
async fn a_pinned_certificate_that_ends_is_told_of_though_nobody_signs_in() {
    let suite = with_esia(&[("esia_certificates", CERTIFICATE)]);
    for (days, notices) in [(31, 0), (29, 1)] {
        let now = end_of_pinned() - SignedDuration::from_hours(24 * days);
        suite.set_clock(now);
        reminders::run(&suite.env, now).unwrap();
        let told =
            suite.rows("select login from notice join person using (person_id) where kind = 'provider-certificate'");
        assert_eq!(told.len(), notices, "{days}: the one administrator of the portal, no other: {told:?}");
    }
}

#[tokio::test]
async fn every_administrator_is_told_of_a_certificate_once_for_each_step() {
    let suite = with_esia(&[("esia_certificates", CERTIFICATE)]);
    begin("esia", &mut browser(&suite), "/").await;
    let noted = suite.rows("select not_after from provider_certificate where holder = 'signer'").concat().concat();
    let told = || suite.rows("select title from notice where kind = 'provider-certificate' order by created_at");
    for (end, earlier) in [(noted.parse().unwrap(), 0), (end_of_pinned(), 3)] {
        for (days, steps) in [(31, 0), (29, 1), (28, 1), (7, 2), (-1, 3)] {
            let now = end - SignedDuration::from_hours(24 * days);
            suite.set_clock(now);
            reminders::run(&suite.env, now).unwrap();
            assert_eq!(told().len(), earlier + steps, "{end} {days}");
        }
    }
    assert_eq!(told()[0], ["Скоро закончится сертификат входа через другой сервис"]);
    assert_eq!(told()[2], ["Сертификат закончился: вход через другой сервис закрыт"]);
    let feed = suite.ask("GET", "/api/notices", &[("cookie", &suite.sign_in("admin").await)], None).await;
    assert_eq!(feed.body["items"][0]["kind"], "provider-certificate");
}
