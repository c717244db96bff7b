//! SQLite databases by label, as `spin:sqlite` sees them.
//!
//! A [`Connection`] owns one SQLite connection that lives on a thread of its own, so no tokio
//! worker is ever inside SQLite; dropping it rolls back what was open. Connections to one file
//! write in the order in which they asked (`writer`), so nobody starves and nobody sees
//! "database is locked" while the writers are all ours. `remote` does the same over a libSQL server.

mod connection;
mod metrics;
mod pool;
mod remote;
mod session;
mod value;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use connection::Backend;
pub use connection::Connection;
use pool::Pool;
use remote::RemoteDatabase;
pub use remote::{Migrated, Remote};
use rusqlite::OpenFlags;
pub use value::{QueryResult, Value};
use writer::WriterQueue;

/// Why a database call failed; the variants are those of `spin:sqlite` that a backend can cause.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The label has no database.
    #[error("no such database")]
    NoSuchDatabase,
    /// SQLite's own message, for example `UNIQUE constraint failed: person.login`.
    #[error("{0}")]
    Io(String),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Io(error.to_string())
    }
}

/// When a commit counts as done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// When the disk has it: a confirmed write survives a power cut.
    #[default]
    Full,
    /// When the operating system has it: quicker, and a power cut may lose the last commits.
    Normal,
}

impl Synchronous {
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        }
    }
}

impl std::str::FromStr for Synchronous {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "full" => Ok(Self::Full),
            "normal" => Ok(Self::Normal),
            _ => Err("say `full` or `normal`".to_owned()),
        }
    }
}

/// Settings of one database.
#[derive(Clone, Debug)]
pub struct Options {
    /// When a commit counts as done.
    pub synchronous: Synchronous,
    /// How long SQLite waits for a lock that another process holds.
    pub busy_timeout: Duration,
    /// How long a statement waits for its turn to write before it answers "database is locked".
    pub turn_timeout: Duration,
    /// How long a connection may keep others from writing before it is rolled back.
    pub transaction_limit: Duration,
    /// Whether guests may `ATTACH` files, which could be any file of this machine.
    pub allow_attach_file: bool,
    /// The largest result, in bytes, that is gathered for a guest.
    pub max_result_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            synchronous: Synchronous::Full,
            busy_timeout: Duration::from_secs(5),
            turn_timeout: Duration::from_secs(30),
            transaction_limit: Duration::from_secs(25),
            allow_attach_file: false,
            max_result_bytes: 128 << 20,
        }
    }
}

/// Connections that wait for the next guest, per database; each keeps up to 2 MB of the file in memory.
const IDLE_CONNECTIONS: usize = 32;

/// One database file and what its connections share.
#[derive(Debug)]
struct Database {
    path: PathBuf,
    options: Options,
    writers: Arc<WriterQueue>,
    guests: Pool,
    writer: Pool,
}

/// The databases of an application by label.
#[derive(Clone, Debug, Default)]
pub struct Databases {
    by_label: HashMap<String, Backend>,
}

impl Databases {
    /// No databases.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `label` the database file at `path`, which is made on first use.
    ///
    /// Labels with the same path share one queue of writers.
    pub fn add(&mut self, label: impl Into<String>, path: impl Into<PathBuf>, options: Options) {
        let path = path.into();
        let writers = self.queue_of(&path);
        let (guests, writer) = (Pool::new(IDLE_CONNECTIONS), Pool::new(1));
        let database = Database { path, options, writers, guests, writer };
        self.by_label.insert(label.into(), Backend::File(Arc::new(database)));
    }

    /// Gives `label` a database on a libSQL server, which is asked on first use.
    ///
    /// Labels with the same address share one queue of writers.
    pub fn add_remote(&mut self, label: impl Into<String>, remote: &Remote, options: Options) {
        let writers = self.by_label.values().find_map(|backend| match backend {
            Backend::Remote(database) => database.writers_if_at(remote),
            Backend::File(_) => None,
        });
        let database = RemoteDatabase::new(remote, options, writers.unwrap_or_default());
        self.by_label.insert(label.into(), Backend::Remote(Arc::new(database)));
    }

    fn queue_of(&self, path: &Path) -> Arc<WriterQueue> {
        let writers = self.by_label.values().find_map(|backend| match backend {
            Backend::File(database) if database.path == path => Some(database.writers.clone()),
            _ => None,
        });
        writers.unwrap_or_default()
    }

    /// The files that hold databases.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.by_label.values().filter_map(|backend| match backend {
            Backend::File(database) => Some(&*database.path),
            Backend::Remote(_) => None,
        })
    }

    /// Whether `label` has a database.
    pub fn contains(&self, label: &str) -> bool {
        self.by_label.contains_key(label)
    }

    /// The file of the database `label`, if it is in one; it may not be there yet, and to open it would make it.
    pub(crate) fn file(&self, label: &str) -> Option<&Path> {
        match self.by_label.get(label)? {
            Backend::File(database) => Some(&database.path),
            Backend::Remote(_) => None,
        }
    }

    /// A new connection to the database `label`; it opens at the first statement.
    pub fn open(&self, label: &str) -> Result<Connection, Error> {
        let database = self.by_label.get(label).ok_or(Error::NoSuchDatabase)?;
        Ok(Connection::new(database.clone()))
    }
}

/// Moves what stands in the file's write-ahead log into the file itself, which then is the whole database.
///
/// Nothing is lost when that fails, for example because somebody still reads: who opens the file next finds the log.
pub(crate) fn settle(file: &Path) {
    let opened = rusqlite::Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let _ = opened.and_then(|connection| connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod trouble;
