//! One-time codes and other words that must go out at once, through the operator's SMS and e-mail gateways.

use bytes::Bytes;
use domain::contact::Contact;
use http::{Request, header};
use serde_json::json;

use crate::{Env, Problem, Slug};

/// Sends `text` to the contact.
///
/// # Errors
/// `gateway-unavailable` where the gateway did not take it.
pub async fn send(env: &Env, to: &Contact, subject: &str, text: &str) -> Result<(), Problem> {
    let (url, message) = match to {
        Contact::Phone(phone) => (env.variable("sms_gateway_url")?, json!({ "to": phone.as_str(), "text": text })),
        Contact::Email(email) => {
            (env.variable("email_gateway_url")?, json!({ "to": email.as_str(), "subject": subject, "text": text }))
        }
    };
    let request = Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", env.variable("gateway_token")?))
        .body(Bytes::from(message.to_string()))
        .map_err(Problem::internal)?;
    let unavailable = Problem::new(
        Slug::GatewayUnavailable,
        "Связь с отправителем кодов прервалась. Запросите код ещё раз через минуту.",
    );
    match env.send(request).await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(unavailable.because(format!("the gateway answered {}", answer.status()))),
        Err(error) => Err(unavailable.because(format!("the gateway is unreachable: {}", error.0))),
    }
}
