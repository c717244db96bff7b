//! The host's own pages: health, readiness, metrics.

use host::Limits;
use http::{Request, StatusCode};
use http_body_util::Full;

use crate::support::{App, Reply, Running, start, until};

const READY: &str = "/.well-known/moydom/ready";
const METRICS: &str = "/.well-known/moydom/metrics";

async fn ask(running: &Running, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request =
        headers.iter().fold(Request::get(running.url(path)), |request, (name, value)| request.header(*name, *value));
    running.send(request.body(Full::default()).expect("a request")).await
}

/// The value of a sample in the metrics.
async fn sample(running: &Running, name: &str) -> Option<String> {
    let reply = ask(running, METRICS, &[]).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4");
    reply.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))
}

#[tokio::test]
async fn a_host_is_ready_while_the_schema_is_the_one_of_its_program() {
    let app = App::as_suite();
    app.migrate(schema::MIGRATIONS);
    let running = start(app.host()).await;
    let ready = ask(&running, READY, &[]).await;
    assert_eq!((ready.status, ready.text.as_str()), (StatusCode::OK, r#"{"faults":{},"ready":true}"#));
    app.database().execute("delete from schema_migration where version > 9", []).expect("an older schema");
    let unready = ask(&running, READY, &[]).await;
    assert_eq!(unready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(unready.text.contains("schema of default") && unready.text.contains("moydom migrate"), "{}", unready.text);
}

#[tokio::test]
async fn a_database_of_another_application_only_has_to_answer() {
    let running = start(App::new().host()).await;
    assert_eq!(ask(&running, READY, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_host_without_room_for_its_state_is_not_ready() {
    let app = App::new();
    let limits = Limits { free_bytes: u64::MAX, ..Limits::default() };
    let running = start(app.host().limits(limits)).await;
    running.ask("/probe/count?default").await;
    let reply = ask(&running, READY, &[]).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.text.contains("disk") && reply.text.contains("sqlite_db.db"), "{}", reply.text);
}

#[tokio::test]
async fn a_database_that_breaks_while_the_host_runs_is_named() {
    let app = App::new();
    let running = start(app.host()).await;
    std::fs::write(app.path(".spin/sqlite_db.db"), "this is no database, it is a text of some length").expect("a file");
    let reply = ask(&running, READY, &[]).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.text.contains("file is not a database"), "{}", reply.text);
}

#[tokio::test]
async fn readiness_and_metrics_are_for_this_machine_or_a_bearer_of_the_token() {
    let app = App::new();
    std::fs::write(app.path("token"), "0123456789abcdef\n").expect("a file");
    let running = start(app.host().metrics_token_file(app.path("token"))).await;
    let forwarded = ("x-forwarded-for", "198.51.100.1");
    for path in [READY, METRICS] {
        assert_ne!(ask(&running, path, &[]).await.status, StatusCode::NOT_FOUND, "{path} from this machine");
        let passed_on: [&[_]; 5] = [
            &[forwarded],
            &[forwarded, ("authorization", "Bearer guessed")],
            &[("forwarded", "for=a")],
            &[("via", "1.1 proxy")],
            &[("host", "portal.example")],
        ];
        for headers in passed_on {
            let hidden = ask(&running, path, headers).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path} {headers:?}");
        }
        let bearer = [forwarded, ("authorization", "Bearer 0123456789abcdef")];
        assert_ne!(ask(&running, path, &bearer).await.status, StatusCode::NOT_FOUND, "{path} with the token");
    }
}

#[tokio::test]
async fn a_short_token_is_refused_at_the_start() {
    let app = App::new();
    std::fs::write(app.path("token"), "short").expect("a file");
    let error = app.host().metrics_token_file(app.path("token")).start().await.err().expect("the start is refused");
    assert!(format!("{error:#}").contains("shorter than 16"), "{error:#}");
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status() {
    let running = start(App::new().host()).await;
    for _ in 0..3 {
        running.ask("/probe/anything").await;
    }
    running.get("/probe/trap").await;
    running.get("/nowhere").await;
    let requests = |labels: &str| format!("moydom_http_requests_total{{{labels}}}");
    assert_eq!(sample(&running, &requests(r#"route="/probe/...",status="200""#)).await.as_deref(), Some("3"));
    assert_eq!(sample(&running, &requests(r#"route="/probe/...",status="500""#)).await.as_deref(), Some("1"));
    assert_eq!(sample(&running, &requests(r#"route="(none)",status="404""#)).await.as_deref(), Some("1"));
    let count = r#"moydom_http_request_duration_seconds_count{route="/probe/..."}"#;
    assert_eq!(sample(&running, count).await.as_deref(), Some("4"));
    assert_eq!(sample(&running, "moydom_connections_open").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn instances_are_counted_and_those_that_trapped() {
    let running = start(App::new().host()).await;
    running.get("/probe/trap").await;
    until("the trap is logged", || running.logged("component.failed").len() == 1).await;
    running.ask("/probe/anything").await;
    let of = |name: &str| format!(r#"{name}{{component="probe"}}"#);
    assert_eq!(sample(&running, &of("moydom_instances")).await.as_deref(), Some("1"));
    assert_eq!(sample(&running, &of("moydom_instances_made_total")).await.as_deref(), Some("2"));
    assert_eq!(sample(&running, &of("moydom_instances_failed_total")).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn ticks_are_counted_with_the_moment_of_the_last() {
    let running = start(App::new().host()).await;
    running.host.tick("tick").await.expect("a tick");
    let ticks = r#"moydom_cron_ticks_total{component="tick",result="ok"}"#;
    assert_eq!(sample(&running, ticks).await.as_deref(), Some("1"));
    let last = r#"moydom_cron_last_tick_timestamp_seconds{component="tick"}"#;
    assert_eq!(sample(&running, last).await.as_deref(), Some("1784548800"));
    let waits = r#"moydom_sql_writer_wait_seconds_count{database="default"}"#;
    let waits: u64 = sample(&running, waits).await.and_then(|text| text.parse().ok()).expect("a count");
    assert!(waits > 0);
}

#[tokio::test]
async fn the_host_s_own_answers_have_an_id_and_what_browsers_are_told_of_security() {
    let running = start(App::new().host()).await;
    let reply = running.get("/nowhere").await;
    let problem: serde_json::Value = serde_json::from_str(&reply.text).expect("JSON");
    assert_eq!(problem["request_id"], reply.headers["x-request-id"].to_str().expect("text"));
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"] {
        assert!(reply.headers.contains_key(name), "{name}");
    }
    let line = &running.logged("host.problem")[0];
    assert_eq!((&line["request_id"], &line["problem"]), (&problem["request_id"], &"not-found".into()));
    let other = running.get("/teapot").await;
    assert_ne!(other.headers["x-request-id"], reply.headers["x-request-id"]);
}
