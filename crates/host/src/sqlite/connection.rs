//! The side of a connection that tokio tasks hold.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};

use rusqlite::InterruptHandle;
use tokio::sync::oneshot;

use super::session::{self, Reply, Request};
use super::{Database, Error, QueryResult, Value};

/// A connection to a database, one per `open` of a guest.
///
/// Its SQLite connection opens at the first statement, on a thread of its own. Dropping it stops
/// a statement that still runs, rolls back an open transaction and lets the next writer write.
pub struct Connection {
    database: Arc<Database>,
    requests: Option<Sender<Request>>,
    interrupt: Arc<OnceLock<InterruptHandle>>,
    last_insert_rowid: i64,
    changes: u64,
}

impl Connection {
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database, requests: None, interrupt: Arc::default(), last_insert_rowid: 0, changes: 0 }
    }

    /// Runs the first statement of `sql` and gathers its rows.
    ///
    /// A statement that may write waits here for its turn; a transaction keeps the turn until
    /// it ends.
    pub async fn execute(&mut self, sql: String, params: Vec<Value>) -> Result<QueryResult, Error> {
        let (reply, answer) = oneshot::channel();
        let request = Request { sql, params, reply };
        self.requests()?.send(request).map_err(|_| gone())?;
        let Reply { result, last_insert_rowid, changes } = answer.await.map_err(|_| gone())?;
        self.last_insert_rowid = last_insert_rowid;
        self.changes = changes;
        result
    }

    /// The row id of the last insert through this connection, 0 before the first.
    pub fn last_insert_rowid(&self) -> i64 {
        self.last_insert_rowid
    }

    /// How many rows the last statement that could change any has changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The way to the connection's thread, which is started here if it does not run yet.
    fn requests(&mut self) -> Result<&Sender<Request>, Error> {
        if self.requests.is_none() {
            let (sender, receiver) = mpsc::channel();
            session::spawn(self.database.clone(), receiver, self.interrupt.clone())
                .map_err(|error| Error::Io(error.to_string()))?;
            self.requests = Some(sender);
        }
        self.requests.as_ref().ok_or_else(gone)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(interrupt) = self.interrupt.get() {
            interrupt.interrupt();
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connection").field("path", &self.database.path).finish_non_exhaustive()
    }
}

fn gone() -> Error {
    Error::Io("the connection's thread has ended".to_owned())
}
