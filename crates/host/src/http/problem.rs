//! What the host itself answers when no component can: problem details (RFC 9457) in plain Russian.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use wasmtime_wasi_http::WasiBody;

use super::body;

/// Why the host answers in a component's stead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The request has no usable address: no or a broken `Host`.
    BadAddress,
    /// No route of the manifest matches.
    NoRoute,
    /// The body is larger than the limit.
    BodyTooLarge,
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
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The last part of the problem's type.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::BadAddress => "bad-address",
            Self::NoRoute => "not-found",
            Self::BodyTooLarge => "body-too-large",
            Self::Failed => "internal",
            Self::Busy => "busy",
            Self::TimedOut => "timeout",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::BadAddress => ("Неверный адрес", "В запросе нет имени сервера или оно записано с ошибкой."),
            Self::NoRoute => ("Не найдено", "Проверьте адрес или начните с главной страницы."),
            Self::BodyTooLarge => ("Слишком большой запрос", "Уменьшите файл или отправьте его частями."),
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

    /// The answer; it says nothing of what went wrong inside.
    pub(crate) fn response(self) -> Response<WasiBody> {
        let (title, detail) = self.words();
        let status = self.status();
        let json = serde_json::json!({
            "type": format!("/problems/{}", self.slug()),
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
        });
        let mut response = Response::new(body::full(json.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self == Self::Busy {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
