//! What a person wants to be called: «Анна Сергеевна».

/// A name to greet with: 1–100 characters, at least one letter, words one space apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("имя — это от 1 до 100 знаков, хотя бы одна буква")]
pub struct NameError;

impl PersonName {
    /// The longest name, in characters.
    pub const CHARACTERS_MAX: usize = 100;

    /// Reads a name; spaces around it and doubled ones between its words go. Signs that can't be seen are refused:
    /// they would let one name pass for another.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = name.chars().count() <= Self::CHARACTERS_MAX && name.chars().any(char::is_alphabetic);
        (fits && !name.chars().any(is_unseen)).then_some(Self(name)).ok_or(NameError)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, joiners of no width, and marks that turn the direction of writing.
fn is_unseen(letter: char) -> bool {
    let is_format = matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    letter.is_control() || is_format
}

/// The words of a name in a form to compare. Case, ё and е, hyphens and doubled spaces make no difference.
pub(crate) fn words(name: &str) -> Vec<String> {
    let plain = name.to_lowercase().replace('ё', "е");
    plain.split(|sign: char| !sign.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a name tells who somebody is: one word is many people's.
pub(crate) fn is_full(name: &str) -> bool {
    words(name).len() > 1
}

/// Whether two names may be one person's, in whatever order of words: one of them may lack the patronymic.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.iter().all(|word| long.contains(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_kept_as_people_write_it() {
        for (typed, kept) in [
            ("Анна Сергеевна", "Анна Сергеевна"),
            ("  Жан-Поль \t Д’Артаньян ", "Жан-Поль Д’Артаньян"),
            ("Ю", "Ю"),
            ("ООО «Ромашка» 2", "ООО «Ромашка» 2"),
        ] {
            assert_eq!(PersonName::parse(typed).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_name() {
        let long = "я".repeat(101);
        for typed in ["", "   ", "123", "—", &long, "Анна\u{202e}аннА", "Ан\u{200b}на", "Ан\u{0}на"] {
            assert_eq!(PersonName::parse(typed), Err(NameError), "{typed:?}");
        }
        assert!(PersonName::parse(&"я".repeat(100)).is_ok());
    }

    #[test]
    fn a_name_is_one_person_s_in_any_order_and_without_the_patronymic() {
        for (one, other, expected) in [
            ("Семёнова Анна Сергеевна", "АННА СЕРГЕЕВНА СЕМЕНОВА", true),
            ("Анна Семёнова", "Семенова Анна Сергеевна", true),
            ("Петрова-Водкина Анна", "Анна Петрова Водкина", true),
            ("Семёнова Анна Петровна", "Семёнова Анна Сергеевна", false),
            ("Семёнов Антон", "Семёнова Анна Сергеевна", false),
        ] {
            assert_eq!(is_same(one, other), expected, "{one}, {other}");
            assert_eq!(is_same(other, one), expected, "{other}, {one}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_read_back_unchanged(text in "\\PC{0,120}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }
    }
}
