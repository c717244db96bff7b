//! `moydom audit`

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use store::{
    Conn,
    audit::{self, Verdict, extract::Extract},
};

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
    VerifyExtract(VerifyExtract),
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
    /// An extract that somebody shows: each of its entries must be in this very log.
    #[arg(long, value_name = "FILE")]
    extract: Option<PathBuf>,
}

/// Check an extract of the audit log that a person took from the portal; needs no portal.
///
/// Each entry is hashed anew, each particular held against its commitment, and the last entry against all the others.
/// Prints one JSON object: how many entries there are, the head of the log when the extract was made, what is wrong.
#[derive(Args)]
struct VerifyExtract {
    file: PathBuf,
    /// The head of the log as it was published at that moment (`audit.head` of /api/notices/status).
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
}

impl Audit {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Command::Verify(verify) => verify.run(),
            Command::VerifyExtract(verify) => verify.run(),
        }
    }
}

impl VerifyExtract {
    fn run(self) -> Result<()> {
        let extract = read(&self.file)?;
        let (head, faults) = (extract.head().unwrap_or_default(), extract.faults());
        println!("{}", serde_json::json!({ "entries": extract.entries.len(), "head": head, "faults": faults }));
        ensure!(faults.is_empty(), "the extract was tampered with: {}", faults.join("; "));
        let is_known = self.head.is_none_or(|known| known.trim().eq_ignore_ascii_case(head));
        ensure!(is_known, "the extract was made at another head of the log than the one given as --head");
        Ok(())
    }
}

fn read(file: &PathBuf) -> Result<Extract> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no extract of an audit log", file.display()))
}

/// The numbers of those entries that this log does not have.
fn strangers(conn: &Conn<'_>, extract: &Extract) -> store::Result<Vec<String>> {
    let mut strangers = Vec::new();
    for proof in &extract.entries {
        if !audit::contains(conn, &proof.entry.hash)? {
            strangers.push(proof.entry.seq.to_string());
        }
    }
    Ok(strangers)
}

impl Verify {
    fn run(self) -> Result<()> {
        let db = self.state.open()?.db();
        let extract = self.extract.as_ref().map(read).transpose()?;
        let (verdict, is_known, strangers) = db.read(|conn| {
            let verdict = audit::verify(conn)?;
            let is_known = self.head.as_deref().map_or(Ok(true), |head| audit::contains(conn, head))?;
            let strangers = extract.as_ref().map_or(Ok(Vec::new()), |extract| strangers(conn, extract))?;
            Ok::<_, store::Error>((verdict, is_known, strangers))
        })?;
        let Verdict { entries, head, faults } = verdict;
        println!("{}", serde_json::json!({ "entries": entries, "head": head, "faults": faults }));
        ensure!(faults.is_empty(), "the audit log was tampered with: {}", faults.join("; "));
        ensure!(is_known, "the audit log was replaced or cut off: no entry has the hash given as --head");
        let faults = extract.map(|extract| extract.faults()).unwrap_or_default();
        ensure!(faults.is_empty(), "the extract was tampered with: {}", faults.join("; "));
        ensure!(
            strangers.is_empty(),
            "the audit log has no such entries as these of the extract: {}",
            strangers.join(", ")
        );
        Ok(())
    }
}
