//! `moydom serve` as an operator runs it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use crate::support::{App, until};

fn serve(app: &App, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_moydom"))
        .args(["serve", "--listen", "127.0.0.1:0", "--manifest"])
        .arg(app.path("spin.toml"))
        .args(arguments)
        .stderr(Stdio::piped())
        .spawn()
        .expect("moydom runs")
}

fn send(moydom: &Child, signal: &str) {
    let sent = Command::new("kill").args(["-s", signal]).arg(moydom.id().to_string()).status();
    assert!(sent.expect("kill runs").success());
}

#[tokio::test]
async fn it_tells_when_it_listens_serves_outlives_a_hang_up_and_stops_on_sigterm() {
    let app = App::new();
    let mut moydom = serve(&app, &["--at", "2026-07-20T15:00:00+03:00"]);
    let mut lines = BufReader::new(moydom.stderr.take().expect("stderr")).lines();
    let line = lines.next().expect("a line").expect("text");
    let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(line["event"], "host.listening");
    let origin = line["address"].as_str().expect("an address").to_owned();

    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .build_http::<http_body_util::Empty<bytes::Bytes>>();
    let address = format!("{origin}/probe/time").parse().expect("an address");
    let reply = crate::support::reply(client.get(address).await.expect("an answer")).await;
    let seconds: u64 = reply.text.split(' ').next().and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1_784_548_800..1_784_549_800).contains(&seconds), "{seconds} is not a moment after --at");

    send(&moydom, "HUP");
    let told = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("tls.kept"))).expect("a line");
    assert!(told.expect("text").contains("no TLS"), "without a certificate a hang-up changes nothing");
    send(&moydom, "TERM");
    assert!(moydom.wait().expect("moydom ends").success());
    let last = lines.last().expect("a line").expect("text");
    assert!(last.contains("host.stopped"), "{last}");
    let state = std::fs::metadata(app.path(".spin")).expect("a state");
    assert_eq!(state.permissions().mode() & 0o077, 0, "others may look into the state");
}

#[tokio::test]
async fn a_stop_that_is_wished_for_during_the_start_is_obeyed_at_once() {
    let app = App::new();
    // A start that lasts as long as nobody writes to this pipe.
    let token = app.path("token");
    assert!(Command::new("mkfifo").arg(&token).status().expect("mkfifo runs").success());
    let mut moydom = serve(&app, &["--metrics-token-file", token.to_str().expect("a path in UTF-8")]);
    let opened = tokio::task::spawn_blocking(|| std::fs::OpenOptions::new().write(true).open(token));
    let _kept_open = opened.await.expect("a task").expect("the start has come to the token");

    send(&moydom, "TERM");
    let mut ended = None;
    until("moydom ends", || {
        ended = moydom.try_wait().expect("moydom is our child");
        ended.is_some()
    })
    .await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    let mut said = String::new();
    moydom.stderr.take().expect("stderr").read_to_string(&mut said).expect("text");
    assert_eq!(said, "", "it neither listened nor failed");
}

#[test]
fn a_refused_start_is_one_sentence_and_a_failure() {
    let app = App::with(|manifest| manifest.replace("guest_empty.wasm", "guest_gone.wasm"));
    let mut moydom = serve(&app, &[]);
    let mut said = String::new();
    moydom.stderr.take().expect("stderr").read_to_string(&mut said).expect("text");
    assert_eq!(moydom.wait().expect("moydom ends").code(), Some(1));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("guest_gone.wasm"), "{said}");
}
