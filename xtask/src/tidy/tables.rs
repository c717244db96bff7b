//! One module of `store` owns all writes of a table: the one that the migration's first line names.

use std::collections::BTreeMap;

use super::tree::{Tree, before_tests, is_test, numbered};

const WRITES: [&str; 5] =
    ["insert into ", "insert or ignore into ", "insert or replace into ", "update ", "delete from "];
/// The runner and what it writes itself.
const RUNNER: &str = "crates/schema/";

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let owners = owners(tree);
    let mut findings = Vec::new();
    let code = tree.below("", ".rs").filter(|(path, _)| !is_test(path) && !path.starts_with(RUNNER));
    for (path, text) in code.filter(|(path, _)| !path.starts_with("xtask/")) {
        for (number, line) in numbered(before_tests(text)) {
            for table in written(line) {
                if let Some(owner) = owners.get(table).filter(|owner| !belongs(path, owner)) {
                    findings.push(format!("{path}:{number}: only crates/store/src/{owner} writes the table {table}"));
                }
            }
        }
    }
    findings
}

/// Which module owns each table.
fn owners(tree: &Tree) -> BTreeMap<&str, &str> {
    let mut owners = BTreeMap::new();
    for (_, text) in tree.below("crates/schema/migrations", ".sql") {
        let owner = text.strip_prefix("-- owner: ").and_then(|rest| rest.split(';').next()).unwrap_or_default();
        for line in text.lines() {
            owners.extend(line.strip_prefix("create table ").and_then(|rest| Some((rest.split(' ').next()?, owner))));
        }
    }
    owners
}

fn belongs(path: &str, owner: &str) -> bool {
    let inside = path.strip_prefix("crates/store/src/").unwrap_or_default();
    inside == format!("{owner}.rs") || inside.starts_with(&format!("{owner}/"))
}

/// The tables that a line of code writes.
fn written(line: &str) -> impl Iterator<Item = &str> {
    WRITES.iter().flat_map(move |write| line.split(write).skip(1)).map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_outside_the_owning_module_is_found() {
        let tree = Tree::of(&[
            ("crates/schema/migrations/0001_home.sql", "-- owner: homes; readers: none\ncreate table house (\n);"),
            ("crates/store/src/homes/register.rs", "\"insert into house (house_id) values (1)\""),
            ("crates/store/src/homesick.rs", "\"delete from house where 1\""),
            ("crates/store/src/readings.rs", "\"select * from house for update\"; \"update house set a = 1\""),
            ("components/homes/tests/it.rs", "\"update house set a = 1\""),
        ]);
        assert_eq!(
            findings(&tree),
            [
                "crates/store/src/homesick.rs:1: only crates/store/src/homes writes the table house",
                "crates/store/src/readings.rs:1: only crates/store/src/homes writes the table house"
            ]
        );
    }
}
