//! Key-value stores by label, as `fermyon:spin/key-value` sees them.
//!
//! A store is a SQLite file of Spin's own layout or a Redis server; a call waits without holding
//! a tokio worker.

mod lane;
mod redis;
mod sqlite;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::redis::RedisStore;
use self::sqlite::{SqliteFile, SqliteStore};

/// The largest answer, in bytes, that is gathered for a guest.
const MAX_RESULT_BYTES: usize = 128 << 20;

/// Why a call failed; the variants are those of Spin that a backend can cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The label has no store.
    #[error("no such store")]
    NoSuchStore,
    /// The backend's own message.
    #[error("{0}")]
    Other(String),
}

impl Error {
    fn other(error: impl std::fmt::Display) -> Self {
        Error::Other(error.to_string())
    }
}

/// The stores of an application by label.
#[derive(Debug, Default)]
pub struct Stores {
    by_label: HashMap<String, Arc<Store>>,
    files: HashMap<PathBuf, Arc<SqliteFile>>,
}

impl Stores {
    /// No stores.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `label` in the SQLite file at `path`, which is made on first use.
    ///
    /// Several labels may share one file; each sees only its own keys.
    pub fn add_sqlite(&mut self, label: impl Into<String>, path: impl Into<PathBuf>) {
        let path = path.into();
        let file = self.files.entry(path.clone()).or_insert_with(|| Arc::new(SqliteFile::new(path)));
        let label = label.into();
        let backend = Backend::Sqlite(SqliteStore::new(label.clone(), file.clone()));
        self.by_label.insert(label, Arc::new(Store(backend)));
    }

    /// Keeps `label` in the Redis server at `url`, to which it connects on first use.
    ///
    /// As in Spin the label does not matter to the server: stores of one server and database
    /// share all keys.
    pub fn add_redis(&mut self, label: impl Into<String>, url: &str) -> Result<(), Error> {
        let backend = Backend::Redis(RedisStore::new(url)?);
        self.by_label.insert(label.into(), Arc::new(Store(backend)));
        Ok(())
    }

    /// The SQLite files that hold stores.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// Whether `label` has a store.
    pub fn contains(&self, label: &str) -> bool {
        self.by_label.contains_key(label)
    }

    /// The store `label`.
    pub fn open(&self, label: &str) -> Result<Arc<Store>, Error> {
        self.by_label.get(label).cloned().ok_or(Error::NoSuchStore)
    }
}

/// One store.
#[derive(Debug)]
pub struct Store(Backend);

#[derive(Debug)]
enum Backend {
    Sqlite(SqliteStore),
    Redis(RedisStore),
}

impl Store {
    /// The value of `key`, if it has one.
    pub async fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        match &self.0 {
            Backend::Sqlite(store) => store.get(key).await,
            Backend::Redis(store) => store.get(key).await,
        }
    }

    /// Gives `key` the value, in place of an older one.
    pub async fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        match &self.0 {
            Backend::Sqlite(store) => store.set(key, value).await,
            Backend::Redis(store) => store.set(key, value).await,
        }
    }

    /// Takes the value from `key`; without one it does nothing.
    pub async fn delete(&self, key: String) -> Result<(), Error> {
        match &self.0 {
            Backend::Sqlite(store) => store.delete(key).await,
            Backend::Redis(store) => store.delete(key).await,
        }
    }

    /// Whether `key` has a value.
    pub async fn exists(&self, key: String) -> Result<bool, Error> {
        match &self.0 {
            Backend::Sqlite(store) => store.exists(key).await,
            Backend::Redis(store) => store.exists(key).await,
        }
    }

    /// All keys, in no promised order.
    pub async fn get_keys(&self) -> Result<Vec<String>, Error> {
        let keys = match &self.0 {
            Backend::Sqlite(store) => store.get_keys().await,
            Backend::Redis(store) => store.get_keys().await,
        }?;
        let bytes: usize = keys.iter().map(|key| size_of::<String>() + key.len()).sum();
        if bytes > MAX_RESULT_BYTES {
            return Err(Error::Other(format!("query result exceeds limit of {MAX_RESULT_BYTES} bytes")));
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests;
