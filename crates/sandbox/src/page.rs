//! What was "sent", for people and for tests of another process.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderName, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    incoming::USUAL,
    message::{Channel, Message},
    outbox::Outbox,
    since,
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

/// Where somebody writes an SMS to the portal; not on the list, which reloads by itself.
pub(crate) async fn write() -> ([(HeaderName, &'static str); 1], Html<String>) {
    let policy = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; form-action 'self'")];
    let html = format!(
        "<!doctype html>
<html lang=\"ru\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Песочница: СМС порталу</title>
<link rel=\"stylesheet\" href=\"/style.css\">
<main>
<h1>СМС порталу</h1>
<p>Ответ портала придёт <a href=\"/\">в список</a>. <span lang=\"en\">The portal's answer comes to the list.</span></p>
<form method=\"post\" action=\"/incoming\">
<p><label>С телефона <input name=\"from\" value=\"+79000000015\"></label></p>
<p><label>Текст <input name=\"text\" value=\"СЧЁТЧИК № 12345678 131,789\" size=\"40\"></label></p>
<p><label>Куда <input name=\"send_to\" value=\"{USUAL}\" size=\"40\"></label></p>
<p><button>Отправить</button></p>
</form>
</main>
</html>
"
    );
    (policy, Html(html))
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
<p><a href=\"/signature\">Электронная подпись</a></p>
<p><a href=\"/write\">Написать порталу СМС</a></p>
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

/// A provider's page: who one is, and how it shall misbehave.
pub(crate) struct Choice<'a> {
    pub(crate) title: &'a str,
    /// Where the form goes.
    pub(crate) action: &'a str,
    /// What was asked, to be sent with the decision.
    pub(crate) hidden: &'a [(String, String)],
    /// The subject and the name of each.
    pub(crate) people: &'a [(&'static str, String)],
    pub(crate) signings: &'a [&'static str],
    pub(crate) misbehaviours: &'a [&'static str],
}

pub(crate) fn choose(choice: &Choice<'_>) -> Response {
    // The form ends in a redirect to the portal, wherever that is.
    let policy = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; form-action *")];
    let hidden = choice.hidden.iter().map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
    });
    let people = choice.people.iter().map(|(subject, name)| {
        format!("<p><button name=\"subject\" value=\"{subject}\">Войти: {}</button></p>\n", escape(name))
    });
    let html = format!(
        "<!doctype html>
<html lang=\"ru\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>{title}</title>
<link rel=\"stylesheet\" href=\"/style.css\">
<main>
<h1>{title}</h1>
<p>Здесь вы — кто пожелаете. <span lang=\"en\">A provider of identities for tests: choose who you are.</span></p>
<form method=\"post\" action=\"{action}\">
{hidden}{people}<p><button>Отказаться</button></p>
<p><label>Подпись <select name=\"signing\">{signings}</select></label></p>
<p><label>Вы вошли сюда <select name=\"since\">{since}</select></label></p>
<p><label>Ошибка <select name=\"misbehaviour\">{misbehaviours}</select></label></p>
</form>
</main>
</html>
",
        title = choice.title,
        action = escape(choice.action),
        hidden = hidden.collect::<String>(),
        people = people.collect::<String>(),
        signings = options(choice.signings),
        since = options(&since::NAMES),
        misbehaviours = options(choice.misbehaviours),
    );
    (policy, Html(html)).into_response()
}

fn options(names: &[&str]) -> String {
    names.iter().map(|name| format!("<option>{name}</option>")).collect()
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
