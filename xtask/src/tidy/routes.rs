//! Every route has a test: those of spin.toml, and every path of the OpenAPI document.

use serde_json::Value;

use super::tree::Tree;
use crate::manifest::Manifest;

const TESTS: &str = "tests/api/";
const DOCUMENT: &str = "static/api/openapi.json";

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let tests: String = tree.below(TESTS, ".rs").map(|(_, text)| text).collect();
    let manifest = match Manifest::parse(tree.text("spin.toml")) {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{error:#}")],
    };
    let routes = manifest.routes().map(|route| ("spin.toml", route.to_owned()));
    let document: Value = serde_json::from_str(tree.text(DOCUMENT)).unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.keys());
    routes
        .chain(paths.map(|path| (DOCUMENT, path.clone())))
        .filter(|(_, route)| !is_named(&tests, route))
        .map(|(file, route)| format!("{file}: no test in {TESTS} names {route}"))
        .collect()
}

/// Whether a string in the tests is the route: where it has parameters, by the text before the first and after the
/// last one; where it is open at its end (`/...`), by its beginning.
fn is_named(tests: &str, route: &str) -> bool {
    let (route, is_open) = route.strip_suffix("...").map_or((route, false), |route| (route, true));
    let opening = format!("\"{}", route.split('{').next().unwrap_or_default());
    let ending = route.rsplit_once('}').map_or("", |(_, ending)| ending);
    let ends = |rest: &str| is_open || rest.starts_with(['"', '?']);
    let strings = tests.lines().filter_map(|line| line.split_once(&opening).map(|(_, rest)| rest));
    strings.into_iter().any(|rest| rest.match_indices(ending).any(|(at, _)| ends(&rest[at + ending.len()..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_no_test_names_is_found() {
        let manifest = "[[trigger.http]]\nroute = \"/api/auth/...\"\n[[trigger.http]]\nroute = \"/api\"";
        let document = r#"{"paths": {"/api/notices/{notice_id}/read": {}, "/api/notices/{notice_id}/forget": {}}}"#;
        let tests = "client.get(\"/api/auth/session\");\nclient.post(&format!(\"/api/notices/{id}/read\"));";
        let tree = Tree::of(&[("spin.toml", manifest), (DOCUMENT, document), ("tests/api/tests/it.rs", tests)]);
        assert_eq!(
            findings(&tree),
            ["static/api/openapi.json: no test in tests/api/ names /api/notices/{notice_id}/forget"]
        );
    }
}
