//! `cargo xtask migrate`

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    build, env_file,
    process::{cargo, output},
    suite,
    terminal::step,
    workspace::root,
};

/// Prepare the state for serving: apply missing migrations, load the demo house into an empty state, write .env.
///
/// Components never change the schema; Spin and the host serve only a migrated state. On a server `moydom migrate`
/// does the same without this repository.
#[derive(Args)]
pub(super) struct Migrate {
    /// Folder of the state [default: .spin beside spin.toml]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Leave a new state empty and make it one for real data.
    #[arg(long)]
    empty: bool,
    /// Instead, write crates/schema/current.sql anew after a migration was added.
    #[arg(long, conflicts_with_all = ["state", "empty"])]
    write_current: bool,
}

impl Migrate {
    pub(super) fn run(self) -> Result<()> {
        if self.write_current {
            return write_current();
        }
        env_file::prepare()?;
        build::build_programs()?;
        let state = suite::state_folder(self.state.as_deref())?;
        suite::prepare(&state, None, !self.empty)?;
        step(&format!("{} is up to date", state.display()));
        Ok(())
    }
}

fn write_current() -> Result<()> {
    let current = output(&mut cargo(["run", "--quiet", "--package", "schema", "--example", "current"]))?;
    let path = root().join("crates/schema/current.sql");
    fs::write(&path, current).with_context(|| format!("cannot write {}", path.display()))
}
