//! The side of a connection that lives on its own thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{InterruptHandle, Statement, params_from_iter};
use tokio::sync::oneshot;

use super::pool::{Lent, Opened};
use super::value::read_row;
use super::writer::Turn;
use super::{Database, Error, Options, QueryResult, Value};
use crate::spin;

/// How long a component computes between two statements of a transaction, as a rule.
const NEXT_STATEMENT: Duration = Duration::from_micros(200);

/// A statement to run and where its answer goes.
pub(super) struct Request {
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
    pub(super) reply: oneshot::Sender<Reply>,
}

/// The answer to a [`Request`], with SQLite's counters as they are after it.
pub(super) struct Reply {
    pub(super) result: Result<QueryResult, Error>,
    pub(super) last_insert_rowid: i64,
    pub(super) changes: u64,
    /// Whether the next answer will come within microseconds, as a rule.
    pub(super) is_next_quick: bool,
}

/// What can stop the statement that runs at the moment, if one does.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Option<Arc<InterruptHandle>>>>);

impl Running {
    /// Stops the statement. One of somebody else's is never hit: a connection stands here only while it runs ours.
    pub(super) fn interrupt(&self) {
        if let Some(interrupt) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            interrupt.interrupt();
        }
    }

    fn set(&self, interrupt: Option<Arc<InterruptHandle>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = interrupt;
    }
}

/// Serves requests until the sender is gone, then rolls back.
pub(super) fn serve(database: &Database, requests: &Receiver<Request>, running: &Running) {
    let mut session = None;
    loop {
        let request = match session.as_mut() {
            Some(session) => Session::next_request(session, requests),
            None => requests.recv().ok(),
        };
        let Some(request) = request else { return };
        // The asker may have left while the request was queued.
        if !request.reply.is_closed() {
            answer(database, &mut session, running, request);
        }
    }
}

/// Borrows a connection if there is none yet and runs one request.
fn answer<'d>(database: &'d Database, session: &mut Option<Session<'d>>, running: &'d Running, request: Request) {
    if let Some(session) = session {
        return session.run(request);
    }
    match Session::open(database, running) {
        Ok(opened) => session.insert(opened).run(request),
        Err(error) => drop(request.reply.send(Reply::failed(error))),
    }
}

impl Reply {
    fn failed(error: Error) -> Self {
        Self { result: Err(error), last_insert_rowid: 0, changes: 0, is_next_quick: false }
    }
}

/// A guest's connection and, while it may be writing, its turn to write.
struct Session<'d> {
    // Before `own`: the turn passes on as soon as possible.
    writing: Option<Writing<'d>>,
    own: Lent<'d>,
    rolled_back: bool,
    last_insert_rowid: i64,
    changes: u64,
    database: &'d Database,
    running: &'d Running,
}

/// The turn to write, with the connection that all writers use in turn; without it the guest's own one writes, because
/// it was in a transaction already or has been shaped.
struct Writing<'d> {
    // Before `turn`: what is open is rolled back before the next writer starts.
    shared: Option<Lent<'d>>,
    turn: Turn,
}

impl<'d> Session<'d> {
    fn open(database: &'d Database, running: &'d Running) -> Result<Self, Error> {
        let own = database.guests.lend(&database.path, &database.options)?;
        Ok(Self { writing: None, own, rolled_back: false, last_insert_rowid: 0, changes: 0, database, running })
    }

