//! The rules of ARCHITECTURE.md that the tree itself can tell, one file each. They read text, so they are quick and
//! know nothing of types; what they can't see stands in tests.

mod arrow;
mod headers;
mod length;
pub(crate) mod links;
mod purity;
mod routes;
mod statics;
mod tables;
pub(crate) mod tree;
mod wiring;
mod words;

use std::path::Path;

use anyhow::{Result, bail};

use crate::{terminal::failure, workspace::root};
use tree::Tree;

type Rule = fn(&Tree) -> Vec<String>;

const RULES: [Rule; 10] = [
    arrow::findings,
    headers::findings,
    length::findings,
    links::findings,
    purity::findings,
    routes::findings,
    statics::findings,
    tables::findings,
    wiring::findings,
    words::findings,
];

/// What is wrong in the repository at `root`.
pub(crate) fn findings(root: &Path) -> Result<Vec<String>> {
    let tree = Tree::read(root)?;
    Ok(RULES.iter().flat_map(|rule| rule(&tree)).collect())
}

/// Holds this repository against every rule; tells all that is wrong before it gives up.
pub(crate) fn run() -> Result<()> {
    let findings = findings(&root())?;
    for finding in &findings {
        failure(finding);
    }
    match findings.len() {
        0 => Ok(()),
        count => bail!("{count} places break the rules of ARCHITECTURE.md"),
    }
}
