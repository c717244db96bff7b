//! The page on which somebody signs: who it is, and what is wrong with the certificate.

use axum::{
    http::{HeaderName, header},
    response::Html,
};
use jiff::{ToSpan as _, Zoned, civil::Date};

const SCRIPT: &str = include_str!("page.js");

pub(super) async fn show() -> ([(HeaderName, &'static str); 1], Html<String>) {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page(Zoned::now().date())))
}

/// Takes the text out of the file that somebody chose.
pub(super) async fn script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

/// The certificate holds for a year around this day.
fn page(today: Date) -> String {
    let (from, until) = (today.saturating_sub(6.months()), today.saturating_add(6.months()));
    format!(
        "<!doctype html>
<html lang=\"ru\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Песочница: электронная подпись</title>
<link rel=\"stylesheet\" href=\"/style.css\">
<script type=\"module\" src=\"/signature.js\"></script>
<main>
<h1>Электронная подпись</h1>
<p>Подписывает текст портала сертификатом, который тут же и выдаёт. Скачайте текст на странице «Защита входа»,
выберите его файл ниже или вставьте сам текст, а файл подписи загрузите на портал.
<br><span lang=\"en\">Signs the portal’s text by a certificate made on the spot: save the text at the portal, choose its file or
paste the text here, and give the file that you get to the portal.</span></p>
<form method=\"post\" action=\"/signature\">
<p><label>Фамилия <input name=\"surname\" value=\"Иванова\"></label></p>
<p><label>Имя и отчество <input name=\"given_name\" value=\"Анна Сергеевна\"></label></p>
<p><label>СНИЛС <input name=\"snils\" value=\"112-233-445 95\"></label></p>
<p><label>Действует с <input name=\"from\" type=\"date\" value=\"{from}\"></label>
<label>по <input name=\"until\" type=\"date\" value=\"{until}\"></label></p>
<p><label>Алгоритм <select name=\"algorithm\"><option>ECDSA<option>RSA</select></label></p>
<p><label>Ошибка <select name=\"trouble\"><option>none<option>unknown-centre<option>revoked</select></label></p>
<p><label>Файл с текстом <input id=\"file\" type=\"file\" accept=\".txt,text/plain\"></label></p>
<p><label>Текст <textarea id=\"text\" name=\"text\" rows=\"8\"></textarea></label></p>
<p><button>Подписать</button></p>
</form>
</main>
</html>
"
    )
}
