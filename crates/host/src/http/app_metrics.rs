//! What an app tells of its requests, connections and instances.

use super::app::{App, Destination};
use super::counts::{InstanceCounts, RouteCounts};
use crate::metrics::Text;

impl App {
    /// Every sample about HTTP and instances.
    pub(crate) fn write_metrics(&self, text: &mut Text) {
        self.write_requests(text);
        self.write_connections(text);
        self.write_instances(text);
    }

    fn route_counts(&self) -> impl Iterator<Item = &RouteCounts> {
        let routes = self.routes.targets().map(|Destination { counts, .. }| counts);
        routes.chain([&self.counts.unrouted, &self.counts.own])
    }

    fn write_requests(&self, text: &mut Text) {
        text.metric("moydom_http_requests_total", "counter", "Requests answered, by route and status.");
        self.route_counts().for_each(|counts| counts.write_requests(text));
        let name = "moydom_http_request_duration_seconds";
        text.metric(name, "histogram", "Time from a request to the head of its answer.");
        self.route_counts().for_each(|counts| counts.write_time(text));
        text.metric("moydom_http_requests_running", "gauge", "Requests that occupy a place now.");
        text.sample("moydom_http_requests_running", &[], self.requests_running());
    }

    fn write_connections(&self, text: &mut Text) {
        let accepted = self.counts.connections_accepted.get();
        text.metric("moydom_connections_accepted_total", "counter", "Connections accepted.");
        text.sample("moydom_connections_accepted_total", &[], accepted);
        text.metric("moydom_connections_open", "gauge", "Connections open now.");
        text.sample("moydom_connections_open", &[], accepted.saturating_sub(self.counts.connections_closed.get()));
    }

    fn write_instances(&self, text: &mut Text) {
        self.write_each(text, "moydom_instances", "gauge", "Instances alive now.", InstanceCounts::living);
        let name = "moydom_instances_made_total";
        self.write_each(text, name, "counter", "Instances made.", |counts| counts.made.get());
        let name = "moydom_instances_failed_total";
        self.write_each(text, name, "counter", "Instances that trapped or were stopped.", |counts| counts.failed.get());
    }

    fn write_each(&self, text: &mut Text, name: &str, kind: &str, help: &str, of: impl Fn(&InstanceCounts) -> u64) {
        text.metric(name, kind, help);
        for endpoint in self.endpoints.values() {
            text.sample(name, &[("component", &endpoint.name)], of(&endpoint.counts));
        }
    }
}
