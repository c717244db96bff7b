//! The streams that hold a connection between two requests.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::Refusal;

/// How long a stream may lie idle, as in the real server; what it has open is rolled back then.
const EXPIRY: Duration = Duration::from_secs(10);

/// How long a statement waits for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(super) struct Streams {
    file: Arc<PathBuf>,
    idle: Arc<Mutex<HashMap<String, Idle>>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Streams {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file: file.into(), idle: Arc::default() }
    }

    /// The connection of a stream, or a new one. A baton is good for one request.
    pub(super) fn take(&self, baton: Option<&str>) -> Result<Connection, Refusal> {
        let mut idle = self.lock();
        idle.retain(|_, stream| stream.since.elapsed() < EXPIRY);
        match baton {
            None => self.open().map_err(|error| Refusal::new(error.to_string(), "SQLITE_CANTOPEN")),
            Some(baton) => match idle.remove(baton) {
                Some(stream) => Ok(stream.connection),
                None => Err(Refusal::new("The stream has expired due to inactivity", "STREAM_EXPIRED")),
            },
        }
    }

    /// Keeps a connection for the next request; the baton that this must show.
    pub(super) fn keep(&self, connection: Connection) -> Result<String, Refusal> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Refusal::new(error.to_string(), "INTERNAL"))?;
        let baton: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        self.lock().insert(baton.clone(), Idle { connection, since: Instant::now() });
        Ok(baton)
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&*self.file)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        Ok(connection)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
