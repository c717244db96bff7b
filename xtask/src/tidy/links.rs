//! Links between documents lead somewhere.

use super::tree::{Tree, numbered};

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("", ".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in numbered(text) {
            for link in links(line).filter(|link| !leads_somewhere(tree, folder, link)) {
                findings.push(format!("{path}:{number}: nothing is at {link}"));
            }
        }
    }
    findings
}

/// What stands in `](…)` and is meant for this repository, without its anchor.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let link = rest.split([')', '#', ' ']).next()?;
        let is_ours = !link.is_empty() && !link.starts_with('/') && !link.contains(':');
        is_ours.then_some(link)
    })
}

fn leads_somewhere(tree: &Tree, folder: &str, link: &str) -> bool {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    // Pictures and scripts are no text that the tree holds.
    path.is_empty() || tree.has(&path) || crate::workspace::root().join(&path).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_found() {
        let text = "[a](api.md#x) and [b](../README.md), [c](gone.md)\n[d](https://a.b/c) [e](#here) [f](../../out.md)";
        let tree = Tree::of(&[("docs/api.md", "# x"), ("README.md", ""), ("docs/index.md", text)]);
        assert_eq!(
            findings(&tree),
            ["docs/index.md:1: nothing is at gone.md", "docs/index.md:2: nothing is at ../../out.md"]
        );
    }
}
