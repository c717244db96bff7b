//! A sign-in at the sandbox's provider, step by step, as a browser makes it.

use std::{net::SocketAddr, sync::OnceLock, thread, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use sandbox::Sandbox;
use serde_json::{Value, json};
use web::Unreachable;

use crate::{
    door::Browser,
    suite::{Answer, Suite},
};

pub(crate) const CLIENT_SECRET: &str = "secret-of-the-portal";
/// The provider's names for two people.
pub(crate) const ANNA: &str = "1000000001";
pub(crate) const BORIS: &str = "1000000002";

/// Where the sandbox of this run is reached.
pub(crate) fn origin() -> &'static str {
    static ORIGIN: OnceLock<String> = OnceLock::new();
    ORIGIN.get_or_init(start)
}

/// Starts a sandbox. It has a thread of its own: a test that waits for it does not stop it.
pub(crate) fn start() -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
            let sandbox = Sandbox::start(anywhere, CLIENT_SECRET).await.unwrap();
            sender.send(sandbox.address()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    format!("http://{}", receiver.recv().unwrap())
}

pub(crate) fn agent() -> ureq::Agent {
    patient(None)
}

fn patient(patience: Option<Duration>) -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    config.timeout_global(patience).build().into()
}

/// What the portal sends to the provider, sent; given up where that takes longer than the patience.
pub(crate) fn forward(request: Request<Bytes>, patience: Option<Duration>) -> Result<Response<Bytes>, Unreachable> {
    let failed = |error: ureq::Error| Unreachable(error.to_string());
    let (head, body) = request.into_parts();
    let answer = patient(patience).run(Request::from_parts(head, body.to_vec())).map_err(failed)?;
    let (head, mut body) = answer.into_parts();
    let body = body.read_to_vec().map_err(failed)?;
    Ok(Response::from_parts(head, Bytes::from(body)))
}

/// How somebody answers at the provider.
#[derive(Clone, Copy)]
pub(crate) struct Decision {
    /// None declines.
    pub(crate) subject: Option<&'static str>,
    pub(crate) signing: &'static str,
    /// Since when there.
    pub(crate) since: &'static str,
    pub(crate) misbehaviour: &'static str,
}

/// Anna signs in and nothing goes wrong.
pub(crate) const GOOD: Decision =
    Decision { subject: Some(ANNA), signing: "ES256", since: "just-now", misbehaviour: "none" };

/// The way to the provider and back: where the browser is sent to.
pub(crate) async fn way(browser: &mut Browser<'_>, next: &str, decision: Decision) -> String {
    way_at("oidc", browser, next, decision).await
}

/// [`way`], at another of the providers.
pub(crate) async fn way_at(provider: &str, browser: &mut Browser<'_>, next: &str, decision: Decision) -> String {
    decide(&begin(provider, browser, next).await, decision)
}

/// Where a browser is sent to sign in.
pub(crate) async fn begin(provider: &str, browser: &mut Browser<'_>, next: &str) -> String {
    begin_by(provider, browser, json!({ "next": next })).await
}

async fn begin_by(provider: &str, browser: &mut Browser<'_>, wish: Value) -> String {
    let path = format!("/api/auth/providers/{provider}/sign-ins");
    let begun = browser.ask("POST", &path, Some(wish)).await;
    begun.body["authorize_url"].as_str().expect("the way to the provider").to_owned()
}

/// The whole sign-in of somebody who is to sign in at the provider anew: where the callback sends the browser.
pub(crate) async fn sign_in_anew(provider: &str, browser: &mut Browser<'_>, decision: Decision) -> String {
    let callback = decide(&begin_by(provider, browser, json!({ "next": "/", "is_anew": true })).await, decision);
    location(&browser.ask("GET", &callback, None).await)
}

fn decide(authorize_url: &str, decision: Decision) -> String {
    let (page, query) = authorize_url.split_once('?').unwrap();
    assert_eq!(agent().get(authorize_url).call().unwrap().status(), 200);
    let Decision { signing, since, misbehaviour, .. } = decision;
    let mut form = format!("{query}&signing={signing}&since={since}&misbehaviour={misbehaviour}");
    if let Some(subject) = decision.subject {
        form += &format!("&subject={subject}");
    }
    let sent = agent().post(page).content_type("application/x-www-form-urlencoded").send(form).unwrap();
    let location = sent.headers()["location"].to_str().unwrap().to_owned();
    location.strip_prefix("http://127.0.0.1:3000").expect("back to the portal").to_owned()
}

