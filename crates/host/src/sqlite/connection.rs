//! The side of a connection that tokio tasks hold.

use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::remote::RemoteDatabase;
use super::session::{self, Request, Running};
use super::{Database, Error, QueryResult, Value};
use crate::spin;

/// What a statement of a transaction takes, as a rule; a commit, which waits for the disk, is not watched for longer.
const QUICK_ANSWER: Duration = Duration::from_micros(100);

/// A connection to a database, one per `open` of a guest.
///
/// It opens at the first statement: SQLite on a thread of its own, a server's stream in a task. Dropping it stops a
/// statement that still runs (on a server: waits for it), rolls back an open transaction and lets the next writer
/// write.
pub struct Connection {
    database: Backend,
    requests: Option<Requests>,
    running: Running,
    last_insert_rowid: i64,
    changes: u64,
    is_next_quick: bool,
}

/// What stands behind a label.
#[derive(Clone, Debug)]
pub(super) enum Backend {
    File(Arc<Database>),
    Remote(Arc<RemoteDatabase>),
}

/// The way to the thread or the task that serves a connection.
enum Requests {
    Thread(Sender<Request>),
    Task(UnboundedSender<Request>),
}

impl Requests {
    fn send(&self, request: Request) -> Result<(), Error> {
        match self {
            Self::Thread(sender) => sender.send(request).map_err(|_| gone()),
            Self::Task(sender) => sender.send(request).map_err(|_| gone()),
        }
    }
}

impl Connection {
    pub(super) fn new(database: Backend) -> Self {
        Self {
            database,
            requests: None,
            running: Running::default(),
            last_insert_rowid: 0,
            changes: 0,
            is_next_quick: false,
        }
    }

    /// Runs the first statement of `sql` and gathers its rows.
    ///
    /// A statement that may write waits here for its turn; a transaction keeps the turn until
    /// it ends.
    pub async fn execute(&mut self, sql: String, params: Vec<Value>) -> Result<QueryResult, Error> {
        let (reply, mut answer) = oneshot::channel();
        let request = Request { sql, params, reply };
        self.requests()?.send(request)?;
        let quick = if self.is_next_quick { spin::watch(QUICK_ANSWER, || answer.try_recv().ok()) } else { None };
        let reply = match quick {
            Some(reply) => reply,
            None => answer.await.map_err(|_| gone())?,
        };
        self.is_next_quick = reply.is_next_quick;
        self.last_insert_rowid = reply.last_insert_rowid;
        self.changes = reply.changes;
        reply.result
    }

    /// The row id of the last insert through this connection, 0 before the first.
    pub fn last_insert_rowid(&self) -> i64 {
        self.last_insert_rowid
    }

    /// How many rows the last statement that could change any has changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The way to the connection's thread or task, which is started here if it does not run yet.
    fn requests(&mut self) -> Result<&Requests, Error> {
        if self.requests.is_none() {
            self.requests = Some(self.connect()?);
        }
        self.requests.as_ref().ok_or_else(gone)
    }

    fn connect(&self) -> Result<Requests, Error> {
        match &self.database {
            Backend::Remote(database) => Ok(Requests::Task(database.connect())),
            Backend::File(database) => {
                let (sender, receiver) = mpsc::channel();
                session::spawn(database.clone(), receiver, self.running.clone())
                    .map_err(|error| Error::Io(error.to_string()))?;
                Ok(Requests::Thread(sender))
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.running.interrupt();
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connection").field("database", &self.database).finish_non_exhaustive()
    }
}

fn gone() -> Error {
    Error::Io("the connection has ended".to_owned())
}
