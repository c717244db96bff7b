//! What names and labels may look like, by Spin's rules.

/// Whether `text` is words of one case with `-` between them, each beginning with a letter: a
/// component's name.
pub(super) fn is_kebab(text: &str) -> bool {
    words(text, '-', true)
}

/// Whether `text` is lower-case words with `_` between them, each beginning with a letter: a
/// variable's name.
pub(super) fn is_snake(text: &str) -> bool {
    words(text, '_', false)
}

/// Whether `text` may be the label of a store or a database.
pub(super) fn is_label(text: &str) -> bool {
    is_kebab(text) || words(text, '_', true)
}

fn words(text: &str, separator: char, upper: bool) -> bool {
    text.split(separator).all(|word| {
        let lower_case = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let upper_case = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let one_case = word.bytes().all(lower_case) || (upper && word.bytes().all(upper_case));
        one_case && word.starts_with(|first: char| first.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_kebab_case() {
        assert!(["auth", "a-b2", "HTTP-api"].into_iter().all(is_kebab));
        assert!(!["", "a_b", "-a", "a-", "a--b", "1a", "a-1", "aB", "Ä", "a b"].into_iter().any(is_kebab));
    }

    #[test]
    fn variables_are_lower_snake_case() {
        assert!(["origin", "a_b2"].into_iter().all(is_snake));
        assert!(!["", "a-b", "_a", "a_", "a__b", "1a", "A", "a.b"].into_iter().any(is_snake));
    }

    #[test]
    fn labels_are_either() {
        assert!(["default", "a-b", "a_b"].into_iter().all(is_label));
        assert!(!["", "a-b_c", "a b", "../a"].into_iter().any(is_label));
    }
}
