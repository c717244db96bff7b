//! What kind of state this is: one that serves people, or a demo that may hold demo logins.

use rusqlite::{Connection, OptionalExtension};

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
}

/// Makes the state `kind` unless it was decided before; returns what it is now.
///
/// Call it inside the transaction that fills the state, and stop if the answer is not the kind you fill it for.
pub fn init(connection: &Connection, kind: Kind, now: &str) -> rusqlite::Result<Kind> {
    if let Some(decided) = self::kind(connection)? {
        return Ok(decided);
    }
    connection.execute("insert into state (only_row, kind, created_at) values (1, ?1, ?2)", [kind.as_str(), now])?;
    Ok(kind)
}

/// What the state is, if that was decided.
pub fn kind(connection: &Connection) -> rusqlite::Result<Option<Kind>> {
    let is_demo = connection.query_row("select kind = 'demo' from state", [], |row| row.get(0)).optional()?;
    Ok(is_demo.map(|is_demo| if is_demo { Kind::Demo } else { Kind::Live }))
}

/// Whether nobody and no house is in the state yet, so that a demo may be put there.
pub fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("select not exists (select 1 from person) and not exists (select 1 from house)", [], |row| {
        row.get(0)
    })
}
