//! Outgoing HTTP.

use spin_sdk::http::body::IncomingBodyExt as _;

/// Gets an address and tells its status and body.
pub(crate) async fn fetch(address: &str) -> String {
    let response = match spin_sdk::http::get(address).await {
        Ok(response) => response,
        Err(error) => return format!("refused: {error:?}"),
    };
    let status = response.status();
    match response.into_body().bytes().await {
        Ok(body) => format!("{} {}", status.as_u16(), String::from_utf8_lossy(&body)),
        Err(error) => format!("refused: {error:?}"),
    }
}
