//! The OpenAPI document in the tree is that of the code.

use std::{fs, path::Path};

use boon::{Compiler, Schemas};
use native_suite::access::{Access, FOR_PROGRAMS, OPERATIONS};
use serde_json::{Value, json};

#[test]
fn the_document_in_the_tree_is_fresh() {
    let fresh = [("openapi.json", native_suite::document()), ("operations.json", native_suite::operations())];
    for (name, fresh) in fresh {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/api").join(name);
        let kept = fs::read_to_string(file).unwrap_or_default();
        assert!(kept == fresh, "static/api/{name} is stale: run `cargo xtask openapi`");
    }
}

#[test]
fn the_document_comes_out_the_same_each_time() {
    assert_eq!(native_suite::document(), native_suite::document());
}

/// The schema is the OpenAPI Initiative's own (Apache-2.0), as published at the address in its `$id`.
#[test]
fn the_document_is_valid_openapi() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/openapi-3.1.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.add_resource("openapi.json", schema).unwrap();
    let index = compiler.compile("openapi.json", &mut schemas).unwrap();
    let mut document = document();
    schemas.validate(&document, index).unwrap();
    document["paths"]["/api/auth/session"]["get"]["responses"]["200"].as_object_mut().unwrap().remove("description");
    assert!(schemas.validate(&document, index).is_err(), "an answer without words is refused");
}

fn document() -> Value {
    serde_json::from_str(&native_suite::document()).unwrap()
}

#[test]
fn every_operation_says_whether_one_has_to_sign_in() {
    let document = document();
    for operation in OPERATIONS {
        let security = &document["paths"][operation.path][operation.method.to_lowercase()]["security"];
        let expected = match operation.access {
            Access::Everybody if operation.path.ends_with("/sign-out") => json!([{}, { "session": [] }]),
            Access::Everybody | Access::Provider => json!([]),
            Access::Gateway => json!([{ "gateway": [] }]),
            Access::Job => json!([{ "job": [] }]),
            Access::Person(_) if FOR_PROGRAMS.contains(&operation.path) => {
                json!([{ "session": [] }, { "reading_token": [] }])
            }
            Access::Person(_) => json!([{ "session": [] }]),
        };
        assert_eq!(security, &expected, "{} {}", operation.method, operation.path);
    }
}

#[test]
fn a_limit_is_declared_as_it_is_held() {
    let document = document();
    let items = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let parameters = items.filter_map(|operation| operation["parameters"].as_array()).flatten();
    let limits: Vec<_> = parameters.filter(|parameter| parameter["name"] == "limit").collect();
    assert!(!limits.is_empty());
    for limit in limits {
        assert_eq!(limit["schema"]["minimum"], 1);
        assert!(matches!(limit["schema"]["maximum"].as_u64(), Some(50 | 100)));
    }
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
    for (path, item) in document()["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let tag = operation["tags"][0].as_str().unwrap();
            // What browsers are led to lies outside of the API.
            let prefix = if path.starts_with("/api/") { "/api" } else { "" };
            assert!(format!("{path}/").starts_with(&format!("{prefix}/{tag}/")), "{path}");
            assert_eq!(leads_to(&format!("{prefix}/{tag}/...")), tag, "{path}");
        }
    }
}

#[test]
fn the_page_about_the_api_lists_every_operation() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md")).unwrap();
    let listed: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for operation in OPERATIONS {
        let start = format!("| `{}` | `{}` |", operation.method, operation.path);
        assert!(listed.iter().any(|line| line.starts_with(&start)), "docs/api.md has no {start}");
    }
    assert_eq!(listed.len(), OPERATIONS.len(), "docs/api.md lists an operation that is no more");
}
