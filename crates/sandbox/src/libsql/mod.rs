//! Plays a libSQL server (`sqld`) over an ordinary SQLite file, where no registry offers the real one.
//!
//! It speaks the part of Hrana 3 that the host uses, JSON over HTTP: `POST /v3/pipeline` with statements, texts of
//! several statements, and streams that hold a transaction from one request to the next. What the real server
//! refuses, it refuses too: two statements in one, settings of the connection, a baton used twice.

mod pipeline;
mod statement;
mod streams;

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt as _,
};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use pipeline::Pipeline;
use streams::Streams;

/// A running server; dropping it stops it.
pub struct LibsqlServer {
    address: SocketAddr,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    streams: Streams,
    token: String,
}

impl LibsqlServer {
    /// Listens on `listen` (port 0 takes a free one) and serves the database `file` to whoever knows `token`.
    ///
    /// # Errors
    /// Where the address is taken.
    pub async fn start(listen: SocketAddr, file: impl Into<PathBuf>, token: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Shared { streams: Streams::new(file.into()), token: token.to_owned() };
        let router = Router::new()
            .route("/health", get(|| async {}))
            .route("/v3", get(|| async {}))
            .route("/v3/pipeline", post(answer))
            .with_state(shared);
        let listener = listener.tap_io(|stream| {
            let _only_slower_without = stream.set_nodelay(true);
        });
        let server = tokio::spawn(async move {
            // Returns only when the task is aborted: a failed accept is retried inside.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for LibsqlServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Shared>, headers: HeaderMap, Json(pipeline): Json<Pipeline>) -> Response {
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shown.and_then(|value| value.strip_prefix("Bearer ")) != Some(&shared.token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let streams = shared.streams;
    match tokio::task::spawn_blocking(move || pipeline.run(&streams)).await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(refusal)) => (StatusCode::BAD_REQUEST, Json(refusal.to_json())).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "message": "the server failed" }))).into_response(),
    }
}

/// Why a request, or one part of it, failed.
struct Refusal {
    message: String,
    code: &'static str,
}

impl Refusal {
    fn new(message: impl Into<String>, code: &'static str) -> Self {
        Self { message: message.into(), code }
    }

    fn to_json(&self) -> serde_json::Value {
        json!({ "message": self.message, "code": self.code })
    }
}
