//! One JSON line per request on standard error, which both hosts keep.
//!
//! Never a body, a query, a cookie, a name or a contact: the route's pattern, ids and numbers only.

use jiff::Timestamp;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct RequestLine<'a> {
    pub(crate) event: &'static str,
    pub(crate) at: Timestamp,
    pub(crate) request_id: &'a str,
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
    pub(crate) status: u16,
    pub(crate) sql_calls: u64,
    pub(crate) kv_calls: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<&'a str>,
}

impl RequestLine<'_> {
    pub(crate) fn write(&self) {
        if let Ok(line) = serde_json::to_string(self) {
            eprintln!("{line}");
        }
    }
}

/// Something failed after the answer had gone.
pub(crate) fn failure(now: Timestamp, part: &str, cause: &str) {
    eprintln!("{}", serde_json::json!({ "event": "failure", "at": now, "part": part, "cause": cause }));
}
