//! One JSON line per run on standard error, and one per thing that went wrong in it: ids and numbers, no names.

use jiff::Timestamp;
use serde_json::json;

use crate::Report;

/// A run is over.
pub(crate) fn done(now: Timestamp, report: &Report) {
    eprintln!("{}", json!({ "event": "reminders.done", "at": now, "report": report }));
}

/// A part of the run failed, or an item of it that was passed over.
pub(crate) fn failure(now: Timestamp, part: &str, cause: &dyn std::fmt::Display) {
    eprintln!("{}", json!({ "event": "reminders.failure", "at": now, "part": part, "cause": cause.to_string() }));
}
