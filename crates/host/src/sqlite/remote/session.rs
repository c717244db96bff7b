//! The side of a connection that talks to the server: one task for each connection.
//!
//! A statement outside of a transaction is one exchange, after which the server keeps nothing. A transaction keeps a
//! stream of its own and, once it may write, the turn to write among the connections of this host.

use std::future::pending;
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until, timeout};

use super::RemoteDatabase;
use super::protocol::Executed;
use super::statement::Kind;
use super::stream::{Done, Stream};
use crate::sqlite::session::{Reply, Request};
use crate::sqlite::{Error, QueryResult, Value};

/// Serves requests until the sender is gone, then rolls back what is open.
pub(super) async fn serve(database: Arc<RemoteDatabase>, mut requests: UnboundedReceiver<Request>) {
    let mut session = Session { database, transaction: None, rolled_back: false, last_insert_rowid: 0, changes: 0 };
    while let Some(request) = session.next_request(&mut requests).await {
        // The asker may have left while the request was queued.
        if !request.reply.is_closed() {
            session.run(request).await;
        }
    }
    session.end_transaction().await;
}

struct Session {
    database: Arc<RemoteDatabase>,
    transaction: Option<Transaction>,
    rolled_back: bool,
    last_insert_rowid: i64,
    changes: u64,
}

struct Transaction {
    stream: Stream,
    turn: Option<Turn>,
}

/// The right to write.
struct Turn {
    _permit: OwnedSemaphorePermit,
    since: Instant,
}

impl Session {
    /// The next request; meanwhile ends a transaction that holds up the others for too long.
    async fn next_request(&mut self, requests: &mut UnboundedReceiver<Request>) -> Option<Request> {
        let limit = self.database.options.transaction_limit;
        let turn = self.transaction.as_ref().and_then(|transaction| transaction.turn.as_ref());
        let end = turn.map(|turn| turn.since + limit);
        let too_long = async {
            match end {
                Some(end) => sleep_until(end).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            request = requests.recv() => return request,
            () = too_long => {}
        }
        self.end_transaction().await;
        self.rolled_back = true;
        requests.recv().await
    }

    async fn end_transaction(&mut self) {
        if let Some(Transaction { stream, turn }) = self.transaction.take() {
            stream.close().await;
            // Only now: what is open is rolled back before the next writer starts.
            drop(turn);
        }
    }

    async fn run(&mut self, request: Request) {
        let result = if std::mem::take(&mut self.rolled_back) {
            let seconds = self.database.options.transaction_limit.as_secs();
            Err(Error::Io(format!("the transaction took longer than {seconds} s and was rolled back")))
        } else {
            self.execute(&request.sql, request.params).await
        };
        let reply =
            Reply { result, last_insert_rowid: self.last_insert_rowid, changes: self.changes, is_next_quick: false };
        drop(request.reply.send(reply));
    }

    async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<QueryResult, Error> {
        let kind = Kind::of(sql);
        let mut transaction = match self.transaction.take() {
            Some(transaction) => transaction,
            None if kind.begins => Transaction { stream: Stream::new(self.database.server()), turn: None },
            None => return self.execute_alone(kind, sql, params).await,
        };
        if kind.writes && transaction.turn.is_none() {
            match self.turn().await {
                Ok(turn) => transaction.turn = Some(turn),
                Err(error) => {
                    self.transaction = transaction.stream.is_open().then_some(transaction);
                    return Err(error);
                }
            }
        }
        let Done { executed, is_autocommit } = transaction.stream.execute(sql, params).await?;
        if is_autocommit {
            // Nobody has to wait until the server has heard it.
            tokio::spawn(transaction.stream.close());
        } else {
            self.transaction = Some(transaction);
        }
        self.count(executed)
    }

    async fn execute_alone(&mut self, kind: Kind, sql: &str, params: Vec<Value>) -> Result<QueryResult, Error> {
        let _turn = if kind.writes { Some(self.turn().await?) } else { None };
        let executed = Stream::execute_alone(self.database.server(), sql, params).await;
        self.count(executed)
    }

    fn count(&mut self, executed: Result<Executed, Error>) -> Result<QueryResult, Error> {
        let executed = executed?;
        self.changes = executed.affected_row_count;
        self.last_insert_rowid = executed.last_insert_rowid().unwrap_or(self.last_insert_rowid);
        executed.into_result()
    }

    /// Waits, in the order of asking, for the right to write.
    async fn turn(&self) -> Result<Turn, Error> {
        let asked = self.database.writers.clone().acquire_owned();
        let locked = || Error::Io("database is locked".to_owned());
        let permit = timeout(self.database.options.turn_timeout, asked).await.map_err(|_| locked())?;
        Ok(Turn { _permit: permit.map_err(|_| locked())?, since: Instant::now() })
    }
}
