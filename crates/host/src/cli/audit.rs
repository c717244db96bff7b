//! `moydom audit`

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use store::audit::{self, Verdict};

use super::state::StateArgs;

/// The log of who did what.
#[derive(Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Verify(Verify),
}

/// Check that no entry of the audit log was altered, taken out or cut off.
///
/// Prints one JSON object: how many entries there are, the hash of the last one, what is wrong. Keep the hash
/// elsewhere: given as --head at a later check, it proves that nothing up to that entry was replaced since.
#[derive(Args)]
struct Verify {
    #[command(flatten)]
    state: StateArgs,
    /// A hash that an earlier check printed.
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
}

impl Audit {
    pub(super) fn run(self) -> Result<()> {
        let Command::Verify(verify) = self.command;
        verify.run()
    }
}

impl Verify {
    fn run(self) -> Result<()> {
        let db = self.state.open()?.db();
        let (verdict, is_known) = db.read(|conn| {
            let verdict = audit::verify(conn)?;
            let is_known = self.head.as_deref().map_or(Ok(true), |head| audit::contains(conn, head))?;
            Ok::<_, store::Error>((verdict, is_known))
        })?;
        let Verdict { entries, head, faults } = verdict;
        println!("{}", serde_json::json!({ "entries": entries, "head": head, "faults": faults }));
        ensure!(faults.is_empty(), "the audit log was tampered with: {}", faults.join("; "));
        ensure!(is_known, "the audit log was replaced or cut off: no entry has the hash given as --head");
        Ok(())
    }
}
