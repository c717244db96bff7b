//! The OpenAPI document in the tree is that of the code.

use std::{fs, path::Path};

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
