//! What can go wrong between a function of this crate and the files behind it.

/// The result of every function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the storage. Nothing here speaks of HTTP: the same failure means different answers to different
/// callers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A `UNIQUE`, `CHECK` or foreign-key rule refused the change; the text is SQLite's own
    /// (`UNIQUE constraint failed: account_link.person_id, …`).
    #[error("constraint: {0}")]
    Constraint(String),
    /// Another writer held the database longer than the store is ready to wait.
    #[error("the database is busy")]
    Busy,
    /// A stored value is not what its column promises.
    #[error("bad data: {0}")]
    BadData(String),
    /// Everything else; for the log only.
    #[error("storage: {0}")]
    Other(String),
}

impl Error {
    /// Sorts SQLite's message. Both hosts hand errors over as text, so this is the one place that reads it.
    pub(crate) fn from_sqlite(message: String) -> Self {
        if message.contains("constraint failed") {
            Self::Constraint(message)
        } else if message.contains("database is locked") || message.contains("database is busy") {
            Self::Busy
        } else {
            Self::Other(message)
        }
    }

    /// Whether this is the refusal of a duplicate in the named column or index columns (`table.column`).
    pub fn is_duplicate_of(&self, column: &str) -> bool {
        matches!(self, Self::Constraint(text) if text.contains("UNIQUE") && text.contains(column))
    }
}
