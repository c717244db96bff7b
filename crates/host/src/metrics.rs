//! What a host counts while it serves, and the text form in which Prometheus reads it.
//!
//! Counting is an addition to an atomic number, so it costs a request nothing that could be measured.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of a histogram's buckets: as Prometheus writes them, and in microseconds.
const BOUNDS: [(&str, u64); 12] = [
    ("0.001", 1_000),
    ("0.0025", 2_500),
    ("0.005", 5_000),
    ("0.01", 10_000),
    ("0.025", 25_000),
    ("0.05", 50_000),
    ("0.1", 100_000),
    ("0.25", 250_000),
    ("0.5", 500_000),
    ("1", 1_000_000),
    ("5", 5_000_000),
    ("30", 30_000_000),
];

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something took, each time.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [Counter; BOUNDS.len()],
    count: Counter,
    micros: Counter,
}

impl Histogram {
    pub(crate) fn observe(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = BOUNDS.iter().position(|(_, bound)| micros <= *bound) {
            self.buckets[bucket].add(1);
        }
        self.count.add(1);
        self.micros.add(micros);
    }
}

/// Metrics under construction, in Prometheus' text form.
#[derive(Default)]
pub(crate) struct Text(String);

impl Text {
    /// Begins a metric: what follows are its samples. `kind` is `counter`, `gauge` or `histogram`.
    pub(crate) fn metric(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String never fails.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    pub(crate) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"{}\"", if index == 0 { '{' } else { ',' }, escaped(text));
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    pub(crate) fn histogram(&mut self, name: &str, labels: &[(&str, &str)], histogram: &Histogram) {
        let bucket = format!("{name}_bucket");
        let mut so_far = 0;
        for ((bound, _), count) in BOUNDS.iter().zip(&histogram.buckets) {
            so_far += count.get();
            self.sample(&bucket, &[labels, &[("le", *bound)]].concat(), so_far);
        }
        // Read last: it is never less than the buckets before it.
        let count = histogram.count.get().max(so_far);
        self.sample(&bucket, &[labels, &[("le", "+Inf")]].concat(), count);
        self.sample(&format!("{name}_sum"), labels, seconds(histogram.micros.get()));
        self.sample(&format!("{name}_count"), labels, count);
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// Microseconds as decimal seconds.
pub(crate) fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_what_is_beyond_them_counts_all_the_same() {
        let histogram = Histogram::default();
        for millis in [1, 2, 3, 60_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let mut text = Text::default();
        text.histogram("wait_seconds", &[("database", "default")], &histogram);
        let text = text.finish();
        for line in [
            "wait_seconds_bucket{database=\"default\",le=\"0.001\"} 1",
            "wait_seconds_bucket{database=\"default\",le=\"0.005\"} 3",
            "wait_seconds_bucket{database=\"default\",le=\"30\"} 3",
            "wait_seconds_bucket{database=\"default\",le=\"+Inf\"} 4",
            "wait_seconds_sum{database=\"default\"} 60.006000",
            "wait_seconds_count{database=\"default\"} 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut text = Text::default();
        text.sample("a", &[("route", "/\"\\\n")], 1);
        assert_eq!(text.finish(), "a{route=\"/\\\"\\\\\\n\"} 1\n");
    }
}
