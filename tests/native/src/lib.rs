//! The whole suite in one native program: the components' own routers over the same files, without WebAssembly.
//!
//! It serves tests that need speed or a clock, writes the OpenAPI document, and is the yardstick for what
//! WebAssembly costs. Nothing that is deployed depends on it.
#![deny(missing_docs)]

pub mod access;
pub mod houses;

use std::{collections::HashMap, path::Path};

use axum::Router;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use web::Env;

/// The routes of every component that has some.
fn routes() -> [OpenApiRouter<Env>; 6] {
    [auth::routes(), homes::routes(), readings::routes(), billing::routes(), notices::routes(), reminders::routes()]
}

/// What answers every address: the components' routes, and the files under `root` for the rest.
pub fn router(env: &Env, root: &Path) -> Router {
    let apps = routes().map(|routes| web::app(routes, env.clone()));
    let suite = apps.into_iter().fold(Router::new(), Router::merge);
    suite.fallback_service(site::router(root, false))
}

/// The manifest's defaults that handlers ask for, with a key that guards nothing.
pub fn variables() -> HashMap<String, String> {
    let defaults = [
        ("public_origin", "http://127.0.0.1"),
        ("trusted_proxies", ""),
        ("session_idle_seconds", "900"),
        ("oidc_client_id", ""),
        ("oidc2_client_id", ""),
        ("esia_client_id", ""),
        ("files_key", &"0".repeat(64)),
    ];
    defaults.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The OpenAPI document of all routes, as `static/api/openapi.json` holds it.
///
/// # Panics
/// Where the document cannot be written as JSON: a bug of its generator.
pub fn document() -> String {
    let document = web::document(routes());
    document.to_pretty_json().expect("a document is JSON") + "\n"
}

/// What there is, without how: the contents of the document for the page about it, as `static/api/operations.json` holds
/// them. One operation in a line, as the document orders them.
///
/// # Panics
/// Where the document is none: a bug of its generator.
pub fn operations() -> String {
    let document: Value = serde_json::from_str(&document()).expect("a document is JSON");
    let paths = document["paths"].as_object().expect("a document has paths");
    let lines = paths.iter().flat_map(|(path, item)| {
        let methods = METHODS.iter().filter_map(move |method| Some((method, item.get(*method)?)));
        methods.map(move |(method, operation)| {
            let (tag, summary) = (&operation["tags"][0], &operation["summary"]);
            json!({ "tag": tag, "method": method, "path": path, "summary": summary }).to_string()
        })
    });
    format!("[\n{}\n]\n", lines.collect::<Vec<_>>().join(",\n"))
}

/// As people expect them: what is looked at before what is changed.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
