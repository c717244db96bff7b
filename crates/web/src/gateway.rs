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
    let body = Bytes::from(message.to_string());
    Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        // Without it the body goes out in chunks, which the simplest of servers take for none.
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::AUTHORIZATION, format!("Bearer {}", env.variable("gateway_token")?))
        .body(body)
        .map_err(Problem::internal)
}

async fn deliver(env: &Env, request: Request<Bytes>) -> Result<(), String> {
    match env.send(request, TIME).await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("the gateway answered {}", answer.status())),
        Err(error) => Err(format!("the gateway is unreachable: {}", error.0)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::contact::Phone;
    use jiff::Timestamp;

    use super::*;
    use crate::{Native, Unreachable};

    fn env() -> Env {
        let variables = [("sms_gateway_url", "https://sms.example/send"), ("gateway_token", "token")];
        Env::from(Native {
            location: store::Location::new("nowhere"),
            clock: Arc::new(|| Timestamp::UNIX_EPOCH),
            variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            transport: Arc::new(|_| Err(Unreachable("nobody is there".to_owned()))),
            pause: Arc::new(|_| ()),
        })
    }

    #[test]
    fn a_message_tells_its_length_so_that_it_is_not_sent_in_chunks() {
        let phone = Contact::Phone(Phone::parse("9161234567").unwrap());
        let request = request(&env(), &phone, "", "Мой дом: код 123456").unwrap();
        assert_eq!(request.headers()[header::CONTENT_LENGTH], request.body().len().to_string());
        assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer token");
        assert_eq!(request.body(), r#"{"text":"Мой дом: код 123456","to":"+79161234567"}"#.as_bytes());
    }
}
