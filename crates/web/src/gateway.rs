//! One-time codes and other words that must go out at once, through the operator's SMS and e-mail gateways.

use std::time::Duration;

use bytes::Bytes;
use domain::contact::Contact;
use http::{Request, header};
use serde_json::json;

use crate::{Env, Problem, Slug, log};

/// A person waits for it: whoever needs longer is taken as down.
const TIME: Duration = Duration::from_secs(10);

/// Sends `text` to the contact.
///
/// # Errors
/// `gateway-unavailable` where the gateway did not take it in time.
pub async fn send(env: &Env, to: &Contact, subject: &str, text: &str) -> Result<(), Problem> {
    deliver(env, request(env, to, subject, text)?).await.map_err(|cause| {
        let detail = "Связь с отправителем кодов прервалась. Запросите код ещё раз через минуту.";
        Problem::new(Slug::GatewayUnavailable, detail).because(cause)
    })
}

/// Sends `text` to the contact after the answer has gone, so that its time does not tell that there was somebody to
/// send to. That the gateway did not take it stands in the log alone.
///
/// # Errors
/// A missing variable.
pub async fn send_unseen(env: &Env, to: &Contact, subject: &str, text: &str) -> Result<(), Problem> {
    let (request, sender) = (request(env, to, subject, text)?, env.clone());
    let sending = async move {
        if let Err(cause) = deliver(&sender, request).await {
            log::failure(sender.now(), "gateway", &cause);
        }
    };
    env.after_answer(sending).await;
    Ok(())
}

fn request(env: &Env, to: &Contact, subject: &str, text: &str) -> Result<Request<Bytes>, Problem> {
    let (url, message) = match to {
        Contact::Phone(phone) => (env.variable("sms_gateway_url")?, json!({ "to": phone.as_str(), "text": text })),
        Contact::Email(email) => {
            (env.variable("email_gateway_url")?, json!({ "to": email.as_str(), "subject": subject, "text": text }))
        }
    };
    Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", env.variable("gateway_token")?))
        .body(Bytes::from(message.to_string()))
        .map_err(Problem::internal)
}

async fn deliver(env: &Env, request: Request<Bytes>) -> Result<(), String> {
    match env.send(request, TIME).await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("the gateway answered {}", answer.status())),
        Err(error) => Err(format!("the gateway is unreachable: {}", error.0)),
    }
}
