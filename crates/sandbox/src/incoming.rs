//! `POST /incoming`: somebody sends an SMS to the portal's number, and the gateway brings it there. What the portal
//! answers comes back as any message does, by `POST /sms`.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{outbox::Outbox, post::post};

/// Where a portal of a newcomer listens.
pub(crate) const USUAL: &str = "http://127.0.0.1:3000/api/readings/sms";

/// What is sent.
#[derive(Deserialize)]
pub(crate) struct Incoming {
    from: String,
    text: String,
    /// Where it is brought, `http://…`.
    send_to: Option<String>,
    /// What the gateway calls it; absent: another name for each.
    message_id: Option<String>,
}

/// Brings a message to the portal; answers with the first line of what the portal said.
pub(crate) async fn bring(State(outbox): State<Outbox>, Form(message): Form<Incoming>) -> Response {
    let message_id = message.message_id.unwrap_or_else(|| outbox.next_id());
    let body = json!({ "message_id": message_id, "from": message.from, "text": message.text }).to_string();
    let headers = format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", outbox.token());
    match post(message.send_to.as_deref().unwrap_or(USUAL), &headers, &body).await {
        Ok(status_line) => status_line.into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
