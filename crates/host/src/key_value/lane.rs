//! A thread that owns a SQLite connection and does one job after the other on it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Error;

/// Another process may hold the file for as long as a backup or a migration takes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(Result<&Connection, Error>) + Send>;

/// The way to such a thread, which starts and opens the file at the first job.
#[derive(Debug)]
pub(super) struct Lane {
    path: PathBuf,
    jobs: OnceLock<Sender<Job>>,
}

impl Lane {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, jobs: OnceLock::new() }
    }

    /// Does `job` on the lane's thread after those that were given before.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.and_then(|connection| job(connection).map_err(Error::other));
            drop(reply.send(result));
        });
        let ended = |_| Error::Other("the store's thread has ended".to_owned());
        self.jobs().send(job).map_err(|error| ended(error.to_string()))?;
        answer.await.map_err(|error| ended(error.to_string()))?
    }

    fn jobs(&self) -> &Sender<Job> {
        self.jobs.get_or_init(|| {
            let (sender, receiver) = mpsc::channel();
            let path = self.path.clone();
            // Without a thread the receiver is gone at once and `run` says so.
            drop(std::thread::Builder::new().name("key-value".to_owned()).spawn(move || serve(&path, &receiver)));
            sender
        })
    }
}

/// Does jobs until nobody can give one any more; a file that did not open is tried again.
fn serve(path: &Path, jobs: &Receiver<Job>) {
    let mut connection = None;
    for job in jobs {
        match &connection {
            Some(connection) => job(Ok(connection)),
            None => match open(path) {
                Ok(opened) => job(Ok(connection.insert(opened))),
                Err(error) => job(Err(error)),
            },
        }
    }
}

/// Opens the file with Spin's own table.
///
/// In WAL mode, which stays with the file and which Spin reads too, readers never wait for a
/// writer. A commit that a power cut takes back is acceptable for what is kept here.
fn open(path: &Path) -> Result<Connection, Error> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)
            .map_err(|error| Error::Other(format!("{}: {error}", directory.display())))?;
    }
    let connection = Connection::open(path).map_err(Error::other)?;
    prepare(&connection).map_err(Error::other)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         CREATE TABLE IF NOT EXISTS spin_key_value (
             store TEXT NOT NULL,
             key   TEXT NOT NULL,
             value BLOB NOT NULL,

             PRIMARY KEY (store, key)
         )",
    )
}
