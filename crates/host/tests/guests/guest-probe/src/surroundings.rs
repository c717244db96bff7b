//! What a guest sees of the world around it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use spin_sdk::http::Request;
use spin_sdk::wasip3::clocks::system_clock;

static REQUESTS: AtomicU32 = AtomicU32::new(0);

pub(crate) fn count_request() {
    REQUESTS.fetch_add(1, Ordering::Relaxed);
}

/// How many requests this instance has had.
pub(crate) fn requests() -> String {
    REQUESTS.load(Ordering::Relaxed).to_string()
}

/// Unix seconds by the clocks of WASI 0.2 and 0.3.
pub(crate) fn time() -> String {
    let old = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    format!("{old} {}", system_clock::now().seconds)
}

pub(crate) fn file(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| format!("refused: {error}"))
}

pub(crate) fn write_file(path: &str) -> String {
    match std::fs::write(path, "written by a guest") {
        Ok(()) => String::from("written"),
        Err(error) => format!("refused: {error}"),
    }
}

pub(crate) fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|error| format!("refused: {error}"))
}

/// Every header on a line of its own.
pub(crate) fn headers(request: &Request) -> String {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
    };
    request.headers().iter().map(line).collect()
}

pub(crate) fn log(text: &str) -> String {
    println!("{text}");
    eprintln!("{{\"said\":\"{text}\"}}");
    String::from("logged")
}
