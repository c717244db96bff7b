//! `cargo xtask backup`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::{
    build,
    process::{command, run},
    suite,
    workspace::program,
};

/// Copy the state into a new folder, while the suite serves.
///
/// Every database is copied as it is at one moment and checked; `moydom restore` puts the copy into an empty place. On
/// a server `moydom backup` does the same.
#[derive(Args)]
pub(super) struct Backup {
    /// The folder to make.
    to: PathBuf,
    /// Folder of the state [default: .spin beside spin.toml]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

impl Backup {
    pub(super) fn run(self) -> Result<()> {
        build::build_programs()?;
        let (to, state) = (std::path::absolute(self.to)?, suite::state_folder(self.state.as_deref())?);
        run(&mut command(program("moydom"), ["backup".as_ref(), to.as_os_str(), "--state".as_ref(), state.as_os_str()]))
    }
}
