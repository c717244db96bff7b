//! What reaches a guest and what comes back.

use http::{Request, StatusCode};
use http_body_util::Full;

use crate::support::{App, start};

#[tokio::test]
async fn health_is_the_hosts_own() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/.well-known/spin/health").await, "OK");
}

#[tokio::test]
async fn a_static_response_needs_no_component() {
    let running = start(App::new().host()).await;
    let reply = running.get("/teapot").await;
    assert_eq!(reply.status, StatusCode::IM_A_TEAPOT);
    assert_eq!(reply.headers["x-kind"], "static");
    assert_eq!(reply.text, "short and stout");
}

#[tokio::test]
async fn an_address_without_a_route_is_not_found() {
    let running = start(App::new().host()).await;
    for path in ["/", "/nowhere", "/empty/more"] {
        assert_eq!(running.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_private_component_has_no_address() {
    let running = start(App::new().host()).await;
    assert_eq!(running.get("/inner").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn forged_headers_never_reach_a_guest() {
    let running = start(App::new().host()).await;
    let request = Request::get(running.url("/house/12/headers?a=b"))
        .header("spin-client-addr", "198.51.100.1:1")
        .header("Spin-Path-Info", "/forged")
        .header("spin-path-match-house", "13")
        .header("spin-anything", "forged")
        .header("x-kept", "yes");
    let seen = running.send(request.body(Full::default()).expect("a request")).await.text;
    let of = |name: &str| seen.lines().filter_map(|line| line.strip_prefix(&format!("{name}: "))).collect::<Vec<_>>();
    assert_eq!(of("spin-client-addr").len(), 1, "{seen}");
    assert!(of("spin-client-addr")[0].starts_with("127.0.0.1:"), "{seen}");
    assert_eq!(of("spin-path-info"), ["/headers"]);
    assert_eq!(of("spin-path-match-house"), ["12"]);
    assert_eq!(of("spin-full-url"), [running.url("/house/12/headers?a=b")]);
    assert_eq!(of("spin-matched-route"), ["/house/:house/..."]);
    assert_eq!(of("spin-component-route"), ["/house/:house"]);
    assert_eq!(of("x-kept"), ["yes"]);
    assert!(!seen.contains("forged"), "{seen}");
}

#[tokio::test]
async fn a_body_travels_both_ways() {
    let running = start(App::new().host()).await;
    let body: String = (0..50_000).map(|number| format!("{number};")).collect();
    let request = Request::post(running.url("/probe/echo")).body(Full::from(body.clone())).expect("a request");
    assert!(running.send(request).await.text == body);
}

#[tokio::test]
async fn a_body_that_the_guest_does_not_read_does_no_harm() {
    let running = start(App::new().host()).await;
    let request = Request::post(running.url("/probe/ignore-body")).body(Full::from("x".repeat(1 << 20)));
    assert_eq!(running.send(request.expect("a request")).await.text, "ignored");
    assert_eq!(running.ask("/probe/anything").await, "ok");
}

#[tokio::test]
async fn a_body_in_pieces_arrives_whole() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/probe/stream").await, "one two three");
}

#[tokio::test]
async fn every_request_has_one_line_in_the_log_without_its_query() {
    let running = start(App::new().host()).await;
    running.ask("/probe/anything?token=s3cret").await;
    running.get("/nowhere").await;
    let lines = running.logged("http.request");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[0]["component"], "probe");
    assert_eq!(lines[0]["path"], "/probe/anything");
    assert_eq!(lines[0]["status"], 200);
    assert_eq!(lines[1]["component"], serde_json::Value::Null);
    assert_eq!(lines[1]["status"], 404);
    assert!(!format!("{lines:?}").contains("s3cret"));
}
