//! `POST /sms` and `POST /email`: what a provider of such a service offers.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{
    message::{Channel, NewMessage},
    outbox::Outbox,
};

type Answer = (StatusCode, Json<Value>);

pub(crate) async fn send_sms(State(outbox): State<Outbox>, headers: HeaderMap, body: Bytes) -> Answer {
    send(&outbox, Channel::Sms, &headers, &body)
}

pub(crate) async fn send_email(State(outbox): State<Outbox>, headers: HeaderMap, body: Bytes) -> Answer {
    send(&outbox, Channel::Email, &headers, &body)
}

fn send(outbox: &Outbox, channel: Channel, headers: &HeaderMap, body: &[u8]) -> Answer {
    if !bearer(headers).is_some_and(|token| outbox.knows(token)) {
        return refusal(StatusCode::UNAUTHORIZED, "the bearer token is missing or wrong");
    }
    let message: NewMessage = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(error) => return refusal(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    if let Err(reason) = message.check(channel) {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, reason);
    }
    let message_id = outbox.put(channel, message);
    (StatusCode::ACCEPTED, Json(json!({ "message_id": message_id })))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn refusal(status: StatusCode, reason: &str) -> Answer {
    (status, Json(json!({ "error": reason })))
}
