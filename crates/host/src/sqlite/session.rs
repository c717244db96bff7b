//! The side of a connection that lives on its own thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{InterruptHandle, Statement, params_from_iter};
use tokio::sync::oneshot;

use super::value::read_row;
use super::writer::Turn;
use super::{Database, Error, Options, QueryResult, Value};

/// The suite's components have some dozens of statements each.
const CACHED_STATEMENTS: usize = 128;

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
}

/// Serves requests until the sender is gone, then rolls back and closes.
pub(super) fn serve(database: &Database, requests: &Receiver<Request>, interrupt: &OnceLock<InterruptHandle>) {
    let mut session = None;
    loop {
        let request = match session.as_mut() {
            Some(session) => Session::next_request(session, requests),
            None => requests.recv().ok(),
        };
        let Some(request) = request else { return };
        // The asker may have left while the request was queued.
        if !request.reply.is_closed() {
            answer(database, &mut session, interrupt, request);
        }
    }
}

/// Opens the file if it is not open yet and runs one request.
fn answer<'d>(
    database: &'d Database,
    session: &mut Option<Session<'d>>,
    interrupt: &OnceLock<InterruptHandle>,
    request: Request,
) {
    if let Some(session) = session {
        return session.run(request);
    }
    match Session::open(database) {
        Ok(opened) => {
            let _ = interrupt.set(opened.connection.get_interrupt_handle());
            session.insert(opened).run(request);
        }
        Err(error) => drop(request.reply.send(Reply::failed(error))),
    }
}

impl Reply {
    fn failed(error: Error) -> Self {
        Self { result: Err(error), last_insert_rowid: 0, changes: 0 }
    }
}

/// An open connection and, while it may be writing, its turn to write.
struct Session<'d> {
    // Before `turn`: what is open is rolled back before the next writer starts.
    connection: rusqlite::Connection,
    turn: Option<Turn>,
    rolled_back: bool,
    database: &'d Database,
}

impl<'d> Session<'d> {
    fn open(database: &'d Database) -> Result<Self, Error> {
        if let Some(directory) = database.path.parent() {
            std::fs::create_dir_all(directory)
                .map_err(|error| Error::Io(format!("{}: {error}", directory.display())))?;
        }
        let mut connection = rusqlite::Connection::open(&database.path)?;
        configure(&mut connection, &database.options)?;
        Ok(Self { connection, turn: None, rolled_back: false, database })
    }

    /// The next request; meanwhile ends a transaction that holds up the others for too long.
    fn next_request(&mut self, requests: &Receiver<Request>) -> Option<Request> {
        if let Some(turn) = &self.turn {
            let left = time_left(turn, self.database.options.transaction_limit);
            match requests.recv_timeout(left) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.end_transaction(),
            }
        }
        requests.recv().ok()
    }

    fn end_transaction(&mut self) {
        self.rolled_back = self.connection.execute_batch("ROLLBACK").is_ok();
        self.turn = None;
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
        if self.connection.is_autocommit() {
            self.turn = None;
        }
        let reply = Reply {
            result,
            last_insert_rowid: self.connection.last_insert_rowid(),
            changes: self.connection.changes(),
        };
        drop(request.reply.send(reply));
    }

    /// Runs the first statement of `sql`; what stands after it is ignored, as in Spin.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<QueryResult, Error> {
        let (connection, turn, database) = (&self.connection, &mut self.turn, self.database);
        let mut run = |statement: &mut Statement<'_>| {
            take_turn(turn, statement, database)?;
            fetch(statement, params, &database.options)
        };
        match connection.prepare_cached(sql) {
            Ok(mut statement) => run(&mut statement),
            // Text after the statement makes the cache refuse it; a batch prepares only the
            // first statement, or answers that statement's own error.
            Err(_) => match rusqlite::Batch::new(connection, sql).next()? {
                Some(mut statement) => run(&mut statement),
                None => Ok(QueryResult::default()),
            },
        }
    }
}

fn configure(connection: &mut rusqlite::Connection, options: &Options) -> rusqlite::Result<()> {
    connection.busy_timeout(options.busy_timeout)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", options.synchronous.keyword())?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    if !options.allow_attach_file {
        connection.authorizer(Some(deny_attaching_files))?;
    }
    Ok(())
}

/// Temporary and in-memory databases may be attached, files may not: as in Spin.
fn deny_attaching_files(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => Authorization::Deny,
        _ => Authorization::Allow,
    }
}

/// Waits for the turn to write if the statement may write and the connection has none yet.
///
/// SQLite counts `BEGIN IMMEDIATE` among the statements that write, and a plain `BEGIN` not.
fn take_turn(turn: &mut Option<Turn>, statement: &Statement<'_>, database: &Database) -> Result<(), Error> {
    if turn.is_none() && !statement.readonly() {
        *turn = database.writers.wait(database.options.turn_timeout);
        if turn.is_none() {
            return Err(Error::Io("database is locked".to_owned()));
        }
    }
    Ok(())
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
pub(super) fn spawn(
    database: Arc<Database>,
    requests: Receiver<Request>,
    interrupt: Arc<OnceLock<InterruptHandle>>,
) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("sqlite".to_owned())
        .spawn(move || serve(&database, &requests, &interrupt))
        .map(drop)
}
