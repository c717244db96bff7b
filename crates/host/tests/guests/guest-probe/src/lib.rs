//! Does over HTTP what a test asks for: uses each capability once and tells what came of it.
//!
//! `/probe/WHAT?argument` answers 200 with plain text; a refusal of the host is text too, beginning with `refused:`.
#![cfg(target_arch = "wasm32")]

mod computing;
mod outgoing;
mod state;
mod surroundings;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use spin_sdk::http::body::IncomingBodyExt as _;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    surroundings::count_request();
    let path = request.uri().path().to_owned();
    let argument = request.uri().query().unwrap_or_default().to_owned();
    match path.rsplit('/').next().unwrap_or_default() {
        "echo" => match request.into_body().bytes().await {
            Ok(body) => whole(body),
            Err(error) => text(format!("refused: {error:?}")),
        },
        "ignore-body" => text("ignored"),
        "headers" => text(surroundings::headers(&request)),
        "stream" => computing::stream(),
        "after" => computing::after_the_response(argument),
        "fetch" => text(outgoing::fetch(&argument).await),
        "post" => text(outgoing::post(&argument).await),
        "sleep" => text(computing::sleep(&argument).await),
        what => text(answer(what, &argument)),
    }
}

fn answer(what: &str, argument: &str) -> String {
    match what {
        "time" => surroundings::time(),
        "file" => surroundings::file(argument),
        "write-file" => surroundings::write_file(argument),
        "environment" => surroundings::environment(argument),
        "requests" => surroundings::requests(),
        "log" => surroundings::log(argument),
        "sqlite" => state::sqlite(argument),
        "count" => state::count(argument),
        "open-many" => state::open_many(argument),
        "key-value" => state::key_value(argument),
        "get" => state::get(argument),
        "variable" => state::variable(argument),
        "trap" => panic!("asked to"),
        "loop" => computing::forever(),
        "memory" => computing::memory(argument),
        _ => String::from("ok"),
    }
}

fn text(text: impl Into<String>) -> Response<Body> {
    whole(Bytes::from(text.into()))
}

fn whole(body: Bytes) -> Response<Body> {
    let body = Full::new(body).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    response
}
