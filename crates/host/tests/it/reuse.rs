//! Instances are used again, or not, as the limits say.

use std::time::{Duration, Instant};

use host::Limits;

use crate::support::{App, start};

#[tokio::test]
async fn without_reuse_every_request_has_a_fresh_instance() {
    let running = start(App::new().host().reuse(1, 1)).await;
    for _ in 0..3 {
        assert_eq!(running.ask("/probe/requests").await, "1");
    }
    let all = futures::future::join_all((0..20).map(|_| running.ask("/probe/requests"))).await;
    assert_eq!(all, vec![String::from("1"); 20]);
}

#[tokio::test]
async fn an_instance_is_replaced_after_its_number_of_requests() {
    let running = start(App::new().host().reuse(3, 1)).await;
    let mut counts = Vec::new();
    for _ in 0..6 {
        counts.push(running.ask("/probe/requests").await);
    }
    assert_eq!(counts, ["1", "2", "3", "1", "2", "3"]);
}

#[tokio::test]
async fn one_instance_serves_many_requests_at_the_same_time() {
    let running = start(App::new().host().reuse(1000, 1000)).await;
    let since = Instant::now();
    let all = futures::future::join_all((0..50).map(|_| running.ask("/probe/sleep?200"))).await;
    assert_eq!(all, vec![String::from("slept"); 50]);
    assert!(since.elapsed() < Duration::from_secs(5), "50 sleeps of 0.2 s did not overlap");
}

#[tokio::test]
async fn an_idle_instance_is_dropped() {
    let limits = Limits { idle_time: Duration::from_millis(1), ..Limits::default() };
    let running = start(App::new().host().limits(limits)).await;
    assert_eq!(running.ask("/probe/requests").await, "1");
    let mut pulse = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..100 {
        pulse.tick().await;
        if running.ask("/probe/requests").await == "1" {
            return;
        }
    }
    panic!("the idle instance was used again and again");
}
