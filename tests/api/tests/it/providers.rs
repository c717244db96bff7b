//! Sign-in at a provider, against the sandbox's: over real sockets, in real components.

use api_tests::{Client, Suite};
use jiff::Timestamp;
use serde_json::json;

use crate::contacts::give;

/// A suite whose clock is the provider's: a token of another time lets nobody in.
fn suite() -> Suite {
    let own = Suite::start_with_clock();
    own.inspect(|suite| suite.set_clock(&Timestamp::now().to_string())).unwrap_or_else(Suite::start)
}

/// Signs in at the provider as this person, and gives where its redirect leads: a path of the portal.
fn way(suite: &Suite, client: &Client, subject: &str) -> String {
    let begun = client.post("/api/auth/providers/oidc/sign-ins", &json!({ "next": "/readings" })).expect(201);
    let authorize_url = begun["authorize_url"].as_str().expect("the way to the provider").to_owned();
    let (page, query) = authorize_url.split_once('?').expect("a query");
    let provider = Client::new(suite.sandbox_url());
    let path = page.strip_prefix(suite.sandbox_url()).expect("the sandbox's page");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = provider.send("POST", path, &form, Some(&format!("{query}&subject={subject}")));
    let back = answer.header("location").to_owned();
    back[back.find("/auth/").expect("the callback")..].to_owned()
}

#[test]
fn who_signs_in_at_a_provider_begins_here_once_and_is_known_from_then_on() {
    let suite = suite();
    let offered = suite.client().get("/api/auth/providers").expect(200);
    assert!(offered["items"].to_string().contains("\"oidc\""), "{offered}");
    // Where the tests run again over one state the person is known already.
    let client = suite.client();
    let first = client.get(&way(&suite, &client, "1000000003"));
    assert_eq!(first.status, 303, "{first:?}");
    if first.header("location") == "/identity" {
        let waiting = client.get("/api/auth/identities/awaiting").expect(200);
        assert_eq!(waiting["name"], "Новикова Вера Павловна");
        let id = &waiting["unlinked_identity_id"];
        let body = json!({ "unlinked_identity_id": id, "name": "Вера Павловна", "consent": { "purpose": "portal", "version": 2 } });
        client.post("/api/auth/identities/registrations", &body).expect(201);
    }
    let other = suite.client();
    let callback = way(&suite, &other, "1000000003");
    let second = other.get(&callback);
    assert_eq!((second.status, second.header("location")), (303, "/readings"));
    assert_eq!(other.get("/api/auth/session").expect(200)["name"], "Вера Павловна");
    assert_eq!(other.get(&callback).header("location"), "/sign-in?reason=provider-stale");
    other.send("DELETE", "/api/auth/identities/oidc", &[], None).problem("last-way-in");
}

const BY: (&str, &str) = ("sms", "+79000000048");

#[test]
fn a_resident_links_the_provider_and_unlinks_it() {
    let suite = suite();
    let client = suite.signed_in("resident18");
    let callback = way(&suite, &client, "1000000002");
    let answer = client.get(&callback);
    assert_eq!(answer.header("location"), "/identity", "{answer:?}");
    let waiting = client.get("/api/auth/identities/awaiting").expect(200);
    let body = json!({ "unlinked_identity_id": waiting["unlinked_identity_id"] });
    let id = give(&suite, &client, &client.post("/api/auth/identities", &body).problem("confirmation-required"), BY);
    let linked = client.post_with("/api/auth/identities", &[("confirmation", &id)], &body).expect(201);
    assert_eq!(linked["items"][0]["name"], "Петров Борис Ильич");
    let asked = client.send("DELETE", "/api/auth/identities/oidc", &[], None).problem("confirmation-required");
    let id = give(&suite, &client, &asked, BY);
    client.send("DELETE", "/api/auth/identities/oidc", &[("confirmation", &id)], None).expect(204);
    assert_eq!(client.get("/api/auth/identities").expect(200)["items"], json!([]));
}

#[test]
fn a_callback_that_nobody_began_leads_to_the_sign_in_page() {
    let suite = suite();
    let answer = suite.client().get("/auth/oidc/callback?state=00&code=00");
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in?reason=provider-stale"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let unknown = suite.client().get("/auth/nobody/callback?state=00");
    assert_eq!((unknown.status, unknown.header("location")), (303, "/sign-in?reason=provider-unknown"));
}

#[test]
fn who_declines_is_forgotten() {
    let suite = suite();
    let client = suite.client();
    // On a state that was used before somebody may be known as this person already.
    if client.get(&way(&suite, &client, "1000000001")).header("location") == "/identity" {
        client.get("/api/auth/identities/awaiting").expect(200);
        client.send("DELETE", "/api/auth/identities/awaiting", &[], None).expect(204);
    }
    client.get("/api/auth/identities/awaiting").problem("not-found");
}

#[test]
fn who_signs_out_at_the_provider_is_signed_out_here() {
    let suite = suite();
    let client = suite.client();
    let callback = way(&suite, &client, "1000000001");
    if client.get(&callback).header("location") == "/identity" {
        let waiting = client.get("/api/auth/identities/awaiting").expect(200);
        let consent = json!({ "purpose": "portal", "version": 2 });
        let id = &waiting["unlinked_identity_id"];
        let body = json!({ "unlinked_identity_id": id, "name": "Анна Сергеевна", "consent": consent });
        client.post("/api/auth/identities/registrations", &body).expect(201);
    }
    client.get("/api/auth/session").expect(200);
    let to = format!("{}/auth/oidc/back-channel-logout", suite.base_url());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let forged = client.send("POST", "/auth/oidc/back-channel-logout", &form, Some("logout_token=forged"));
    forged.problem("logout-token-refused");
    client.get("/api/auth/session").expect(200);
    // Only over plain HTTP can the sandbox send it.
    if to.starts_with("http://") {
        let wanted = format!("client_id=moydom&subject=1000000001&send_to={to}");
        Client::new(suite.sandbox_url()).send("POST", "/oidc/logout-tokens", &form, Some(&wanted));
        client.get("/api/auth/session").problem("unauthenticated");
    }
}

#[test]
fn who_comes_by_esia_is_led_out_there_too() {
    let suite = suite();
    let client = suite.client();
    let begun = client.post("/api/auth/providers/esia/sign-ins", &json!({ "next": "/readings" })).expect(201);
    let authorize_url = begun["authorize_url"].as_str().expect("the way to ESIA").to_owned();
    let (page, query) = authorize_url.split_once('?').expect("a query");
    let path = page.strip_prefix(suite.sandbox_url()).expect("the sandbox's page");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let decided = format!("{query}&subject=1000299353&signing=GOST3410_2012_256");
    let answer = Client::new(suite.sandbox_url()).send("POST", path, &form, Some(&decided));
    let back = answer.header("location").to_owned();
    let answer = client.get(&back[back.find("/auth/").expect("the callback")..]);
    if answer.header("location") == "/identity" {
        let waiting = client.get("/api/auth/identities/awaiting").expect(200);
        let consent = json!({ "purpose": "portal", "version": 2 });
        let id = &waiting["unlinked_identity_id"];
        let body = json!({ "unlinked_identity_id": id, "name": "Анна Сергеевна", "consent": consent });
        client.post("/api/auth/identities/registrations", &body).expect(201);
    }
    let signed_out = client.post("/api/auth/sign-out", &json!({})).expect(200);
    let url = signed_out["sign_out_url"].as_str().expect("the way out");
    assert!(url.contains("/esia/idp/ext/Logout?"), "{url}");
}
