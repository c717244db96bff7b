//! What was "sent", for people and for tests of another process.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderName, header},
    response::Html,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    message::{Channel, Message},
    outbox::Outbox,
};

const STYLE: &str = include_str!("style.css");
const SHOWN: usize = 100;

#[derive(Deserialize)]
pub(crate) struct Filter {
    to: Option<String>,
}

pub(crate) async fn list(State(outbox): State<Outbox>, Query(filter): Query<Filter>) -> Json<Value> {
    Json(json!({ "items": outbox.messages(filter.to.as_deref()) }))
}

pub(crate) async fn show(State(outbox): State<Outbox>) -> ([(HeaderName, &'static str); 1], Html<String>) {
    let policy = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'")];
    let messages = outbox.messages(None);
    let list: String = messages.iter().take(SHOWN).map(article).collect();
    let list = if list.is_empty() {
        "<p>Пока ничего. <span lang=\"en\">Nothing yet.</span></p>".into()
    } else {
        list
    };
    (policy, Html(page(&list)))
}

pub(crate) async fn style() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

fn page(list: &str) -> String {
    format!(
        "<!doctype html>
<html lang=\"ru\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta http-equiv=\"refresh\" content=\"3\">
<title>Песочница: отправленное</title>
<link rel=\"stylesheet\" href=\"/style.css\">
<main>
<h1>Песочница</h1>
<p>SMS и письма, которые портал «отправил». На самом деле они никуда не ушли; страница обновляется сама.
<br><span lang=\"en\">Messages that the portal “sent”. None of them left this machine; the page reloads by itself.</span></p>
{list}
</main>
</html>
"
    )
}

fn article(message: &Message) -> String {
    let channel = match message.channel {
        Channel::Sms => "SMS",
        Channel::Email => "Письмо",
    };
    let subject = message.subject.iter().map(|subject| format!("<h2>{}</h2>\n", escape(subject)));
    format!(
        "<article>\n<p>{channel} → <b>{to}</b> <time>{at:.0}</time></p>\n{subject}<p class=\"text\">{text}</p>\n</article>\n",
        to = escape(&message.to),
        at = message.at,
        subject = subject.collect::<String>(),
        text = escape(&message.text),
    )
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
