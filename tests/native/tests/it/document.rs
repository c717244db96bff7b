//! The OpenAPI document in the tree is that of the code.

use std::{fs, path::Path};

use serde_json::Value;

#[test]
fn the_document_in_the_tree_is_fresh() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/api/openapi.json");
    let kept = fs::read_to_string(file).unwrap_or_default();
    assert!(kept == native_suite::document(), "static/api/openapi.json is stale: run `cargo xtask openapi`");
}

#[test]
fn the_document_comes_out_the_same_each_time() {
    assert_eq!(native_suite::document(), native_suite::document());
}

#[test]
fn every_operation_lies_under_a_route_of_the_component_that_its_tag_names() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spin.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let leads_to = |route: &str| {
        let triggers = manifest["trigger"]["http"].as_array().unwrap();
        let trigger = triggers.iter().find(|trigger| trigger["route"].as_str() == Some(route));
        trigger.and_then(|trigger| trigger["component"].as_str()).unwrap_or_default()
    };
    let document: Value = serde_json::from_str(&native_suite::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let tag = operation["tags"][0].as_str().unwrap();
            assert_eq!(path.split('/').nth(2), Some(tag), "{path}");
            assert_eq!(leads_to(&format!("/api/{tag}/...")), tag, "{path}");
        }
    }
}
