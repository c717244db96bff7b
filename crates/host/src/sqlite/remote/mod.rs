//! Databases on a libSQL server, as Spin's `type = "libsql"` has them: several hosts share one.
//!
//! The server is spoken to in its own protocol over HTTP ([`protocol`]); `session` gives a connection the same
//! behaviour that one to a file has, the queue of writers among them: they wait here, in the order of asking, and
//! only one at a time asks the server for its lock.

mod migrate;
mod protocol;
mod server;
mod session;
mod statement;
mod stream;

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, UnboundedSender};

pub use self::migrate::Migrated;
use self::server::Server;
use super::Options;
use super::session::Request;

/// A database on a libSQL server.
#[derive(Clone)]
pub struct Remote {
    url: String,
    server: Arc<Server>,
}

impl Remote {
    /// The database at `url` (`libsql:`, `https:` or `http:`), opened with `token`; an empty one is none.
    ///
    /// # Errors
    /// What is wrong with the address, in words.
    pub fn new(url: &str, token: &str) -> Result<Self, String> {
        Ok(Self { url: url.to_owned(), server: Arc::new(Server::new(url, token)?) })
    }
}

/// Without the token.
impl std::fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Remote").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Who writes: one at a time.
pub(super) struct Writers(Arc<Semaphore>);

impl Default for Writers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

/// A database on a server and what this host's connections to it share.
#[derive(Debug)]
pub(super) struct RemoteDatabase {
    remote: Remote,
    options: Options,
    writers: Arc<Semaphore>,
}

impl RemoteDatabase {
    pub(super) fn new(remote: &Remote, options: Options, Writers(writers): Writers) -> Self {
        Self { remote: remote.clone(), options, writers }
    }

    /// The queue of writers, if this is the same database.
    pub(super) fn writers_if_at(&self, remote: &Remote) -> Option<Writers> {
        (self.remote.url == remote.url).then(|| Writers(self.writers.clone()))
    }

    fn server(&self) -> Arc<Server> {
        self.remote.server.clone()
    }

    /// Starts the task that serves a connection.
    pub(super) fn connect(self: &Arc<Self>) -> UnboundedSender<Request> {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(session::serve(self.clone(), receiver));
        sender
    }
}

#[cfg(test)]
mod tests;
