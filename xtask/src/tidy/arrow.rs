//! Who may depend on whom: `domain ← store ← web ← components`, `paper → forms → web`,
//! `schema → host`; a component never on a component.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::tree::Tree;

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let ours: BTreeSet<&str> = tree.iter().filter_map(|(path, _)| package(path)).collect();
    let mut findings = Vec::new();
    for (path, text) in tree.iter() {
        let (Some(name), Some(allowed)) = (package(path), allowed(path)) else { continue };
        for dependency in dependencies(text).filter(|dependency| ours.contains(dependency.as_str())) {
            if !allowed.contains(&dependency.as_str()) {
                findings.push(format!("{path}: {name} may not depend on {dependency}"));
            }
        }
    }
    findings
}

/// The package of a manifest: its folder's name.
fn package(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    let name = folder.rsplit('/').next()?;
    ["components/", "crates/", "xtask"].iter().any(|parent| folder.starts_with(parent)).then_some(name)
}

/// What the package may use of ours; nothing for tests, which may use everything.
fn allowed(path: &str) -> Option<&'static [&'static str]> {
    match path.strip_suffix("/Cargo.toml")? {
        component if component.starts_with("components/") => Some(&["domain", "forms", "paper", "store", "web"]),
        "crates/domain" | "crates/paper" | "crates/schema" | "crates/sandbox" | "xtask" => Some(&[]),
        "crates/forms" => Some(&["domain", "paper"]),
        "crates/store" => Some(&["domain"]),
        "crates/web" => Some(&["domain", "forms", "store"]),
        "crates/host" => Some(&["domain", "schema", "store"]),
        _ => None,
    }
}

/// What a manifest names under `dependencies`, for every target; what only tests use does not count.
fn dependencies(text: &str) -> impl Iterator<Item = String> {
    let manifest: Table = text.parse().unwrap_or_default();
    let mut names: Vec<String> = keys(manifest.get("dependencies"));
    for target in manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values) {
        names.extend(keys(target.get("dependencies")));
    }
    names.into_iter()
}

fn keys(table: Option<&Value>) -> Vec<String> {
    table.and_then(Value::as_table).map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_against_the_arrow_is_found() {
        let tree = Tree::of(&[
            ("components/auth/Cargo.toml", "[dependencies]\nweb.workspace = true\nhomes.workspace = true"),
            ("components/homes/Cargo.toml", "[dependencies]\nserde.workspace = true"),
            ("crates/web/Cargo.toml", "[target.'cfg(unix)'.dependencies]\nschema.workspace = true"),
            ("crates/schema/Cargo.toml", "[dev-dependencies]\nweb.workspace = true"),
            ("tests/native/Cargo.toml", "[dependencies]\nauth.workspace = true"),
        ]);
        assert_eq!(
            findings(&tree),
            [
                "components/auth/Cargo.toml: auth may not depend on homes",
                "crates/web/Cargo.toml: web may not depend on schema"
            ]
        );
    }
}
