//! ESIA («Госуслуги») as the portal sees it: its dialect of OAuth, its claims and its errors. Whoever opens its page
//! says who they are, and how it shall misbehave.

mod misbehaviour;
mod page;
mod request;
mod token;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{oidc::Keys, signer::Signer};
use misbehaviour::Misbehaviour;
pub use misbehaviour::NAMES as MISBEHAVIOURS;

/// Somebody whom the state knows.
struct Person {
    oid: &'static str,
    last_name: &'static str,
    first_name: &'static str,
    middle_name: &'static str,
    snils: &'static str,
    /// Whether somebody looked at the passport.
    is_confirmed: bool,
}

const PEOPLE: [Person; 3] = [
    Person {
        oid: "1000299353",
        last_name: "Иванова",
        first_name: "Анна",
        middle_name: "Сергеевна",
        snils: "112-233-445 95",
        is_confirmed: true,
    },
    Person {
        oid: "1000299354",
        last_name: "Петров",
        first_name: "Борис",
        middle_name: "Ильич",
        snils: "087-654-303 00",
        is_confirmed: false,
    },
    Person {
        oid: "1000299355",
        last_name: "Новикова",
        first_name: "Вера",
        middle_name: "",
        snils: "123-456-789 64",
        is_confirmed: true,
    },
];

/// What a code was given for.
#[derive(Clone, Debug)]
struct Grant {
    client_id: String,
    scope: String,
    redirect_uri: String,
    challenge: Option<String>,
    state: String,
    oid: String,
    auth_time: i64,
    signing: String,
    misbehaviour: Misbehaviour,
}

/// ESIA's state.
#[derive(Clone)]
pub(crate) struct Esia(Arc<Inner>);

struct Inner {
    issuer: String,
    signer: Signer,
    keys: Mutex<Keys>,
    /// By codes and access tokens.
    grants: Mutex<HashMap<String, Grant>>,
}

impl Esia {
    /// `origin` is where the sandbox is reached.
    pub(crate) fn new(origin: &str, signer: Signer) -> Self {
        let (keys, grants) = (Mutex::new(Keys::new()), Mutex::default());
        Self(Arc::new(Inner { issuer: format!("{origin}/esia/"), signer, keys, grants }))
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grants(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.0.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn router(esia: Esia) -> Router {
    Router::new()
        .route("/esia/aas/oauth2/v2/ac", get(page::show).post(page::decide))
        .route("/esia/aas/oauth2/ac", get(page::show).post(page::decide))
        .route("/esia/aas/oauth2/v3/te", post(token::exchange))
        .route("/esia/aas/oauth2/te", post(token::exchange))
        .route("/esia/rs/prns/{oid}", get(person))
        .route("/esia/idp/ext/Logout", get(sign_out))
        .route("/esia/certificate", get(certificate))
        .with_state(esia)
}

/// The key that the operator pins, as base64 of its DER.
async fn certificate(State(esia): State<Esia>) -> String {
    esia.keys().rsa_public_key()
}

async fn person(State(esia): State<Esia>, Path(oid): Path<String>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|sent| sent.to_str().ok()?.strip_prefix("Bearer "));
    let grant = token.and_then(|token| esia.grants().get(token).cloned());
    let person = PEOPLE.iter().find(|person| person.oid == oid);
    match (grant, person) {
        (Some(grant), Some(person)) if grant.oid == oid && !grant.misbehaviour.is("no-name") => {
            Json(told(person, &grant)).into_response()
        }
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

/// What the scope grants of a person, and no more.
fn told(person: &Person, grant: &Grant) -> Value {
    let is_granted = |part| grant.misbehaviour.is("more-than-asked") || grant.scope.split(' ').any(|one| one == part);
    let mut told = json!({ "stateFacts": ["EntityRoot"], "trusted": person.is_confirmed, "status": "REGISTERED" });
    for (part, name, text) in [
        ("fullname", "firstName", person.first_name),
        ("fullname", "lastName", person.last_name),
        ("fullname", "middleName", person.middle_name),
        ("snils", "snils", person.snils),
    ] {
        if is_granted(part) {
            told[name] = text.into();
        }
    }
    told
}

#[derive(Deserialize)]
struct SignOut {
    client_id: String,
    redirect_url: String,
}

async fn sign_out(Query(asked): Query<SignOut>) -> Response {
    if asked.client_id.is_empty() || !asked.redirect_url.starts_with("http") {
        return request::NOWHERE.into_response();
    }
    Redirect::to(&asked.redirect_url).into_response()
}
