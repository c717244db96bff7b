//! Brings a database up to date.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::{Error, MIGRATIONS, Migration, ledger, sql};

/// What a run did.
#[derive(Debug, PartialEq, Eq)]
pub struct Applied {
    /// The names of the migrations that were missing, in the order they ran.
    pub names: Vec<&'static str>,
    /// The version that the database has now.
    pub version: u32,
}

/// Applies the suite's migrations that the database lacks. `now` is the RFC 3339 UTC moment for the ledger.
pub fn migrate(connection: &mut Connection, now: &str) -> Result<Applied, Error> {
    apply(connection, MIGRATIONS, now)
}

/// [`migrate`] with a list of one's own, for tests of older states.
///
/// Each migration commits together with its entry in the ledger, so a stopped run goes on where it was; of two runs
/// at once, one waits and finds nothing left to do.
pub fn apply(connection: &mut Connection, migrations: &[Migration], now: &str) -> Result<Applied, Error> {
    use_wal(connection)?;
    // A table is rebuilt by renaming, which needs references unguarded meanwhile; they are checked before each commit.
    connection.pragma_update(None, "foreign_keys", false)?;
    let names = run_missing(connection, migrations, now);
    connection.pragma_update(None, "foreign_keys", true)?;
    let version = migrations.last().map_or(0, Migration::version);
    Ok(Applied { names: names?, version })
}

/// WAL lets readers go on while one writes; the mode persists in the file. A database in memory has no file.
fn use_wal(connection: &Connection) -> Result<(), Error> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    match mode.as_str() {
        "wal" | "memory" => Ok(()),
        _ => Err(Error::NoWal { mode }),
    }
}

fn run_missing(connection: &mut Connection, migrations: &[Migration], now: &str) -> Result<Vec<&'static str>, Error> {
    ledger::create(connection)?;
    let mut names = Vec::new();
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(migration) = migrations.get(ledger::applied(&transaction, migrations)?) else {
            return Ok(names);
        };
        let failed = |source| Error::Failed { name: migration.name.into(), source };
        migration.run(&transaction).map_err(failed)?;
        check_references(&transaction, migration)?;
        ledger::record(&transaction, migration, now)?;
        transaction.commit().map_err(failed)?;
        names.push(migration.name);
    }
}

fn check_references(transaction: &Transaction<'_>, migration: &Migration) -> Result<(), Error> {
    let broken: Option<String> = transaction.query_row(sql::BROKEN_REFERENCES, [], |row| row.get(0)).optional()?;
    match broken {
        Some(table) => Err(Error::BrokenReference { name: migration.name.into(), table }),
        None => Ok(()),
    }
}
