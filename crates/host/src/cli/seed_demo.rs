//! `moydom seed-demo`

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;
use store::demo;

use super::state::StateArgs;

/// Put the demo house and its logins into an empty demo state.
///
/// A demo state is one made by `moydom migrate --demo`; into any other, and into one that holds anything, nothing is
/// put. The same --at gives the same rows. Prints one JSON object: how many of what were made.
#[derive(Args)]
pub(super) struct SeedDemo {
    #[command(flatten)]
    state: StateArgs,
    /// The moment that the two years of readings lead up to, e.g. 2026-07-20T09:00:00+03:00 [default: now]
    #[arg(long)]
    at: Option<Timestamp>,
}

impl SeedDemo {
    pub(super) fn run(self) -> Result<()> {
        let db = self.state.open()?.db();
        let at = self.at.unwrap_or_else(Timestamp::now);
        let filled = db.write(|tx| demo::fill(tx, at))?;
        let billed = demo::bill(&db, at)?;
        println!(
            "{}",
            serde_json::json!({
                "flats": filled.flats,
                "meters": filled.meters,
                "readings": filled.readings,
                "people": filled.people,
                "bills": billed.bills,
            })
        );
        Ok(())
    }
}
