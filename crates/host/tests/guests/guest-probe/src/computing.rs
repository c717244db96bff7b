//! Guests that take their time, all of it, or too much memory.

use std::time::Duration;

use bytes::Bytes;
use futures::SinkExt as _;
use http::Response;
use http_body_util::BodyExt as _;
use spin_sdk::http::body;
use spin_sdk::wasip3::clocks::monotonic_clock;

use crate::{Body, state, text};

/// Computes until it is stopped.
pub(crate) fn forever() -> String {
    let mut number = 0_u64;
    loop {
        number = std::hint::black_box(number.wrapping_add(1));
    }
}

pub(crate) async fn sleep(milliseconds: &str) -> String {
    wait(milliseconds).await;
    String::from("slept")
}

async fn wait(milliseconds: &str) {
    let time = Duration::from_millis(milliseconds.parse().unwrap_or(0));
    monotonic_clock::wait_for(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)).await;
}

/// Asks for that many MiB.
pub(crate) fn memory(mebibytes: &str) -> String {
    let size = mebibytes.parse::<usize>().unwrap_or(0) << 20;
    let mut memory: Vec<u8> = Vec::new();
    match memory.try_reserve_exact(size) {
        Ok(()) => format!("got {}", memory.capacity()),
        Err(error) => format!("refused: {error}"),
    }
}

/// Answers in pieces with pauses.
pub(crate) fn stream() -> Response<Body> {
    let (mut sender, body) = body::stream::<Bytes>();
    spin_sdk::wasip3::spawn(async move {
        for piece in ["one ", "two ", "three"] {
            if sender.send(Bytes::from_static(piece.as_bytes())).await.is_err() {
                return;
            }
            wait("20").await;
        }
    });
    Response::new(body.map_err(Into::into).boxed_unsync())
}

/// Answers at once and writes a key a little later.
pub(crate) fn after_the_response(key: String) -> Response<Body> {
    spin_sdk::wasip3::spawn(async move {
        wait("100").await;
        state::set(&key);
    });
    text("answered")
}
