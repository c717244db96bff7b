//! What a person has to correct before the company confirms: of which field or document, and why.

use serde::{Deserialize, Serialize};

use super::{Document, Field};
use crate::look::{self, WordsError};

/// What a correction is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// An answer.
    Field(Field),
    /// A file.
    Document(Document),
}

impl Item {
    /// The name under which it is stored and sent: no document is called as a field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Field(field) => field.as_str(),
            Self::Document(document) => document.as_str(),
        }
    }

    /// What people call it; Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Field(field) => field.words(),
            Self::Document(document) => document.words(),
        }
    }

    /// The item of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Field::parse(name).map(Self::Field).or_else(|| Document::parse(name).map(Self::Document))
    }
}

/// Why: a closed list, so that people always read the same words for the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It cannot be read.
    Unreadable,
    /// It says something else than the document.
    Mismatch,
    /// A page or a part is missing.
    Incomplete,
    /// It holds no more.
    Expired,
    /// It is another document.
    WrongDocument,
    /// Another reason, which the words then tell.
    Other,
}

impl Reason {
    /// Every reason, the usual first.
    pub const ALL: [Self; 6] =
        [Self::Mismatch, Self::Unreadable, Self::Incomplete, Self::WrongDocument, Self::Expired, Self::Other];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Mismatch => "mismatch",
            Self::Incomplete => "incomplete",
            Self::Expired => "expired",
            Self::WrongDocument => "wrong-document",
            Self::Other => "other",
        }
    }

    /// What the person reads; Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unreadable => "не читается: снимите ближе, при свете, без бликов",
            Self::Mismatch => "не совпадает с документом: проверьте каждую букву и цифру",
            Self::Incomplete => "не хватает страницы или части: пришлите целиком",
            Self::Expired => "документ больше не действует: пришлите новый",
            Self::WrongDocument => "это другой документ",
            Self::Other => "нужно исправить",
        }
    }

    /// The reason of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Something to correct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    item: String,
    reason: String,
    /// In one's own words; empty where the reason says it all.
    pub words: String,
}

/// Why a correction is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionError {
    /// Neither a field nor a document.
    UnknownItem,
    /// The reason is not of the list.
    UnknownReason,
    /// The words are too long, or «другая причина» has none of what it is.
    Words(WordsError),
}

impl Correction {
    /// Reads a correction as it was given.
    ///
    /// # Errors
    /// [`CorrectionError`].
    pub fn parse(item: &str, reason: &str, words: &str) -> Result<Self, CorrectionError> {
        let item = Item::parse(item).ok_or(CorrectionError::UnknownItem)?;
        let reason = Reason::parse(reason).ok_or(CorrectionError::UnknownReason)?;
        let words = look::words(words, reason == Reason::Other).map_err(CorrectionError::Words)?;
        Ok(Self { item: item.as_str().to_owned(), reason: reason.as_str().to_owned(), words: words.to_owned() })
    }

    /// What it is of; nothing where a later version wrote it.
    pub fn item(&self) -> Option<Item> {
        Item::parse(&self.item)
    }

    /// Why; a reason of a later version is another one.
    pub fn reason(&self) -> Reason {
        Reason::parse(&self.reason).unwrap_or(Reason::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_items_have_one_name() {
        let fields = Field::ALL.map(Item::Field);
        for item in fields.into_iter().chain(Document::ALL.map(Item::Document)) {
            assert_eq!(Item::parse(item.as_str()), Some(item));
        }
    }

    #[test]
    fn another_reason_needs_words_and_no_words_are_endless() {
        let parse = |reason, words: &str| Correction::parse("passport-scan", reason, words);
        assert_eq!(parse("unreadable", "").unwrap().item(), Some(Item::Document(Document::Passport)));
        assert_eq!(parse("other", " a "), Err(CorrectionError::Words(WordsError::Missing)));
        assert_eq!(parse("other", "Не ваш").unwrap().words, "Не ваш");
        assert_eq!(parse("expired", &"я".repeat(501)), Err(CorrectionError::Words(WordsError::Long)));
        assert_eq!(parse("whim", ""), Err(CorrectionError::UnknownReason));
        assert_eq!(Correction::parse("form", "other", "x"), Err(CorrectionError::UnknownItem));
    }
}
