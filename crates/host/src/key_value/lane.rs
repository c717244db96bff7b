//! A thread that owns a SQLite connection and does one job after the other on it.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Error;

/// Another process may hold the file for as long as a backup or a migration takes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(Result<&Connection, Error>) + Send>;

/// A file that several lanes open.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    /// Held while a lane opens the file: two that make it at the same moment would find it locked.
    opening: Mutex<()>,
}

/// The way to such a thread, which starts and opens the file at the first job.
#[derive(Debug)]
pub(super) struct Lane {
    file: Arc<File>,
    jobs: OnceLock<Sender<Job>>,
}

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, opening: Mutex::default() }
    }

    /// Opens the file with Spin's own table.
    ///
    /// In WAL mode, which stays with the file and which Spin reads too, readers never wait for a writer. A commit that
    /// a power cut takes back is acceptable for what is kept here.
    fn open(&self) -> Result<Connection, Error> {
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = self.path.parent() {
            std::fs::create_dir_all(directory)
                .map_err(|error| Error::Other(format!("{}: {error}", directory.display())))?;
        }
        let connection = Connection::open(&self.path).map_err(Error::other)?;
        prepare(&connection).map_err(Error::other)?;
        Ok(connection)
    }
}

impl Lane {
    pub(super) fn new(file: Arc<File>) -> Self {
        Self { file, jobs: OnceLock::new() }
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
        self.jobs().send(job).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    fn jobs(&self) -> &Sender<Job> {
        self.jobs.get_or_init(|| {
            let (sender, receiver) = mpsc::channel();
            let file = Arc::clone(&self.file);
            // Without a thread the receiver is gone at once and `run` says so.
            drop(std::thread::Builder::new().name("key-value".to_owned()).spawn(move || serve(&file, &receiver)));
            sender
        })
    }
}

fn ended() -> Error {
    Error::Other("the store's thread has ended".to_owned())
}

/// Does jobs until nobody can give one any more; a file that did not open is tried again.
fn serve(file: &File, jobs: &Receiver<Job>) {
    let mut connection = None;
    for job in jobs {
        match &connection {
            Some(connection) => job(Ok(connection)),
            None => match file.open() {
                Ok(opened) => job(Ok(connection.insert(opened))),
                Err(error) => job(Err(error)),
            },
        }
    }
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
