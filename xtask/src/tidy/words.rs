//! Nothing of one machine or one registry stays in the tree: whoever clones it has others.

use super::tree::{Tree, numbered};

/// Written in two parts, so that this file does not break its own rule.
const MACHINE: [&str; 6] = [
    concat!("/work", "/"),
    concat!("/root", "/"),
    concat!("/home", "/"),
    concat!("registry.", "npmjs"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
];

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in tree.iter() {
        for (number, line) in numbered(text) {
            if let Some(word) = MACHINE.iter().find(|word| line.contains(**word)) {
                findings.push(format!("{path}:{number}: {word} is of one machine or registry"));
            }
        }
        if path.ends_with("package-lock.json") && text.contains("\"resolved\"") {
            findings.push(format!(
                "{path}: names registry hosts; make it with npm install --omit-lockfile-registry-resolved"
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found() {
        let path = format!("see {}project", concat!("/home", "/"));
        let tree = Tree::of(&[
            ("README.md", &path),
            ("docs/a.md", "the home page"),
            ("package-lock.json", "{\"resolved\": 1}"),
        ]);
        assert_eq!(findings(&tree).len(), 2);
    }
}
