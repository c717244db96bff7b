//! The id of an answer that the host gives itself: a UUIDv7, as the components have it.

use http::{HeaderName, HeaderValue};
use jiff::Timestamp;

/// The header that carries it.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A new id.
pub(crate) fn fresh() -> String {
    let millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    let mut random = [0; 10];
    // Without random bytes the moment alone tells two answers apart well enough for a log.
    let _ = getrandom::fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

/// The id as a header's value.
pub(crate) fn header(id: &str) -> HeaderValue {
    HeaderValue::from_str(id).unwrap_or_else(|_| HeaderValue::from_static(""))
}
