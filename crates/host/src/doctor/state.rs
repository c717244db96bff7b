//! The folder of the state and the databases in it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use schema::MIGRATIONS;
use store::{Location, audit};

use super::Finding;
use crate::runtime_config::RuntimeConfig;
use crate::suite;

pub(super) fn examine(state: &Path, runtime_config: Option<&Path>, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![folder(state)];
    let config = match runtime_config.map_or_else(|| Ok(RuntimeConfig::default()), RuntimeConfig::read) {
        Ok(config) => config,
        Err(error) => {
            findings.push(Finding::fault("runtime configuration", error.to_string()));
            return findings;
        }
    };
    if let Some(path) = runtime_config {
        findings.push(Finding::good("runtime configuration", format!("{} is understood", path.display())));
    }
    if config.remote_database().is_some() {
        let words = "it is on a libSQL server; `moydom migrate` with this configuration tells whether it answers";
        findings.push(Finding::good("database", words));
    } else {
        findings.extend(database(&config.default_database(state), state, now));
    }
    findings.extend(others(&config, state));
    findings
}

/// What cannot be read of the files beside the suite's database.
fn others(config: &RuntimeConfig, state: &Path) -> Vec<Finding> {
    let default = config.default_database(state);
    let others = config.files(state).into_iter().filter(|file| file.path != default);
    others.filter_map(|file| suite::damage(&file.path)).map(|words| Finding::fault("other files", words)).collect()
}

/// The folder is there, can be written to, and is nobody else's to read.
fn folder(state: &Path) -> Finding {
    let (what, shown) = ("state", state.display());
    let Ok(metadata) = fs::metadata(state) else {
        return Finding::fault(what, format!("there is no folder {shown}; `moydom migrate --state {shown}` makes it"));
    };
    if let Err(error) = tempfile_in(state) {
        return Finding::fault(
            what,
            format!("{shown} cannot be written to ({error}); give it to the user of the suite"),
        );
    }
    if metadata.mode() & 0o077 != 0 {
        return Finding::warning(what, format!("others of this machine can read {shown}; chmod 700 it"));
    }
    Finding::good(what, format!("{shown} can be written to, by its owner alone"))
}

fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&file, "")?;
    fs::remove_file(file)
}

fn database(file: &Path, state: &Path, now: Timestamp) -> Vec<Finding> {
    let (what, shown) = ("database", file.display());
    if !file.is_file() {
        let words = format!("there is no {shown}; `moydom migrate --state {}` makes it", state.display());
        return vec![Finding::fault(what, words)];
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    match Connection::open_with_flags(file, flags).and_then(|connection| look(&connection)) {
        Ok(findings) => findings.into_iter().chain([clock(file, now)]).collect(),
        Err(error) => vec![Finding::fault(what, format!("{shown} cannot be read: {error}; restore a backup"))],
    }
}

fn look(connection: &Connection) -> rusqlite::Result<Vec<Finding>> {
    // A file that is no database, or a damaged one, fails here.
    let _tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    let kind = schema::kind(connection).unwrap_or_default();
    let words =
        kind.map_or("not decided yet: `moydom migrate --live` makes it one for real data", schema::Kind::as_str);
    Ok(vec![version(connection), Finding::good("kind of state", words)])
}

fn version(connection: &Connection) -> Finding {
    let what = "schema";
    let sql = "select max(version) from schema_migration";
    // A database that was never migrated has no ledger.
    let found: u32 = connection.query_row(sql, [], |row| row.get(0)).unwrap_or(0);
    match suite::misfit(found, MIGRATIONS) {
        None => Finding::good(what, format!("version {found}, the one of this program")),
        Some(misfit) => Finding::fault(what, misfit),
    }
}

/// A clock that was set back would date new entries before old ones.
fn clock(file: &Path, now: Timestamp) -> Finding {
    let what = "clock";
    let db = Location::new("").with_database(file).db();
    // A database without entries, or without the table yet, has nothing to compare with.
    let last = db.read(audit::last_at).unwrap_or_default();
    match last.filter(|last| last.parse::<Timestamp>().is_ok_and(|last| last > now)) {
        None => Finding::good(what, format!("{now:.0}")),
        Some(last) => {
            Finding::fault(what, format!("it shows {now:.0}, before the last audit entry of {last}; set it right"))
        }
    }
}
