//! A trigger that answers by itself, without a component.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use wasmtime_wasi_http::WasiBody;

use super::body;

/// The fixed answer of a route.
pub(crate) struct StaticResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl StaticResponse {
    /// Fails when the manifest's words are no status or no headers.
    pub(crate) fn new<'a>(
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &str,
    ) -> Result<Self> {
        let status = StatusCode::from_u16(status).with_context(|| format!("{status} is no HTTP status"))?;
        let headers = headers
            .into_iter()
            .map(|(name, value)| {
                let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
                header.with_context(|| format!("{name}: {value} is no HTTP header"))
            })
            .collect::<Result<_>>()?;
        Ok(Self { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) })
    }

    pub(crate) fn response(&self) -> Response<WasiBody> {
        let mut response = Response::new(body::full(self.body.clone()));
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response
    }
}
