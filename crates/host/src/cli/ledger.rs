//! `moydom ledger`

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use serde_json::json;
use store::ledger;

use super::state::StateArgs;

/// What accounts owe.
#[derive(Args)]
pub(super) struct Ledger {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(Check),
}

/// Check that every ledger is what its bills, payments and corrections make it.
///
/// Prints one JSON object: how many accounts there are and what is wrong with which of them. The scheduled job does the
/// same once a day.
#[derive(Args)]
struct Check {
    #[command(flatten)]
    state: StateArgs,
}

const ACCOUNTS_AT_ONCE: u32 = 1_000;

impl Ledger {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Command::Check(check) => check.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<()> {
        let db = self.state.open()?.db();
        let (mut accounts, mut wrong, mut after) = (0, Vec::new(), String::new());
        loop {
            let checked = db.read(|conn| ledger::check(conn, &after, ACCOUNTS_AT_ONCE))?;
            accounts += checked.accounts;
            wrong.extend(checked.discrepancies.iter().map(ToString::to_string));
            let Some(last) = checked.last else { break };
            after = last;
        }
        println!("{}", json!({ "accounts": accounts, "wrong": wrong }));
        ensure!(wrong.is_empty(), "ledgers do not hold: {}", wrong.join("; "));
        Ok(())
    }
}
