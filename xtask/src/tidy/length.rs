//! No file grows beyond what one reads in one go.

use super::tree::Tree;

const RUST_LINES_MAX: usize = 500;
const PAGE_LINES_MAX: usize = 400;

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    tree.iter()
        .filter_map(|(path, text)| {
            let (lines, most) = (text.lines().count(), ceiling(path)?);
            (lines > most).then(|| format!("{path}: {lines} lines; split it, {most} is the most"))
        })
        .collect()
}

fn ceiling(path: &str) -> Option<usize> {
    match path.rsplit('.').next()? {
        "rs" => Some(RUST_LINES_MAX),
        "css" | "html" | "js" | "mjs" => Some(PAGE_LINES_MAX),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_above_the_ceiling_is_found() {
        let long = "\n".repeat(501);
        let tree = Tree::of(&[("a.rs", &long), ("b.rs", &long[1..]), ("c.json", &long)]);
        assert_eq!(findings(&tree), ["a.rs: 501 lines; split it, 500 is the most"]);
    }
}
