//! The host's own pages: health for everybody; readiness and metrics for this machine or a bearer of the token.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED, HOST, VIA};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use schema::Migration;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use wasmtime_wasi_http::WasiBody;

use super::app::App;
use super::body;
use super::headers::Peer;
use super::problem::Problem;
use crate::component::State;
use crate::cron::Cron;
use crate::cron_counts;
use crate::disk;
use crate::metrics::Text;
use crate::suite::{self, Fault, Granted};

const HEALTH: &str = "/.well-known/spin/health";
const READY: &str = "/.well-known/moydom/ready";
const METRICS: &str = "/.well-known/moydom/metrics";

/// How long a store may take to answer before it counts as unreached.
const PATIENCE: Duration = Duration::from_secs(2);

/// One of the host's own pages.
pub(crate) enum Page {
    Health,
    Ready,
    Metrics,
    /// There is one, and not for this asker.
    Hidden,
}

/// What the host's own pages tell of.
pub(crate) struct Own {
    pub(crate) state: Arc<State>,
    /// What components were granted has to answer for the suite to be ready.
    pub(crate) databases: Granted,
    pub(crate) stores: BTreeSet<String>,
    /// Room on the disk below which the host is not ready.
    pub(crate) free_bytes: u64,
    pub(crate) cron: Cron,
    pub(crate) stopping: CancellationToken,
    /// Lets those in who are not on this machine.
    pub(crate) token: Option<String>,
}

impl Own {
    /// The page that is asked for, if it is one of these.
    pub(crate) fn page<B>(&self, request: &Request<B>, peer: &Peer) -> Option<Page> {
        let page = match request.uri().path() {
            HEALTH => return Some(Page::Health),
            READY => Page::Ready,
            METRICS => Page::Metrics,
            _ => return None,
        };
        let may_see = is_local(request.headers(), peer) || self.has_token(request.headers());
        Some(if may_see { page } else { Page::Hidden })
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        // Digests are compared, so that the time taken tells nothing of the token.
        given.zip(self.token.as_deref()).is_some_and(|(given, token)| Sha256::digest(given) == Sha256::digest(token))
    }

    /// The answer of a page.
    pub(crate) async fn answer(&self, page: Page, app: &App) -> Result<Response<WasiBody>, Problem> {
        match page {
            Page::Health => Ok(Response::new(body::full("OK"))),
            Page::Ready => Ok(self.ready().await),
            Page::Metrics => Ok(of_type("text/plain; version=0.0.4", self.metrics(app))),
            Page::Hidden => Err(Problem::NoRoute),
        }
    }

    /// Whether this host can serve: every database and store answers, the suite's own have the schema of this program,
    /// there is room for more, and the host is not about to stop.
    async fn ready(&self) -> Response<WasiBody> {
        let mut faults = self.own_faults();
        for (label, migrations) in &self.databases {
            faults.extend(self.fault_of_database(label, *migrations).await);
        }
        for label in &self.stores {
            let asked = self.ask_store(label).await;
            faults.extend(asked.err().map(|what| (format!("store {label}"), what)));
        }
        let is_ready = faults.is_empty();
        let json = serde_json::json!({ "ready": is_ready, "faults": faults });
        let mut response = of_type("application/json", json.to_string());
        if !is_ready {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        response
    }

    /// What is wrong with this host and its machine.
    fn own_faults(&self) -> BTreeMap<String, String> {
        let mut faults = BTreeMap::new();
        if self.stopping.is_cancelled() {
            faults.insert("host".to_owned(), "is stopping".to_owned());
        }
        let is_short = |file: &&Path| disk::free(file).is_some_and(|free| free < self.free_bytes);
        if let Some(file) = self.state.files().find(is_short) {
            faults.insert("disk".to_owned(), format!("has no room left for {}: make some", file.display()));
        }
        faults
    }

    async fn fault_of_database(&self, label: &str, known: Option<&[Migration]>) -> Option<(String, String)> {
        match suite::ask(&self.state.databases, label, known).await {
            Ok(()) => None,
            Err(Fault::Unreached(what)) => Some((format!("database {label}"), what)),
            Err(Fault::Misfit(what)) => Some((format!("schema of {label}"), what)),
        }
    }

    async fn ask_store(&self, label: &str) -> Result<(), String> {
        let store = self.state.stores.open(label).map_err(|error| error.to_string())?;
        let asked = tokio::time::timeout(PATIENCE, store.exists("ready".to_owned())).await;
        asked.map_err(|_| "does not answer".to_owned())?.map(drop).map_err(|error| error.to_string())
    }

    fn metrics(&self, app: &App) -> String {
        let mut text = Text::default();
        app.write_metrics(&mut text);
        self.state.databases.write_metrics(&mut text);
        cron_counts::write_metrics(&mut text, self.cron.counts());
        text.finish()
    }
}

fn of_type(media_type: &'static str, text: String) -> Response<WasiBody> {
    let mut response = Response::new(body::full(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Whether this machine itself asks, by its own name. What a proxy on it passes on for somebody else says so, or asks for
/// the portal's name.
fn is_local(headers: &HeaderMap, peer: &Peer) -> bool {
    let is_forwarded = headers.contains_key(FORWARDED)
        || headers.contains_key(VIA)
        || headers.keys().any(|name| name.as_str().starts_with("x-forwarded-"));
    !is_forwarded && names_loopback(headers) && peer.ip().is_some_and(|ip| ip.to_canonical().is_loopback())
}

fn names_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let host = host.as_ref().map_or("", |host| host.host().trim_matches(['[', ']']));
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
