//! `moydom backup`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;

use super::state::StateArgs;
use crate::backup;

/// Copy the whole state into a new folder, while the suite serves.
///
/// Every copy is checked, and so is the audit log in it. Prints what the backup holds as one JSON object; the hash in
/// `audit_head` is worth keeping elsewhere. What lies in Redis or on a libSQL server is not part of it.
#[derive(Args)]
pub(super) struct Backup {
    #[command(flatten)]
    state: StateArgs,
    /// The folder to make.
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> Result<()> {
        self.state.open()?;
        let files = self.state.runtime_config()?.files(self.state.directory());
        let note = backup::backup(&files, &self.to, Timestamp::now())?;
        println!("{}", serde_json::to_string(&note)?);
        Ok(())
    }
}
