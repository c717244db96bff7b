//! The end of a session: the browser's way out, and the token by which the provider tells the portal (OpenID Connect
//! Back-Channel Logout 1.0).

use super::{
    Provider, fresh,
    keys::{Keys, Signing},
};
use crate::post::post;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(crate) struct SignOut {
    client_id: String,
    post_logout_redirect_uri: String,
}

pub(crate) async fn sign_out(Query(asked): Query<SignOut>) -> Response {
    if asked.client_id.is_empty() || !asked.post_logout_redirect_uri.starts_with("http") {
        return (StatusCode::BAD_REQUEST, "whose, and where to?").into_response();
    }
    Redirect::to(&asked.post_logout_redirect_uri).into_response()
}

/// What token is wanted.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    client_id: String,
    subject: Option<String>,
    sid: Option<String>,
    /// What is wrong with it, in the words of [`claims`] and [`token`].
    #[serde(default)]
    misbehaviour: String,
    /// Where it is sent, `http://…`; absent: it is only shown.
    send_to: Option<String>,
}

/// Makes a token, and sends it or shows it; answers with what the portal did or with the token.
pub(crate) async fn issue(State(provider): State<Provider>, Form(wanted): Form<Wanted>) -> Response {
    let token = token(&provider, &wanted);
    let Some(to) = &wanted.send_to else { return token.into_response() };
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    match post(to, form, &format!("logout_token={token}")).await {
        Ok(status_line) => status_line.into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

fn claims(provider: &Provider, wanted: &Wanted) -> Value {
    let now = Timestamp::now().as_second();
    let mut claims = json!({
        "iss": provider.0.issuer, "aud": wanted.client_id, "iat": now, "exp": now + 120, "jti": fresh(),
        "sub": wanted.subject, "sid": wanted.sid,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    match wanted.misbehaviour.as_str() {
        "other-issuer" => claims["iss"] = json!("https://id.example"),
        "other-audience" => claims["aud"] = json!("another-portal"),
        "expired" => claims["exp"] = json!(now - 300),
        "early" => claims["iat"] = json!(now + 86_400),
        "old" => claims["iat"] = json!(now - 3_600),
        "no-jti" => claims["jti"] = json!(""),
        "no-event" => claims["events"] = json!({}),
        "nonce" => claims["nonce"] = json!(fresh()),
        "nobody" => (claims["sub"], claims["sid"]) = (Value::Null, Value::Null),
        _ => {}
    }
    claims
}

fn token(provider: &Provider, wanted: &Wanted) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut keys = provider.keys();
    let is = |name| wanted.misbehaviour == name;
    let alg = if is("alg-none") { "none" } else { "ES256" };
    let typ = if is("other-type") { "at+jwt" } else { "logout+jwt" };
    let kid = if is("unknown-kid") { fresh() } else { keys.kid(Signing::Es256) };
    let header = part(&json!({ "alg": alg, "typ": typ, "kid": kid }));
    let message = format!("{header}.{}", part(&claims(provider, wanted)));
    let signature = match wanted.misbehaviour.as_str() {
        "alg-none" => Vec::new(),
        "other-key" => Keys::new().sign(Signing::Es256, &message),
        _ => keys.sign(Signing::Es256, &message),
    };
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
