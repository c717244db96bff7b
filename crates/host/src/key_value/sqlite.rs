//! Stores in a SQLite file, laid out as Spin lays it out so that both hosts can use one file.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::Error;
use super::lane::{File, Lane};

/// A file and its threads: gets, listings and writes do not wait for each other.
#[derive(Debug)]
pub(super) struct SqliteFile {
    gets: Lane,
    listings: Lane,
    writes: Lane,
}

impl SqliteFile {
    pub(super) fn new(path: PathBuf) -> Self {
        let file = Arc::new(File::new(path));
        Self { gets: Lane::new(file.clone()), listings: Lane::new(file.clone()), writes: Lane::new(file) }
    }
}

/// The keys of one label in a file.
#[derive(Debug)]
pub(super) struct SqliteStore {
    label: Arc<str>,
    file: Arc<SqliteFile>,
}

impl SqliteStore {
    pub(super) fn new(label: String, file: Arc<SqliteFile>) -> Self {
        Self { label: label.into(), file }
    }

    pub(super) async fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        let label = self.label.clone();
        let job = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2")?
                .query_row([&*label, &key], |row| row.get(0))
                .optional()
        };
        self.file.gets.run(job).await
    }

    pub(super) async fn exists(&self, key: String) -> Result<bool, Error> {
        let label = self.label.clone();
        let job = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2")?
                .exists([&*label, &key])
        };
        self.file.gets.run(job).await
    }

    pub(super) async fn get_keys(&self) -> Result<Vec<String>, Error> {
        let label = self.label.clone();
        let job = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT key FROM spin_key_value WHERE store = ?1")?
                .query_map([&*label], |row| row.get(0))?
                .collect()
        };
        self.file.listings.run(job).await
    }

    pub(super) async fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        let label = self.label.clone();
        let job = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
                     ON CONFLICT (store, key) DO UPDATE SET value = ?3",
                )?
                .execute(params![&*label, key, value])
                .map(drop)
        };
        self.file.writes.run(job).await
    }

    pub(super) async fn delete(&self, key: String) -> Result<(), Error> {
        let label = self.label.clone();
        let job = move |connection: &Connection| {
            connection
                .prepare_cached("DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2")?
                .execute([&*label, &key])
                .map(drop)
        };
        self.file.writes.run(job).await
    }
}
