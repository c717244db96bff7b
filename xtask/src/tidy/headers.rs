//! Every Rust file begins by telling what it is.

use super::tree::Tree;

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let silent = tree.below("", ".rs").filter(|(_, text)| {
        let first = text.lines().find(|line| !line.starts_with("#!["));
        first.is_none_or(|line| !line.starts_with("//! "))
    });
    silent.map(|(path, _)| format!("{path}: begin with a line `//! …` that tells what the file is")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_first_word_is_found() {
        let tree =
            Tree::of(&[("a.rs", "//! What.\n"), ("b.rs", "fn main() {}\n"), ("c.rs", "#![no_std]\n//! What.\n")]);
        assert_eq!(findings(&tree).len(), 1);
        assert!(findings(&tree)[0].starts_with("b.rs: "));
    }
}
