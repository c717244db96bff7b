//! `domain` sees no clock, random source, file or network; components see clock and randomness only through
//! `web::Env`; SQL stands in `store` alone.

use super::tree::{Tree, before_tests, is_test, numbered};

const CLOCK_AND_CHANCE: [&str; 6] =
    ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "Uuid::now_v7", "getrandom"];
const FILES_AND_NETWORK: [&str; 6] = ["fs::", "env::var", "TcpStream", "UdpSocket", "http::", "process::"];
const SQL: [&str; 4] = ["insert into ", "delete from ", "select ", "update "];
const SEAM: &str = "crates/web/src/env.rs";

/// What the crate may use besides our own: nothing that reads or writes anything.
const DOMAIN_MAY_USE: [&str; 20] = [
    "base64",
    "csv",
    "ed25519-dalek",
    "flate2",
    "form_urlencoded",
    "hmac",
    "jiff",
    "num-rational",
    "num-traits",
    "quick-xml",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "subtle",
    "thiserror",
    "unicode-normalization",
    "uuid",
    "x509-parser",
];

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let mut findings = domain_dependencies(tree);
    for (path, text) in tree.below("", ".rs").filter(|(path, _)| !is_test(path) && *path != SEAM) {
        let is_pure =
            ["crates/domain/src/", "crates/web/src/", "components/"].iter().any(|pure| path.starts_with(pure));
        if !is_pure {
            continue;
        }
        for (number, line) in numbered(before_tests(text)).filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let is_domain = path.starts_with("crates/domain/");
            let mut outside = CLOCK_AND_CHANCE.iter().chain(FILES_AND_NETWORK.iter().filter(|_| is_domain));
            if let Some(word) = outside.find(|word| line.contains(**word)) {
                findings.push(format!(
                    "{path}:{number}: {word} reaches the world: it comes in as an argument, or through web::Env"
                ));
            }
            if SQL.iter().any(|word| line.contains(&format!("\"{word}"))) {
                findings.push(format!("{path}:{number}: SQL stands in crates/store"));
            }
        }
    }
    findings
}

fn domain_dependencies(tree: &Tree) -> Vec<String> {
    let manifest: toml::Table = tree.text("crates/domain/Cargo.toml").parse().unwrap_or_default();
    let used = manifest.get("dependencies").and_then(toml::Value::as_table);
    used.into_iter()
        .flat_map(toml::Table::keys)
        .filter(|name| !DOMAIN_MAY_USE.contains(&name.as_str()))
        .map(|name| {
            format!("crates/domain/Cargo.toml: {name} is not among what the rules may use (xtask/src/tidy/purity.rs)")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_at_the_clock_is_found_and_the_seam_is_left_alone() {
        let now = "let now = Timestamp::now();\n";
        let tree = Tree::of(&[
            ("crates/domain/src/session.rs", now),
            ("crates/web/src/env.rs", now),
            (
                "crates/domain/src/reading.rs",
                "// Timestamp::now() is not for us\n#[cfg(test)]\nmod tests { Timestamp::now(); }",
            ),
            ("components/auth/tests/it.rs", now),
        ]);
        assert_eq!(findings(&tree).len(), 1);
        assert!(findings(&tree)[0].starts_with("crates/domain/src/session.rs:1: Timestamp::now"));
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let tree = Tree::of(&[
            ("components/auth/src/lib.rs", "tx.execute(\"delete from session\")"),
            ("crates/store/src/persons.rs", "tx.execute(\"delete from session\")"),
        ]);
        assert_eq!(findings(&tree), ["components/auth/src/lib.rs:1: SQL stands in crates/store"]);
    }

    #[test]
    fn a_dependency_that_could_reach_the_world_is_found() {
        let tree = Tree::of(&[("crates/domain/Cargo.toml", "[dependencies]\nserde = \"1\"\ntokio = \"1\"")]);
        assert_eq!(findings(&tree).len(), 1);
    }
}
