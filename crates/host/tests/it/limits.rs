//! What a guest or a client takes too much of.

use std::time::Duration;

use bytes::Bytes;
use host::Limits;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{App, Reply, Running, reply, start, until};

fn assert_problem(reply: &Reply, status: StatusCode, slug: &str) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&reply.text).expect("JSON");
    assert_eq!(problem["type"], format!("/problems/{slug}"));
    assert_eq!(problem["status"], status.as_u16());
}

#[tokio::test]
async fn a_trap_answers_500_and_tells_nothing_of_the_inside() {
    let running = start(App::new().host()).await;
    let reply = running.get("/probe/trap").await;
    assert_problem(&reply, StatusCode::INTERNAL_SERVER_ERROR, "internal");
    assert!(!reply.text.contains("asked to") && !reply.text.contains("wasm"), "{}", reply.text);
    until("the trap is logged", || running.logged("component.failed").len() == 1).await;
    assert_eq!(running.ask("/probe/anything").await, "ok");
}

#[tokio::test]
async fn a_trap_costs_nobody_outside_of_its_instance() {
    let running = start(App::new().host()).await;
    let (neighbour, trap) = tokio::join!(running.ask("/bare/sleep?200"), running.get("/probe/trap"));
    assert_eq!(neighbour, "slept");
    assert_eq!(trap.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_looping_guest_is_stopped_and_others_are_served_meanwhile() {
    let limits = Limits { request_time: Duration::from_secs(3), ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    running.ask("/probe/anything").await;
    let (looping, other) = tokio::join!(running.get("/probe/loop"), async {
        let answers = futures::future::join_all((0..8).map(|_| running.ask("/bare/anything"))).await;
        (answers, running.logged("component.failed").len())
    });
    assert_problem(&looping, StatusCode::GATEWAY_TIMEOUT, "timeout");
    assert_eq!(other, (vec![String::from("ok"); 8], 0), "served while the loop ran");
    until("the stop is logged", || running.logged("component.failed").len() == 1).await;
    assert_eq!(running.ask("/probe/anything").await, "ok");
}

#[tokio::test]
async fn a_guest_that_waits_too_long_is_given_up() {
    let limits = Limits { request_time: Duration::from_millis(300), ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    assert_problem(&running.get("/probe/sleep?60000").await, StatusCode::GATEWAY_TIMEOUT, "timeout");
}

#[tokio::test]
async fn memory_beyond_the_limit_is_not_given() {
    let limits = Limits { memory_bytes: 32 << 20, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    assert!(running.ask("/probe/memory?8").await.starts_with("got "));
    assert!(running.ask("/probe/memory?40").await.starts_with("refused: "));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let limits = Limits { body_bytes: 1000, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let post = |size: usize| {
        let body = Full::new(Bytes::from(vec![b'x'; size]));
        running.send(Request::post(running.url("/probe/echo")).body(body).expect("a request"))
    };
    assert_eq!(post(1000).await.text.len(), 1000);
    assert_problem(&post(1001).await, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn a_body_that_hides_its_size_is_refused_as_well() {
    let limits = Limits { body_bytes: 1000, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let pieces = (0..5).map(|_| Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from(vec![b'x'; 300]))));
    let body = StreamBody::new(futures::stream::iter(pieces)).boxed_unsync();
    let request = Request::post(running.url("/probe/echo")).body(body).expect("a request");
    let reply = reply(client.request(request).await.expect("an answer")).await;
    assert_problem(&reply, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn a_head_over_the_limit_is_refused() {
    let limits = Limits { header_bytes: 8 << 10, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let status = async |address: usize, header: usize| {
        let path = format!("/probe/anything?{}", "a".repeat(address));
        let request = Request::get(running.url(&path)).header("x-long", "x".repeat(header));
        running.send(request.body(Full::default()).expect("a request")).await
    };
    assert_eq!(status(4000, 4000).await.status, StatusCode::OK, "all that the limit lets through");
    for (address, header) in [(8200, 0), (0, 8200), (5000, 5000)] {
        assert_problem(&status(address, header).await, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "head-too-large");
    }
}

#[tokio::test]
async fn a_long_path_is_logged_in_part() {
    let running = start(App::new().host()).await;
    running.get(&format!("/{}", "a".repeat(20_000))).await;
    let logged = running.logged("http.request")[0]["path"].as_str().expect("a path").len();
    assert_eq!(logged, 512);
}

#[tokio::test]
async fn a_request_over_the_limit_of_concurrent_ones_is_turned_away() {
    let limits = Limits { concurrent_requests: 1, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    running.ask("/probe/anything").await;
    let (first, second) = tokio::join!(running.get("/probe/sleep?500"), running.get("/probe/sleep?500"));
    let (served, turned_away) = if first.status.is_success() { (first, second) } else { (second, first) };
    assert_eq!(served.text, "slept");
    assert_problem(&turned_away, StatusCode::SERVICE_UNAVAILABLE, "busy");
    assert!(turned_away.headers.contains_key("retry-after"));
    assert_eq!(running.ask("/probe/anything").await, "ok");
}

#[tokio::test]
async fn a_client_that_leaves_does_not_free_the_place_of_its_running_guest() {
    let running = start(App::new().host()).await;
    let mut stream = TcpStream::connect(running.host.address()).await.expect("a connection");
    stream.write_all(b"GET /probe/sleep?20000 HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("a request");
    until("the request runs", || running.host.requests_running() == 1).await;
    drop(stream);
    let mut pulse = tokio::time::interval(Duration::from_millis(5));
    for _ in 0..20 {
        pulse.tick().await;
        assert_eq!(running.host.requests_running(), 1, "the guest still sleeps");
    }
}

/// A connection that has sent the head of a request and the first byte of its body.
async fn slow_body(running: &Running) -> TcpStream {
    let mut stream = TcpStream::connect(running.host.address()).await.expect("a connection");
    let head = "POST /probe/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\nconnection: close\r\n\r\nx";
    stream.write_all(head.as_bytes()).await.expect("a request");
    stream
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("an answer");
    text
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_given_up() {
    let limits = Limits { body_time: Duration::from_millis(300), ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let answer = answer(slow_body(&running).await).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("/problems/body-too-slow"), "{answer}");
    until("the place is free", || running.host.requests_running() == 0).await;
}

#[tokio::test]
async fn one_address_cannot_take_every_place_with_slow_bodies() {
    let limits = Limits { bodies_per_address: 2, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let (mut first, _second) = (slow_body(&running).await, slow_body(&running).await);
    until("both bodies are on their way", || running.host.requests_running() == 2).await;
    let third = answer(slow_body(&running).await).await;
    assert!(third.starts_with("HTTP/1.1 429 ") && third.contains("retry-after: 2"), "{third}");
    assert_eq!(running.ask("/probe/anything").await, "ok", "a request without a body is served");
    first.write_all(b"xxxx").await.expect("the rest");
    assert!(answer(first).await.ends_with("xxxxx"));
    let request = Request::post(running.url("/probe/echo")).body(Full::from("body")).expect("a request");
    assert_eq!(running.send(request).await.text, "body", "the place is free again");
}

#[tokio::test]
async fn a_head_that_does_not_come_in_time_ends_its_connection() {
    let limits = Limits { head_time: Duration::from_millis(300), ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let mut stream = TcpStream::connect(running.host.address()).await.expect("a connection");
    stream.write_all(b"GET /probe/anything HTTP/1.1\r\nhost:").await.expect("half a head");
    assert!(!answer(stream).await.contains(" 200 "));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_until_one_ends() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let request = "GET /probe/anything HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let idle = TcpStream::connect(running.host.address()).await.expect("a connection");
    let mut waiting = TcpStream::connect(running.host.address()).await.expect("a connection");
    waiting.write_all(request.as_bytes()).await.expect("a request");
    let early = tokio::time::timeout(Duration::from_millis(200), waiting.readable()).await;
    assert!(early.is_err(), "nobody answers yet");
    drop(idle);
    assert!(answer(waiting).await.ends_with("ok"));
}

#[tokio::test]
async fn an_instance_has_as_many_connections_as_in_spin_and_gets_them_back() {
    let running = start(App::new().host()).await;
    for _ in 0..2 {
        let answer = running.ask("/probe/open-many?default").await;
        assert!(answer.contains("too many connections opened") && answer.ends_with(" after 256"), "{answer}");
    }
}
