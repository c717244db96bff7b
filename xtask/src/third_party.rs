//! What others wrote and the archive holds: every crate that is linked into the program or a component, with the texts
//! of its licences. They ask for no more than that.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env::consts::ARCH,
    fmt::Write as _,
    fs,
    path::Path,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{
    build::WASM,
    process::{cargo, output},
    workspace::components,
};

const HEAD: &str = "\
The program and the components of «Мой дом» hold the crates below, and the standard library of Rust
(MIT OR Apache-2.0, https://github.com/rust-lang/rust). Behind each crate stand its licence as its author names it,
and the numbers of the texts that came with it; the texts follow the list. A crate without a number brought none.
";

/// A crate with the texts that lie in its package.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    texts: Vec<String>,
}

/// All of it as one text, the same for the same lock file.
pub(crate) fn notices() -> Result<String> {
    let mut crates = linked_for(&format!("{ARCH}-unknown-linux-gnu"), &["host".to_owned()])?;
    crates.append(&mut linked_for(WASM, &components()?)?);
    Ok(written(&crates))
}

fn linked_for(target: &str, programs: &[String]) -> Result<BTreeSet<Crate>> {
    let metadata = output(&mut cargo(["metadata", "--locked", "--format-version", "1", "--filter-platform", target]))?;
    let metadata = serde_json::from_str(&metadata).context("cargo metadata gave no JSON")?;
    linked(&metadata, programs).into_iter().map(Crate::read).collect()
}

/// The packages from elsewhere that end up in these programs: no build scripts, no macros and nothing of theirs.
fn linked<'a>(metadata: &'a Value, programs: &[String]) -> Vec<&'a Value> {
    let by_id = |list: &'a Value| -> HashMap<&'a str, &'a Value> {
        list.as_array().into_iter().flatten().filter_map(|one| Some((one["id"].as_str()?, one))).collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let is_program = |package: &Value| {
        package["source"].is_null() && programs.iter().any(|name| package["name"].as_str() == Some(name))
    };
    let mut waiting: Vec<_> = packages.iter().filter(|(_, package)| is_program(package)).map(|(id, _)| *id).collect();
    let mut found = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        let Some(package) = packages.get(id).filter(|package| !is_macro(package)) else { continue };
        if found.insert(id, *package).is_none() {
            waiting.extend(nodes.get(id).into_iter().flat_map(|node| linked_by(node)));
        }
    }
    found.into_values().filter(|package| !package["source"].is_null()).collect()
}

fn linked_by(node: &Value) -> impl Iterator<Item = &str> {
    let is_normal = |dep: &&Value| dep["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null());
    node["deps"].as_array().into_iter().flatten().filter(is_normal).filter_map(|dep| dep["pkg"].as_str())
}

fn is_macro(package: &Value) -> bool {
    let mut targets = package["targets"].as_array().into_iter().flatten();
    targets.any(|target| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "proc-macro")))
}

impl Crate {
    fn read(package: &Value) -> Result<Self> {
        let text = |key: &str| package[key].as_str().with_context(|| format!("a crate has no {key}"));
        let (name, version) = (text("name")?.to_owned(), text("version")?.to_owned());
        let folder = Path::new(text("manifest_path")?).parent().context("a manifest lies nowhere")?;
        // A crate may name a file instead of a licence.
        let licence = text("license").or_else(|_| text("license_file"))?.to_owned();
        Ok(Self { name, version, licence, texts: texts(folder)? })
    }
}

/// What lies in a crate's folder, or deeper with code of others, and is called a licence.
fn texts(folder: &Path) -> Result<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if is_licence(&entry.file_name().to_string_lossy()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found.iter().map(|path| text(path)).collect()
}

fn is_licence(file: &str) -> bool {
    let name = file.to_uppercase();
    !name.ends_with(".RS") && ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|begin| name.starts_with(begin))
}

fn text(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned())
}

/// The list, then each text once.
fn written(crates: &BTreeSet<Crate>) -> String {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let (mut list, mut all) = (format!("{HEAD}\n"), String::new());
    for one in crates {
        let mut line = format!("{} {}: {}", one.name, one.version, one.licence);
        for text in &one.texts {
            let next = numbers.len() + 1;
            let number = *numbers.entry(text).or_insert(next);
            if number == next {
                all += &format!("\n==== {number} ====\n\n{text}\n");
            }
            let _ = write!(line, " [{number}]");
        }
        list += &format!("{line}\n");
    }
    list + &all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_linked_is_found_and_what_only_builds_is_not() {
        let package = |name: &str, source: Value, kind: &str| {
            let targets = json!([{ "kind": [kind] }]);
            json!({ "id": name, "name": name, "source": source, "targets": targets })
        };
        let dep = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let there = json!("registry");
        let metadata = json!({
            "packages": [
                package("host", Value::Null, "bin"), package("domain", Value::Null, "lib"),
                package("linked", there.clone(), "lib"), package("built", there.clone(), "lib"),
                package("macro", there.clone(), "proc-macro"), package("of-macro", there, "lib"),
            ],
            "resolve": { "nodes": [
                { "id": "host", "deps": [dep("domain", Value::Null), dep("macro", Value::Null)] },
                { "id": "domain", "deps": [dep("linked", Value::Null), dep("built", json!("build"))] },
                { "id": "macro", "deps": [dep("of-macro", Value::Null)] },
            ] },
        });
        let names: Vec<_> =
            linked(&metadata, &["host".to_owned()]).iter().map(|package| package["name"].clone()).collect();
        assert_eq!(names, ["linked"]);
    }

    #[test]
    fn the_same_text_stands_there_once_wherever_it_lies_in_a_crate() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in
            [("a/LICENSE", "one\n"), ("a/src/copying.rs", "code"), ("b/c/COPYING.txt", "two"), ("b/license", "one\r\n")]
        {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let read = |name: &str| Crate {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            texts: texts(&folder.path().join(name)).unwrap(),
        };
        let written = written(&BTreeSet::from([read("b"), read("a")]));
        let rest = written.strip_prefix(HEAD).unwrap();
        assert_eq!(rest, "\na 1.0.0: MIT [1]\nb 1.0.0: MIT [2] [1]\n\n==== 1 ====\n\none\n\n==== 2 ====\n\ntwo\n");
    }

    #[test]
    fn the_archive_names_what_the_program_and_the_components_hold() {
        let notices = notices().unwrap();
        for linked in ["\nwasmtime ", "\naxum ", "\nspin-sdk ", "\nlibsqlite3-sys "] {
            assert!(notices.contains(linked), "{linked}");
        }
        for built in ["\nsyn ", "\nproptest ", "\nclap_derive "] {
            assert!(!notices.contains(built), "{built}");
        }
        assert!(notices.contains("Apache License") && notices.contains("Permission is hereby granted"));
    }
}
