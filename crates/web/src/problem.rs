//! Errors as RFC 9457 problem details.
//!
//! A handler answers `Err(Problem)`. The response carries the problem as an extension; [`crate::app`] writes the
//! body, since only it knows the id of the request.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Confirm, Hint, confirmation::ConfirmationAsked};

const METHOD_NOT_ALLOWED: &str = "Доступные методы перечислены в заголовке Allow.";
/// The media type of every error.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, for a program and for a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name, documented at this very path: `/problems/<slug>`.
    #[serde(rename = "type")]
    #[schema(rename = "type", value_type = String)]
    kind: Cow<'static, str>,
    /// Constant per type, Russian.
    #[schema(value_type = String)]
    title: &'static str,
    /// The HTTP status.
    #[serde(serialize_with = "status_number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    /// This case, with what to do next; Russian.
    detail: String,
    /// The id of the request, for the support desk and the log.
    #[serde(skip_serializing_if = "String::is_empty")]
    request_id: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// What to confirm before the same request is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<Box<ConfirmationAsked>>,
    /// The sign-in that waits for its second step.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor: Option<Box<SecondFactor>>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// How to sign in, told with every 401.
    #[serde(skip)]
    challenge: &'static str,
    /// For the log only.
    #[serde(skip)]
    cause: Option<String>,
}

/// A sign-in whose first step was right.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SecondFactor {
    /// Whose answers to send: `POST /api/auth/sign-ins/{sign_in_id}/answers`.
    pub sign_in_id: String,
    /// By what it may go on: `totp`, `code`, `recovery-code`.
    #[schema(example = json!(["totp", "recovery-code"]))]
    pub methods: Vec<&'static str>,
    /// When it is over.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// One field at fault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// RFC 6901: where in the body; or `?name`, the parameter of the address.
    pub pointer: String,
    /// What is wrong and what to do; Russian.
    pub detail: String,
    /// Stable name of the reason, where a program needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What answers the question with «да, верно», where the value may be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
    /// The consumption that the value would mean, where it is questioned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumption: Option<String>,
    /// The numbers behind a question, and what would mend the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Box<Hint>>,
    /// How many more times a code may be tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u32>,
}

impl FieldError {
    /// A field and what is wrong with it.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
            code: None,
            confirm: None,
            consumption: None,
            hint: None,
            attempts_left: None,
        }
    }
}

fn status_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

