//! What happens around every handler: the origin check before it; the wait of a refused guess, the
//! problem's body, `304`, headers and the log line after it.

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use store::stats::{self, Calls};
use utoipa_axum::router::OpenApiRouter;

use crate::{Env, Problem, Slug, fresh_id, guessing, headers, log::RequestLine, origin, session};

/// The largest body that a JSON route reads, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// Makes a component's routes into what answers requests.
pub fn app(routes: OpenApiRouter<Env>, env: Env) -> Router {
    Router::from(routes)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(env.clone(), around))
        .with_state(env)
}

async fn around(State(env): State<Env>, request: Request, next: Next) -> Response {
    let request_id = fresh_id(&env);
    let seen = Seen::of(&request);
    let (response, calls) = match check(&env, &request) {
        Ok(()) => stats::counted(next.run(request)).await,
        Err(problem) => (problem.into_response(), Calls::default()),
    };
    let problem = problem_of(&response);
    if problem.as_ref().is_some_and(|problem| guessing::answers(problem, seen.names_a_secret)) {
        env.pause(guessing::WAIT).await;
    }
    let (mut response, cause) = finish(response, problem, &seen, &request_id);
    let is_https = env.config().is_ok_and(|config| config.public_origin.starts_with("https:"));
    headers::secure(response.headers_mut(), is_https);
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    RequestLine {
        event: "request",
        at: env.now(),
        request_id: &request_id,
        method: seen.method.as_str(),
        route: &seen.route,
        status: response.status().as_u16(),
        sql_calls: calls.sql,
        kv_calls: calls.kv,
        cause: cause.as_deref(),
    }
    .write();
    response
}

/// What the end needs to know of the request's head.
struct Seen {
    method: Method,
    route: String,
    /// Of a session or of a program.
    names_a_secret: bool,
    if_none_match: Option<HeaderValue>,
}

impl Seen {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str);
        Self {
            method: request.method().clone(),
            route: route.to_owned(),
            names_a_secret: session::session_id(request.headers()).is_some()
                || request.headers().contains_key(header::AUTHORIZATION),
            if_none_match: request.headers().get(header::IF_NONE_MATCH).cloned(),
        }
    }
}

fn check(env: &Env, request: &Request) -> Result<(), Problem> {
    let config = env.config()?;
    if origin::is_ours(request.method(), request.headers(), &config.public_origin) {
        return Ok(());
    }
    Err(Problem::new(Slug::ForeignOrigin, "Откройте портал по его собственному адресу и повторите действие."))
}

fn finish(response: Response, problem: Option<Problem>, seen: &Seen, request_id: &str) -> (Response, Option<String>) {
    if let Some(problem) = problem {
        let cause = problem.cause().map(str::to_owned);
        let mut rendered = problem.render(request_id);
        if let Some(allow) = response.headers().get(header::ALLOW) {
            rendered.headers_mut().insert(header::ALLOW, allow.clone());
        }
        return (rendered, cause);
    }
    if is_known(&response, seen) {
        return (not_modified(response.headers()), None);
    }
    (response, None)
}

/// The handler's own problem, or one for a status that axum answered by itself.
fn problem_of(response: &Response) -> Option<Problem> {
    let own = response.extensions().get::<Problem>().cloned();
    own.or_else(|| Problem::for_status(response.status()))
}

fn is_known(response: &Response, seen: &Seen) -> bool {
    let (Some(asked), Some(tag)) = (&seen.if_none_match, response.headers().get(header::ETAG)) else {
        return false;
    };
    let (Ok(asked), Ok(tag)) = (asked.to_str(), tag.to_str()) else { return false };
    let matches = asked.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*");
    seen.method.is_safe() && response.status() == StatusCode::OK && matches
}

fn not_modified(known: &HeaderMap) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    for name in [header::ETAG, header::CACHE_CONTROL] {
        if let Some(value) = known.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}
