//! `moydom migrate`

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use jiff::Timestamp;
use rusqlite::Connection;
use schema::Kind;

/// Bring the database up to date. Safe to repeat, and to run while the suite serves.
///
/// Prints one JSON object: the migrations that were applied now, the version reached, what kind of state it is
/// (null: not decided yet) and whether it is still empty.
#[derive(Args)]
pub(super) struct Migrate {
    /// Directory of databases and stores.
    #[arg(long, default_value = ".spin")]
    state: PathBuf,
    /// Let this be a demo state for good, unless it was decided before.
    #[arg(long, conflicts_with = "live")]
    demo: bool,
    /// Let this be a state of real data for good, unless it was decided before: no demo login can ever be made in it.
    #[arg(long)]
    live: bool,
}

impl Migrate {
    pub(super) fn run(self) -> Result<()> {
        let file = self.state.join("sqlite_db.db");
        println!("{}", self.migrate(&file).with_context(|| file.display().to_string())?);
        Ok(())
    }

    fn migrate(&self, file: &Path) -> Result<serde_json::Value> {
        // Personal data will lie here: nobody else's to read.
        DirBuilder::new().recursive(true).mode(0o700).create(&self.state)?;
        let mut connection = Connection::open(file)?;
        let now = format!("{:.0}", Timestamp::now());
        let applied = schema::migrate(&mut connection, &now)?;
        if let Some(kind) = self.kind() {
            let decided = schema::init(&connection, kind, &now)?;
            let is_demo_for_real_data = kind == Kind::Live && decided == Kind::Demo;
            ensure!(
                !is_demo_for_real_data,
                "the state is a demo, for good; take another folder with --state for real data"
            );
        }
        Ok(serde_json::json!({
            "applied": applied.names,
            "version": applied.version,
            "kind": schema::kind(&connection)?.map(Kind::as_str),
            "is_empty": schema::is_empty(&connection)?,
        }))
    }
    fn kind(&self) -> Option<Kind> {
        self.demo.then_some(Kind::Demo).or(self.live.then_some(Kind::Live))
    }
}
