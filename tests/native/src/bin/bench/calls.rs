//! How many database calls a request makes, counted in the native build: the code is the same.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use axum::{Router, body::Body};
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use store::stats::{self, Calls};
use tower_service::Service;
use web::{Env, Native, Unreachable};

use crate::scene::Scene;

/// A request and its calls.
pub(crate) struct Counted {
    pub(crate) name: &'static str,
    pub(crate) calls: Calls,
}

pub(crate) async fn count(scene: &Scene) -> Result<Vec<Counted>> {
    let copy = scene.copy()?;
    let mut router = router(copy.path());
    let mut counted = Vec::new();
    let session = sign_in(&mut router, &mut counted).await?;
    let get = |path: &str| Request::get(path).header(header::COOKIE, &session).body(Body::empty());
    let answer = call(&mut router, &mut counted, "GET meters", get("/api/readings/meters")?).await?;
    let meters: Value = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
    let account = &meters["accounts"][0];
    let meter = &account["meters"][0];
    let confirmed = ["above-usual", "unchanged-for-months"].map(|code| json!({ "rate": 0, "code": code }));
    let item = json!({ "meter_id": meter["meter_id"], "values": meter["last"]["values"], "confirmed": confirmed });
    let body = json!({ "account_id": account["account_id"], "items": [item] });
    call(&mut router, &mut counted, "POST one reading", post("/api/readings/submissions", &session, &body)?).await?;
    call(&mut router, &mut counted, "GET notices", get("/api/notices")?).await?;
    call(&mut router, &mut counted, "GET accounts", get("/api/homes/accounts")?).await?;
    Ok(counted)
}

/// The same request with a session and without.
pub(crate) async fn of_session(scene: &Scene) -> Result<Vec<Counted>> {
    let copy = scene.copy()?;
    let mut router = router(copy.path());
    let mut counted = Vec::new();
    let session = sign_in(&mut router, &mut counted).await?;
    let get = || Request::get("/api/auth/session");
    let request = get().header(header::COOKIE, &session).body(Body::empty())?;
    call(&mut router, &mut counted, "GET session, signed in", request).await?;
    call(&mut router, &mut counted, "GET session, nobody", get().body(Body::empty())?).await?;
    Ok(counted)
}

fn router(state: &Path) -> Router {
    let env = Env::from(Native {
        location: store::Location::new(state),
        clock: Arc::new(jiff::Timestamp::now),
        variables: native_suite::variables(),
        transport: Arc::new(|_| Err(Unreachable("nothing is sent".to_owned()))),
        pause: Arc::new(std::thread::sleep),
    });
    native_suite::router(&env, Path::new("static"))
}

/// The cookie of a session that has just begun.
async fn sign_in(router: &mut Router, counted: &mut Vec<Counted>) -> Result<String> {
    let body = json!({ "identifier": "anna", "password": "moydom-demo-2026" });
    let answer = call(router, counted, "sign-in", post("/api/auth/sign-in", "", &body)?).await?;
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with("__Host-session"));
    Ok(session.context("no session")?.to_owned())
}

fn post(path: &str, session: &str, body: &Value) -> Result<Request<Body>> {
    let request = Request::post(path)
        .header(header::COOKIE, session)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "count");
    Ok(request.body(Body::from(body.to_string()))?)
}

async fn call(
    router: &mut Router,
    counted: &mut Vec<Counted>,
    name: &'static str,
    request: Request<Body>,
) -> Result<Response<Body>> {
    let before = stats::calls();
    let answer = router.call(request).await?;
    let is_refused = answer.status() == StatusCode::UNAUTHORIZED;
    ensure!(answer.status().is_success() || is_refused, "{name} answered {}", answer.status());
    counted.push(Counted { name, calls: stats::calls() - before });
    Ok(answer)
}
