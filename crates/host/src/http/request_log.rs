//! One line per request.

use std::time::{Duration, Instant};

use http::{Method, Request, StatusCode, Uri};

use crate::log::Log;

/// Characters of a path that tell enough; no route of the suite is near it.
const PATH_LOGGED: usize = 512;

/// What a line says about a request; taken before the request goes its way.
pub(crate) struct Seen {
    method: Method,
    uri: Uri,
    since: Instant,
}

impl Seen {
    pub(crate) fn new<B>(request: &Request<B>) -> Self {
        Self { method: request.method().clone(), uri: request.uri().clone(), since: Instant::now() }
    }

    /// How long ago the request came.
    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Writes the line. The query is left out: it may hold what should not be kept.
    pub(crate) fn answered(self, log: &Log, component: Option<&str>, status: StatusCode) {
        let micros = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let line =
            log.event("http.request").with("method", self.method.as_str()).with("path", shortened(self.uri.path()));
        drop(line.with("component", component).with("status", status.as_u16()).with("duration_us", micros));
    }
}

/// The beginning of a path: a client may send as much as a head may hold, again and again.
fn shortened(path: &str) -> &str {
    path.char_indices().nth(PATH_LOGGED).map_or(path, |(end, _)| &path[..end])
}
