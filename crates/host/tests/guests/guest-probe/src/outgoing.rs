//! Outgoing HTTP.

use std::fmt::Debug;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_LENGTH;
use http_body_util::Full;
use spin_sdk::http::Response;
use spin_sdk::http::body::IncomingBodyExt as _;

const MESSAGE: &str = "a message";

/// Gets an address and tells its status and body.
pub(crate) async fn fetch(address: &str) -> String {
    told(spin_sdk::http::get(address).await).await
}

/// Posts a message whose length is told to an address, and tells its status and body.
pub(crate) async fn post(address: &str) -> String {
    let request = Request::post(address).header(CONTENT_LENGTH, MESSAGE.len()).body(Full::new(Bytes::from(MESSAGE)));
    match request {
        Ok(request) => told(spin_sdk::http::send(request).await).await,
        Err(error) => format!("refused: {error}"),
    }
}

async fn told(answer: Result<Response, impl Debug>) -> String {
    let response = match answer {
        Ok(response) => response,
        Err(error) => return format!("refused: {error:?}"),
    };
    let status = response.status();
    match response.into_body().bytes().await {
        Ok(body) => format!("{} {}", status.as_u16(), String::from_utf8_lossy(&body)),
        Err(error) => format!("refused: {error:?}"),
    }
}
