//! Links between documents lead somewhere.

use super::tree::{Tree, numbered};

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    // Pictures and scripts are no text that the tree holds.
    broken(tree, |path| tree.has(path) || crate::workspace::root().join(path).exists())
}

/// The links of these documents that lead nowhere, where this tells what is there.
pub(crate) fn broken(tree: &Tree, is_there: impl Fn(&str) -> bool) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("", ".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in numbered(text) {
            for link in
                links(line).filter(|link| !target(folder, link).is_some_and(|path| path.is_empty() || is_there(&path)))
            {
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

/// The path from the root that a link in a folder's document means; none where it leads out of the root.
fn target(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
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
