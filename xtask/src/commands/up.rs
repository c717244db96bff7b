//! `cargo xtask up`

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Result;
use clap::Args;

use crate::{
    build, env_file,
    service::Logs,
    suite::{self, Options, Suite},
};

/// Build everything, load a demo house and serve the portal until Ctrl-C.
///
/// Needs nothing but Rust. The first run compiles for some minutes; later ones compile what changed and serve within
/// two seconds. The state is kept: readings that were submitted yesterday are there today. For a fresh demo, remove
/// the state's folder.
#[derive(Args)]
pub(super) struct Up {
    /// Where the portal listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Folder of the state [default: .spin beside spin.toml, which Spin uses too]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Let the suite's clock start at this moment, e.g. 2026-07-20T09:00:00+03:00; it runs on from there.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Leave a new state empty and make it one for real data: no demo login can ever be made in it.
    #[arg(long)]
    empty: bool,
}

impl Up {
    pub(super) fn run(self) -> Result<()> {
        self.at.as_deref().map_or(Ok(()), suite::check_moment)?;
        suite::check_port(self.listen)?;
        env_file::prepare()?;
        build::build_all()?;

        let state = suite::state_folder(self.state.as_deref())?;
        let kind = suite::prepare(&state, self.at.as_deref(), !self.empty)?;
        let mut stop = suite::stop_signals()?;
        let options = Options { listen: self.listen, state, at: self.at, logs: Logs::Shown };
        let mut suite = Suite::start(&options)?;
        print_welcome(&suite, &options.state, kind.is_demo);
        suite.wait(&mut stop)
    }
}

fn print_welcome(suite: &Suite, state: &Path, is_demo: bool) {
    let (portal, sandbox) = (suite.portal(), suite.sandbox());
    println!(
        "
  Portal    {portal}
  API       {portal}/api
  Sandbox   {sandbox}   (the SMS and e-mails that the portal \"sends\")
  State     {state}   (commands of target/debug/moydom take it as --state)",
        state = state.display()
    );
    if is_demo {
        println!(
            "
  Sign in with the password moydom-demo-2026 as
    anna    her account is linked, this month's readings are missing: submit them
    boris   has linked nothing: link account 0000000027, the code arrives in the sandbox
    resident01 … resident20 and one login per staff role: see README.md"
        );
    }
    println!("\n  Ctrl-C stops everything. What follows is the log; with 2>FILE it goes there.\n");
}
