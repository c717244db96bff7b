//! `POST /oidc/token` and `GET /oidc/userinfo`: a code becomes tokens, a token tells whose it is.

use std::time::Duration;

use axum::{
    Form, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{PEOPLE, Provider, code::Grant, fresh, keys::Keys, misbehaviour::Misbehaviour};

const LIFE_SECONDS: i64 = 300;

#[derive(Deserialize)]
pub(crate) struct Exchange {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

pub(crate) async fn exchange(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(asked): Form<Exchange>,
) -> Response {
    let grant = provider.codes().take(&asked.code);
    let Some(grant) = grant.filter(|grant| fits(grant, &asked)) else { return refusal("invalid_grant") };
    let credentials = STANDARD.encode(format!("{}:{}", grant.client_id, provider.0.client_secret));
    if headers.get(header::AUTHORIZATION).is_none_or(|sent| *sent != format!("Basic {credentials}")) {
        return unknown_client();
    }
    match grant.misbehaviour {
        Misbehaviour::RefusedCode => refusal("invalid_grant"),
        Misbehaviour::RefusedOddly => refusal("<script>"),
        Misbehaviour::RefusedClient => unknown_client(),
        Misbehaviour::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Misbehaviour::NotJson => "<!doctype html><title>Вход</title>".into_response(),
        Misbehaviour::Slow => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        _ => tokens(&provider, grant),
    }
}

fn fits(grant: &Grant, asked: &Exchange) -> bool {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked.code_verifier));
    asked.grant_type == "authorization_code" && asked.redirect_uri == grant.redirect_uri && challenge == grant.challenge
}

fn refusal(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

fn unknown_client() -> Response {
    (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response()
}

fn tokens(provider: &Provider, grant: Grant) -> Response {
    let access_token = fresh();
    let id_token = signed(&mut provider.keys(), &grant, &claims(provider, &grant, &access_token));
    provider.codes().put(access_token.clone(), grant);
    Json(json!({ "access_token": access_token, "id_token": id_token, "token_type": "Bearer",
                 "expires_in": LIFE_SECONDS }))
    .into_response()
}

fn claims(provider: &Provider, grant: &Grant, access_token: &str) -> Value {
    let (now, client_id) = (Timestamp::now().as_second(), &grant.client_id);
    let mut claims = json!({
        "iss": provider.0.issuer, "sub": grant.subject, "aud": client_id, "iat": now, "exp": now + LIFE_SECONDS,
        "auth_time": grant.auth_time, "nonce": grant.nonce, "sid": fresh(),
        "at_hash": URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16]),
    });
    let changes = match grant.misbehaviour {
        Misbehaviour::OtherIssuer => json!({ "iss": "https://id.example" }),
        Misbehaviour::OtherAudience => json!({ "aud": "another-portal" }),
        Misbehaviour::OtherParty => json!({ "aud": [client_id, "another-portal"], "azp": "another-portal" }),
        Misbehaviour::Expired => json!({ "exp": now - LIFE_SECONDS }),
        Misbehaviour::Early => json!({ "nbf": now + 86_400 }),
        Misbehaviour::Old => json!({ "iat": now - 3_600 }),
        Misbehaviour::StaleAuthTime => json!({ "auth_time": now - 3_600 }),
        Misbehaviour::NoAuthTime => json!({ "auth_time": null }),
        Misbehaviour::OtherNonce => json!({ "nonce": fresh() }),
        Misbehaviour::NoNonce => json!({ "nonce": null }),
        Misbehaviour::OtherAccessToken => json!({ "at_hash": URL_SAFE_NO_PAD.encode([0; 16]) }),
        _ => json!({}),
    };
    for (name, value) in changes.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

fn signed(keys: &mut Keys, grant: &Grant, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let (mut alg, mut kid) = (grant.signing.as_str(), keys.kid(grant.signing));
    match grant.misbehaviour {
        Misbehaviour::AlgNone => alg = "none",
        Misbehaviour::Hs256 => alg = "HS256",
        Misbehaviour::UnknownKid => kid = fresh(),
        _ => {}
    }
    let mut message = format!("{}.{}", part(&json!({ "alg": alg, "kid": kid, "typ": "JWT" })), part(claims));
    let signature = match grant.misbehaviour {
        Misbehaviour::AlgNone => Vec::new(),
        Misbehaviour::Hs256 => {
            let public_key = keys.published().last().map(Value::to_string).unwrap_or_default();
            by_public_key(public_key.as_bytes(), &message)
        }
        Misbehaviour::OtherKey => Keys::new().sign(grant.signing, &message),
        _ => keys.sign(grant.signing, &message),
    };
    if grant.misbehaviour == Misbehaviour::Tampered {
        let mut changed = claims.clone();
        changed["sub"] = "1000000099".into();
        message = format!("{}.{}", message.split('.').next().unwrap_or_default(), part(&changed));
    }
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What whoever takes any algorithm would accept: the public key is known to all.
pub(crate) fn by_public_key(public_key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(public_key).expect("any length is a key");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) async fn user_info(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|sent| sent.to_str().ok()?.strip_prefix("Bearer "));
    let codes = provider.codes();
    let Some(grant) = token.and_then(|token| codes.get(token)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let subject = if grant.misbehaviour == Misbehaviour::OtherUserInfo { "1000000099" } else { &grant.subject };
    let name = PEOPLE.iter().find(|(known, _)| known == &subject).map(|(_, name)| name);
    Json(json!({ "sub": subject, "name": name })).into_response()
}
