//! The page for operators names whatever an operator can set.

use std::{fs, path::Path};

use crate::suite::Suite;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// Those of `names` that docs/operations.md does not show as code.
fn unnamed(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let page = text("docs/operations.md");
    names.into_iter().filter(|name| !page.contains(&format!("`{name}`"))).collect()
}

#[test]
fn every_setting_is_on_the_page_for_operators() {
    let suite = Suite::at("2026-07-20T09:00:00Z");
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let mut statement = file.prepare("select distinct name from setting").unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(names.len() > 30, "the settings are read");
    assert_eq!(unnamed(names), [""; 0]);
}

#[test]
fn every_variable_is_on_the_page_for_operators() {
    let manifest: toml::Table = text("spin.toml").parse().unwrap();
    assert_eq!(unnamed(manifest["variables"].as_table().unwrap().keys().cloned()), [""; 0]);
}
