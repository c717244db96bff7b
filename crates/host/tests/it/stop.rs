//! The end of a host: what runs may finish, nothing new begins.

use std::time::Duration;

use host::Limits;
use tokio::net::TcpStream;

use crate::support::{App, start, until};

#[tokio::test]
async fn a_running_request_is_answered_before_the_host_stops() {
    let running = start(App::new().host()).await;
    let address = running.host.address();
    let url = running.url("/probe/sleep?500");
    let request = tokio::spawn(get(url));
    until("the request runs", || running.host.requests_running() == 1).await;
    assert!(running.host.stop().await, "everything finished");
    assert_eq!(request.await.expect("a task"), "slept");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn work_after_the_response_is_finished_before_the_host_stops() {
    let app = App::new();
    let running = start(app.host()).await;
    assert_eq!(running.ask("/probe/after?left-behind").await, "answered");
    assert!(running.host.stop().await, "everything finished");
    assert_eq!(start(app.host()).await.ask("/probe/get?left-behind").await, "true");
}

#[tokio::test]
async fn a_request_that_takes_longer_than_the_drain_is_given_up() {
    let limits = Limits { drain_time: Duration::from_millis(100), ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    let request = tokio::spawn(get(running.url("/probe/sleep?20000")));
    until("the request runs", || running.host.requests_running() == 1).await;
    assert!(!running.host.stop().await, "the request did not finish");
    request.abort();
}

#[tokio::test]
async fn the_files_of_a_stopped_host_are_whole_without_their_logs() {
    let app = App::new();
    std::fs::create_dir(app.path(".spin")).expect("a state");
    app.database().pragma_update(None, "journal_mode", "WAL").expect("a log");
    let logs = ["sqlite_db.db-wal", "sqlite_key_value.db-wal"].map(|name| app.path(".spin").join(name));
    let bytes = || logs.each_ref().map(|log| std::fs::metadata(log).map_or(0, |log| log.len()));

    let running = start(app.host()).await;
    assert_eq!(running.ask("/probe/count?default").await, "1");
    assert_eq!(running.ask("/probe/after?left-behind").await, "answered");
    until("both logs hold something", || bytes().iter().all(|&bytes| bytes > 0)).await;
    assert!(running.host.stop().await, "everything finished");
    assert_eq!(bytes(), [0, 0]);
    assert_eq!(start(app.host()).await.ask("/probe/count?default").await, "2", "nothing is lost");
}

async fn get(url: String) -> String {
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<bytes::Bytes>>();
    let response = client.get(url.parse().expect("an address")).await.expect("an answer");
    String::from_utf8(response.collect().await.expect("a body").to_bytes().to_vec()).expect("text")
}
