//! A stream: what a libSQL server calls a connection. Statements on one stream see one another's transaction.

use std::sync::Arc;

use super::protocol::{Executed, Outcome, Request, Response};
use super::server::Server;
use crate::sqlite::{Error, Value};

/// A stream that the server opens with the first request on it.
pub(super) struct Stream {
    server: Arc<Server>,
    /// What the server knows the stream by; none before the first request and after the last.
    baton: Option<String>,
    base: Option<String>,
}

/// What a statement did, and whether the stream is now outside of a transaction.
pub(super) struct Done {
    pub(super) executed: Result<Executed, Error>,
    pub(super) is_autocommit: bool,
}

impl Stream {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server, baton: None, base: None }
    }

    /// Whether the server knows it.
    pub(super) fn is_open(&self) -> bool {
        self.baton.is_some()
    }

    /// Runs one statement and tells whether a transaction is open after it.
    ///
    /// An error means that the stream is gone, and with it what was not committed.
    pub(super) async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<Done, Error> {
        let is_new = self.baton.is_none();
        let mut results = self.send(is_new, [Request::execute(sql, params), Request::GetAutocommit]).await?;
        let [Some(executed), Some(state)] = [results.next(), results.next()] else { return Err(misunderstood()) };
        let Outcome::Ok { response: Response::GetAutocommit { is_autocommit } } = state else {
            return Err(misunderstood());
        };
        Ok(Done { executed: executed.into_executed(), is_autocommit })
    }

    /// Runs one statement on a stream that the server forgets at once.
    pub(super) async fn execute_alone(server: Arc<Server>, sql: &str, params: Vec<Value>) -> Result<Executed, Error> {
        let mut results = Self::new(server).send(true, [Request::execute(sql, params), Request::Close]).await?;
        results.next().ok_or_else(misunderstood)?.into_executed()
    }

    /// Runs all statements of a text.
    pub(super) async fn run_all(&mut self, sql: &str) -> Result<(), Error> {
        let is_new = self.baton.is_none();
        match self.send(is_new, [Request::Sequence { sql }]).await?.next() {
            Some(Outcome::Ok { .. }) => Ok(()),
            Some(Outcome::Error { error }) => Err(error.into()),
            None => Err(misunderstood()),
        }
    }

    /// Tells the server that nothing more comes; what was not committed is rolled back.
    ///
    /// A server that does not hear it forgets the stream by itself after some seconds.
    pub(super) async fn close(mut self) {
        if self.baton.is_some() {
            let _ = self.send(false, [Request::Close]).await;
        }
    }

    /// Sends requests; a new stream enforces references between tables first, whatever the server's own default is.
    async fn send<const N: usize>(
        &mut self,
        is_new: bool,
        requests: [Request<'_>; N],
    ) -> Result<impl Iterator<Item = Outcome> + use<N>, Error> {
        let settings = is_new.then(|| Request::execute("PRAGMA foreign_keys = ON", Vec::new()));
        let skipped = usize::from(is_new);
        let requests: Vec<_> = settings.into_iter().chain(requests).collect();
        // Whatever goes wrong, a baton is good for one request.
        let baton = self.baton.take();
        let answer = self.server.exchange(self.base.as_deref(), baton.as_deref(), &requests).await?;
        self.baton = answer.baton;
        self.base = answer.base_url.or_else(|| self.base.take());
        Ok(answer.results.into_iter().skip(skipped))
    }
}

impl Outcome {
    fn into_executed(self) -> Result<Executed, Error> {
        match self {
            Self::Ok { response: Response::Execute { result } } => Ok(result),
            Self::Ok { .. } => Err(misunderstood()),
            Self::Error { error } => Err(error.into()),
        }
    }
}

fn misunderstood() -> Error {
    Error::Io("the libSQL server answered something else than was asked".to_owned())
}
