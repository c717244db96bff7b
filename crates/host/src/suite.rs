//! The suite's own databases: which they are, and whether their schema is the one of this program.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use rusqlite::{ErrorCode, OpenFlags};
use schema::{FILES_MIGRATIONS, MIGRATIONS, Migration};

use crate::manifest::Manifest;
use crate::runtime_config::{DEFAULT, FILES};
use crate::sqlite::{Connection, Databases, Error, Value};

/// The suite's name in its manifest. What lies in the databases of another application is that one's own matter.
pub(crate) const APPLICATION: &str = "moydom";

/// How long a database may take to answer before it counts as unreached.
const PATIENCE: Duration = Duration::from_secs(2);

/// The databases that components were granted, with the migrations of those whose schema is known.
pub(crate) type Granted = BTreeMap<String, Option<&'static [Migration]>>;

/// Why a database cannot be served from.
pub(crate) enum Fault {
    /// It does not answer, which may pass.
    Unreached(String),
    /// It is of another version than this program.
    Misfit(String),
}

/// The databases that the manifest grants.
pub(crate) fn granted(manifest: &Manifest) -> Granted {
    let labels = manifest.components.values().flat_map(|component| component.sqlite_databases.clone());
    labels.map(|label| (label.clone(), migrations(&manifest.name, &label))).collect()
}

fn migrations(application: &str, label: &str) -> Option<&'static [Migration]> {
    match label {
        _ if application != APPLICATION => None,
        DEFAULT => Some(MIGRATIONS),
        FILES => Some(FILES_MIGRATIONS),
        _ => None,
    }
}

/// What is wrong with a schema of version `found`, with the way out; nothing where it is that of `migrations`.
pub(crate) fn misfit(found: u32, migrations: &[Migration]) -> Option<String> {
    let known = migrations.last().map_or(0, Migration::version);
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(format!(
            "version {found}, this program needs {known}; run `moydom migrate` with the same --state and \
             --runtime-config-file"
        )),
        std::cmp::Ordering::Greater => Some(format!(
            "version {found}, newer than this program's {known}; install the newer program, or restore a backup that \
             is older"
        )),
    }
}

/// Refuses a state that nobody made: a mistyped folder would become a new one, and the real one look lost.
pub(crate) fn refuse_absent(databases: &Databases, granted: &Granted, state: &Path) -> Result<()> {
    let known = granted.iter().filter(|(_, migrations)| migrations.is_some());
    match known.filter_map(|(label, _)| databases.file(label)).find(|file| !file.exists()) {
        Some(file) => bail!(absence(file, state)),
        None => Ok(()),
    }
}

/// That there is no database, with the way out.
pub(crate) fn absence(file: &Path, state: &Path) -> String {
    let (file, state) = (file.display(), state.display());
    format!("there is no database {file}; make one with `moydom migrate --state {state}`")
}

/// Refuses files that are there and hold no database.
pub(crate) fn refuse_damaged<'a>(mut files: impl Iterator<Item = &'a Path>) -> Result<()> {
    files.find_map(damage).map_or(Ok(()), |what| bail!(what))
}

/// What is wrong with a file that no program can read as a database, with the way out. One that is merely busy, or not
/// there yet, is not damaged.
pub(crate) fn damage(file: &Path) -> Option<String> {
    let opened = rusqlite::Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let read = opened.and_then(|connection| connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(())));
    let error = read.err()?;
    let is_damage = matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt));
    let shown = file.display();
    is_damage.then(|| format!("{shown} cannot be read: {error}; restore a backup into an empty folder"))
}

/// Refuses databases of another version. One that does not answer yet is readiness's matter: its server may come later.
pub(crate) async fn refuse_misfits(databases: &Databases, granted: &Granted) -> Result<()> {
    for (label, migrations) in granted {
        if let Err(Fault::Misfit(what)) = ask(databases, label, *migrations).await {
            bail!("the schema of the database {label} is {what}");
        }
    }
    Ok(())
}

/// Whether a database answers and has the schema of these migrations.
pub(crate) async fn ask(databases: &Databases, label: &str, known: Option<&[Migration]>) -> Result<(), Fault> {
    let version = tokio::time::timeout(PATIENCE, version(databases, label)).await;
    let version = version.map_err(|_| Fault::Unreached("does not answer".to_owned()))?;
    let version = version.map_err(|error| Fault::Unreached(error.to_string()))?;
    known.and_then(|known| misfit(version, known)).map_or(Ok(()), |what| Err(Fault::Misfit(what)))
}

/// The version of a database's schema; 0 where no migration of ours ever ran.
async fn version(databases: &Databases, label: &str) -> Result<u32, Error> {
    // SQLite would make the file anew, and a backup is restored only where there is none.
    if databases.file(label).is_some_and(|file| !file.exists()) {
        return Ok(0);
    }
    let mut connection = databases.open(label)?;
    match number(&mut connection, "select count(*) from sqlite_schema where name = 'schema_migration'").await? {
        0 => Ok(0),
        _ => number(&mut connection, "select coalesce(max(version), 0) from schema_migration").await,
    }
}

async fn number(connection: &mut Connection, sql: &str) -> Result<u32, Error> {
    let result = connection.execute(sql.to_owned(), Vec::new()).await?;
    match result.rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(number)) => Ok(u32::try_from(*number).unwrap_or(u32::MAX)),
        _ => Err(Error::Io("the schema has no version".to_owned())),
    }
}
