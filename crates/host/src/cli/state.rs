//! The state that a command works on.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;
use store::Location;

use crate::runtime_config::RuntimeConfig;
use crate::suite;

/// Where the state lies: the same two flags for every command.
#[derive(Args)]
pub(super) struct StateArgs {
    /// Directory of databases and stores.
    #[arg(long, value_name = "DIR", default_value = ".spin")]
    state: PathBuf,
    /// Backends of databases and stores, in Spin's form; the one that `serve` gets.
    #[arg(long, value_name = "FILE")]
    runtime_config_file: Option<PathBuf>,
}

impl StateArgs {
    /// The directory.
    pub(super) fn directory(&self) -> &Path {
        &self.state
    }

    /// What the runtime configuration says; without one, what is usual.
    pub(super) fn runtime_config(&self) -> Result<RuntimeConfig> {
        Ok(self.runtime_config_file.as_deref().map(RuntimeConfig::read).transpose()?.unwrap_or_default())
    }

    /// The file of the suite's database, whether it is there or not.
    pub(super) fn database_file(&self) -> Result<PathBuf> {
        let config = self.runtime_config()?;
        ensure!(
            config.remote_database().is_none(),
            "the database is on a libSQL server, and this command works on a file: see \"State and backends\" in docs/operations.md"
        );
        Ok(config.default_database(&self.state))
    }

    /// The state; it must have been made by `moydom migrate`.
    pub(super) fn open(&self) -> Result<Location> {
        let file = self.database_file()?;
        ensure!(file.is_file(), suite::absence(&file, &self.state));
        let location = Location::new(&self.state).with_database(file);
        Ok(match self.runtime_config()?.files_database(&self.state) {
            Some(files) => location.with_files(files),
            None => location,
        })
    }
}
