//! From a request to the component that answers it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

use http::header::HOST;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::sync::Semaphore;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, ProxyHandler};

use super::body::{self, Fault, Limited};
use super::counts::{InstanceCounts, RouteCounts, ServerCounts};
use super::headers::{self, Peer, RouteHeaders};
use super::instances::{Instances, Permit};
use super::own::Own;
use super::problem::Problem;
use super::request_id::{self, REQUEST_ID};
use super::request_log::Seen;
use super::share::Shares;
use super::static_response::StaticResponse;
use crate::limits::Limits;
use crate::log::Log;
use crate::route::Router;

/// The routes of an application and what answers them.
pub(crate) struct App {
    pub(crate) routes: Router<Destination>,
    pub(crate) endpoints: HashMap<String, Arc<Endpoint>>,
    pub(crate) own: Own,
    pub(crate) limits: Arc<Limits>,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) shares: Shares,
    pub(crate) counts: ServerCounts,
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

/// What a route leads to, and what is counted of it.
pub(crate) struct Destination {
    pub(crate) target: Target,
    pub(crate) counts: RouteCounts,
}

/// What answers the requests of a route.
pub(crate) enum Target {
    Component(Arc<Endpoint>, RouteHeaders),
    Static(StaticResponse),
}

/// A component that serves HTTP.
pub(crate) struct Endpoint {
    pub(crate) name: Arc<str>,
    pub(crate) handler: ProxyHandler<Instances>,
    pub(crate) counts: Arc<InstanceCounts>,
}

/// What a component or the host itself answers, or why it cannot.
type Outcome = Result<Response<WasiBody>, Problem>;

/// An answer and whose it is.
struct Answer<'a> {
    component: Option<&'a str>,
    counts: &'a RouteCounts,
    outcome: Outcome,
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
        let seen = Seen::new(&request);
        let answer = self.answer(request, peer).await;
        answer.counts.count(answer.status(), seen.elapsed());
        if self.log_requests {
            seen.answered(&self.log, answer.component, answer.status());
        }
        let is_of_component = answer.component.is_some();
        let mut response = self.told(answer.outcome, answer.component);
        if peer.is_https() {
            headers::keep_to_https(response.headers_mut());
        }
        if !is_of_component && !response.headers().contains_key(REQUEST_ID) {
            response.headers_mut().insert(REQUEST_ID, request_id::header(&request_id::fresh()));
        }
        response
    }

    /// Answers a component that calls a path of its own app.
    pub(crate) async fn call_itself(&self, mut request: Request<WasiBody>) -> Response<WasiBody> {
        request.headers_mut().remove(HOST);
        name_host(request.uri_mut());
        let peer = Peer::component();
        let answer = Box::pin(self.answer(request, &peer)).await;
        self.told(answer.outcome, answer.component)
    }

    /// Answers a component that calls another one by name; `None` when there is no such component.
    pub(crate) async fn call_component(&self, name: &str, request: Request<WasiBody>) -> Option<Response<WasiBody>> {
        let endpoint = self.endpoints.get(name)?;
        let (path, peer) = (request.uri().path().to_owned(), Peer::component());
        let outcome = Box::pin(self.call(endpoint, &self.chained, &path, [], request, &peer)).await;
        Some(self.told(outcome, Some(name)))
    }

    /// The answer, with a problem put into words; its id leads from the words to the line of the log.
    fn told(&self, outcome: Outcome, component: Option<&str>) -> Response<WasiBody> {
        outcome.unwrap_or_else(|problem| {
            let id = request_id::fresh();
            let line = self.log.event("host.problem").with("request_id", &id).with("component", component);
            drop(line.with("problem", problem.slug()));
            problem.response(&id)
        })
    }

    async fn answer(&self, request: Request<WasiBody>, peer: &Peer) -> Answer<'_> {
        let unrouted = |problem| Answer { component: None, counts: &self.counts.unrouted, outcome: Err(problem) };
        if headers::size(&request) > self.limits.header_bytes {
            return unrouted(Problem::HeadTooLarge);
        }
        // A clone of the path's bytes is a reference: the request itself moves on.
        let address = request.uri().clone();
        if let Some(page) = self.own.page(&request, peer) {
            return Answer { component: None, counts: &self.counts.own, outcome: self.own.answer(page, self).await };
        }
        let Some(found) = self.routes.find(address.path()) else {
            return unrouted(Problem::NoRoute);
        };
        let counts = &found.target.counts;
        match &found.target.target {
            Target::Static(answer) => Answer { component: None, counts, outcome: Ok(answer.response()) },
            Target::Component(endpoint, route) => {
                let outcome = self.call(endpoint, route, found.path_info(), found.segments(), request, peer).await;
                Answer { component: Some(&endpoint.name), counts, outcome }
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
    ) -> Outcome {
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| Problem::Busy)?;
        headers::prepare(&mut request, route, path_info, segments, peer)?;
        let (request, fault) = self.limit_body(request, peer)?;
        self.run(endpoint, request, fault.as_ref(), Arc::new(permit)).await
    }

    /// Refuses a body that says that it is too large or comes from an address that sends too many, and watches the
    /// others.
    fn limit_body(
        &self,
        request: Request<WasiBody>,
        peer: &Peer,
    ) -> Result<(Request<WasiBody>, Option<Fault>), Problem> {
        if request.body().is_end_stream() {
            return Ok((request, None));
        }
        if request.body().size_hint().lower() > self.limits.body_bytes {
            return Err(Problem::BodyTooLarge);
        }
        let share = match peer.ip() {
            Some(address) => Some(self.shares.take(address).ok_or(Problem::TooManyBodies)?),
            None => None,
        };
        let (head, body) = request.into_parts();
        let (body, fault) = Limited::new(body, self.limits.body_bytes, self.limits.body_time, share);
        Ok((Request::from_parts(head, body.boxed_unsync()), Some(fault)))
    }

    async fn run(
        &self,
        endpoint: &Endpoint,
        request: Request<WasiBody>,
        fault: Option<&Fault>,
        permit: Permit,
    ) -> Outcome {
        let since = Instant::now();
        let result = endpoint.handler.handle(Arc::clone(&permit), request).await;
        if let Some(problem) = fault.and_then(Fault::get) {
            return Err(problem);
        }
        match result {
            Ok(response) => Ok(body::gather(response, permit).await),
            Err(error) => {
                let problem = self.blame(&error, since);
                let line = self.log.event("request.failed").with("component", &*endpoint.name);
                drop(line.with("problem", problem.slug()).with("error", format!("{error:#}")));
                Err(problem)
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

impl Answer<'_> {
    fn status(&self) -> StatusCode {
        self.outcome.as_ref().map_or_else(|problem| problem.status(), Response::status)
    }
}

/// A guest's request to itself names no host; what serves it wants one.
fn name_host(address: &mut Uri) {
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    if let Ok(named) = format!("http://localhost{path}").parse() {
        *address = named;
    }
}
