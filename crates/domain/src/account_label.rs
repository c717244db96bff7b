//! What a person calls an account: «Дача», «Квартира мамы».

/// A name for an account, of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLabel(String);

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("название — это одна строка, не длиннее {} знаков", AccountLabel::CHARACTERS_MAX)]
pub struct LabelError;

impl AccountLabel {
    /// As much as fits above a card on a phone.
    pub const CHARACTERS_MAX: usize = 40;

    /// Reads a name, its spaces brought to one between words; nothing where none was typed.
    ///
    /// # Errors
    /// [`LabelError`] for a text that is too long or has invisible letters.
    pub fn parse(text: &str) -> Result<Option<Self>, LabelError> {
        let label = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = label.chars().count() <= Self::CHARACTERS_MAX && !label.contains(char::is_control);
        fits.then(|| (!label.is_empty()).then_some(Self(label))).ok_or(LabelError)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        AccountLabel::parse(text).unwrap().map(|label| label.0)
    }

    #[test]
    fn a_label_is_one_line_of_words() {
        assert_eq!(read("  Квартира \n мамы "), Some("Квартира мамы".to_owned()));
        assert_eq!(read(" \t "), None);
        assert_eq!(read(&"д".repeat(40)), Some("д".repeat(40)));
        for text in ["д".repeat(41), "Да\u{0}ча".to_owned()] {
            assert_eq!(AccountLabel::parse(&text), Err(LabelError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_label_that_was_read_is_read_again_as_itself(text in "\\PC{0,50}") {
            if let Ok(Some(label)) = AccountLabel::parse(&text) {
                prop_assert_eq!(AccountLabel::parse(label.as_str()), Ok(Some(label)));
            }
        }
    }
}
