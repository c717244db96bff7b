//! A request to have one's identity confirmed by the company (functions 13, 14, 15 and 17): what it asks of a person,
//! how that is compared with the register, and what may have to be corrected.

pub mod answers;
pub mod comparison;
pub mod correction;

pub use answers::{Answers, Fault, Field};
pub use comparison::{Compared, Outcome, Registered, compare};
pub use correction::{Correction, CorrectionError, Item, Reason};

/// The largest document, in bytes: a page as a phone takes it.
pub const DOCUMENT_BYTES_MAX: usize = 5 << 20;

/// Of how many files one document consists at most: a photo of each page.
pub const DOCUMENT_FILES_MAX: u32 = 5;

/// How many files of one round may lie there at once, replaced ones that are not deleted yet among them: the three documents
/// page by page and the answers, and as many again in their place.
pub const ROUND_FILES_MAX: u32 = 32;

/// How large those may be together, in bytes.
pub const ROUND_BYTES_MAX: u64 = 40 << 20;

/// What a person sends besides the answers; each in one file or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// The passport: its page with the photo, and the one with the registration.
    Passport,
    /// The card or notice of the pension account.
    Snils,
    /// By which right the home is the person's: an extract of ЕГРН, or a lease.
    Basis,
}

impl Document {
    /// Every document.
    pub const ALL: [Self; 3] = [Self::Passport, Self::Snils, Self::Basis];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport-scan",
            Self::Snils => "snils-scan",
            Self::Basis => "basis-scan",
        }
    }

    /// What people call it; Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Passport => "скан паспорта",
            Self::Snils => "скан СНИЛС",
            Self::Basis => "выписка из ЕГРН или договор найма",
        }
    }

    /// The document of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.as_str() == name)
    }

    /// Whether a file of this media type, as its first bytes tell, is taken: what a desk can open and no browser runs.
    pub fn is_taken(content_type: &str) -> bool {
        matches!(content_type, "image/jpeg" | "image/png" | "application/pdf")
    }
}

/// Which of a document's files one is: the second of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    no: u32,
    count: u32,
}

impl Place {
    /// The place of a document's single file.
    pub const ONLY: Self = Self { no: 1, count: 1 };

    /// The `no`th of `count` files, counted from 1; none where a document has no such file.
    pub fn new(no: u32, count: u32) -> Option<Self> {
        ((1..=count).contains(&no) && count <= DOCUMENT_FILES_MAX).then_some(Self { no, count })
    }

    /// Which one it is, from 1.
    pub const fn no(self) -> u32 {
        self.no
    }

    /// Of how many.
    pub const fn count(self) -> u32 {
        self.count
    }
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The person gathers it.
    Draft,
    /// The company decides.
    Submitted,
    /// The company asks for corrections.
    Returned,
    /// The company confirmed.
    Confirmed,
    /// The person gave it up, or somebody let its time pass.
    Cancelled,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Submitted, Self::Returned, Self::Confirmed, Self::Cancelled];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The stage of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// Whether the person may still add to it.
    pub const fn takes_more(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for document in Document::ALL {
            assert_eq!(Document::parse(document.as_str()), Some(document));
        }
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.as_str()), Some(stage));
        }
        assert_eq!((Document::parse("form"), Stage::parse("")), (None, None));
    }

    #[test]
    fn a_document_has_one_to_five_files() {
        for (no, count) in [(1, 1), (1, 5), (5, 5), (2, 3)] {
            assert_eq!(Place::new(no, count).map(|place| (place.no(), place.count())), Some((no, count)));
        }
        for (no, count) in [(0, 0), (0, 1), (2, 1), (1, 0), (1, 6), (6, 6), (u32::MAX, u32::MAX)] {
            assert_eq!(Place::new(no, count), None, "{no} of {count}");
        }
    }

    #[test]
    fn nothing_is_taken_that_a_browser_runs_or_a_desk_cannot_open() {
        for taken in ["image/jpeg", "image/png", "application/pdf"] {
            assert!(Document::is_taken(taken), "{taken}");
        }
        for refused in ["text/plain", "text/html", "image/svg+xml", "application/zip", "image/gif", "image/heic"] {
            assert!(!Document::is_taken(refused), "{refused}");
        }
    }
}
