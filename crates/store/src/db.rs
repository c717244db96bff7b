//! The SQLite database: plain reads, and writes as closures in one `BEGIN IMMEDIATE` transaction.

use std::ops::Deref;

use crate::{
    Error, Result, Row, Value,
    backend::{self, Connection},
    stats,
};

/// How often `BEGIN IMMEDIATE` is tried again after a busy answer. Each try already waits the host's own busy
/// timeout (5 s on Spin), so the bound is about time enough for any honest queue of writers.
const BEGIN_ATTEMPTS: usize = 4;

/// The suite's database. Cheap to clone; a connection is opened once per instance (or thread) and kept, which was
/// measured to be a third faster than one per request.
#[derive(Clone)]
pub struct Db {
    database: backend::Database,
}

impl Db {
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn new(database: backend::Database) -> Self {
        Self { database }
    }

    /// The database that the manifest grants to this component.
    #[cfg(target_arch = "wasm32")]
    pub fn granted() -> Self {
        Self::labelled(backend::LABEL)
    }

    /// The database that the manifest grants under this label.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn labelled(label: &'static str) -> Self {
        Self { database: backend::Database(label) }
    }

    /// Lets `work` read.
    ///
    /// # Errors
    /// Whatever `work` answers, or the failure to open the database.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&Conn<'_>) -> Result<T, E>) -> Result<T, E> {
        self.database.with(|connection| work(&Conn { connection }))
    }

    /// Runs `work` in one transaction: committed if it answers `Ok`, rolled back otherwise. There is no `await`
    /// inside, so no other request of this instance can come between.
    ///
    /// # Errors
    /// Whatever `work` answers, or [`Error::Busy`] when other writers never let go.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.database.with(|connection| {
            let conn = Conn { connection };
            conn.begin()?;
            match work(&Tx { conn: &conn }) {
                Ok(value) => {
                    conn.commit()?;
                    Ok(value)
                }
                Err(error) => {
                    conn.roll_back();
                    Err(error)
                }
            }
        })
    }
}

/// A connection that can read.
pub struct Conn<'a> {
    connection: &'a Connection,
}

impl Conn<'_> {
    /// Runs one statement and gives its rows.
    ///
    /// # Errors
    /// As sorted by [`Error`].
    pub fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        stats::count_sql();
        self.connection.execute(sql, parameters)
    }

    /// Runs one statement and gives its first row, if any.
    ///
    /// # Errors
    /// As sorted by [`Error`].
    pub fn query_first(&self, sql: &str, parameters: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    fn begin(&self) -> Result<()> {
        for _ in 1..BEGIN_ATTEMPTS {
            match self.query("begin immediate", &[]) {
                Err(Error::Busy) => {}
                other => return other.map(drop),
            }
        }
        self.query("begin immediate", &[]).map(drop)
    }

    fn commit(&self) -> Result<()> {
        self.query("commit", &[]).map(drop).inspect_err(|_| self.roll_back())
    }

    /// A roll-back that fails has nothing to roll back: SQLite already did it (a full disk, for one).
    fn roll_back(&self) {
        let _already_rolled_back = self.query("rollback", &[]);
    }
}

/// An open transaction: reads as [`Conn`] does, and may change.
pub struct Tx<'a> {
    conn: &'a Conn<'a>,
}

impl<'a> Deref for Tx<'a> {
    type Target = Conn<'a>;

    fn deref(&self) -> &Self::Target {
        self.conn
    }
}

impl Tx<'_> {
    /// Runs `work`, and takes back what it changed unless `is_kept`. Both cost the same calls, so that nobody can tell
    /// from the time of an answer which it was.
    ///
    /// # Errors
    /// Whatever `work` answers.
    pub fn keep_if<T>(&self, is_kept: bool, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.execute("savepoint work", &[])?;
        let done = work(self)?;
        self.execute(if is_kept { "release work" } else { "rollback to work" }, &[])?;
        Ok(done)
    }

    /// Runs one changing statement.
    ///
    /// # Errors
    /// As sorted by [`Error`].
    pub fn execute(&self, sql: &str, parameters: &[Value]) -> Result<()> {
        self.conn.query(sql, parameters).map(drop)
    }
}
