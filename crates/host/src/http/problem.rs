//! What the host itself answers when no component can: problem details (RFC 9457) in plain Russian.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use wasmtime_wasi_http::WasiBody;

use super::body;
use super::request_id::{self, REQUEST_ID};

/// What browsers are told with every answer that is data. The components say the same (`crates/web/src/headers.rs`): a
/// test over HTTP holds the two together.
const SECURITY: [(&str, &str); 5] = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// Why the host answers in a component's stead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The request has no usable address: no, two or a broken `Host`.
    BadAddress,
    /// The address and the headers are larger than the limit.
    HeadTooLarge,
    /// No route of the manifest matches.
    NoRoute,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The body did not come in time.
    BodyTooSlow,
    /// The address has its share of bodies on their way.
    TooManyBodies,
    /// The component trapped or answered nothing.
    Failed,
    /// As many requests as allowed are being served.
    Busy,
    /// The component did not answer in time.
    TimedOut,
}

impl Problem {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::BadAddress => StatusCode::BAD_REQUEST,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooManyBodies => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The last part of the problem's type.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::BadAddress => "bad-address",
            Self::HeadTooLarge => "head-too-large",
            Self::NoRoute => "not-found",
            Self::BodyTooLarge => "body-too-large",
            Self::BodyTooSlow => "body-too-slow",
            Self::TooManyBodies => "rate-limited",
            Self::Failed => "internal",
            Self::Busy => "busy",
            Self::TimedOut => "timeout",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::BadAddress => ("Неверный адрес", "В запросе нет имени сервера или оно записано с ошибкой."),
            Self::HeadTooLarge => (
                "Слишком длинный адрес",
                "Откройте портал с главной страницы. Если не поможет, удалите в браузере данные этого сайта.",
            ),
            Self::NoRoute => ("Не найдено", "Проверьте адрес или начните с главной страницы."),
            Self::BodyTooLarge => ("Слишком большой запрос", "Уменьшите файл или отправьте его частями."),
            Self::BodyTooSlow => (
                "Данные шли слишком долго",
                "Проверьте связь и отправьте ещё раз. Большой файл лучше отправлять через Wi-Fi.",
            ),
            Self::TooManyBodies => (
                "Слишком много попыток",
                "С вашего адреса уже идёт много отправок сразу. Дождитесь их конца и повторите.",
            ),
            Self::Failed => (
                "Ошибка на нашей стороне",
                "Повторите попытку позже. Если ошибка останется, сообщите управляющей организации.",
            ),
            Self::Busy => ("Сервер занят", "Сейчас слишком много обращений. Повторите попытку через несколько секунд."),
            Self::TimedOut => (
                "Сервер не успел ответить",
                "Повторите попытку позже. Если ошибка останется, сообщите управляющей организации.",
            ),
        }
    }

    /// The answer; it says nothing of what went wrong inside. The log knows more under `request_id`.
    pub(crate) fn response(self, request_id: &str) -> Response<WasiBody> {
        let (title, detail) = self.words();
        let status = self.status();
        let json = serde_json::json!({
            "type": format!("/problems/{}", self.slug()),
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
            "request_id": request_id,
        });
        let mut response = Response::new(body::full(json.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REQUEST_ID, request_id::header(request_id));
        for (name, value) in SECURITY {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if matches!(self, Self::Busy | Self::TooManyBodies) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
