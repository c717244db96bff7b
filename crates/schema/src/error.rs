//! Why a database can't be brought up to date: one sentence each, with the way out.

/// What stops a migration. Nothing is half done: every migration is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A migration's text differs from the one that was applied.
    #[error(
        "migration {name} differs from the one applied to this database: restore its file and put the change into a new migration"
    )]
    Changed {
        /// The migration as listed now.
        name: String,
    },
    /// The database was migrated by a newer program.
    #[error(
        "the database is at migration {found}, this program knows only {known}: use the newer program, or a backup made before the upgrade"
    )]
    Newer {
        /// The database's last migration.
        found: u32,
        /// The last migration of this program.
        known: u32,
    },
    /// An applied migration is missing among the known ones, or a known one was skipped.
    #[error(
        "the database has migration {found} where {expected} was expected: it was made from another list of migrations"
    )]
    OutOfOrder {
        /// The name in the ledger.
        found: String,
        /// The name in the list.
        expected: String,
    },
    /// Rows were left pointing at rows that do not exist.
    #[error("migration {name} leaves rows of table {table} without the rows they refer to")]
    BrokenReference {
        /// The migration that was rolled back.
        name: String,
        /// The table whose rows dangle.
        table: String,
    },
    /// The write-ahead log could not be switched on.
    #[error("the database can't use a write-ahead log (journal mode is {mode}): keep it on a local disk")]
    NoWal {
        /// What SQLite uses instead.
        mode: String,
    },
    /// One migration failed.
    #[error("migration {name} failed: {source}")]
    Failed {
        /// The migration that was rolled back.
        name: String,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
    /// Anything else that SQLite reports.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}
