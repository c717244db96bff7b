//! The examples are Spin's own expectations; the model says the rules a second time, slowly.

use super::*;
use proptest::prelude::*;

fn router(patterns: &[&'static str]) -> Router<&'static str> {
    Router::new(patterns.iter().map(|pattern| (Route::parse(pattern).unwrap(), *pattern)))
}

fn answers(patterns: &[&'static str], path: &str) -> Option<&'static str> {
    router(patterns).find(path).map(|found| *found.target)
}

#[test]
fn the_longest_prefix_wins_in_any_order() {
    let patterns = ["/one/...", "/one/two/three/...", "/...", "/one/two/..."];
    assert_eq!(answers(&patterns, "/one/two/three/four"), Some("/one/two/three/..."));
    assert_eq!(answers(&patterns, "/one/two"), Some("/one/two/..."));
    assert_eq!(answers(&patterns, "/one/x"), Some("/one/..."));
    assert_eq!(answers(&patterns, "/"), Some("/..."));
}

#[test]
fn an_exact_route_wins_over_a_named_one_and_that_over_the_rest() {
    let patterns = ["/...", "/:any", "/one", "/one/..."];
    assert_eq!(answers(&patterns, "/one"), Some("/one"));
    assert_eq!(answers(&patterns, "/one/"), Some("/one"));
    assert_eq!(answers(&patterns, "/one/two"), Some("/one/..."));
    assert_eq!(answers(&patterns, "/two"), Some("/:any"));
    assert_eq!(answers(&patterns, "/two/three"), Some("/..."));
}

#[test]
fn a_path_that_no_route_matches_has_no_answer() {
    assert_eq!(answers(&["/one", "/two/:x"], "/onetwo"), None);
    assert_eq!(answers(&["/one", "/two/:x"], "/two"), None);
    assert_eq!(answers(&["/one"], "/one/two"), None);
    assert_eq!(answers(&["/..."], "*"), None, "the address of `OPTIONS *`");
}

#[test]
fn path_info_is_what_the_rest_stands_for() {
    let info = |pattern: &'static str, path| router(&[pattern]).find(path).unwrap().path_info().to_owned();
    assert_eq!(info("/test/...", "/test"), "");
    assert_eq!(info("/test/...", "/test/"), "/");
    assert_eq!(info("/test/...", "/test/hello"), "/hello");
    assert_eq!(info("/test/...", "/test/hello/"), "/hello/");
    assert_eq!(info("/...", "/"), "/");
    assert_eq!(info("/...", "/1/2/3"), "/1/2/3");
    assert_eq!(info("/...", "//1//2//"), "/1//2/");
    assert_eq!(info("/1/:two/...", "/1/2/3"), "/3");
    assert_eq!(info("/test", "/test"), "");
}

#[test]
fn named_segments_are_captured() {
    let router = router(&["/houses/:house/flats/:flat/..."]);
    let found = router.find("/houses/12/flats/7/meters").unwrap();
    let segments: Vec<_> = found.segments().collect();
    assert_eq!(segments, [("house", "12"), ("flat", "7")]);
}

#[test]
fn routes_that_differ_in_names_only_match_the_same() {
    let route = |pattern| Route::parse(pattern).unwrap();
    assert!(route("/a/:b/...").matches_the_same_as(&route("/a/:c/.../")));
    assert!(!route("/a/:b").matches_the_same_as(&route("/a/b")));
    assert!(!route("/a").matches_the_same_as(&route("/a/...")));
}

#[test]
fn a_bad_pattern_is_refused_with_its_text() {
    for pattern in ["", "api", "/a/*", "/a//b", "/a/.../b", "/:", "/:a.json", "/.well-known/spin/x"] {
        let error = Route::parse(pattern).unwrap_err();
        assert!(error.contains(&format!("`{pattern}`")), "{error}");
    }
}

/// What a route has to do with a path, by the words of the module's first lines.
mod model {
    pub(super) fn matches(pattern: &str, path: &str) -> bool {
        let path = split(path);
        match pattern.strip_suffix("/...") {
            Some(prefix) => {
                let prefix = split(prefix);
                path.len() >= prefix.len() && same(&prefix, &path[..prefix.len()])
            }
            None => same(&split(pattern), &path),
        }
    }

    /// A key that is smaller for the pattern that wins.
    pub(super) fn key(pattern: &str) -> String {
        split(pattern)
            .iter()
            .map(|segment| match segment {
                &"..." => 'c',
                named if named.starts_with(':') => 'b',
                _ => 'a',
            })
            .collect()
    }

    fn same(pattern: &[&str], path: &[&str]) -> bool {
        pattern.len() == path.len()
            && pattern.iter().zip(path).all(|(segment, text)| segment.starts_with(':') || segment == text)
    }

    fn split(path: &str) -> Vec<&str> {
        match path.trim_matches('/') {
            "" => Vec::new(),
            inner => inner.split('/').collect(),
        }
    }
}

fn pattern() -> impl Strategy<Value = String> {
    let segment = prop_oneof![Just("a"), Just("b"), Just(":x"), Just(":y")];
    (prop::collection::vec(segment, 0..4), any::<bool>()).prop_map(|(segments, rest)| {
        let path: String = segments.iter().map(|segment| format!("/{segment}")).collect();
        match (rest, path.is_empty()) {
            (true, _) => path + "/...",
            (false, true) => "/".to_owned(),
            (false, false) => path,
        }
    })
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![Just("a"), Just("b"), Just("c"), Just("")];
    prop::collection::vec(segment, 0..5).prop_map(|segments| format!("/{}", segments.join("/")))
}

proptest! {
    #[test]
    fn the_answer_is_the_models_answer(
        patterns in prop::collection::vec(pattern(), 0..8),
        path in path(),
    ) {
        let routes = patterns.iter().map(|text| (Route::parse(text).unwrap(), text));
        let router = Router::new(routes);
        let found = router.find(&path).map(|found| model::key(found.target));
        let matching = patterns.iter().filter(|pattern| model::matches(pattern, &path));
        prop_assert_eq!(found, matching.map(|pattern| model::key(pattern)).min());
    }

    #[test]
    fn path_info_is_the_end_of_the_path(pattern in pattern(), path in path()) {
        let router = Router::new([(Route::parse(&pattern).unwrap(), ())]);
        if let Some(found) = router.find(&path) {
            let info = found.path_info();
            prop_assert!(info.is_empty() || info.starts_with('/'));
            prop_assert!(path.trim_end_matches('/').ends_with(info.trim_end_matches('/')));
        }
    }

    #[test]
    fn no_text_panics(pattern in any::<String>(), path in any::<String>()) {
        if let Ok(route) = Route::parse(&pattern) {
            let router = Router::new([(route, ())]);
            if let Some(found) = router.find(&path) {
                found.path_info();
                found.segments().count();
            }
        }
    }
}
