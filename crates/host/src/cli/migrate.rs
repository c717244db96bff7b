//! `moydom migrate`

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt as _, path::Path};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use jiff::Timestamp;
use rusqlite::Connection;
use schema::Kind;

use super::state::StateArgs;
use crate::sqlite::Remote;

/// Bring the database up to date. Safe to repeat, and to run while the suite serves.
///
/// Prints one JSON object: the migrations that were applied now, the version reached, what kind of state it is
/// (null: not decided yet) and whether it is still empty.
#[derive(Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    state: StateArgs,
    /// Let this be a demo state for good; one of real data is refused.
    #[arg(long, conflicts_with = "live")]
    demo: bool,
    /// Let this be a state of real data for good: no demo login can ever be made in it. A demo is refused.
    #[arg(long)]
    live: bool,
}

impl Migrate {
    pub(super) fn run(self) -> Result<()> {
        let config = self.state.runtime_config()?;
        let outcome = match config.remote_database() {
            Some(remote) => self.migrate_server(remote)?,
            None => {
                let file = self.state.database_file()?;
                self.migrate_file(&file).with_context(|| file.display().to_string())?
            }
        };
        if let Some(remote) = config.remote_files() {
            run(remote.migrate_files(&now())).context("the libSQL server's database of files")?;
        }
        if let Some(file) = config.files_database(self.state.directory()) {
            self.migrate_files(&file).with_context(|| file.display().to_string())?;
        }
        println!("{outcome}");
        Ok(())
    }

    /// The database of sealed files lies beside the suite's, or where the runtime configuration says.
    fn migrate_files(&self, file: &Path) -> Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(self.state.directory())?;
        schema::migrate_files(&mut Connection::open(file)?, &now())?;
        Ok(())
    }

    fn migrate_file(&self, file: &Path) -> Result<serde_json::Value> {
        // Personal data will lie here: nobody else's to read.
        DirBuilder::new().recursive(true).mode(0o700).create(self.state.directory())?;
        let mut connection = Connection::open(file)?;
        let now = now();
        let applied = schema::migrate(&mut connection, &now)?;
        if let Some(kind) = self.kind() {
            self.check(schema::init(&connection, kind, &now)?)?;
        }
        let kind = schema::kind(&connection)?;
        Ok(outcome(&applied.names, applied.version, kind, schema::is_empty(&connection)?))
    }

    fn migrate_server(&self, remote: &Remote) -> Result<serde_json::Value> {
        let migrated = run(remote.migrate(self.kind(), &now())).context("the libSQL server's database")?;
        migrated.kind.map_or(Ok(()), |kind| self.check(kind))?;
        let version = schema::MIGRATIONS.last().map_or(0, schema::Migration::version);
        Ok(outcome(&migrated.applied, version, migrated.kind, migrated.is_empty))
    }

    /// A demo is no place for real data, and real data are none for a demo.
    fn check(&self, decided: Kind) -> Result<()> {
        ensure!(
            self.kind().is_none_or(|wanted| wanted == decided),
            "the state is {}, for good; take another folder with --state, or another database",
            if decided == Kind::Demo { "a demo" } else { "one of real data" }
        );
        Ok(())
    }

    fn kind(&self) -> Option<Kind> {
        self.demo.then_some(Kind::Demo).or(self.live.then_some(Kind::Live))
    }
}

fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

fn now() -> String {
    format!("{:.0}", Timestamp::now())
}

fn outcome(applied: &[&str], version: u32, kind: Option<Kind>, is_empty: bool) -> serde_json::Value {
    serde_json::json!({
        "applied": applied,
        "version": version,
        "kind": kind.map(Kind::as_str),
        "is_empty": is_empty,
    })
}
