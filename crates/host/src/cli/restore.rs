//! `moydom restore`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::state::StateArgs;
use crate::backup;

/// Put a backup into an empty place.
///
/// The backup is checked first, its audit log too; nothing that exists is overwritten. Prints what the backup holds.
/// Run `moydom migrate` afterwards: a backup may be older than this program.
#[derive(Args)]
pub(super) struct Restore {
    #[command(flatten)]
    state: StateArgs,
    /// The folder that `moydom backup` made.
    from: PathBuf,
}

impl Restore {
    pub(super) fn run(self) -> Result<()> {
        let files = self.state.runtime_config()?.files(self.state.directory());
        let note = backup::restore(&self.from, self.state.directory(), &files)?;
        println!("{}", serde_json::to_string(&note)?);
        Ok(())
    }
}
