//! `cargo xtask new`

use anyhow::Result;
use clap::Args;

/// new
#[derive(Args)]
pub(super) struct New {}

impl New {
    pub(super) fn run(self) -> Result<()> {
        Ok(())
    }
}
