//! `POST …/te`: a code becomes tokens.

use std::time::Duration;

use axum::{
    Form, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Esia, Grant, PEOPLE,
    request::{Fault, Signed, is_proved},
};
use crate::oidc::{Keys, Signing, by_public_key, fresh};

const LIFE_SECONDS: i64 = 300;

#[derive(Deserialize)]
pub(crate) struct Exchange {
    #[serde(flatten)]
    signed: Signed,
    grant_type: String,
    token_type: String,
    code: String,
    code_verifier: Option<String>,
}

pub(crate) async fn exchange(State(esia): State<Esia>, Form(asked): Form<Exchange>) -> Response {
    let grant = esia.grants().remove(&asked.code);
    let Some(grant) = grant else { return refusal(("invalid_grant", "ESIA-007011: code")) };
    if let Some(fault) = fault(&esia, &asked, &grant).or_else(|| grant.misbehaviour.of_token()) {
        return refusal(fault);
    }
    if grant.misbehaviour.is("broken") {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if grant.misbehaviour.is("not-json") {
        return "<!doctype html><title>Госуслуги</title>".into_response();
    }
    if grant.misbehaviour.is("slow") {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    tokens(&esia, &asked, grant)
}

fn fault(esia: &Esia, asked: &Exchange, grant: &Grant) -> Option<Fault> {
    let is_asked = asked.grant_type == "authorization_code" && asked.token_type == "Bearer";
    let is_same = asked.signed.redirect_uri == grant.redirect_uri && asked.signed.client_id == grant.client_id;
    let is_proved = is_proved(grant.challenge.as_deref(), asked.code_verifier.as_deref());
    match (is_asked && is_same, is_proved, asked.signed.state != grant.state) {
        (false, ..) => Some(("invalid_request", "ESIA-007009: redirect_uri")),
        (_, false, _) => Some(("invalid_request", "ESIA-007040: code_verifier")),
        (.., false) => Some(("invalid_request", "ESIA-007014: the state was used")),
        _ => asked.signed.fault(&esia.0.signer, &asked.code),
    }
}

fn refusal((error, error_description): Fault) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error, "error_description": error_description }))).into_response()
}

fn tokens(esia: &Esia, asked: &Exchange, grant: Grant) -> Response {
    let access_token = fresh();
    let id_token = signed(esia, &grant, &claims(esia, &grant));
    let state = if grant.misbehaviour.is("other-token-state") { fresh() } else { asked.signed.state.clone() };
    esia.grants().insert(access_token.clone(), grant);
    Json(json!({ "access_token": access_token, "id_token": id_token, "state": state, "token_type": "Bearer",
                 "expires_in": LIFE_SECONDS }))
    .into_response()
}

/// The subject is a number for some people and text for others, as ESIA may have it.
fn claims(esia: &Esia, grant: &Grant) -> Value {
    let now = Timestamp::now().as_second();
    let person = PEOPLE.iter().find(|person| person.oid == grant.oid);
    let is_confirmed = person.is_some_and(|person| person.is_confirmed);
    let number: u64 = grant.oid.parse().unwrap_or_default();
    let sub = if is_confirmed { json!(number) } else { json!(grant.oid) };
    let mut subject = json!({ "urn:esia:sbj:typ": "P", "urn:esia:sbj:oid": number, "urn:esia:sbj:nam": "OID",
                              "urn:esia:sbj:lvl": if is_confirmed { "PR" } else { "P" } });
    if is_confirmed {
        subject["urn:esia:sbj:is_tru"] = json!(true);
    }
    let mut claims = json!({
        "iss": esia.0.issuer, "sub": sub, "aud": grant.client_id, "iat": now, "nbf": now, "exp": now + LIFE_SECONDS,
        "auth_time": grant.auth_time, "amr": "PWD", "urn:esia:amd": "PWD", "urn:esia:sid": fresh(), "urn:esia:sbj": subject,
    });
    let changes: [(&str, &str, Value); 8] = [
        ("other-issuer", "/iss", json!("http://esia.example/")),
        ("other-audience", "/aud", json!("OTHER01")),
        ("expired", "/exp", json!(now - LIFE_SECONDS)),
        ("early", "/nbf", json!(now + 86_400)),
        ("old", "/iat", json!(now - 3_600)),
        ("no-auth-time", "/auth_time", Value::Null),
        ("organisation", "/urn:esia:sbj/urn:esia:sbj:typ", json!("O")),
        ("other-oid", "/urn:esia:sbj/urn:esia:sbj:oid", json!(1_000_299_399)),
    ];
    for (name, pointer, value) in changes {
        if let Some(claim) = claims.pointer_mut(pointer).filter(|_| grant.misbehaviour.is(name)) {
            *claim = value;
        }
    }
    claims
}

fn signed(esia: &Esia, grant: &Grant, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let is = |name| grant.misbehaviour.is(name);
    let alg = if is("alg-none") {
        "none"
    } else if is("hs256") {
        "HS256"
    } else if is("es256") {
        "ES256"
    } else {
        &grant.signing
    };
    let mut header = json!({ "alg": alg, "typ": "JWT", "sbt": "id", "ver": 1 });
    if is("unknown-kid") {
        header["kid"] = fresh().into();
    }
    let header = part(&header);
    let message = format!("{header}.{}", part(claims));
    // A token of ESIA names no key: one that does is by the key that it names, and nobody pinned that.
    let is_by_another = is("other-key") || is("unknown-kid");
    let signature = match alg {
        "none" => Vec::new(),
        "HS256" => by_public_key(esia.keys().rsa_public_key().as_bytes(), &message),
        "ES256" => esia.keys().sign(Signing::Es256, &message),
        "RS256" if is_by_another => Keys::new().sign(Signing::Rs256, &message),
        "RS256" => esia.keys().sign(Signing::Rs256, &message),
        _ if is_by_another => Keys::new().sign(Signing::Es256, &message),
        _ => esia.0.signer.sign_as_esia(&message),
    };
    let message = if is("tampered") { format!("{header}.{}", part(&json!({ "sub": 1 }))) } else { message };
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
