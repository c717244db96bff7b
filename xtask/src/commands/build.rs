//! `cargo xtask build`

use anyhow::Result;
use clap::Args;

use crate::build;

/// Build the components, the host and the sandbox.
///
/// Components land in target/wasm32-wasip2/component, where spin.toml names them. What did not change is skipped.
#[derive(Args)]
pub(super) struct Build {
    /// Ask cargo about every component, even if nothing seems to have changed.
    #[arg(long)]
    force: bool,
    /// Build only the components.
    #[arg(long)]
    components: bool,
}

impl Build {
    pub(super) fn run(self) -> Result<()> {
        build::build_components(self.force)?;
        if self.components {
            return Ok(());
        }
        build::build_programs()
    }
}