/// The types of problems: slug, status and title of each stand here; `docs/problems.md` and the page `/problems`
/// explain them. The host answers `bad-address`, `body-too-slow`, `head-too-large`, `busy` and `timeout` itself, where no
/// component can.
macro_rules! slugs {
    ($($name:ident $slug:literal $status:ident $title:literal;)*) => {
        /// The types of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Slug {
            $(#[doc = concat!("`", $slug, "`")] $name,)*
        }

        impl Slug {
            /// Every type there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The last part of the problem's `type`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The status that goes with it.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

slugs! {
    MalformedBody "malformed-body" BAD_REQUEST "Запрос не удалось прочитать";
    BadAddress "bad-address" BAD_REQUEST "Неверный адрес";
    LogoutTokenRefused "logout-token-refused" BAD_REQUEST "Выход через сервис не принят";
    IdempotencyKeyRequired "idempotency-key-required" BAD_REQUEST "Нужен ключ повтора";
    Unauthenticated "unauthenticated" UNAUTHORIZED "Нужно войти";
    WrongCredentials "wrong-credentials" UNAUTHORIZED "Не получилось войти";
    SecondFactorRequired "second-factor-required" UNAUTHORIZED "Нужен второй шаг входа";
    Forbidden "forbidden" FORBIDDEN "Это действие вам недоступно";
    ConfirmationRequired "confirmation-required" FORBIDDEN "Подтвердите действие";
    SecondFactorNeeded "second-factor-needed" FORBIDDEN "Сначала включите второй шаг входа";
    LevelTooLow "level-too-low" FORBIDDEN "Сначала подтвердите личность";
    ForeignOrigin "foreign-origin" FORBIDDEN "Запрос пришёл с другого сайта";
    NotFound "not-found" NOT_FOUND "Не найдено";
    AccountNotFound "account-not-found" NOT_FOUND "Лицевой счёт не найден";
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "Так обратиться нельзя";
    AlreadyLinked "already-linked" CONFLICT "Счёт уже привязан";
    NoContact "no-contact" CONFLICT "Некуда отправить код";
    AlreadyRegistered "already-registered" CONFLICT "Вход уже есть";
    CodeExpired "code-expired" CONFLICT "Срок кода истёк";
    CodeSpent "code-spent" CONFLICT "Код больше не действует";
    ConfirmationStale "confirmation-stale" CONFLICT "Подтверждение больше не действует";
    IdentityTaken "identity-taken" CONFLICT "Этот вход уже привязан";
    LastWayIn "last-way-in" CONFLICT "Это единственный способ войти";
    SecondFactorOn "second-factor-on" CONFLICT "Уже включено";
    SignInStale "sign-in-stale" CONFLICT "Этот вход больше не ждёт";
    SignaturesOff "signatures-off" CONFLICT "Электронная подпись здесь не включена";
    ConsentOutdated "consent-outdated" CONFLICT "Текст согласия обновился";
    ConsentRequired "consent-required" CONFLICT "Сначала дайте согласие";
    ConsentWithdrawn "consent-withdrawn" CONFLICT "Вы отозвали согласие";
    InvitationUsed "invitation-used" CONFLICT "Приглашение уже принято";
    InvitationExpired "invitation-expired" CONFLICT "Срок приглашения истёк";
    ErasureBlocked "erasure-blocked" CONFLICT "Пока стереть нельзя";
    LevelRequestStale "level-request-stale" CONFLICT "Заявка уже изменилась";
    RunNotReady "run-not-ready" CONFLICT "Расчёт к этому не готов";
    ImportNotReady "import-not-ready" CONFLICT "Загрузка к этому не готова";
    DemoState "demo-state" CONFLICT "Это учебный портал";
    WindowClosed "window-closed" CONFLICT "Сейчас показания не принимаются";
    ReadingQuestioned "reading-questioned" CONFLICT "Проверьте показания";
    IdempotencyKeyReused "idempotency-key-reused" CONFLICT "Ключ повтора уже использован";
    BodyTooSlow "body-too-slow" REQUEST_TIMEOUT "Данные шли слишком долго";
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE "Слишком большой запрос";
    HeadTooLarge "head-too-large" REQUEST_HEADER_FIELDS_TOO_LARGE "Слишком длинный адрес";
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "Неподходящий вид данных";
    Validation "validation" UNPROCESSABLE_ENTITY "Проверьте поля";
    PasskeyRefused "passkey-refused" UNPROCESSABLE_ENTITY "Ключ не подошёл";
    CertificateRefused "certificate-refused" UNPROCESSABLE_ENTITY "Электронная подпись не подошла";
    WrongCode "wrong-code" UNPROCESSABLE_ENTITY "Код не подошёл";
    SignInLocked "sign-in-locked" LOCKED "Вход закрыт";
    RateLimited "rate-limited" TOO_MANY_REQUESTS "Слишком много попыток";
    Internal "internal" INTERNAL_SERVER_ERROR "Ошибка на нашей стороне";
    Busy "busy" SERVICE_UNAVAILABLE "Сервер занят";
    Timeout "timeout" GATEWAY_TIMEOUT "Сервер не успел ответить";
    ProviderUnavailable "provider-unavailable" BAD_GATEWAY "Этот вход не отвечает";
    SignaturesUnavailable "signatures-unavailable" BAD_GATEWAY "Проверить подпись сейчас нельзя";
    GatewayUnavailable "gateway-unavailable" BAD_GATEWAY "Не удалось отправить код";
}

impl Problem {
    /// A problem of this type; `detail` tells this case and the way out, in Russian.
    pub fn new(slug: Slug, detail: impl Into<String>) -> Self {
        Self {
            kind: Cow::Owned(format!("/problems/{}", slug.as_str())),
            title: slug.title(),
            status: slug.status(),
            detail: detail.into(),
            request_id: String::new(),
            errors: Vec::new(),
            confirmation: None,
            second_factor: None,
            headers: Vec::new(),
            challenge: "Session",
            cause: None,
        }
    }

    /// Whether it is of this type.
    pub fn is(&self, slug: Slug) -> bool {
        self.kind.strip_prefix("/problems/") == Some(slug.as_str())
    }

    /// Fields that break their rules.
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Self::new(Slug::Validation, "Исправьте отмеченные поля и отправьте ещё раз.").with_errors(errors)
    }

    /// One field that breaks its rule; where it stands as in [`FieldError::pointer`], and what to do in Russian.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::validation(vec![FieldError::new(pointer, detail)])
    }

    /// The object does not exist, or the person may not know that it does.
    pub fn not_found() -> Self {
        Self::new(Slug::NotFound, "Такой страницы или записи нет. Проверьте адрес.")
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(Slug::Unauthenticated, "Войдите, чтобы продолжить.")
    }

    /// Signed in, but not allowed.
    pub fn forbidden() -> Self {
        Self::new(Slug::Forbidden, "У вашей роли нет права на это действие.")
    }

    /// Only these methods, as `Allow` lists them.
    pub fn method_not_allowed(allowed: &'static str) -> Self {
        let mut problem = Self::new(Slug::MethodNotAllowed, METHOD_NOT_ALLOWED);
        problem.headers.push((header::ALLOW, HeaderValue::from_static(allowed)));
        problem
    }

    /// Our failure. `cause` goes to the log, never to the answer.
    pub fn internal(cause: impl ToString) -> Self {
        let mut problem =
            Self::new(Slug::Internal, "Мы уже знаем об ошибке. Повторите через минуту; введённое вами не пропало.");
        problem.cause = Some(cause.to_string());
        problem
    }

    /// Names the fields at fault.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Tells what to confirm first.
    #[must_use]
    pub(crate) fn asking(mut self, asked: ConfirmationAsked) -> Self {
        self.confirmation = Some(Box::new(asked));
        self
    }

    /// Names the sign-in that goes on with a second factor.
    #[must_use]
    pub fn with_second_factor(mut self, second_factor: SecondFactor) -> Self {
        self.second_factor = Some(Box::new(second_factor));
        self
    }

    /// Sends a header with it.
    #[must_use]
    pub fn with_header(mut self, header: (HeaderName, HeaderValue)) -> Self {
        self.headers.push(header);
        self
    }

    /// Tells when to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: jiff::SignedDuration) -> Self {
        let seconds = wait.as_secs().max(1).unsigned_abs();
        self.headers.push((header::RETRY_AFTER, seconds.into()));
        self
    }

    /// What it says.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The fields at fault.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Asks for a bearer token instead of a session.
    #[must_use]
    pub fn asks_for_bearer(mut self) -> Self {
        self.challenge = "Bearer";
        self
    }

    /// Notes the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The problem for an answer that axum gave by itself: no such route, wrong method, body too large.
    pub(crate) fn for_status(status: StatusCode) -> Option<Self> {
        let problem = match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(Slug::MethodNotAllowed, METHOD_NOT_ALLOWED),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Slug::BodyTooLarge, "Уменьшите запрос: предел — 256 КБ."),
            status if status.is_client_error() => {
                Self::new(Slug::MalformedBody, "Проверьте адрес и тело запроса по описанию на /api.")
            }
            status if status.is_server_error() => Self::internal(status),
            _ => return None,
        };
        Some(problem)
    }

    /// The response with its body, once the request's id is known. Behind [`crate::app`] that is done there.
    pub fn render(mut self, request_id: &str) -> Response {
        request_id.clone_into(&mut self.request_id);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().extend(self.headers);
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(self.challenge));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self::internal(error)
    }
}
