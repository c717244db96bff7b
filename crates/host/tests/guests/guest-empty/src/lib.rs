//! Answers every request with the same few bytes: the yardstick of what the host itself costs.
#![cfg(target_arch = "wasm32")]

use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

#[http_service]
async fn handle(_: Request) -> impl IntoResponse {
    "ok"
}
