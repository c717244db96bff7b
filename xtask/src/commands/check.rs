//! `cargo xtask check`

use anyhow::Result;
use clap::Args;

use crate::tidy;

/// check
#[derive(Args)]
pub(super) struct Check {}

impl Check {
    pub(super) fn run(self) -> Result<()> {
        tidy::run()
    }
}
