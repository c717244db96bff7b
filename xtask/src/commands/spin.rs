//! `cargo xtask spin`

use std::net::SocketAddr;

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    build, env_file,
    process::{command, succeeds},
    service::Logs,
    suite,
};

/// Run the same components in Spin 4.1+: build, migrate, load the demo house, `spin up`.
///
/// Needs the `spin` program with its cron trigger (`spin plugins install trigger-cron`). The state in .spin is the
/// one that `up` uses. Everything after `--` is given to `spin up`.
#[derive(Args)]
pub(super) struct Spin {
    /// Where the portal listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Leave a new state empty and make it one for real data.
    #[arg(long)]
    empty: bool,
    /// Arguments for `spin up`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

impl Spin {
    pub(super) fn run(self) -> Result<()> {
        if !succeeds(&mut command("spin", ["--version"])) {
            bail!(
                "there is no `spin` on PATH: install Spin 4.1 or later (https://spinframework.dev), or use `cargo xtask up`, which needs nothing but Rust"
            );
        }
        suite::check_port(self.listen)?;
        env_file::prepare()?;
        build::build_all()?;
        suite::prepare(&suite::state_folder(None)?, None, !self.empty)?;
        let mut stop = suite::stop_signals()?;
        let sandbox = suite::start_sandbox(&Logs::Shown)?;
        let mut spin = command("spin", ["up", "--listen", &self.listen.to_string()]);
        spin.args(["--runtime-config-file", "runtime-config.toml"]);
        suite::set_origins(&mut spin, self.listen, sandbox.address())?;
        suite::run_until_stopped(spin.args(self.arguments), &mut stop)
    }
}
