//! What kind of state this is: one that serves people, or a demo that may hold demo logins.

use rusqlite::{Connection, OptionalExtension};

use crate::sql;

/// Decided once, by whoever fills the state first; a trigger keeps it final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Real people's data; demo logins can't be made here.
    Live,
    /// Made up data and demo logins.
    Demo,
}

impl Kind {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Demo => "demo",
        }
    }

    /// The kind that the word in the database means.
    pub fn from_word(word: &str) -> Self {
        if word == Self::Demo.as_str() { Self::Demo } else { Self::Live }
    }
}

/// Makes the state `kind` unless it was decided before; returns what it is now.
///
/// Call it inside the transaction that fills the state, and stop if the answer is not the kind you fill it for.
pub fn init(connection: &Connection, kind: Kind, now: &str) -> rusqlite::Result<Kind> {
    if let Some(decided) = self::kind(connection)? {
        return Ok(decided);
    }
    connection.execute(sql::DECIDE_KIND, [kind.as_str(), now])?;
    Ok(kind)
}

/// What the state is, if that was decided.
pub fn kind(connection: &Connection) -> rusqlite::Result<Option<Kind>> {
    let kind: Option<String> = connection.query_row(sql::READ_KIND, [], |row| row.get(0)).optional()?;
    Ok(kind.map(|kind| Kind::from_word(&kind)))
}

/// Whether nobody and no house is in the state yet, so that a demo may be put there.
pub fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(sql::IS_EMPTY, [], |row| row.get(0))
}
