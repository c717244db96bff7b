//! The table that remembers which migrations ran, and its comparison with the known ones.

use rusqlite::{Connection, Transaction, params};

use crate::{Error, Migration};

const CREATE: &str = "create table if not exists schema_migration (
    version integer primary key,
    name text not null,
    sha256 text not null,
    applied_at text not null
) strict";

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(CREATE)
}

/// How many of `known` the database has; an error unless what it has is exactly the beginning of `known`.
pub(crate) fn applied(connection: &Connection, known: &[Migration]) -> Result<usize, Error> {
    let entries = entries(connection)?;
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
    transaction.execute(
        "insert into schema_migration (version, name, sha256, applied_at) values (?1, ?2, ?3, ?4)",
        params![migration.version(), migration.name, migration.sha256(), now],
    )?;
    Ok(())
}

struct Entry {
    version: u32,
    name: String,
    sha256: String,
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
    let mut select = connection.prepare("select version, name, sha256 from schema_migration order by version")?;
    let rows =
        select.query_map([], |row| Ok(Entry { version: row.get(0)?, name: row.get(1)?, sha256: row.get(2)? }))?;
    rows.collect()
}
