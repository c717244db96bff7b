//! What the documentation gives to paste into a shell works there. It needs curl and python3, as the page does.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::suite::Suite;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The commands of docs/api.md, for this portal.
fn commands(portal: &str) -> String {
    let page = fs::read_to_string(root().join("docs/api.md")).unwrap();
    let block = page.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let here = block.replace("http://127.0.0.1:3000", portal);
    assert_ne!(here, block, "the commands name the portal");
    here
}

/// What these commands print last.
fn run(commands: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("sh").args(["-euc", commands]).current_dir(folder.path()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::Deserializer::from_str(&printed).into_iter().last().unwrap().unwrap()
}

#[test]
fn the_way_in_curl_ends_with_a_confirmation_code() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let router = native_suite::router(&suite.env, &root().join("static"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let portal = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async { axum::serve(listener, router).await });
    let answer = run(&commands(&portal));
    assert!(answer["confirmation_code"].is_string(), "{answer}");
}
