//! What is counted of cron ticks.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::metrics::{Counter, Histogram, Text};

/// The ticks of one component in this host's life.
#[derive(Default)]
pub(crate) struct TickCounts {
    succeeded: Counter,
    failed: Counter,
    time: Histogram,
    /// When the last one began, in seconds since 1970; 0 before the first.
    last_at: AtomicI64,
    last_failed: AtomicBool,
}

impl TickCounts {
    pub(crate) fn count(&self, at: Timestamp, time: Duration, is_ok: bool) {
        if is_ok { &self.succeeded } else { &self.failed }.add(1);
        self.time.observe(time);
        self.last_at.store(at.as_second(), Ordering::Relaxed);
        self.last_failed.store(!is_ok, Ordering::Relaxed);
    }
}

/// Every sample about ticks, by component.
pub(crate) fn write_metrics<'a>(text: &mut Text, counts: impl Iterator<Item = (&'a str, &'a TickCounts)> + Clone) {
    let name = "moydom_cron_ticks_total";
    text.metric(name, "counter", "Ticks that ended, by result.");
    for (component, TickCounts { succeeded, failed, .. }) in counts.clone() {
        text.sample(name, &[("component", component), ("result", "ok")], succeeded.get());
        text.sample(name, &[("component", component), ("result", "failed")], failed.get());
    }
    let name = "moydom_cron_last_tick_timestamp_seconds";
    text.metric(name, "gauge", "When the last tick of this host began, in seconds since 1970; 0 before the first.");
    for (component, counts) in counts.clone() {
        text.sample(name, &[("component", component)], counts.last_at.load(Ordering::Relaxed));
    }
    let name = "moydom_cron_last_tick_failed";
    text.metric(name, "gauge", "1 if the last tick of this host failed.");
    for (component, counts) in counts.clone() {
        text.sample(name, &[("component", component)], u8::from(counts.last_failed.load(Ordering::Relaxed)));
    }
    let name = "moydom_cron_tick_duration_seconds";
    text.metric(name, "histogram", "How long ticks took.");
    counts.for_each(|(component, counts)| text.histogram(name, &[("component", component)], &counts.time));
}