/// The whole sign-in: where the callback sends the browser.
pub(crate) async fn sign_in(browser: &mut Browser<'_>, next: &str, decision: Decision) -> String {
    sign_in_at("oidc", browser, next, decision).await
}

/// [`sign_in`], at another of the providers.
pub(crate) async fn sign_in_at(provider: &str, browser: &mut Browser<'_>, next: &str, decision: Decision) -> String {
    let callback = way_at(provider, browser, next, decision).await;
    location(&browser.ask("GET", &callback, None).await)
}

/// Nothing that a provider does wrong: somebody sends its answer a second time.
pub(crate) const REPLAY: &str = "replay";

/// The whole sign-in of somebody who is to sign in anew at a provider that misbehaves.
pub(crate) async fn misbehave(provider: &str, browser: &mut Browser<'_>, decision: Decision) -> String {
    if decision.misbehaviour != REPLAY {
        return sign_in_anew(provider, browser, decision).await;
    }
    let callback = way_at(provider, browser, "/", Decision { misbehaviour: "none", ..decision }).await;
    assert_eq!(location(&browser.ask("GET", &callback, None).await), "/", "the first time it is right");
    browser.ask("POST", "/api/auth/sign-out", None).await;
    location(&browser.ask("GET", &callback, None).await)
}

/// What the sandbox can do wrong and a table of refusals does not name.
pub(crate) fn unlisted(table: &[(&str, &str, &str)], known: &[&'static str]) -> Vec<&'static str> {
    known.iter().copied().filter(|name| table.iter().all(|(listed, ..)| listed != name)).collect()
}

/// How long the portal waits for a provider that misbehaves so: where it never answers, not for long.
pub(crate) fn patience(misbehaviour: &str) -> Duration {
    Duration::from_secs(if misbehaviour == "slow" { 1 } else { 20 })
}

/// What is recorded of refused sign-ins at a provider, the last one first.
pub(crate) fn refusals(suite: &Suite, provider: &str) -> Vec<String> {
    let sql = format!(
        "select d.fields from audit_entry e join audit_detail d using (audit_seq)
         where e.action = 'provider-sign-in.refuse' and e.object = 'provider:{provider}' order by audit_seq desc"
    );
    suite.rows(&sql).concat()
}

/// Where an answer sends the browser.
pub(crate) fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// Registers who has just signed in at the provider.
pub(crate) async fn register(browser: &mut Browser<'_>) -> Value {
    let unlinked_identity_id = waiting(browser).await;
    let consent = json!({ "purpose": "portal", "version": 2 });
    let body = json!({ "unlinked_identity_id": unlinked_identity_id, "name": "Анна Сергеевна", "consent": consent });
    let answer = browser.ask("POST", "/api/auth/identities/registrations", Some(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

/// By which name the identity that waits in this browser is taken; nobody's where none waits.
pub(crate) async fn waiting(browser: &mut Browser<'_>) -> String {
    let waiting = browser.ask("GET", "/api/auth/identities/awaiting", None).await;
    waiting.body["unlinked_identity_id"].as_str().unwrap_or("nobody").to_owned()
}

/// Makes who has just signed in at the provider the person of this browser's session.
pub(crate) async fn link(browser: &mut Browser<'_>) -> Answer {
    let body = json!({ "unlinked_identity_id": waiting(browser).await });
    confirmed(browser, "POST", "/api/auth/identities", Some(body)).await
}

/// Takes the sandbox's identity from the person of this browser's session.
pub(crate) async fn unlink(browser: &mut Browser<'_>) -> Answer {
    confirmed(browser, "DELETE", "/api/auth/identities/oidc", None).await
}

/// What the request is answered once it is confirmed, where it asks for that.
async fn confirmed(browser: &mut Browser<'_>, method: &str, path: &str, body: Option<Value>) -> Answer {
    let asked = browser.ask(method, path, body.clone()).await;
    let Some(id) = asked.body["confirmation"]["confirmation_id"].as_str() else { return asked };
    browser.confirm(id);
    browser.confirmed(method, path, body, id).await
}
