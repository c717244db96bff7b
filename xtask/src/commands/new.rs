//! `cargo xtask new`

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{terminal::step, workspace::root};

/// Begin a new component: a folder in components/ that compiles, wired into spin.toml and the workspace.
///
/// Tells what is left to do: a component is done when its routes are in the OpenAPI document, in the access table
/// and under test.
#[derive(Args)]
pub(super) struct New {
    /// One word: the folder, the package, the component and the route `/api/NAME`.
    name: String,
}

const FILES: [(&str, &str); 4] = [
    ("Cargo.toml", include_str!("../../templates/Cargo.toml.txt")),
    ("src/lib.rs", include_str!("../../templates/lib.rs.txt")),
    ("src/entry.rs", include_str!("../../templates/entry.rs.txt")),
    ("src/overview.rs", include_str!("../../templates/overview.rs.txt")),
];
const MANIFEST: &str = include_str!("../../templates/spin.toml.txt");

impl New {
    pub(super) fn run(self) -> Result<()> {
        let name = &self.name;
        create(&root(), name)?;
        step(&format!("components/{name} stands; `cargo xtask build` builds it"));
        println!(
            "What is left:
  tests/native/src/lib.rs   add {name} to `components` (and to its Cargo.toml), then `cargo xtask openapi`
  tests/native/src/access.rs and crates/domain/src/access.rs   who may call its routes
  tests/api/tests/it        a test that names each route
  spin.toml                 take away what it is granted in vain; a better place for its two entries
  ARCHITECTURE.md           a line about it"
        );
        Ok(())
    }
}

fn create(root: &Path, name: &str) -> Result<()> {
    if name.is_empty() || !name.bytes().all(|letter| letter.is_ascii_lowercase()) {
        bail!("{name:?} is no name for a component: give one word in lower-case Latin letters");
    }
    let folder = root.join("components").join(name);
    if folder.exists() {
        bail!("components/{name} is there already");
    }
    let (manifest, workspace) = (root.join("spin.toml"), root.join("Cargo.toml"));
    let with_component = fs::read_to_string(&manifest)? + &filled(MANIFEST, name);
    let with_dependency = add_dependency(&fs::read_to_string(&workspace)?, name)?;

    fs::create_dir_all(folder.join("src"))?;
    for (file, template) in FILES {
        fs::write(folder.join(file), filled(template, name))?;
    }
    fs::write(manifest, with_component)?;
    fs::write(workspace, with_dependency).context("cannot write Cargo.toml")
}

fn filled(template: &str, name: &str) -> String {
    template.replace("NAME", name)
}

/// The workspace's manifest with the component among its dependencies.
fn add_dependency(manifest: &str, name: &str) -> Result<String> {
    let (before, after) = manifest
        .split_once("\nsite = ")
        .context("Cargo.toml does not list the component `site`, after which a new one is put")?;
    Ok(format!("{before}\n{name} = {{ path = \"components/{name}\" }}\nsite = {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;

    /// A copy of what the command changes.
    fn copy() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for file in ["spin.toml", "Cargo.toml", "crates/web/src/headers.rs", "crates/web/src/env.rs"] {
            let to = directory.path().join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root().join(file), to).unwrap();
        }
        directory
    }

    #[test]
    fn a_new_component_is_wired_as_the_rules_want_it() {
        let directory = copy();
        create(directory.path(), "voting").unwrap();
        let findings = tidy::findings(directory.path()).unwrap();
        let about_it: Vec<_> = findings.iter().filter(|finding| finding.contains("voting")).collect();
        assert_eq!(about_it, ["spin.toml: no test in tests/api/ names /api/voting/..."]);
        let workspace = fs::read_to_string(directory.path().join("Cargo.toml")).unwrap();
        let dependencies = workspace.parse::<toml::Table>().unwrap()["workspace"]["dependencies"].clone();
        assert_eq!(dependencies["voting"]["path"].as_str(), Some("components/voting"));
    }

    #[test]
    fn a_second_one_of_the_same_name_and_a_name_of_several_words_are_refused() {
        let directory = copy();
        create(directory.path(), "voting").unwrap();
        let manifest = fs::read_to_string(directory.path().join("spin.toml")).unwrap();
        for name in ["voting", "two-words", "../out", "", "Счета"] {
            assert!(create(directory.path(), name).is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(directory.path().join("spin.toml")).unwrap(), manifest);
    }
}
