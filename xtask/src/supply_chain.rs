//! What comes from outside: deny.toml held against the lock file, without cargo-deny.
//!
//! Licences, sources and banned crates are told by cargo's own metadata. Known vulnerabilities are not: they need
//! cargo-deny and its data base (docs/supply-chain.md).

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use toml::Table;

use crate::{
    process::{cargo, output},
    terminal::failure,
    workspace::root,
};

/// What deny.toml allows.
struct Policy {
    licences: Vec<String>,
    registries: Vec<String>,
    banned: Vec<String>,
}

/// Checks every crate of the lock file; tells all that is wrong before it gives up.
pub(crate) fn check() -> Result<()> {
    let policy = Policy::read(&fs::read_to_string(root().join("deny.toml")).context("cannot read deny.toml")?)?;
    // --locked: a lock file that does not fit the manifests is an error, not rewritten.
    let metadata = output(&mut cargo(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata gave no JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata named no packages")?;
    let findings: Vec<_> = packages.iter().flat_map(|package| policy.findings(package)).collect();
    for finding in &findings {
        failure(finding);
    }
    match findings.len() {
        0 => Ok(()),
        count => bail!("{count} findings against deny.toml; docs/supply-chain.md tells what to do"),
    }
}

impl Policy {
    fn read(text: &str) -> Result<Self> {
        let table: Table = text.parse().context("deny.toml is not valid TOML")?;
        let list = |section: &str, key: &str| table.get(section).and_then(|section| section.get(key)?.as_array());
        let texts = |section, key| -> Result<Vec<String>> {
            let list = list(section, key).with_context(|| format!("deny.toml: {section}.{key} is missing"))?;
            Ok(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
        };
        let banned = list("bans", "deny").into_iter().flatten().filter_map(|ban| ban.get("crate")?.as_str());
        Ok(Self {
            licences: texts("licenses", "allow")?,
            registries: texts("sources", "allow-registry")?,
            banned: banned.map(str::to_owned).collect(),
        })
    }

    fn findings(&self, package: &Value) -> Vec<String> {
        let text = |key: &str| package[key].as_str();
        let crate_ = format!("{} {}", text("name").unwrap_or_default(), text("version").unwrap_or_default());
        let mut findings = Vec::new();
        if self.banned.iter().any(|banned| text("name") == Some(banned)) {
            findings.push(format!("{crate_} is banned"));
        }
        // What lies in the repository has no source.
        let Some(source) = text("source") else { return findings };
        if !source.strip_prefix("registry+").is_some_and(|registry| self.registries.iter().any(|ours| ours == registry))
        {
            findings.push(format!("{crate_} comes from {source}"));
        }
        match text("license") {
            None => findings.push(format!("{crate_} names no licence")),
            Some(licence) if !self.allows(licence) => {
                findings.push(format!("{crate_} has a licence that is not allowed: {licence}"));
            }
            Some(_) => {}
        }
        findings
    }

    /// Whether an SPDX expression can be satisfied with what is allowed; what cannot be read is not.
    fn allows(&self, expression: &str) -> bool {
        // The older form of a choice.
        let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let mut words = spaced.split_whitespace().peekable();
        self.any(&mut words) == Some(true) && words.next().is_none()
    }

    fn any<'a>(&self, words: &mut Words<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let mut allowed = self.all(words)?;
        while words.next_if_eq(&"OR").is_some() {
            allowed |= self.all(words)?;
        }
        Some(allowed)
    }

    fn all<'a>(&self, words: &mut Words<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let mut allowed = self.one(words)?;
        while words.next_if_eq(&"AND").is_some() {
            allowed &= self.one(words)?;
        }
        Some(allowed)
    }

    fn one<'a>(&self, words: &mut Words<impl Iterator<Item = &'a str>>) -> Option<bool> {
        match words.next()? {
            "(" => {
                let allowed = self.any(words)?;
                words.next_if_eq(&")").map(|_| allowed)
            }
            ")" | "AND" | "OR" | "WITH" => None,
            licence if words.next_if_eq(&"WITH").is_some() => {
                let whole = format!("{licence} WITH {}", words.next()?);
                Some(self.licences.contains(&whole))
            }
            licence => Some(self.licences.iter().any(|allowed| allowed == licence)),
        }
    }
}

type Words<I> = std::iter::Peekable<I>;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const POLICY: &str = "[licenses]\nallow = ['MIT', 'Apache-2.0 WITH LLVM-exception', 'ISC']\n\
                          [sources]\nallow-registry = ['https://ours']\n[bans]\ndeny = [{ crate = 'openssl' }]";

    fn policy() -> Policy {
        Policy::read(POLICY).unwrap()
    }

    #[test]
    fn a_choice_needs_one_and_a_sum_needs_all() {
        for allowed in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "(GPL-3.0 OR MIT) AND ISC",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(policy().allows(allowed), "{allowed}");
        }
        for refused in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "Apache-2.0",
            "GPL-3.0 OR (MIT AND GPL-3.0)",
            "",
            "MIT OR",
            "(MIT",
            "MIT ISC",
        ] {
            assert!(!policy().allows(refused), "{refused}");
        }
    }

    #[test]
    fn a_crate_from_elsewhere_or_with_no_licence_or_banned_is_found() {
        let package = |name: &str, source: Value, license: Value| {
            policy().findings(&json!({ "name": name, "version": "1.0.0", "source": source, "license": license }))
        };
        assert!(package("good", json!("registry+https://ours"), json!("MIT")).is_empty());
        assert!(package("of-the-workspace", Value::Null, Value::Null).is_empty());
        assert_eq!(package("a", json!("git+https://ours"), json!("MIT")), ["a 1.0.0 comes from git+https://ours"]);
        assert_eq!(package("a", json!("registry+https://ours"), Value::Null), ["a 1.0.0 names no licence"]);
        let found = package("a", json!("registry+https://ours"), json!("GPL-3.0"));
        assert_eq!(found, ["a 1.0.0 has a licence that is not allowed: GPL-3.0"]);
        assert_eq!(package("openssl", json!("registry+https://ours"), json!("MIT")), ["openssl 1.0.0 is banned"]);
    }

    #[test]
    fn the_policy_of_the_repository_can_be_read() {
        let policy = Policy::read(include_str!("../../deny.toml")).unwrap();
        assert!(policy.allows("MIT OR Apache-2.0") && !policy.allows("GPL-3.0-only"));
        assert_eq!(policy.registries.len(), 1);
    }
}
