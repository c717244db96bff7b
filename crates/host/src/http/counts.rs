//! What is counted of requests, connections and instances.

use std::time::Duration;

use http::StatusCode;

use crate::metrics::{Counter, Histogram, Text};

/// Statuses have three digits, the first of them 1 to 9.
const STATUSES: usize = 900;

/// The requests of one route.
pub(crate) struct RouteCounts {
    /// The route as the manifest writes it.
    route: String,
    by_status: Box<[Counter]>,
    time: Histogram,
}

impl RouteCounts {
    pub(crate) fn new(route: impl Into<String>) -> Self {
        let by_status = std::iter::repeat_with(Counter::default).take(STATUSES).collect();
        Self { route: route.into(), by_status, time: Histogram::default() }
    }

    /// One request more; `time` lasts until the head of the answer.
    pub(crate) fn count(&self, status: StatusCode, time: Duration) {
        if let Some(counter) = self.by_status.get(usize::from(status.as_u16()).saturating_sub(100)) {
            counter.add(1);
        }
        self.time.observe(time);
    }

    /// The samples of `moydom_http_requests_total`.
    pub(crate) fn write_requests(&self, text: &mut Text) {
        for (index, counter) in self.by_status.iter().enumerate().filter(|(_, counter)| counter.get() > 0) {
            let status = (index + 100).to_string();
            text.sample("moydom_http_requests_total", &[("route", &self.route), ("status", &status)], counter.get());
        }
    }

    /// The samples of `moydom_http_request_duration_seconds`.
    pub(crate) fn write_time(&self, text: &mut Text) {
        text.histogram("moydom_http_request_duration_seconds", &[("route", &self.route)], &self.time);
    }
}

/// What belongs to no route of the manifest.
pub(crate) struct ServerCounts {
    /// The host's own pages.
    pub(crate) own: RouteCounts,
    /// Addresses that lead nowhere.
    pub(crate) unrouted: RouteCounts,
    pub(crate) connections_accepted: Counter,
    pub(crate) connections_closed: Counter,
}

impl Default for ServerCounts {
    fn default() -> Self {
        Self {
            own: RouteCounts::new("(host)"),
            unrouted: RouteCounts::new("(none)"),
            connections_accepted: Counter::default(),
            connections_closed: Counter::default(),
        }
    }
}

/// The instances of one component.
#[derive(Default)]
pub(crate) struct InstanceCounts {
    pub(crate) made: Counter,
    pub(crate) ended: Counter,
    /// Of those that ended: trapped, or stopped for taking too long.
    pub(crate) failed: Counter,
}

impl InstanceCounts {
    pub(crate) fn living(&self) -> u64 {
        self.made.get().saturating_sub(self.ended.get())
    }
}
