//! The table that remembers which migrations ran, and its comparison with the known ones.

use rusqlite::{Connection, Transaction, params};

use crate::{Error, Migration, sql};

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(sql::CREATE_LEDGER)
}

/// Those of these migrations that a database with these entries in its ledger lacks.
///
/// # Errors
/// Where the entries are not the beginning of the list.
pub fn missing(entries: &[Entry], known: &'static [Migration]) -> Result<&'static [Migration], Error> {
    Ok(&known[compare(entries, known)?..])
}

/// How many of `known` the database has; an error unless what it has is exactly the beginning of `known`.
pub(crate) fn applied(connection: &Connection, known: &[Migration]) -> Result<usize, Error> {
    compare(&entries(connection)?, known)
}

fn compare(entries: &[Entry], known: &[Migration]) -> Result<usize, Error> {
    if let Some(newest) = entries.last()
        && entries.len() > known.len()
    {
        let known = known.last().map_or(0, Migration::version);
        return Err(Error::Newer { found: newest.version, known });
    }
    for (entry, migration) in entries.iter().zip(known) {
        entry.compare(migration)?;
    }
    Ok(entries.len())
}

pub(crate) fn record(transaction: &Transaction<'_>, migration: &Migration, now: &str) -> rusqlite::Result<()> {
    transaction
        .execute(sql::RECORD_MIGRATION, params![migration.version(), migration.name, migration.sha256(), now])?;
    Ok(())
}

/// What the ledger keeps of a migration.
pub struct Entry {
    /// Its number.
    pub version: u32,
    /// Its file's name without `.sql`.
    pub name: String,
    /// SHA-256 of its text in hex.
    pub sha256: String,
}

impl Entry {
    fn compare(&self, migration: &Migration) -> Result<(), Error> {
        if self.version != migration.version() {
            return Err(Error::OutOfOrder { found: self.name.clone(), expected: migration.name.into() });
        }
        if self.sha256 != migration.sha256() {
            return Err(Error::Changed { name: migration.name.into() });
        }
        Ok(())
    }
}

fn entries(connection: &Connection) -> rusqlite::Result<Vec<Entry>> {
    let mut select = connection.prepare(sql::READ_LEDGER)?;
    let rows =
        select.query_map([], |row| Ok(Entry { version: row.get(0)?, name: row.get(1)?, sha256: row.get(2)? }))?;
    rows.collect()
}