    /// The next request; meanwhile ends a transaction that holds up the others for too long.
    fn next_request(&mut self, requests: &Receiver<Request>) -> Option<Request> {
        if let Some(writing) = &self.writing {
            // All others wait for this transaction: its next statement is worth watching for.
            if let Some(request) = spin::watch(NEXT_STATEMENT, || requests.try_recv().ok()) {
                return Some(request);
            }
            let left = time_left(&writing.turn, self.database.options.transaction_limit);
            match requests.recv_timeout(left) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.end_transaction(),
            }
        }
        requests.recv().ok()
    }

    fn end_transaction(&mut self) {
        self.rolled_back = self.writer().connection.execute_batch("ROLLBACK").is_ok();
        self.writing = None;
    }

    fn run(&mut self, request: Request) {
        let result = if std::mem::take(&mut self.rolled_back) {
            Err(Error::Io(format!(
                "the transaction took longer than {} s and was rolled back",
                self.database.options.transaction_limit.as_secs()
            )))
        } else {
            self.execute(&request.sql, &request.params)
        };
        if self.writer().connection.is_autocommit() {
            self.writing = None;
        }
        let reply = Reply {
            result,
            last_insert_rowid: self.last_insert_rowid,
            changes: self.changes,
            is_next_quick: self.writing.is_some(),
        };
        drop(request.reply.send(reply));
    }

    /// Runs the first statement of `sql`; what stands after it is ignored, as in Spin.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<QueryResult, Error> {
        if self.writing.is_none() {
            // A statement that only reads runs as soon as it is known to; one that writes waits for its turn first.
            // SQLite counts `BEGIN IMMEDIATE` among the statements that write, and a plain `BEGIN` not.
            let read = self.interruptible(sql, |statement| match statement.readonly() {
                true => fetch(statement, params, &self.database.options).map(Some),
                false => Ok(None),
            })?;
            match read {
                Some(None) => self.writing = Some(self.begin_writing()?),
                read => return Ok(read.flatten().unwrap_or_default()),
            }
        }
        let result = self.interruptible(sql, |statement| fetch(statement, params, &self.database.options));
        self.count(sql);
        result.map(Option::unwrap_or_default)
    }

    /// Runs the first statement of `sql` on the connection of the moment; meanwhile the asker can stop it.
    fn interruptible<T>(
        &self,
        sql: &str,
        run: impl FnOnce(&mut Statement<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.running.set(Some(Arc::clone(&self.writer().interrupt)));
        let result = with_statement(self.writer(), sql, run);
        self.running.set(None);
        result
    }

    fn begin_writing(&self) -> Result<Writing<'d>, Error> {
        let Database { path, options, writers, writer, .. } = self.database;
        let turn = writers.wait(options.turn_timeout).ok_or_else(|| Error::Io("database is locked".to_owned()))?;
        let shares = self.own.connection.is_autocommit() && !self.own.is_shaped();
        let shared = shares.then(|| writer.lend(path, options)).transpose()?;
        Ok(Writing { shared, turn })
    }

    /// The connection that statements go to at the moment.
    fn writer(&self) -> &Opened {
        self.writing.as_ref().and_then(|writing| writing.shared.as_ref()).unwrap_or(&self.own)
    }

    /// Others use the same connection: its counters are ours only after a statement that sets them.
    fn count(&mut self, sql: &str) {
        if let Some(id) = self.writer().inserted() {
            self.last_insert_rowid = id;
        }
        if changes_rows(sql) {
            self.changes = self.writer().connection.changes();
        }
    }
}

fn changes_rows(sql: &str) -> bool {
    let first = sql.split_ascii_whitespace().next().unwrap_or_default();
    ["insert", "update", "delete", "replace", "with"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// Hands over the first statement of `sql`; there may be none.
fn with_statement<T>(
    opened: &Opened,
    sql: &str,
    run: impl FnOnce(&mut Statement<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    match opened.connection.prepare_cached(sql) {
        Ok(mut statement) => run(&mut statement).map(Some),
        // Text after the statement makes the cache refuse it; a batch prepares only the first statement, or answers
        // that statement's own error.
        Err(_) => match rusqlite::Batch::new(&opened.connection, sql).next()? {
            Some(mut statement) => run(&mut statement).map(Some),
            None => Ok(None),
        },
    }
}

fn fetch(statement: &mut Statement<'_>, params: &[Value], options: &Options) -> Result<QueryResult, Error> {
    let columns: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
    let mut cursor = statement.query(params_from_iter(params))?;
    let mut rows = Vec::new();
    let mut bytes = size_of::<QueryResult>();
    while let Some(row) = cursor.next()? {
        let row = read_row(row, columns.len())?;
        bytes += row.iter().map(Value::size).sum::<usize>();
        if bytes > options.max_result_bytes {
            return Err(Error::Io(format!("query result exceeds limit of {} bytes", options.max_result_bytes)));
        }
        rows.push(row);
    }
    Ok(QueryResult { columns, rows })
}

fn time_left(turn: &Turn, limit: Duration) -> Duration {
    (turn.since() + limit).saturating_duration_since(Instant::now())
}

/// Starts the thread that serves a connection.
pub(super) fn spawn(database: Arc<Database>, requests: Receiver<Request>, running: Running) -> std::io::Result<()> {
    std::thread::Builder::new().name("sqlite".to_owned()).spawn(move || serve(&database, &requests, &running)).map(drop)
}
