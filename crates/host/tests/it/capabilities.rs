//! Each capability as a component uses it that has the grant.

use std::time::Duration;

use crate::support::{App, Neighbour, start};

#[tokio::test]
async fn a_database_keeps_every_type_of_value() {
    let running = start(App::new().host()).await;
    assert_eq!(
        running.ask("/probe/sqlite?default").await,
        "1 changed; i,r,t,b,n: Value::Integer(-9223372036854775808) Value::Real(0.5) Value::Text(\"дом\") \
         Value::Blob([0, 255]) Value::Null"
    );
}

#[tokio::test]
async fn a_store_sets_gets_lists_and_deletes() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/probe/key-value?default").await, "один true true");
}

#[tokio::test]
async fn state_outlives_the_host() {
    let app = App::new();
    let running = start(app.host()).await;
    assert_eq!(running.ask("/probe/count?default").await, "1");
    running.host.stop().await;
    assert_eq!(start(app.host()).await.ask("/probe/count?default").await, "2");
}

#[tokio::test]
async fn transactions_of_many_requests_neither_fail_nor_get_lost() {
    let running = start(App::new().host()).await;
    running.ask("/probe/count?default").await;
    let all = futures::future::join_all((0..64).map(|_| running.ask("/probe/count?default"))).await;
    let mut numbers: Vec<u32> = all.iter().map(|answer| answer.parse().expect("a number")).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=65).collect::<Vec<u32>>());
}

#[tokio::test]
async fn variables_come_from_the_manifest_and_from_outside() {
    let app = App::new();
    let running = start(app.host()).await;
    assert_eq!(running.ask("/probe/variable?greeting").await, "добрый день, дом");
    running.host.stop().await;
    let running = start(app.host().variable("greeting", "привет")).await;
    assert_eq!(running.ask("/probe/variable?greeting").await, "привет, дом");
}

#[tokio::test]
async fn both_wasi_clocks_show_the_hosts_clock() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/probe/time").await, "1784548800 1784548800");
    running.host.clock().advance(Duration::from_secs(3600));
    assert_eq!(running.ask("/probe/time").await, "1784552400 1784552400");
}

#[tokio::test]
async fn mounted_files_can_be_read_and_not_written() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/probe/file?read.txt").await, "Файл для чтения.\n");
    for path in ["read.txt", "new.txt"] {
        let answer = running.ask(&format!("/probe/write-file?{path}")).await;
        assert!(answer.starts_with("refused:"), "{answer}");
    }
    let answer = running.ask("/probe/file?../spin.toml").await;
    assert!(answer.starts_with("refused:"), "{answer}");
}

#[tokio::test]
async fn the_environment_is_what_the_manifest_says() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/probe/environment?COLOUR").await, "green");
    assert!(running.ask("/probe/environment?PATH").await.starts_with("refused:"));
}

#[tokio::test]
async fn an_allowed_host_is_reached() {
    let neighbour = Neighbour::start(Duration::ZERO).await;
    let running = start(App::new().host().variable("neighbour", &neighbour.origin)).await;
    assert_eq!(running.ask(&format!("/probe/fetch?{}/there", neighbour.origin)).await, "200 /there");
}

#[tokio::test]
async fn a_body_whose_length_the_component_tells_goes_out_with_it_and_not_in_chunks() {
    let other = start(App::new().host()).await;
    let running = start(App::new().host().variable("neighbour", other.url(""))).await;
    let seen = running.ask(&format!("/probe/post?{}", other.url("/probe/headers"))).await;
    assert!(seen.starts_with("200 ") && seen.contains("content-length: 9\n"), "{seen}");
    assert_eq!(running.ask(&format!("/probe/post?{}", other.url("/probe/echo"))).await, "200 a message");
}

#[tokio::test]
async fn a_component_calls_another_one_by_name() {
    let running = start(App::new().host()).await;
    let answer = running.ask("/probe/fetch?http://inner.spin.internal/some/headers").await;
    assert!(answer.starts_with("200 "), "{answer}");
    assert!(answer.contains("spin-path-info: /some/headers\n"), "{answer}");
    assert!(answer.contains("spin-client-addr: 0.0.0.0:0\n"), "{answer}");
    let answer = running.ask("/probe/fetch?http://nobody.spin.internal/").await;
    assert!(answer.starts_with("refused:"), "{answer}");
}

#[tokio::test]
async fn a_component_calls_its_own_app() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/probe/fetch?http://self.alt/empty").await, "200 ok");
}

#[tokio::test]
async fn what_a_component_prints_is_logged_with_its_name() {
    let running = start(App::new().host()).await;
    running.ask("/probe/log?hello").await;
    let lines = running.logged("component.output");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line["component"] == "probe"));
    assert!(lines.iter().any(|line| line["stream"] == "stdout" && line["text"] == "hello"));
    assert!(lines.iter().any(|line| line["stream"] == "stderr" && line["data"]["said"] == "hello"));
}
