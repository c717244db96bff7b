//! Brings a database on a server up to date, as `schema` does with a file.

use schema::{Entry, FILES_MIGRATIONS, Kind, MIGRATIONS, Migration, sql};

use super::Remote;
use super::protocol::Executed;
use super::stream::Stream;
use crate::sqlite::{Error, QueryResult, Value};

/// What a migration of a server's database did.
#[derive(Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the migrations that were missing, in the order they ran.
    pub applied: Vec<&'static str>,
    /// What kind of state it is now, if that was decided.
    pub kind: Option<Kind>,
    /// Whether nobody and no house is in it yet.
    pub is_empty: bool,
}

impl Remote {
    /// Applies the suite's migrations that the database lacks, each in one transaction with its entry in the ledger,
    /// and decides the kind of the state unless it was decided before. `now` is the RFC 3339 UTC moment for both.
    ///
    /// # Errors
    /// Where the server fails, or the database is not one that this program may bring up to date.
    pub async fn migrate(&self, kind: Option<Kind>, now: &str) -> anyhow::Result<Migrated> {
        let mut stream = Stream::new(self.server.clone());
        let migrated = migrate(&mut stream, kind, now).await;
        // What was open when it failed is rolled back with the stream.
        stream.close().await;
        migrated
    }

    /// Applies the migrations that a database of sealed files lacks, as [`Remote::migrate`] does with the suite's.
    ///
    /// # Errors
    /// As [`Remote::migrate`].
    pub async fn migrate_files(&self, now: &str) -> anyhow::Result<()> {
        let mut stream = Stream::new(self.server.clone());
        let migrated = catch_up(&mut stream, FILES_MIGRATIONS, now).await;
        stream.close().await;
        migrated.map(drop)
    }
}

async fn migrate(stream: &mut Stream, kind: Option<Kind>, now: &str) -> anyhow::Result<Migrated> {
    let applied = catch_up(stream, MIGRATIONS, now).await?;
    if let Some(kind) = kind
        && read_kind(stream).await?.is_none()
    {
        run(stream, sql::DECIDE_KIND, &[kind.as_str(), now]).await?;
    }
    let is_empty = run(stream, sql::IS_EMPTY, &[]).await?.rows == [[Value::Integer(1)]];
    Ok(Migrated { applied, kind: read_kind(stream).await?, is_empty })
}

/// Runs every missing migration; answers their names.
async fn catch_up(stream: &mut Stream, known: &'static [Migration], now: &str) -> anyhow::Result<Vec<&'static str>> {
    // A table is rebuilt by renaming, which needs references unguarded meanwhile; they are checked before each commit.
    run(stream, "pragma foreign_keys = off", &[]).await?;
    run(stream, sql::CREATE_LEDGER, &[]).await?;
    let mut applied = Vec::new();
    while let Some(name) = run_next(stream, known, now).await? {
        applied.push(name);
    }
    Ok(applied)
}

/// Runs the first missing migration. Of two programs at once one waits, and finds it done.
async fn run_next(stream: &mut Stream, known: &'static [Migration], now: &str) -> anyhow::Result<Option<&'static str>> {
    run(stream, "begin immediate", &[]).await?;
    let entries = run(stream, sql::READ_LEDGER, &[]).await?;
    let entries: Vec<Entry> = entries.rows.into_iter().filter_map(entry).collect();
    let missing = schema::missing(&entries, known)?.first();
    if let Some(migration) = missing {
        apply(stream, migration, now).await.map_err(|error| error.context(format!("migration {}", migration.name)))?;
    }
    run(stream, "commit", &[]).await?;
    Ok(missing.map(|migration| migration.name))
}

async fn apply(stream: &mut Stream, migration: &Migration, now: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        migration.is_sql_alone(),
        "it rewrites rows with a program, which needs a file: dump the database, migrate the file, load it again"
    );
    stream.run_all(migration.sql).await?;
    let broken = run(stream, sql::BROKEN_REFERENCES, &[]).await?;
    anyhow::ensure!(broken.rows.is_empty(), "it leaves rows without the rows they refer to");
    let version = migration.version().to_string();
    run(stream, sql::RECORD_MIGRATION, &[&version, migration.name, &migration.sha256(), now]).await?;
    Ok(())
}

fn entry(row: Vec<Value>) -> Option<Entry> {
    let row: [Value; 3] = row.try_into().ok()?;
    let [Value::Integer(version), Value::Text(name), Value::Text(sha256)] = row else { return None };
    Some(Entry { version: u32::try_from(version).ok()?, name, sha256 })
}

async fn read_kind(stream: &mut Stream) -> Result<Option<Kind>, Error> {
    let rows = run(stream, sql::READ_KIND, &[]).await?.rows;
    Ok(match rows.first().and_then(|row| row.first()) {
        Some(Value::Text(word)) => Some(Kind::from_word(word)),
        _ => None,
    })
}

/// Runs one statement on the stream; its parameters are text, which a column of integers takes as such.
async fn run(stream: &mut Stream, sql: &str, params: &[&str]) -> Result<QueryResult, Error> {
    let params = params.iter().map(|text| Value::Text((*text).to_owned())).collect();
    stream.execute(sql, params).await?.executed.and_then(Executed::into_result)
}
