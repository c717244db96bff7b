//! What the documentation gives to paste into a shell works there. It needs curl and python3, as the page does.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::suite::Suite;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The commands below this title of docs/api.md, for this portal.
fn commands(title: &str, portal: &str) -> String {
    let page = fs::read_to_string(root().join("docs/api.md")).unwrap();
    let section = page.split(&format!("\n## {title}\n")).nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
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

/// What the commands below this title print last, over a demo.
fn answer(title: &str) -> Value {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let router = native_suite::router(&suite.env, &root().join("static"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let portal = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async { axum::serve(listener, router).await });
    run(&commands(title, &portal))
}

#[test]
fn the_way_in_curl_ends_with_a_confirmation_code() {
    let answer = answer("A whole way in curl");
    assert!(answer["confirmation_code"].is_string(), "{answer}");
}

#[test]
fn the_import_in_curl_is_applied() {
    let answer = answer("An import in curl");
    assert_eq!(
        (answer["stage"].as_str(), &answer["report"]["files"][0]["added"]),
        (Some("applied"), &1.into()),
        "{answer}"
    );
}
