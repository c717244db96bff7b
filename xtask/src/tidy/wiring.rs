//! spin.toml and the folders of `components/` tell the same, and nothing is granted in vain.

use std::collections::BTreeSet;

use toml::Value;

use super::tree::Tree;
use crate::{build, manifest::Manifest};

const ASKED: [&str; 2] = ["variables::get(\"", ".variable(\""];

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let manifest = match Manifest::parse(tree.text("spin.toml")) {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{error:#}")],
    };
    let folders: BTreeSet<&str> =
        tree.below("components/", "/Cargo.toml").filter_map(|(path, _)| path.split('/').nth(1)).collect();
    let components = manifest.components();
    let absent = folders.iter().filter(|name| !components.contains_key(*name));
    let mut findings: Vec<_> = absent.map(|name| format!("spin.toml: component {name} is missing")).collect();
    for (name, component) in components {
        if !folders.contains(name) {
            findings.push(format!("spin.toml: there is no folder components/{name}"));
        }
        findings.extend(differences(name, component));
        findings.extend(unused_variables(tree, name, component));
        findings.extend(missing_variables(tree, name, component));
    }
    findings.extend(static_headers(tree, &manifest));
    findings
}

/// The build command and the source are what `cargo xtask build` does, so that `spin build` makes the same bytes.
fn differences(name: &str, component: &Value) -> Vec<String> {
    let command = component.get("build").and_then(|build| build.get("command"));
    let expected = [
        ("source", component.get("source"), build::source(name)),
        ("build.command", command, build::build_command(name)),
    ];
    expected
        .into_iter()
        .filter(|(_, found, expected)| found.and_then(Value::as_str) != Some(expected))
        .map(|(key, _, expected)| format!("spin.toml: component.{name}.{key} should be {expected:?}"))
        .collect()
}

/// A variable that neither the component nor what all components share asks for is a needless grant.
fn unused_variables(tree: &Tree, name: &str, component: &Value) -> Vec<String> {
    let own = tree.below("components/", ".rs").filter(|(path, _)| path.split('/').nth(1) == Some(name));
    let code: String = own.chain(tree.below("crates/web/src/", ".rs")).map(|(_, text)| text).collect();
    let granted = component.get("variables").and_then(Value::as_table).into_iter().flat_map(toml::Table::keys);
    granted
        .filter(|variable| !code.contains(&format!("\"{variable}\"")))
        .map(|variable| format!("spin.toml: component {name} does not use its variable {variable}"))
        .collect()
}

/// A variable that the component itself asks for and does not have.
fn missing_variables(tree: &Tree, name: &str, component: &Value) -> Vec<String> {
    let granted = component.get("variables");
    let own = tree.below("components/", ".rs").filter(|(path, _)| path.split('/').nth(1) == Some(name));
    own.flat_map(|(_, text)| ASKED.iter().flat_map(|asked| text.split(asked).skip(1)))
        .filter_map(|rest| rest.split('"').next())
        .filter(|variable| granted.and_then(|granted| granted.get(variable)).is_none())
        .map(|variable| format!("spin.toml: component {name} asks for the variable {variable} and is not given it"))
        .collect()
}

/// What the host answers by itself carries the same security headers as what `web` answers.
fn static_headers(tree: &Tree, manifest: &Manifest) -> Vec<String> {
    let shared = tree.text("crates/web/src/headers.rs");
    // A string that goes on in the next line stands in the source with a backslash and spaces.
    let shared: String = shared.split("\\\n").map(|line| line.trim_start_matches(' ')).collect();
    let mut findings = Vec::new();
    for trigger in manifest.http_triggers() {
        let Some(response) = trigger.get("static_response") else { continue };
        let headers = response.get("headers").and_then(Value::as_table);
        for (name, value) in headers.into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            let is_own = matches!(name.as_str(), "content-type" | "cache-control");
            if !is_own && !shared.contains(&format!("\"{value}\"")) {
                findings
                    .push(format!("spin.toml: the static response's {name} is not that of crates/web/src/headers.rs"));
            }
        }
        if headers.is_none_or(|headers| !headers.contains_key("content-security-policy")) {
            findings.push("spin.toml: a static response lacks the security headers".into());
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree<'a>(manifest: &'a str, code: &'a str) -> Tree {
        Tree::of(&[
            ("spin.toml", manifest),
            ("components/auth/Cargo.toml", ""),
            ("components/auth/src/lib.rs", code),
            ("crates/web/src/headers.rs", "(CSP, \"default-src 'none'; \\\n  img-src 'self'\"), (X, \"nosniff\")"),
        ])
    }

    #[test]
    fn a_component_in_one_place_only_is_found() {
        assert_eq!(findings(&tree("", "")), ["spin.toml: component auth is missing"]);
        let found = findings(&tree("[component.gone]\n", ""));
        assert!(found.contains(&"spin.toml: there is no folder components/gone".to_owned()), "{found:?}");
    }

    #[test]
    fn another_build_command_and_an_unused_variable_are_found() {
        let manifest = format!(
            "[component.auth]\nsource = {:?}\nvariables = {{ a = \"1\", b = \"2\" }}\nbuild.command = \"cargo build\"",
            build::source("auth")
        );
        let found = findings(&tree(&manifest, "env.variable(\"a\"); store::variables::get(\"c\")"));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("build.command should be"));
        assert!(found[1].ends_with("does not use its variable b"));
        assert!(found[2].ends_with("asks for the variable c and is not given it"));
    }

    #[test]
    fn a_static_response_with_other_headers_is_found() {
        let manifest = |policy: &str| {
            format!(
                "[component.auth]\nsource = {:?}\nbuild.command = {:?}\n[[trigger.http]]\nroute = \"/\"\n\
                 static_response.headers = {{ content-security-policy = \"{policy}\" }}",
                build::source("auth"),
                build::build_command("auth")
            )
        };
        assert!(findings(&tree(&manifest("default-src 'none'; img-src 'self'"), "")).is_empty());
        assert_eq!(findings(&tree(&manifest("default-src *"), "")).len(), 1);
    }
}
