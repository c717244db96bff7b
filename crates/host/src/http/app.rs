//! From a request to the component that answers it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

use http::header::{CONTENT_LENGTH, HOST};
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::sync::Semaphore;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, ProxyHandler};

use super::body::{self, Exceeded, Limited};
use super::headers::{self, Peer, RouteHeaders};
use super::instances::{Instances, Permit};
use super::problem::Problem;
use super::request_log::Seen;
use super::static_response::StaticResponse;
use crate::limits::Limits;
use crate::log::Log;
use crate::route::Router;

/// The host's own routes.
const HEALTH: &str = "/.well-known/spin/health";

/// The routes of an application and what answers them.
pub(crate) struct App {
    pub(crate) routes: Router<Target>,
    pub(crate) endpoints: HashMap<String, Arc<Endpoint>>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) log: Log,
    pub(crate) log_requests: bool,
    /// How a component that is called by name sees its route.
    pub(crate) chained: RouteHeaders,
}

/// The way from a component to the app that it is part of; empty until the app is there, and always for cron.
#[derive(Clone, Default)]
pub(crate) struct AppLink(Arc<OnceLock<Weak<App>>>);

impl AppLink {
    pub(crate) fn set(&self, app: &Arc<App>) {
        // An app is made once.
        let _ = self.0.set(Arc::downgrade(app));
    }

    pub(crate) fn get(&self) -> Option<Arc<App>> {
        self.0.get()?.upgrade()
    }
}

/// What a route leads to.
pub(crate) enum Target {
    Component(Arc<Endpoint>, RouteHeaders),
    Static(StaticResponse),
}

/// A component that serves HTTP.
pub(crate) struct Endpoint {
    pub(crate) name: Arc<str>,
    pub(crate) handler: ProxyHandler<Instances>,
}

/// An answer and whose it is.
struct Answer<'a> {
    component: Option<&'a str>,
    response: Response<WasiBody>,
}

impl App {
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn requests_running(&self) -> usize {
        self.limits.concurrent_requests - self.permits.available_permits()
    }

    /// Answers a request from the network.
    pub(crate) async fn serve(&self, request: Request<WasiBody>, peer: &Peer) -> Response<WasiBody> {
        let seen = self.log_requests.then(|| Seen::new(&request));
        let answer = self.answer(request, peer).await;
        if let Some(seen) = seen {
            seen.answered(&self.log, answer.component, answer.response.status());
        }
        answer.response
    }

    /// Answers a component that calls a path of its own app.
    pub(crate) async fn call_itself(&self, mut request: Request<WasiBody>) -> Response<WasiBody> {
        request.headers_mut().remove(HOST);
        name_host(request.uri_mut());
        Box::pin(self.answer(request, &Peer::component())).await.response
    }

    /// Answers a component that calls another one by name; `None` when there is no such component.
    pub(crate) async fn call_component(&self, name: &str, request: Request<WasiBody>) -> Option<Response<WasiBody>> {
        let endpoint = self.endpoints.get(name)?;
        let path = request.uri().path().to_owned();
        Some(Box::pin(self.call(endpoint, &self.chained, &path, [], request, &Peer::component())).await)
    }

    async fn answer(&self, request: Request<WasiBody>, peer: &Peer) -> Answer<'_> {
        let by_host = |response| Answer { component: None, response };
        // A clone of the path's bytes is a reference: the request itself moves on.
        let address = request.uri().clone();
        if address.path() == HEALTH {
            return by_host(Response::new(body::full("OK")));
        }
        let Some(found) = self.routes.find(address.path()) else { return by_host(Problem::NoRoute.response()) };
        match found.target {
            Target::Static(answer) => by_host(answer.response()),
            Target::Component(endpoint, route) => {
                let response = self.call(endpoint, route, found.path_info(), found.segments(), request, peer).await;
                Answer { component: Some(&endpoint.name), response }
            }
        }
    }

    async fn call<'a>(
        &self,
        endpoint: &Endpoint,
        route: &RouteHeaders,
        path_info: &str,
        segments: impl IntoIterator<Item = (&'a str, &'a str)>,
        mut request: Request<WasiBody>,
        peer: &Peer,
    ) -> Response<WasiBody> {
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else { return Problem::Busy.response() };
        if let Err(problem) = headers::prepare(&mut request, route, path_info, segments, peer) {
            return problem.response();
        }
        match self.limit_body(request) {
            Err(problem) => problem.response(),
            Ok((request, exceeded)) => self.run(endpoint, request, exceeded.as_ref(), Arc::new(permit)).await,
        }
    }

    /// Refuses a body that says that it is too large, and watches one that does not say.
    fn limit_body(&self, request: Request<WasiBody>) -> Result<(Request<WasiBody>, Option<Exceeded>), Problem> {
        if request.body().is_end_stream() {
            return Ok((request, None));
        }
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        match length {
            Some(length) if length > self.limits.body_bytes => Err(Problem::BodyTooLarge),
            Some(_) => Ok((request, None)),
            None => {
                let (head, body) = request.into_parts();
                let (body, exceeded) = Limited::new(body, self.limits.body_bytes);
                Ok((Request::from_parts(head, body.boxed_unsync()), Some(exceeded)))
            }
        }
    }

    async fn run(
        &self,
        endpoint: &Endpoint,
        request: Request<WasiBody>,
        exceeded: Option<&Exceeded>,
        permit: Permit,
    ) -> Response<WasiBody> {
        let since = Instant::now();
        let result = endpoint.handler.handle(Arc::clone(&permit), request).await;
        if exceeded.is_some_and(Exceeded::get) {
            return Problem::BodyTooLarge.response();
        }
        match result {
            Ok(response) => body::gather(response, permit).await,
            Err(error) => {
                let problem = self.blame(&error, since);
                let line = self.log.event("request.failed").with("component", &*endpoint.name);
                drop(line.with("problem", problem.slug()).with("error", format!("{error:#}")));
                problem.response()
            }
        }
    }

    /// A guest that is stopped for taking too long fails in several ways; time tells.
    fn blame(&self, error: &wasmtime::Error, since: Instant) -> Problem {
        if error.is::<ExpirationError>() || since.elapsed() >= self.limits.request_time {
            Problem::TimedOut
        } else if error.is::<InstantiationError<Permit>>() {
            Problem::Busy
        } else {
            Problem::Failed
        }
    }
}

/// A guest's request to itself names no host; what serves it wants one.
fn name_host(address: &mut Uri) {
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    if let Ok(named) = format!("http://localhost{path}").parse() {
        *address = named;
    }
}
