//! Ticks: by the schedule, never two at a time, a missed one made up for once.

use std::sync::atomic::Ordering;
use std::time::Duration;

use host::{Clock, Limits};

use crate::support::{App, NOON, Neighbour, start, until};

/// 12:00:00Z of the tests' day, in Unix seconds.
const NOON_SECONDS: i64 = 1_784_548_800;

fn clock() -> Clock {
    Clock::fixed(NOON.parse().expect("a timestamp"))
}

fn last_tick(app: &App) -> (i64, i64) {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    app.database().query_row("SELECT at, clock FROM tick ORDER BY rowid DESC", [], row).expect("a tick")
}

#[tokio::test]
async fn a_tick_on_demand_shows_the_hosts_clock() {
    let app = App::new();
    let running = start(app.host()).await;
    running.host.tick("tick").await.expect("a tick");
    assert_eq!(last_tick(&app), (NOON_SECONDS, NOON_SECONDS));
    running.host.clock().advance(Duration::from_secs(61));
    running.host.tick("tick").await.expect("a tick");
    assert_eq!(last_tick(&app), (NOON_SECONDS + 61, NOON_SECONDS + 61));
    assert_eq!(app.ticks(), 2);
}

#[tokio::test]
async fn a_component_without_a_schedule_cannot_tick() {
    let running = start(App::new().host()).await;
    let error = running.host.tick("probe").await.expect_err("no cron trigger").to_string();
    assert!(error.contains("probe"), "{error}");
}

#[tokio::test]
async fn the_schedule_follows_the_clock() {
    let app = App::new();
    let running = start(app.host().schedule(true)).await;
    running.host.clock().advance(Duration::from_secs(299));
    running.host.clock().advance(Duration::from_secs(1));
    until("the schedule ticks", || app.path(".spin/sqlite_db.db").exists() && app.ticks() == 1).await;
    assert_eq!(last_tick(&app), (NOON_SECONDS + 300, NOON_SECONDS + 300));
    running.host.clock().advance(Duration::from_secs(300));
    until("the schedule ticks again", || app.ticks() == 2).await;
}

#[tokio::test]
async fn ticks_missed_while_the_host_was_down_are_made_up_for_once() {
    let app = App::new();
    let before = start(app.host()).await;
    before.host.tick("tick").await.expect("a tick");
    before.host.stop().await;

    let later = clock();
    later.advance(Duration::from_secs(3601));
    let after = start(app.host().clock(later.clone()).schedule(true)).await;
    until("the missed tick is made up for", || app.ticks() == 2).await;
    assert_eq!(last_tick(&app).0, NOON_SECONDS + 3601);
    later.advance(Duration::from_secs(298));
    after.host.stop().await;
    assert_eq!(app.ticks(), 2, "one tick for twelve missed ones");
}

#[tokio::test]
async fn a_tick_that_a_stop_cut_off_is_made_up_for() {
    let neighbour = Neighbour::start(Duration::from_secs(3600)).await;
    let app = App::new();
    let limits = Limits { drain_time: Duration::from_millis(100), ..Limits::default() };
    let task = format!("fetch {}/never", neighbour.origin);
    let cut_off = app.host().variable("task", task).variable("neighbour", &neighbour.origin).limits(limits);
    let cut_off = start(cut_off.schedule(true)).await;
    cut_off.host.clock().advance(Duration::from_secs(300));
    until("the tick hangs", || neighbour.most_at_once.load(Ordering::SeqCst) == 1).await;
    assert!(!cut_off.host.stop().await, "the tick did not end");
    let begun = app.ticks();

    let later = clock();
    later.advance(Duration::from_secs(301));
    let after = start(app.host().clock(later).schedule(true)).await;
    until("the tick is made up for", || app.ticks() == begun + 1).await;
    after.host.stop().await;
    assert_eq!(app.ticks(), begun + 1, "once");
}

#[tokio::test]
async fn a_host_that_never_ran_has_missed_nothing() {
    let app = App::new();
    let running = start(app.host().schedule(true)).await;
    running.host.clock().advance(Duration::from_secs(1));
    running.host.stop().await;
    assert!(!app.path(".spin/sqlite_db.db").exists() || app.ticks() == 0);
}

#[tokio::test]
async fn a_clock_set_back_or_on_while_the_host_runs_stops_no_schedule() {
    let app = App::new();
    let running = start(app.host().schedule(true)).await;
    let clock = running.host.clock();
    clock.advance(Duration::from_secs(300));
    until("a tick of the schedule", || app.path(".spin/sqlite_db.db").exists() && app.ticks() == 1).await;
    for set in ["2026-07-20T09:00:00Z", "2026-08-20T09:00:00Z"] {
        let before = app.ticks();
        clock.set(set.parse().expect("a timestamp"));
        until("the schedule goes on from there", || {
            clock.advance(Duration::from_secs(300));
            app.ticks() > before
        })
        .await;
    }
}

#[tokio::test]
async fn ticks_of_one_component_never_overlap() {
    let neighbour = Neighbour::start(Duration::from_millis(100)).await;
    let app = App::new();
    let task = format!("fetch {}/x", neighbour.origin);
    let running = start(app.host().variable("task", task).variable("neighbour", &neighbour.origin)).await;
    let ticks = futures::future::join_all((0..4).map(|_| running.host.tick("tick"))).await;
    assert!(ticks.iter().all(Result::is_ok), "{ticks:?}");
    assert_eq!(neighbour.most_at_once.load(Ordering::SeqCst), 1);
    assert_eq!(app.ticks(), 4);
}

#[tokio::test]
async fn a_tick_calls_allowed_hosts_and_no_others() {
    let neighbour = Neighbour::start(Duration::ZERO).await;
    let app = App::new();
    let task = format!("fetch {}/called", neighbour.origin);
    let running = start(app.host().variable("task", &task).variable("neighbour", &neighbour.origin)).await;
    running.host.tick("tick").await.expect("a tick");
    assert_eq!(running.logged("component.output")[0]["text"], "/called");
    running.host.stop().await;

    let running = start(App::new().host().variable("task", task)).await;
    let error = running.host.tick("tick").await.expect_err("not granted").to_string();
    assert!(error.contains("HttpRequestDenied"), "{error}");
}

#[tokio::test]
async fn a_tick_that_fails_or_traps_is_logged_and_the_next_one_comes() {
    for (task, message) in [("fail", "asked to"), ("trap", "unreachable")] {
        let app = App::new();
        let running = start(app.host().variable("task", task)).await;
        let error = running.host.tick("tick").await.expect_err("a failure");
        assert!(format!("{error:#}").contains(message), "{error:#}");
        running.host.tick("tick").await.expect_err("a failure");
        assert_eq!(app.ticks(), 2, "each has a fresh instance");
        let logged = running.logged("cron.tick");
        assert!(logged.len() == 2 && logged.iter().all(|line| line["ok"] == false), "{logged:?}");
    }
}

#[tokio::test]
async fn a_looping_tick_is_stopped() {
    let limits = Limits { tick_time: Duration::from_millis(300), ..Limits::default() };
    let running = start(App::new().host().variable("task", "loop").limits(limits)).await;
    running.host.tick("tick").await.expect_err("stopped");
    assert_eq!(running.ask("/probe/anything").await, "ok");
}
